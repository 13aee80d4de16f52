"""The measures of the first page for each programme, kind, group, department, place or level beside the others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count

from server.journey.console.measures import Figure, MeasureKey, figures_of
from server.journey.reviewing.queries import managed_programs
from server.kernel.actor import Actor
from server.matches.models import MatchMember
from server.matches.queries import reviewable_matches
from server.programs.models import Program
from server.programs.queries import cohorts_of
from server.programs.states import LEADING

LEAST = 8
"""Of fewer than so many pairs no figure is shown."""
MOST = 24
"""So many rows are compared, those with the most matches."""


class By(StrEnum):
    """What is compared. DEPARTMENT, LOCATION and LEVEL are those of who learns, as the records have them today."""

    PROGRAM = "PROGRAM"
    TYPE = "TYPE"
    GROUP = "GROUP"
    DEPARTMENT = "DEPARTMENT"
    LOCATION = "LOCATION"
    LEVEL = "LEVEL"


FIELDS = {By.DEPARTMENT: "department", By.LOCATION: "location", By.LEVEL: "seniority"}


@dataclass(frozen=True, slots=True)
class Row:
    """One of what is compared: a name, a type's value or a level, and its measures by key; `matches` began in it."""

    name: str | int
    program: str
    matches: int
    figures: dict[MeasureKey, Figure]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rows, those with the most matches first. `more`: others have fewer and are not shown."""

    by: By
    rows: list[Row]
    more: bool


async def compared(actor: Actor, by: By) -> Comparison:
    """What the actor runs, compared by something.

    Raises:
        NotFound: the actor runs no programme.
    """
    programs = await managed_programs(actor)
    parts = await _by_records(actor, programs, FIELDS[by]) if by in FIELDS else await _by_programs(actor, programs, by)
    found = [(name, program, which, await _begun(actor, which)) for name, program, which in parts]
    found = sorted((one for one in found if one[-1]), key=lambda one: (-one[-1], str(one[0]), one[1]))
    rows = [Row(name, program, count, await _measures(actor, which)) for name, program, which, count in found[:MOST]]
    return Comparison(by, rows, len(found) > len(rows))


def shown(figure: Figure) -> bool:
    """Whether it rests on enough to be told."""
    return figure.whole >= LEAST


async def _by_programs(actor: Actor, programs: Collection[Program], by: By) -> list[tuple[str | int, str, Q]]:
    if by is By.PROGRAM:
        return [(one.name, "", Q(program_id=one.id)) for one in programs]
    if by is By.GROUP:
        names = {one.id: one.name for one in programs}
        groups = await cohorts_of(actor, names)
        return [(one.name, names[one.program_id], Q(cohort_id=one.id)) for one in groups]
    of_type: dict[str, list[UUID]] = {}
    for one in programs:
        of_type.setdefault(one.type.value, []).append(one.id)
    return [(kind, "", Q(program_id__in=ids)) for kind, ids in of_type.items()]


async def _by_records(actor: Actor, programs: Iterable[Program], field: str) -> list[tuple[str | int, str, Q]]:
    learn = MatchMember.filter(
        organization_id=actor.organization_id, match__program_id__in=[one.id for one in programs],
    ).exclude(role__in=list(LEADING))
    column = f"person__{field}"
    counted = learn.annotate(many=Count("id")).group_by(column).order_by("-many", column)
    many: Any = await counted.limit(MOST + 1).values_list(column)
    return [
        (value, "", Q(id__in=Subquery(learn.filter(**{column: value}).values("match_id"))))
        for (value,) in many if value not in (None, "")
    ]


async def _begun(actor: Actor, which: Q) -> int:
    return await reviewable_matches(actor).filter(which, active_at__isnull=False).count()


async def _measures(actor: Actor, which: Q) -> dict[MeasureKey, Figure]:
    return {one.key: one for one in await figures_of(actor, reviewable_matches(actor).filter(which))}
