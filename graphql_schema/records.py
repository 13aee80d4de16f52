"""The pair record: what happened to two people and what falls due, as the console tells it. Never a word of theirs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.matches import MatchType
from server.journey.record.queries import Standing, pair_record

if TYPE_CHECKING:
    from server.journey.record.queries import PairRecord
    from server.journey.record.timeline import Event
    from server.kernel.facts import ScheduledAction

strawberry.enum(Standing, name="PairStanding", description="How a pair stands.")


@strawberry.type(name="PairEvent", description="Something that happened to a pair: who did what, and when.")
class PairEventType:
    at: datetime
    action: str = strawberry.field(description="What was done, as the audit log names it: session.book, goal.settle.")
    by_id: strawberry.ID | None = strawberry.field(description="Whoever did it; null when the product did by itself.")
    by_name: str | None = strawberry.field(description="Their name, where they are still known.")
    count: int = strawberry.field(description="How often on that day; of a series, how many sessions of it.")

    @classmethod
    def of(cls, event: Event, record: PairRecord) -> Self:
        """An event of a record."""
        person = record.people.get(event.by_id) if event.by_id else None
        return cls(
            at=event.at, action=event.action, count=event.count, by_name=person.full_name if person else None,
            by_id=global_id("Person", event.by_id) if event.by_id else None,
        )


@strawberry.type(name="PairPlan", description="Something that falls due by itself within four weeks.")
class PairPlanType:
    due_at: datetime
    rule: str = strawberry.field(description="What will be done: match.end_date, session.agenda, survey.open.")

    @classmethod
    def of(cls, row: ScheduledAction) -> Self:
        """The plan of a row."""
        return cls(due_at=row.due_at, rule=row.rule)


@strawberry.type(name="PairRecord", description="One pair for who runs its programme: what happened and what will.")
class PairRecordType:
    match: MatchType
    standing: Standing
    held_sessions: int
    planned_sessions: int = strawberry.field(description="Planned for the whole time, by the programme's rhythm.")
    last_held_at: datetime | None
    next_session_at: datetime | None
    messages: int = strawberry.field(description="How many they wrote to each other.")
    events: list[PairEventType] = strawberry.field(description="What happened, the latest first: up to 300.")
    plans: list[PairPlanType] = strawberry.field(description="What falls due, the soonest first.")

    @classmethod
    def of(cls, record: PairRecord) -> Self:
        """The record as the console shows it."""
        return cls(
            match=MatchType.of(record.match), standing=record.standing, held_sessions=len(record.held),
            planned_sessions=record.planned, last_held_at=record.held[-1].starts_at if record.held else None,
            next_session_at=record.ahead.starts_at if record.ahead else None, messages=record.writing.count,
            events=[PairEventType.of(event, record) for event in record.events],
            plans=[PairPlanType.of(row) for row in record.plans],
        )


@strawberry.type
class RecordsQuery:
    @strawberry.field(description="The record of a pair. Only for who runs the programme.")
    async def pair_record(self, info: Info, match_id: strawberry.ID) -> PairRecordType:
        return PairRecordType.of(await pair_record(info.context.actor, key_of("Match", match_id)))
