"""Which hard rule two people break today, by the functions that the engine and its checker ask."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np

from server.kernel.actor import Actor, system_actor
from server.matches.models import Match
from server.matches.queries import is_circle, sides
from server.matchmaking.circles.queries import circle_rule
from server.matchmaking.engine.columns import build
from server.matchmaking.engine.constraints import (
    RuleCode,
    RuleSet,
    active_pair_rules,
    is_broken,
    open_market,
)
from server.matchmaking.engine.living.words import rule_words
from server.matchmaking.engine.pool import Pool, Standing
from server.matchmaking.gather import Gathered, gather_for_rules, rules_of
from server.matchmaking.today.since import since_of
from server.programs.models import Cohort, Program
from server.programs.queries import cohort_by_id, with_people
from server.programs.rules import is_among_peers
from server.programs.states import ParticipantRole
from server.programs.training.queries import untrained

Two = tuple[UUID, UUID]
"""The enrolments of a mentor and a mentee; of two peers in any order."""

ALREADY_ASKED = frozenset({RuleCode.BANNED})
"""The rule that whoever was asked in vain is not suggested again: a request and a last word are about the two who were
asked, and look for a manager's word against them by themselves."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A hard rule that people break today, in words for whoever runs the programme, and since when, where that is
    known."""

    words: str
    code: RuleCode
    since: date | None = None


async def rules_broken(
    actor: Actor, cohort: Cohort, pairs: Collection[Two], *, but: Collection[RuleCode] = ()
) -> dict[Two, RuleCode]:
    """The first hard rule of the programme, `but` for some, that each of some pairs breaks today. Pairs that break none
    are left out, and so is whoever is not there. Last comes what keeps one of them from anybody: training to finish.
    The same few statements for one pair and for hundreds."""
    _facts, broken = await _looked_up(actor, cohort, pairs, but)
    return broken


async def bars_of(actor: Actor, found: Iterable[Match], *, but: Collection[RuleCode] = ()) -> dict[UUID, Bar]:
    """Which of some matches break a hard rule of their programme today, by their ids; members must have been fetched.

    Pairs are asked about together; a circle is asked about by itself. `but` are rules that are not asked of pairs.
    """
    told: dict[UUID, Bar] = {}
    by_cohort: dict[UUID, list[Match]] = {}
    for match in found:
        if not is_circle(match):
            by_cohort.setdefault(match.cohort_id, []).append(match)
        elif (code := await circle_rule(actor, match)) is not None:
            told[match.id] = Bar(rule_words(code), code)
    for cohort_id, matches in by_cohort.items():
        told |= await _bars_in(actor, await cohort_by_id(actor, cohort_id), matches, but)
    return told


async def _bars_in(actor: Actor, cohort: Cohort, found: list[Match], but: Collection[RuleCode]) -> dict[UUID, Bar]:
    pairs = {match.id: _two(match) for match in found}
    facts, broken = await _looked_up(actor, cohort, list(pairs.values()), but)
    barred = [(match, broken[pairs[match.id]]) for match in found if pairs[match.id] in broken]
    since = await since_of(actor, cohort.program, facts, barred) if barred else {}
    return {match.id: Bar(rule_words(code), code, since.get(match.id)) for match, code in barred}


def _two(match: Match) -> Two:
    one, other = sides(match)
    return one.enrollment_id, other.enrollment_id


async def _looked_up(
    actor: Actor, cohort: Cohort, pairs: Collection[Two], but: Collection[RuleCode]
) -> tuple[Gathered, dict[Two, RuleCode]]:
    rows = await with_people(system_actor(actor.organization_id), {one for pair in pairs for one in pair})
    there = [pair for pair in pairs if rows.keys() >= set(pair)]
    facts = await gather_for_rules(actor, cohort, list(rows.values()))
    broken = _first_broken(facts, _rules_between(cohort.program), there, but)
    if RuleCode.TRAINING not in but:
        open_for = await untrained(actor, cohort.program, rows.values())
        broken = {pair: RuleCode.TRAINING for pair in there if not open_for.isdisjoint(pair)} | broken
    return facts, broken


def _rules_between(program: Program) -> RuleSet:
    """The rules of a programme; among peers none that tells who stands above whom."""
    rules = rules_of(program)
    return replace(rules, grade_gap=None) if is_among_peers(program) else rules


def _first_broken(
    facts: Gathered, rules: RuleSet, pairs: list[Two], but: Collection[RuleCode]
) -> dict[Two, RuleCode]:
    if not pairs:
        return {}
    columns = build(_as_sides(facts.pool, pairs))
    bans = facts.standing.bans
    market = open_market(columns, rules, Standing(bans=bans | {(other, one) for one, other in bans}))
    e = np.array([columns.mentees.rows[str(mentee)] for _mentor, mentee in pairs], np.intp)
    m = np.array([columns.mentors.rows[str(mentor)] for mentor, _mentee in pairs], np.intp)
    found: dict[Two, RuleCode] = {}
    for code in [code for code in (*market.listed, *active_pair_rules(rules)) if code not in but]:
        for at in np.flatnonzero(is_broken(market, code, e, m)):
            found.setdefault(pairs[at], code)
    return found


def _as_sides(pool: Pool, pairs: list[Two]) -> Pool:
    """Everybody on the side on which they stand in a pair: of peers somebody may stand on both."""
    known = {one.id: one for one in pool.participants}
    on = {
        ParticipantRole.MENTOR: {str(mentor) for mentor, _mentee in pairs},
        ParticipantRole.MENTEE: {str(mentee) for _mentor, mentee in pairs},
    }
    people = tuple(replace(known[one], role=role) for role, ids in on.items() for one in sorted(ids))
    return replace(pool, participants=people)
