"""Circles one after the other: whoever is hardest to place first, and then the person who adds most."""

import numpy as np

from server.matchmaking.engine.groups.both_ways import Rows
from server.matchmaking.engine.groups.room import Mask, Room
from server.matchmaking.engine.groups.seating import LEAST, MOST, NOWHERE, Seating
from server.matchmaking.engine.groups.swaps import may_take, taking

WAYS_ROUND = 40
"""How many people are asked to change circles for somebody who waits, those first whose circle gains most by it."""


def compose(room: Room, size: int) -> Seating:
    """Circles of about `size`, begun with whoever could sit with the fewest others. Who finds no three is left out."""
    seating, free = Seating(room), np.ones(room.size, np.bool_)
    for person in sorted(range(room.size), key=lambda row: (len(companions(room, row)), row)):
        if free[person]:
            free[person] = False
            circle = _grown(room, [person], free, target(1 + int(free.sum()), size))
            free[person] = len(circle) < LEAST
            if len(circle) >= LEAST:
                seating.found(circle)
                free[circle] = False
    return seating


def target(people: int, size: int) -> int:
    """How many of some people the next circle takes, so that what is left divides into circles of 4 to 8."""
    circles = max(-(-people // MOST), min(int(people / size + 0.5), people // LEAST), 1)
    return min(MOST, -(-people // circles))


def companions(room: Room, person: int) -> Rows:
    """Everybody who could sit with somebody, if only the two of them met."""
    others = np.arange(room.size)
    return others[room.may_join([person], others)]


def place(seating: Seating, people: list[int]) -> None:
    """Seats for who is left, in this order: in a circle below 8, in a new one, or where somebody else can move on."""
    left = -1
    while (waiting := [row for row in people if seating.where[row] == NOWHERE]) and len(waiting) != left:
        left = len(waiting)
        for person in waiting:
            if seating.where[person] == NOWHERE:
                _join(seating, person) or _found(seating, person) or _make_room(seating, person)


def _grown(room: Room, circle: list[int], free: Mask, size: int) -> list[int]:
    """A circle with the best of the free people added one by one, until it has its size or nobody suits."""
    candidates = np.flatnonzero(free)
    while len(circle) < size and len(candidates):
        candidates = candidates[room.may_join(circle, candidates)]
        if len(candidates):
            circle = [*circle, int(candidates[room.gains(circle, candidates).argmax()])]
            candidates = candidates[candidates != circle[-1]]
    return circle


def _join(seating: Seating, person: int) -> bool:
    options = _open_to(seating, person)
    if options:
        here = np.array([person])
        gains = [float(seating.room.gains(seating.circles[at], here)[0]) for at in options]
        seating.join(person, options[int(np.argmax(gains))])
    return bool(options)


def _open_to(seating: Seating, person: int) -> list[int]:
    """Circles other than their own with a seat to spare in which somebody could sit."""
    here = np.array([person])
    open_circles = (at for at in seating.open_circles() if at != seating.where[person])
    return [at for at in open_circles if seating.room.may_join(seating.circles[at], here)[0]]


def _found(seating: Seating, person: int) -> bool:
    """A new circle of people who wait, filled up to 4 with people from circles that are larger than that."""
    free = seating.where[: seating.room.size] == NOWHERE
    free[person] = False
    circle = _grown(seating.room, [person], free, target(1 + int(free.sum()), LEAST))
    while len(circle) < LEAST and len(spare := _spare(seating, circle)):
        options = spare[seating.room.may_join(circle, spare)]
        if not len(options):
            break
        circle.append(int(options[seating.room.gains(circle, options).argmax()]))
    if len(circle) >= LEAST:
        seating.found(circle)
    return len(circle) >= LEAST


def _spare(seating: Seating, taken: list[int]) -> Rows:
    """People whose circle would still be one without them and those taken from it already."""
    lent = [int(seating.where[row]) for row in taken]
    rows = [
        row
        for at, members in enumerate(seating.circles)
        if len(members) - lent.count(at) > LEAST
        for row in members
        if row not in taken
    ]
    return np.array(sorted(rows), np.intp)


def _make_room(seating: Seating, person: int) -> bool:
    """Somebody who can sit elsewhere moves there and leaves their seat."""
    seated = np.flatnonzero(seating.where[: seating.room.size] != NOWHERE)
    able = seated[may_take(seating, person, seated)]
    for leaving in able[np.argsort(-taking(seating, person, able), kind="stable")][:WAYS_ROUND].tolist():
        if elsewhere := _open_to(seating, leaving):
            seating.replace(leaving, person)
            seating.join(leaving, elsewhere[0])
            return True
    return False
