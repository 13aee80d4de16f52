"""Whoever comes later: their rows alone, against the places that are free. What stands already is never touched.

Over a small pool the result is the one that a whole run would come to with every standing pair pinned (a test holds
the two against each other): the people without a pair and the places without one are all that such a run can move.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from server.matchmaking.engine.columns import Columns, beside, build
from server.matchmaking.engine.constraints import RuleSet
from server.matchmaking.engine.learning.outlook import Outlook, untaught
from server.matchmaking.engine.pool import Participant, Pool, Standing
from server.matchmaking.engine.result import MatchingResult
from server.matchmaking.engine.run import match_columns
from server.matchmaking.engine.waitlist import in_line
from server.matchmaking.engine.watch import Watch
from server.matchmaking.engine.weights import Weights
from server.programs.states import ParticipantRole

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
LISTED = 50
"""Mentors listed for each newcomer. Prices call for more where that leaves a doubt, as in a whole run."""


@dataclass(frozen=True, slots=True)
class Openings:
    """The mentors of a pool who have a free place, made ready once: whoever comes then costs one row.

    `bans` are pairs that must not be made, those that stand already among them, and whoever meets with roles
    exchanged; `rules` have what the cohort may still get.
    """

    columns: Columns
    rules: RuleSet
    weights: Weights
    bans: frozenset[tuple[str, str]]
    seed: int

    def place(
        self,
        newcomers: Sequence[Participant],
        *,
        placed: frozenset[str] = frozenset(),
        outlook: Outlook | None = None,
        watch: Watch | None = None,
    ) -> MatchingResult:
        """The best pairs of newcomers with free places, as a result of theirs alone.

        `placed` have a mentor already and look for one more, which is worth less than a first one.

        Raises:
            Stopped: `watch` was asked to stop.
        """
        here, asked = self.columns.pool, {one.who for one in newcomers}
        pool = replace(
            here, participants=(*here.participants, *newcomers),
            conflicts=frozenset(pair for pair in here.conflicts if pair[0] in asked or pair[1] in asked),
            history=tuple(past for past in here.history if past.mentee in asked or past.mentor in asked),
        )
        columns = beside(self.columns, newcomers, pool, self.seed)
        held = np.array([one.id in placed for one in columns.mentees.people], np.bool_)
        return match_columns(
            columns, self.rules, self.weights, Standing(bans=self.bans), seed=self.seed, placed=held,
            candidates=LISTED, outlook=outlook or untaught(here), watch=watch,
        )


def openings(
    pool: Pool, rules: RuleSet, weights: Weights, *, standing: Standing | None = None, seed: int = 0
) -> Openings:
    """The free places of a pool in which the pins and current pairs of `standing` have theirs."""
    decided = standing or Standing()
    kept = _standing(decided)
    who = {(one.role, one.id): one.who for one in pool.participants}
    mentors = tuple(_left(pool, kept, MENTOR))
    limit = None if rules.max_pairs is None else max(0, rules.max_pairs - len(kept))
    together = frozenset(
        (who[MENTOR, mentor], who[MENTEE, mentee]) for mentor, mentee in kept
        if (MENTOR, mentor) in who and (MENTEE, mentee) in who
    )
    ground = Pool(mentors, _managers(pool), pool.history, pool.conflicts | _avoided(pool) | together)
    columns = build(ground, seed)
    return Openings(columns, replace(rules, max_pairs=limit), weights, decided.bans, seed)


def match_newcomers(
    pool: Pool,
    rules: RuleSet,
    weights: Weights,
    *,
    standing: Standing,
    placed: frozenset[str] = frozenset(),
    seed: int = 0,
    outlook: Outlook | None = None,
    watch: Watch | None = None,
) -> MatchingResult:
    """Place everybody of a pool who has no mentor yet, around the pins and current pairs of `standing`.

    The result has the new pairs only, and who still waits. `placed` have a mentor besides, whom `standing` does not
    name: places of such pairs are taken out of the pool already.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    kept = _standing(standing)
    places = openings(pool, rules, weights, standing=standing, seed=seed)
    held = placed | {mentee for _mentor, mentee in kept}
    return places.place(_left(pool, kept, MENTEE), placed=held, outlook=outlook, watch=watch)


def first_in_line(
    pool: Pool,
    rules: RuleSet,
    weights: Weights,
    *,
    standing: Standing,
    placed: frozenset[str] = frozenset(),
    seed: int = 0,
    outlook: Outlook | None = None,
) -> str | None:
    """Whose turn it is among the mentees of a pool whom no rule keeps from one of its mentors; those who have nobody
    come before those who are `placed`. None when there is no place, or nobody for it."""
    result = match_newcomers(pool, rules, weights, standing=standing, placed=placed, seed=seed, outlook=outlook)
    side, arcs = result.market.columns.mentees, result.arcs
    best = np.full(len(side), -np.inf)
    np.maximum.at(best, arcs.e, arcs.score)
    order = in_line(side, np.unique(arcs.e).tolist(), best)
    return next((side.people[row].id for row in sorted(order, key=lambda row: side.people[row].id in placed)), None)


def _standing(decided: Standing) -> frozenset[tuple[str, str]]:
    return (decided.current | decided.pins) - decided.bans


def _left(pool: Pool, kept: frozenset[tuple[str, str]], role: ParticipantRole) -> list[Participant]:
    """Those of one role who have places left, with so many."""
    at = 0 if role is MENTOR else 1
    held: dict[str, int] = {}
    for pair in kept:
        held[pair[at]] = held.get(pair[at], 0) + 1
    rest = [(one, one.capacity - held.get(one.id, 0)) for one in pool.participants if one.role is role]
    return [one if one.capacity == free else replace(one, capacity=free) for one, free in rest if free > 0]


def _managers(pool: Pool) -> dict[str, str]:
    """Everybody's manager: a line is seen through people who have no free place too."""
    return {**pool.managers, **{one.who: one.manager for one in pool.participants if one.manager}}


def _avoided(pool: Pool) -> frozenset[tuple[str, str]]:
    """A no that somebody said in one role holds in the other too, also when only that other one is looked at."""
    return frozenset((one.who, other) for one in pool.participants for other in one.avoids)
