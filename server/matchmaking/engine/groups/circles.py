"""Circles of four to eight people who help each other, share a goal, an hour and a language, and no line of command."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from server.matchmaking.engine.constraints import RuleCode, RuleSet, active_pair_rules, is_broken
from server.matchmaking.engine.groups.both_ways import both_ways, content
from server.matchmaking.engine.groups.compose import companions, compose, place
from server.matchmaking.engine.groups.hosts import Hosted, find_hosts
from server.matchmaking.engine.groups.portrait import SharedGoal, common_languages, common_times, shared_goals
from server.matchmaking.engine.groups.room import MEETING_HALF_HOURS, Room, open_room
from server.matchmaking.engine.groups.seating import LEAST, MOST, NOWHERE
from server.matchmaking.engine.groups.swaps import improve
from server.matchmaking.engine.pool import Participant, Pool
from server.matchmaking.engine.waitlist import WaitCode, Waiting, as_wait_code, in_turn
from server.matchmaking.engine.weights import Weights
from server.programs.states import CIRCLE_USUAL, ParticipantRole

USUAL_SIZE = CIRCLE_USUAL
ROOM_FOR = 3000
"""People whose circles are formed in one go; tables of everybody with everybody grow with the square of this."""
BUDGET = 6000
"""Steps of the swap search in each room: at 1,200 people none was left to gain by then (benchmarks/circles.py)."""


class Circle(NamedTuple):
    """One circle: members and host by id, and what they have in common.

    `helped` (0 to 100) is how well the best helper inside fits each member, `fit` their mean; `value` (0 to 1.5) is the
    same out of 1, and what a goal in common adds. `times` are half hours of the UTC week free for all who told theirs,
    None when nobody did, and `languages` likewise. Without a host, `host_code` says why.
    """

    members: tuple[str, ...]
    host: str | None
    host_code: WaitCode | None
    helped: tuple[float, ...]
    fit: float
    value: float
    times: int | None
    languages: tuple[str, ...] | None
    goals: tuple[SharedGoal, ...]


@dataclass(frozen=True, slots=True)
class CirclesResult:
    """Circles in the order of their members, who waits and why, and the proof: mean value and rules broken (none).

    `steps` were taken by the swap search, `budget_spent` when it was stopped before there was nothing left to gain.
    """

    circles: tuple[Circle, ...]
    waitlist: tuple[Waiting, ...]
    value: float
    violations: int
    steps: int
    budget_spent: bool


class Formed(NamedTuple):
    """Circles of rows in one room, and whoever is left there."""

    room: Room
    circles: list[list[int]]
    left: list[int]
    steps: int


def form_circles(
    pool: Pool,
    rules: RuleSet,
    weights: Weights,
    *,
    size: int = USUAL_SIZE,
    bans: frozenset[tuple[str, str]] = frozenset(),
    seed: int = 0,
    budget: int = BUDGET,
) -> CirclesResult:
    """Circles of the mentees of a pool, each with one of its mentors as host where one fits.

    Everybody sits in one circle at most; two people whom a rule keeps apart never sit together. An hour and a language
    in common are always asked for; the gap in grades holds between host and members. The same input gives the same
    result, whatever the order and the names of people. `budget` counts steps of the swap search, never seconds.

    Raises:
        ValueError: the size is outside 4 to 8.
    """
    if not LEAST <= size <= MOST:
        raise ValueError(f"Circles have {LEAST} to {MOST} members, not {size}")
    rules = together(rules)
    looking = [one for one in pool.participants if one.role is ParticipantRole.MENTEE and one.capacity > 0]
    formed: list[Formed] = []
    for people in _rooms(looking):
        market = both_ways(pool, people, rules, weights, bans, seed)
        formed.append(_form(open_room(market), size, budget))
    if len(formed) > 1:
        left = [one.room.people.people[row] for one in formed for row in one.left]
        formed = [one._replace(left=[]) for one in formed]
        formed.append(_form(open_room(both_ways(pool, left, rules, weights, bans, seed)), size, budget))
    return _result(pool, rules, weights, bans, seed, formed, budget)


def together(rules: RuleSet) -> RuleSet:
    """The rules of a programme for people who all meet at once: they need an hour and a language in common."""
    half_hours = max(MEETING_HALF_HOURS, rules.min_overlap_half_hours)
    return replace(rules, common_language=True, min_overlap_half_hours=half_hours)


def _rooms(people: Sequence[Participant]) -> Iterator[list[Participant]]:
    """Everybody, or in large pools equal parts of people who are near in language and clock."""
    near = {one.id: (sorted(one.languages or ()), one.utc_offset_min or 0, content(one)) for one in people}
    ordered = sorted(people, key=lambda one: (near[one.id], one.id))
    count = max(1, -(-len(ordered) // ROOM_FOR))
    cuts = [round(len(ordered) * at / count) for at in range(count + 1)]
    return (ordered[start:stop] for start, stop in pairwise(cuts))


def _form(room: Room, size: int, budget: int) -> Formed:
    """Compose, find seats for who is left, make the best exchanges, and look for seats once more."""
    seating = compose(room, size)
    order = in_turn(room.people.people, range(room.size))
    place(seating, order)
    steps = improve(seating, budget)
    place(seating, order)
    circles = [sorted(members) for members in seating.circles if members]
    return Formed(room, circles, [row for row in order if seating.where[row] == NOWHERE], steps)


def _result(
    pool: Pool,
    rules: RuleSet,
    weights: Weights,
    bans: frozenset[tuple[str, str]],
    seed: int,
    formed: Sequence[Formed],
    budget: int,
) -> CirclesResult:
    seated = [(one.room, circle) for one in formed for circle in one.circles]
    groups = [tuple(room.people.people[row] for row in circle) for room, circle in seated]
    hosts = find_hosts(pool, groups, rules, weights, bans, seed)
    circles = [_circle(*pair, host) for pair, host in zip(seated, hosts, strict=True)]
    total = sum(room.value(circle) for room, circle in seated)
    return CirclesResult(
        circles=tuple(sorted(circles, key=lambda one: one.members)),
        waitlist=tuple(_queue(pool, formed)),
        value=total / max(1, sum(map(len, groups))),
        violations=sum(broken(room, circle) for room, circle in seated),
        steps=sum(one.steps for one in formed),
        budget_spent=any(one.steps >= budget for one in formed),
    )


def _circle(room: Room, rows: list[int], host: Hosted) -> Circle:
    rows = sorted(rows, key=lambda row: room.people.people[row].id)
    members = [room.people.people[row] for row in rows]
    helped = 100 * room.help[np.ix_(rows, rows)].max(axis=1)
    return Circle(
        members=tuple(one.id for one in members),
        host=host.host,
        host_code=host.code,
        helped=tuple(helped.tolist()),
        fit=float(helped.mean()),
        value=room.value(rows) / len(rows),
        times=common_times(members),
        languages=common_languages(members),
        goals=shared_goals(members),
    )


def broken(room: Room, rows: list[int]) -> int:
    """Rules broken inside a circle, asked of the rules themselves once more, and its size, hour and language."""
    market, here = room.people.market, np.array(rows)
    first, second = (side.ravel() for side in np.meshgrid(here, here))
    apart = first != second
    codes = (*market.listed, *active_pair_rules(market.rules))
    count = sum(int(is_broken(market, code, first[apart], second[apart]).sum()) for code in codes)
    can_meet = room.common.of(here[:1]).suits(room.common.of(here), room.half_hours)
    return count + (not LEAST <= len(rows) <= MOST) + (not can_meet)


def _queue(pool: Pool, formed: Sequence[Formed]) -> Iterator[Waiting]:
    """Who waits, in turn and with the reason, then who has no open place."""
    left = [(one.room.people.people[row], _why(one.room, row)) for one in formed for row in one.left]
    for position, at in enumerate(in_turn([one for one, _ in left], range(len(left))), 1):
        yield Waiting(left[at][0].id, position, left[at][1])
    for name in sorted(one.id for one in pool.participants if one.role is ParticipantRole.MENTEE and not one.capacity):
        yield Waiting(name, None, WaitCode.NOT_LOOKING)


def _why(room: Room, row: int) -> WaitCode:
    """Too few people at all, the rule that keeps most of them away, or no circle that could take one more."""
    if room.size < LEAST:
        return WaitCode.TOO_FEW
    if len(companions(room, row)) >= LEAST - 1:
        return WaitCode.NO_CIRCLE
    market, here, others = room.people.market, np.array([row]), np.delete(np.arange(room.size), row)
    counts = {
        code: int(is_broken(market, code, here, others).sum())
        for code in (*market.listed, *active_pair_rules(market.rules))
    }
    at_hand = room.common.rows(others).starts & room.common.starts[row]
    counts[RuleCode.OVERLAP] = int((at_hand == 0).all(axis=1).sum())
    return as_wait_code(max(counts, key=lambda code: counts[code]))
