"""Better circles by exchanging two people at a time, and who could take whose seat."""

import numpy as np

from server.matchmaking.engine.groups.both_ways import Floats, Rows
from server.matchmaking.engine.groups.room import Mask
from server.matchmaking.engine.groups.seating import NOWHERE, Seating

WORTHWHILE = 1e-9


def improve(seating: Seating, budget: int) -> int:
    """Let each person in turn make the best swap there is with anybody, until nobody finds one or the budget is spent.

    A step weighs one person's swaps with everybody; returns how many steps were taken.
    """
    steps, content = 0, 0
    seated = [row for row in range(seating.room.size) if seating.where[row] != NOWHERE]
    while seated and steps < budget and content < len(seated):
        person = seated[steps % len(seated)]
        steps, content = steps + 1, content + 1
        other, gain = best_swap(seating, person)
        if gain > WORTHWHILE:
            seating.swap(person, other)
            content = 0
    return steps


def best_swap(seating: Seating, person: int) -> tuple[int, float]:
    """With whom an exchange of seats would gain most, and how much; without any the gain is minus infinity."""
    home, values = seating.where[person], np.array([*seating.values, 0.0])
    everybody = np.arange(seating.room.size)
    there = seating.where[everybody]
    now = values[home] + values[there]
    gain = _with(seating, person, everybody) + taking(seating, person, everybody) - now
    allowed = (there != home) & (there != NOWHERE) & may_take(seating, person, everybody)
    gain[~(allowed & _may_come(seating, person, everybody))] = -np.inf
    best = int(gain.argmax())
    return best, float(gain[best])


def taking(seating: Seating, person: int, others: Rows) -> Floats:
    """What the circle of each of some people would be worth with `person` in their place."""
    mates, total = seating.mates[others], np.zeros(len(others))
    for table, best in zip((seating.room.help, seating.room.kin), seating.best, strict=True):
        helped = np.maximum(best[others], table[:, person][mates]) * (mates < seating.room.size)
        total += helped.sum(axis=1) + table[person][mates].max(axis=1)
    return total


def may_take(seating: Seating, person: int, others: Rows) -> Mask:
    """Whose seat `person` could take."""
    room, mates = seating.room, seating.mates[others]
    suits = seating.rest.rows(others).suits(room.common.rows(np.array([person])), room.half_hours)
    apart: Mask = room.barred[person][mates].any(axis=1)
    return suits & ~apart


def _with(seating: Seating, person: int, others: Rows) -> Floats:
    """What the circle of `person` would be worth with each of some people in that place."""
    mates = seating.mates[person][seating.mates[person] < seating.room.size]
    total = np.zeros(len(others))
    for table, best in zip((seating.room.help, seating.room.kin), seating.best[:, person], strict=True):
        brought = np.maximum(best[: len(mates), None], table[np.ix_(mates, others)])
        total += brought.sum(axis=0) + table[np.ix_(others, mates)].max(axis=1)
    return total


def _may_come(seating: Seating, person: int, others: Rows) -> Mask:
    """Who could sit in the place of `person`."""
    room = seating.room
    suits = seating.rest.rows(np.array([person])).suits(room.common.rows(others), room.half_hours)
    apart: Mask = room.barred[np.ix_(seating.mates[person], others)].any(axis=0)
    return suits & ~apart
