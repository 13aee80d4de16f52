"""The order in which places are due to those who wait. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody's turn follows from: cycles waited, the day of enrolment, and the place that the last run gave
    them among those with the same two (by their best fit); None for who came after it."""

    id: UUID
    waited_cycles: int
    since: date
    place_then: int | None = None


def in_order(claims: Iterable[Claim]) -> list[UUID]:
    """Who is next, first. A total order by the claims alone: nobody is overtaken by somebody who came later with an
    equal claim, and who joins or leaves changes nobody else's turn."""
    ordered = sorted(claims, key=lambda one: (
        -one.waited_cycles, one.since, one.place_then is None, one.place_then or 0, one.id))
    return [one.id for one in ordered]
