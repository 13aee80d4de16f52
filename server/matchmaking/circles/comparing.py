"""The circles of two runs side by side: who sits in another one, and why. Pure: stored records in, changes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

from server.matchmaking.engine.waitlist import WaitCode

SHARED = 2
"""So many people in common make circles of two runs one circle that went on."""


class Moved(StrEnum):
    """Why somebody sits in another circle in the later run."""

    JOINED = "JOINED"
    LEFT = "LEFT"
    WAITS = "WAITS"
    SEATED = "SEATED"
    DISSOLVED = "DISSOLVED"
    MOVED = "MOVED"
    LEADS = "LEADS"


class Formed(NamedTuple):
    """A circle that a run formed; `fit` 0 to 100."""

    members: tuple[UUID, ...]
    leads: UUID | None
    fit: int


@dataclass(frozen=True, slots=True)
class CircleChange:
    """Somebody's circles in both runs: one at most for who sits in it, any number for who leads them."""

    person: UUID
    before: tuple[Formed, ...]
    after: tuple[Formed, ...]
    why: Moved
    waits: WaitCode | None = None


@dataclass(frozen=True, slots=True)
class CirclesCompared:
    """What changed from the earlier run to the later one; `same` counts the members who sit in a circle that went on,
    of `seated` in the later run."""

    same: int
    seated: int
    changes: tuple[CircleChange, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """What a run says of circles: those it formed, and why others sit in none."""

    circles: tuple[Formed, ...]
    waiting: Mapping[UUID, WaitCode]

    @property
    def seats(self) -> dict[UUID, int]:
        """In which circle each member sits."""
        return {member: at for at, one in enumerate(self.circles) for member in one.members}

    @property
    def led(self) -> dict[UUID, set[int]]:
        """Which circles each of those leads who leads any."""
        found: dict[UUID, set[int]] = {}
        for at, one in enumerate(self.circles):
            if one.leads:
                found.setdefault(one.leads, set()).add(at)
        return found


def compare_circles(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> CirclesCompared:
    """Everybody of either run's record who does not sit with the circle they sat with, then who leads other circles,
    each in a fixed order."""
    then, now = _side(earlier), _side(later)
    went_on = _went_on(then.circles, now.circles)
    changes = [
        change for person in sorted({*then.seats, *then.waiting, *now.seats, *now.waiting})
        if (change := _moved(then, now, went_on, person))
    ]
    leading = [
        CircleChange(person, _of(then, then.led.get(person, ())), _of(now, now.led.get(person, ())), Moved.LEADS)
        for person in sorted({*then.led, *now.led})
        if then.led.get(person, set()) != {went_on.get(at, ~at) for at in now.led.get(person, ())}
    ]
    stayed = sum(then.seats.get(member) == went_on.get(at, ~at) for member, at in now.seats.items())
    return CirclesCompared(stayed, len(now.seats), (*changes, *leading))


def _side(record: Mapping[str, Any]) -> _Side:
    told = record.get("circles") or {"groups": [], "waitlist": []}
    return _Side(
        tuple(
            Formed(tuple(map(UUID, one["members"])), UUID(one["host"]) if one["host"] else None, one["fit"])
            for one in told["groups"]
        ),
        {UUID(one["enrollment_id"]): WaitCode(one["code"]) for one in told["waitlist"]},
    )


def _went_on(earlier: tuple[Formed, ...], later: tuple[Formed, ...]) -> dict[int, int]:
    """Which earlier circle each later one goes on from, those with most people in common first."""
    shared = sorted(
        (-len(common), sorted(common), now, then)
        for (now, one), (then, other) in product(enumerate(later), enumerate(earlier))
        if len(common := {*one.members} & {*other.members}) >= SHARED
    )
    found: dict[int, int] = {}
    for _size, _common, now, then in shared:
        if now not in found and then not in found.values():
            found[now] = then
    return found


def _moved(then: _Side, now: _Side, went_on: Mapping[int, int], person: UUID) -> CircleChange | None:
    """What changed for somebody who sits in circles; None where they sit with their circle, or wait as before."""
    before, after = then.seats.get(person), now.seats.get(person)
    if (before is None and after is None and (person in then.waiting) == (person in now.waiting)) or (
        before is not None and after is not None and went_on.get(after) == before
    ):
        return None
    return CircleChange(
        person, _of(then, _one(before)), _of(now, _one(after)), _why(then, now, went_on, person),
        now.waiting.get(person),
    )


def _why(then: _Side, now: _Side, went_on: Mapping[int, int], person: UUID) -> Moved:
    """The first that holds, from what nobody could help to what the run itself weighed."""
    before, after = then.seats.get(person), now.seats.get(person)
    found = {
        Moved.JOINED: before is None and person not in then.waiting,
        Moved.LEFT: after is None and person not in now.waiting,
        Moved.WAITS: after is None,
        Moved.SEATED: before is None,
        Moved.DISSOLVED: before not in went_on.values(),
    }
    return next((why for why, holds in found.items() if holds), Moved.MOVED)


def _of(side: _Side, places: Iterable[int]) -> tuple[Formed, ...]:
    return tuple(side.circles[at] for at in sorted(places))


def _one(place: int | None) -> tuple[int, ...]:
    return () if place is None else (place,)
