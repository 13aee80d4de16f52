"""The real engine on a few people with two settings: what comes out, and what differs. Pure, nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING

from server.matchmaking.engine import (
    Explanation,
    MatchingResult,
    Outlook,
    Pool,
    RuleCode,
    RuleSet,
    Standing,
    WaitCode,
    Weights,
    run_matching,
)
from server.matchmaking.weighing.touching import Touched, touched
from server.programs.states import CIRCLE_USUAL, ParticipantRole, ProgramType

if TYPE_CHECKING:
    from server.matchmaking.engine.groups.pairs.peers import PeersResult

EXTREMES = 5
"""So many best and weakest are shown (design.md 4.4)."""


@dataclass(frozen=True)
class Together:
    """People whom the engine put together, the mentee first (of a circle all members), with their fit, 0 to 100."""

    who: tuple[str, ...]
    fit: float


@dataclass(frozen=True)
class Outcome:
    """What one setting comes to: who is together (best first), how many have somebody, why the others wait."""

    together: tuple[Together, ...]
    placed: int
    waiting: Mapping[WaitCode, int]
    explain: Callable[[Together], Explanation | None]

    @property
    def mean(self) -> float | None:
        """The mean fit; None for nobody."""
        return fmean(one.fit for one in self.together) if self.together else None

    @property
    def lowest(self) -> float | None:
        """The lowest fit; None for nobody."""
        return self.together[-1].fit if self.together else None

    @property
    def best(self) -> tuple[Together, ...]:
        """The best ones, best first."""
        return self.together[:EXTREMES]

    @property
    def weakest(self) -> tuple[Together, ...]:
        """The weakest ones, weakest first; none of the best."""
        return self.together[EXTREMES:][::-1][:EXTREMES]


@dataclass(frozen=True)
class Trial:
    """Two settings on the same people. `example` is new with the second one and gained most for its mentee."""

    now: Outcome
    was: Outcome
    moved: int
    example: Together | None
    touched: Mapping[RuleCode, Touched]
    """What each rule of the second setting touches alone."""

    @property
    def leaves_nobody(self) -> bool:
        """Whether the new setting finds nobody for anybody where the other one did, or where there are people."""
        return not self.now.placed and bool(self.now.waiting)


def compare(
    pool: Pool, standing: Standing, kind: ProgramType, now: tuple[RuleSet, Weights], was: tuple[RuleSet, Weights],
    outlook: Outlook | None = None, size: int = CIRCLE_USUAL,
) -> Trial:
    """Run the engine with both, by an outlook (None: the prior). As long as two runs: call it off the loop."""
    after = outcome(pool, standing, kind, *now, outlook, size)
    before = after if now == was else outcome(pool, standing, kind, *was, outlook, size)
    stood = {one.who for one in before.together}
    fresh = [one for one in after.together if one.who not in stood]
    return Trial(after, before, len(fresh), _example(before, fresh), touched(_facing(pool, kind), now[0], standing))


def outcome(
    pool: Pool, standing: Standing, kind: ProgramType, rules: RuleSet, weights: Weights, outlook: Outlook | None = None,
    size: int = CIRCLE_USUAL,
) -> Outcome:
    """One run of the engine for a type of programme, circles of about `size`. Of circles and peers nothing is learned.
    """
    if kind is ProgramType.CIRCLE:
        return _circles(pool, standing, rules, weights, size)
    result: MatchingResult | PeersResult
    if kind is ProgramType.PEER:
        from server.matchmaking.engine.groups.pairs.peers import pair_peers  # noqa: PLC0415  # loads what only groups need
        result = pair_peers(pool, rules, weights, standing=standing)
    else:
        result = run_matching(pool, rules, weights, standing=standing, outlook=outlook)
    made = [Together((pair.mentee, pair.mentor), pair.fit) for pair in result.pairs]
    people = {one for pair in made for one in (pair.who if kind is ProgramType.PEER else pair.who[:1])}
    return Outcome(
        _best_first(made), len(people), Counter(one.code for one in result.waitlist),
        lambda one: result.explain(one.who[1], one.who[0]),
    )


def _circles(pool: Pool, standing: Standing, rules: RuleSet, weights: Weights, size: int) -> Outcome:
    from server.matchmaking.engine.groups.circles import form_circles  # noqa: PLC0415  # loads what only groups need
    result = form_circles(pool, rules, weights, size=size, bans=standing.bans)
    made = [Together(one.members, one.fit) for one in result.circles]
    waiting = Counter(one.code for one in result.waitlist)
    return Outcome(_best_first(made), sum(len(one.who) for one in made), waiting, lambda _one: None)


def _best_first(made: list[Together]) -> tuple[Together, ...]:
    return tuple(sorted(made, key=lambda one: (-one.fit, one.who)))


def _example(before: Outcome, fresh: list[Together]) -> Together | None:
    held = {one.who[0]: one.fit for one in before.together}
    return max(fresh, key=lambda one: (one.fit - held.get(one.who[0], 0.0), one.who), default=None)


def _facing(pool: Pool, kind: ProgramType) -> Pool:
    """The pool as rules look at it: where people are no mentors and mentees, everybody meets everybody."""
    if kind not in (ProgramType.PEER, ProgramType.CIRCLE):
        return pool
    people = [one for one in pool.participants if kind is ProgramType.PEER or one.role is ParticipantRole.MENTEE]
    by_id = {one.id: replace(one, person=one.who) for one in people}
    both = (replace(one, role=role) for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
            for one in by_id.values())
    return replace(pool, participants=tuple(both))
