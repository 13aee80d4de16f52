"""Peers and circles: who finds partners in a group, and what more people would change. Pure.

Nobody has places to plan there: what can be missing is a partner, people who could meet, or somebody who leads.
"""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from server.matchmaking.supply.planning import MENTEE, MENTOR, Ground, Plan, Planned, likeness, only

LOOKED_AT = 240
"""Of a long line so many are looked at for a circle that would suit them: forty circles, in a moment."""
SEVERAL = 3


class Suited(NamedTuple):
    """What people who wait could meet about in a circle: a skill that several of them want, how many, and when all of
    them are free, as (half hour of the UTC week, how many); None where nobody told their hours."""

    skill: str
    people: int
    times: list[tuple[int, int]] | None


def peers_found(ground: Ground, plan: Plan) -> Planned:
    """The pairs among the peers of a group, with the people that a plan adds."""
    from server.matchmaking.engine.groups.pairs.peers import pair_peers  # noqa: PLC0415  # its solver: peers alone

    everybody = ground.pool.participants
    pool = only(ground.pool, (*everybody, *likeness(everybody, ground.whole, plan.people)))
    result = pair_peers(pool, ground.rules, ground.weights, standing=ground.standing)
    line = tuple(one.mentee for one in result.waitlist if one.position is not None)
    return Planned(
        paired=2 * len(result.pairs), in_circles=0, later=0, waiting=line, spare=0,
        mean=fmean(pair.fit for pair in result.pairs) if result.pairs else None, short={}, groups=len(result.pairs),
    )


def circles_found(ground: Ground, plan: Plan) -> Planned:
    """The circles of a group, with the people and those who lead that a plan adds."""
    from server.matchmaking.engine.groups.circles import form_circles  # noqa: PLC0415  # loads what only groups need
    sides = {role: [one for one in ground.pool.participants if one.role is role] for role in (MENTOR, MENTEE)}
    pool = only(ground.pool, (
        *ground.pool.participants, *likeness(sides[MENTOR], ground.whole, plan.more),
        *likeness(sides[MENTEE], ground.whole, plan.people),
    ))
    result = form_circles(pool, ground.rules, ground.weights, size=plan.size, bans=ground.standing.bans)
    line = tuple(one.mentee for one in result.waitlist if one.position is not None)
    return Planned(
        paired=0, in_circles=sum(len(one.members) for one in result.circles), later=0, waiting=line, spare=0,
        mean=fmean(one.fit for one in result.circles) if result.circles else None, short={},
        groups=len(result.circles), leaderless=sum(one.host is None for one in result.circles),
    )


def suited(ground: Ground, waiting: Sequence[str], size: int) -> Suited | None:
    """The skill that most of those who wait could learn together, in one circle that the rules allow; None where no
    several of them want the same."""
    line = set(waiting[:LOOKED_AT])
    if len(line) < SEVERAL:
        return None
    from server.matchmaking.engine.groups.circles import form_circles  # noqa: PLC0415  # loads what only groups need
    people = [one for one in ground.pool.participants if one.role is MENTEE and one.id in line]
    formed = form_circles(
        only(ground.pool, people), ground.rules, ground.weights, size=size, bans=ground.standing.bans
    )
    shared = [(one.goals[0], one) for one in formed.circles if one.goals and one.goals[0].members >= SEVERAL]
    if not shared:
        return None
    goal, circle = max(shared, key=lambda one: (one[0].members, one[0].tag))
    return Suited(goal.tag, goal.members, None if circle.times is None else spans(circle.times))


def spans(times: int) -> list[tuple[int, int]]:
    """Stretches of a week of half hours, as (first, how many)."""
    found: list[tuple[int, int]] = []
    for at in (at for at in range(times.bit_length()) if times >> at & 1):
        if found and sum(found[-1]) == at:
            found[-1] = found[-1][0], found[-1][1] + 1
        else:
            found.append((at, 1))
    return found


