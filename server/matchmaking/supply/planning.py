"""What a plan for more places would come to, by the real engine on the group as the plan would make it. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from statistics import fmean

from server.matchmaking.engine import (
    MatchingResult,
    Outlook,
    Participant,
    Pool,
    RuleSet,
    Standing,
    Weights,
    run_matching,
)
from server.programs.states import CIRCLE_LEAST, CIRCLE_MOST, CIRCLE_USUAL, ParticipantRole

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


@dataclass(frozen=True)
class Plan:
    """Ways to close a gap: mentors who said yes, mentors with one more place, so many places for each mentor at least,
    circles, more mentors (or who lead), later starts; among peers and in circles more people."""

    past: int = 0
    raised: int = 0
    places: int = 0
    circles: int = 0
    size: int = CIRCLE_USUAL
    more: int = 0
    people: int = 0
    later: int = 0


MOST = 500
"""Of each way to close a gap at most so many: no group of ours is short of more, and each costs a moment."""
SIZES = {"size": (CIRCLE_LEAST, CIRCLE_MOST), "places": (0, 20)}
"""People in a circle, as everywhere (features.md F3), and places of a mentor, as an invitation may give."""


def bounds(name: str) -> tuple[int, int]:
    """The least and the most of a part of a plan."""
    return SIZES.get(name, (0, MOST))


@dataclass(frozen=True)
class Ground:
    """A group as it stands: capacities of the pool are the places that are free now, `whole` all that somebody has.

    `raisable` mentors may take one more; `past` are mentors of earlier groups, those who would be asked first in front.
    Without an `outlook` pairs are judged by the prior.
    """

    pool: Pool
    standing: Standing
    rules: RuleSet
    weights: Weights
    whole: Mapping[str, int]
    raisable: frozenset[str] = frozenset()
    past: tuple[Participant, ...] = ()
    outlook: Outlook | None = None


@dataclass(frozen=True)
class Planned:
    """What a plan comes to: mentees with a mentor and in circles, those who start later, those who still wait in
    their order, free places left, mean fit of pairs, and for each skill how many who wait find no place for it.

    `raised` are the mentors of whom one more place does most. Where people are no mentors and mentees, `groups` are
    their pairs or circles, `leaderless` the circles that nobody leads.
    """

    paired: int
    in_circles: int
    later: int
    waiting: tuple[str, ...]
    spare: int
    mean: float | None
    short: Mapping[str, int]
    raised: tuple[str, ...] = ()
    groups: int = 0
    leaderless: int = 0

    @property
    def balance(self) -> int:
        """Places to spare, below 0 for mentees without one."""
        return -len(self.waiting) if self.waiting else self.spare


def carried_out(ground: Ground, plan: Plan) -> Planned:
    """The plan on the group. Takes as long as two or three runs of the engine: call it off the loop."""
    pool, raised = _staffed(ground, plan)
    result = run_matching(pool, ground.rules, ground.weights, standing=ground.standing, outlook=ground.outlook)
    line = [one.mentee for one in result.waitlist if one.position is not None]
    put_off = line[max(0, len(line) - plan.later):]
    line = line[: len(line) - len(put_off)]
    seated = _seated(ground, pool, line, plan)
    waiting = tuple(one for one in line if one not in seated)
    free = _free(pool, result)
    return Planned(
        paired=len(result.pairs), in_circles=len(seated), later=len(put_off), waiting=waiting,
        spare=sum(free.values()), mean=fmean(pair.fit for pair in result.pairs) if result.pairs else None,
        short=_short(pool, waiting, free), raised=raised,
    )


def _staffed(ground: Ground, plan: Plan) -> tuple[Pool, tuple[str, ...]]:
    """The pool with the mentors and places that a plan adds, and who has one more."""
    mentors = [one for one in ground.pool.participants if one.role is MENTOR]
    more = likeness(mentors, ground.whole, plan.more)
    pool = only(ground.pool, (*ground.pool.participants, *ground.past[: plan.past], *more))
    pool = only(pool, [_with_at_least(one, ground.whole, plan.places) for one in pool.participants])
    raised = _first_raised(ground, pool, plan.raised)
    return _with_one_more(pool, frozenset(raised)), raised


def only(pool: Pool, people: Sequence[Participant]) -> Pool:
    """The pool with these people in it."""
    return replace(pool, participants=tuple(people))


def likeness(people: Sequence[Participant], whole: Mapping[str, int], count: int) -> list[Participant]:
    """So many like those there are, each in turn, with all their places; strangers to everybody."""
    known = sorted(people, key=lambda one: one.id)
    return [
        replace(one, id=f"\0more {one.role} {number:06d}", person=None, manager=None, team=None, prefers=(), avoids=(),
                capacity=whole.get(one.id, 1))
        for number, one in enumerate(islice(cycle(known), count))
    ] if known else []


def _with_at_least(one: Participant, whole: Mapping[str, int], places: int) -> Participant:
    """A mentor with so many places in all, those that are taken among them."""
    lacks = places - whole.get(one.id, one.capacity) if one.role is MENTOR else 0
    return replace(one, capacity=one.capacity + lacks) if lacks > 0 else one


def _first_raised(ground: Ground, pool: Pool, count: int) -> tuple[str, ...]:
    """The mentors of whom one more place does most: if all of them had it, whose would be taken by the best fits."""
    if not count or not ground.raisable:
        return ()
    before = {one.id: one.capacity for one in pool.participants if one.role is MENTOR}
    result = run_matching(
        _with_one_more(pool, ground.raisable), ground.rules, ground.weights, standing=ground.standing,
        outlook=ground.outlook,
    )
    held = Counter(pair.mentor for pair in result.pairs)
    best: dict[str, float] = {}
    for pair in result.pairs:
        best[pair.mentor] = max(best.get(pair.mentor, 0.0), pair.fit)
    ranked = sorted(ground.raisable, key=lambda one: (held[one] <= before[one], -best.get(one, 0.0), one))
    return tuple(ranked[:count])


def _with_one_more(pool: Pool, mentors: frozenset[str]) -> Pool:
    return replace(pool, participants=tuple(
        replace(one, capacity=one.capacity + 1) if one.role is MENTOR and one.id in mentors else one
        for one in pool.participants
    ))


def _seated(ground: Ground, pool: Pool, line: Sequence[str], plan: Plan) -> frozenset[str]:
    """Those in line who sit in the circles that are opened: the fullest first, each with a mentor who leads it."""
    if not plan.circles or not line:
        return frozenset()
    from server.matchmaking.engine.groups.circles import form_circles  # noqa: PLC0415  # loads what only groups need
    waiting = set(line)
    people = tuple(
        replace(one, capacity=1) for one in pool.participants if one.role is MENTOR or one.id in waiting
    )
    rules, bans = replace(ground.rules, max_pairs=None), ground.standing.bans
    formed = form_circles(replace(pool, participants=people), rules, ground.weights, size=plan.size, bans=bans)
    hosted = [one for one in formed.circles if one.host]
    led = sorted(hosted, key=lambda one: (-len(one.members), -one.fit, one.members))
    return frozenset(member for one in led[: plan.circles] for member in one.members)


def _free(pool: Pool, result: MatchingResult) -> Counter[str]:
    held = Counter(pair.mentor for pair in result.pairs)
    return Counter({one.id: one.capacity - held[one.id] for one in pool.participants if one.role is MENTOR})


def _short(pool: Pool, waiting: Sequence[str], free: Mapping[str, int]) -> dict[str, int]:
    """For each skill that somebody waiting wants, how many more than there are free places with it."""
    left = set(waiting)
    mentees = (one for one in pool.participants if one.role is MENTEE and one.id in left)
    wanted = Counter(tag for one in mentees for tag in dict.fromkeys(one.goal_tags))
    ready = Counter[str]()
    for one in pool.participants:
        if one.role is MENTOR:
            ready.update(dict.fromkeys(one.skill_tags, free[one.id]))
    return {tag: count - ready[tag] for tag, count in wanted.most_common() if count > ready[tag]}
