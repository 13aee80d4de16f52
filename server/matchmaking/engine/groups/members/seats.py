"""A seat in a circle that stands, for whoever came later or was left. Who sits in one stays where they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from server.matchmaking.engine.constraints import RuleSet
from server.matchmaking.engine.groups.both_ways import both_ways
from server.matchmaking.engine.groups.circles import ROOM_FOR, together
from server.matchmaking.engine.groups.hosts import find_hosts
from server.matchmaking.engine.groups.room import Room, open_room
from server.matchmaking.engine.groups.seating import MOST
from server.matchmaking.engine.pool import Participant, Pool
from server.matchmaking.engine.weights import Weights
from server.programs.states import ParticipantRole

AT_ONCE, CIRCLES_AT_ONCE = 500, ROOM_FOR // MOST
"""So many of those who wait are looked at in one run, those first whose turn it is; circles so many at a time."""


class Sitting(NamedTuple):
    """A circle that stands: its members and who leads it, by their ids in the pool."""

    id: str
    members: tuple[str, ...]
    host: str | None


class Seat(NamedTuple):
    """A seat in a circle for somebody; `fit` (0 to 100) is how well the best helper inside fits them."""

    circle: str
    person: str
    fit: float


@dataclass(frozen=True, slots=True)
class _Table:
    """Some circles and who waits, as rows of one room. `circles` grow as seats are taken."""

    room: Room
    rows: dict[str, int]
    circles: dict[Sitting, list[int]]

    def open_to(self, row: int) -> Iterator[Sitting]:
        """The circles with a seat to spare in which somebody could sit, the one first that gains most."""
        here = np.array([row])
        fitting = [
            (float(self.room.gains(rows, here)[0]), sorted(rows), circle) for circle, rows in self.circles.items()
            if rows and len(rows) < MOST and self.room.may_join(rows, here)[0]
        ]
        return (circle for _gain, _rows, circle in sorted(fitting, key=lambda one: (-one[0], one[1])))

    def people(self, rows: Sequence[int]) -> tuple[Participant, ...]:
        """Who stands in some rows."""
        return tuple(self.room.people.people[row] for row in rows)


def find_seats(
    pool: Pool, circles: Sequence[Sitting], waiting: Sequence[str], rules: RuleSet, weights: Weights,
    *, bans: frozenset[tuple[str, str]] = frozenset(), seed: int = 0,
) -> list[Seat]:
    """A seat for each of those who wait, in their turn, in the circle that gains most by them; none above eight.

    The rules of a circle hold for whoever comes in as for everybody inside, and so does the rule about who leads it.
    Whoever has a seat in the circles looked at first looks no further.
    """
    rules, found = together(rules), list[Seat]()
    for at in range(0, len(circles), CIRCLES_AT_ONCE):
        seated = {one.person for one in found}
        left = [one for one in waiting[:AT_ONCE] if one not in seated]
        some = circles[at : at + CIRCLES_AT_ONCE]
        found += _seats(pool, _table(pool, some, left, rules, weights, bans, seed), left, rules, weights, bans)
    return found


def _table(
    pool: Pool, circles: Sequence[Sitting], waiting: Sequence[str], rules: RuleSet, weights: Weights,
    bans: frozenset[tuple[str, str]], seed: int,
) -> _Table:
    members = {one.id: one for one in pool.participants if one.role is ParticipantRole.MENTEE}
    names = [*waiting, *(name for circle in circles for name in circle.members)]
    room = open_room(both_ways(pool, [members[name] for name in names if name in members], rules, weights, bans, seed))
    rows = {one.id: row for row, one in enumerate(room.people.people)}
    return _Table(room, rows, {one: [rows[name] for name in one.members if name in rows] for one in circles})


def _seats(
    pool: Pool, table: _Table, waiting: Sequence[str], rules: RuleSet, weights: Weights,
    bans: frozenset[tuple[str, str]],
) -> Iterator[Seat]:
    """Whose turn comes first takes the seat."""
    hosts = {one.id: one for one in pool.participants if one.role is ParticipantRole.MENTOR}
    for name in (one for one in waiting if one in table.rows):
        row = table.rows[name]
        for circle in table.open_to(row):
            now = [*table.circles[circle], row]
            host = hosts.get(circle.host or "")
            if host is None or _may_lead(pool, host, table.people(now), rules, weights, bans):
                yield Seat(circle.id, name, float(100 * table.room.help[row, table.circles[circle]].max()))
                table.circles[circle] = now
                break


def _may_lead(
    pool: Pool, host: Participant, people: tuple[Participant, ...], rules: RuleSet, weights: Weights,
    bans: frozenset[tuple[str, str]],
) -> bool:
    alone = replace(pool, participants=(replace(host, capacity=1), *people))
    return find_hosts(alone, [people], rules, weights, bans, 0)[0].code is None
