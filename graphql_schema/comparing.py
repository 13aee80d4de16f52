"""Programmes, their kinds and groups, and the places of their people, beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import strawberry

from graphql_schema.context import Info
from server.journey.comparing.queries import By, compared, shown
from server.journey.console.measures import MeasureKey

if TYPE_CHECKING:
    from server.journey.comparing.queries import Row
    from server.journey.console.measures import Figure

for enum, title in ((By, "CompareBy"), (MeasureKey, "Measure")):
    strawberry.enum(enum, name=title)


@strawberry.type(description="A measure in one row: so many of so many. Of fewer than eight it says nothing.")
class ComparedMeasure:
    measure: MeasureKey
    part: int | None
    whole: int | None
    percent: float | None

    @classmethod
    def of(cls, one: Figure) -> Self:
        """The same of the domain."""
        if not shown(one):
            return cls(measure=one.key, part=None, whole=None, percent=None)
        return cls(measure=one.key, part=one.part, whole=one.whole, percent=one.percent)


@strawberry.type(description="One of what is compared; of a group also its programme.")
class ComparedRow:
    name: str
    program: str | None
    matches: int = strawberry.field(description="How many began.")
    measures: list[ComparedMeasure]

    @classmethod
    def of(cls, row: Row) -> Self:
        """The same of the domain."""
        return cls(
            name=str(row.name), program=row.program or None, matches=row.matches,
            measures=[ComparedMeasure.of(row.figures[key]) for key in MeasureKey],
        )


@strawberry.type
class ComparingQuery:
    @strawberry.field(description="What you run, side by side: up to 24 rows, those with the most matches first.")
    async def comparison(self, info: Info, by: By = By.PROGRAM) -> list[ComparedRow]:
        return [ComparedRow.of(row) for row in (await compared(info.context.actor, by)).rows]
