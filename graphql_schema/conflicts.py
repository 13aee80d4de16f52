"""What keeps two people apart: conflicts of interest, and the hard rule that a draft breaks today."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.mutations import ById, Input, Payload, perform, perform_on
from server.matches.conflicts import actions, queries
from server.matchmaking.engine import RuleCode

if TYPE_CHECKING:
    from server.matches.models import ConflictOfInterest
    from server.matchmaking.today.queries import Bar


@strawberry.type(
    name="ConflictOfInterest",
    description="Two people whom nothing brings together, in any programme. Only for who runs a programme of both;"
    " never for one of the two.",
)
class ConflictOfInterestType:
    id: strawberry.ID
    person_ids: list[strawberry.ID]
    reason: str
    declared_by: str = strawberry.field(description="The id of a person, or the kind of machine.")
    at: datetime
    lifted_at: datetime | None

    @classmethod
    def of(cls, row: ConflictOfInterest) -> Self:
        """The conflict of a row."""
        return cls(
            id=global_id("ConflictOfInterest", row.id), reason=row.reason, declared_by=row.declared_by, at=row.at,
            person_ids=[global_id("Person", one) for one in (row.one_id, row.other_id)], lifted_at=row.lifted_at,
        )


@strawberry.type(name="BarredDraft", description="A draft whose two people break a hard rule today.")
class BarredDraftType:
    match_id: strawberry.ID
    rule: RuleCode
    words: str
    since: date | None = strawberry.field(description="Since when, where that is known.")

    @classmethod
    def of(cls, match_id: UUID, bar: Bar) -> Self:
        """What keeps the two of a draft apart."""
        return cls(match_id=global_id("Match", match_id), rule=bar.code, words=bar.words, since=bar.since)


@strawberry.type
class ConflictsQuery:
    @strawberry.field(
        description="The conflicts of interest of a person that are in force, the latest first. Only for who runs a"
        " programme of both."
    )
    async def conflicts_of_interest(self, info: Info, *, person_id: strawberry.ID) -> list[ConflictOfInterestType]:
        rows = await queries.conflicts_of(info.context.actor, key_of("Person", person_id))
        return [ConflictOfInterestType.of(row) for row in rows]


@strawberry.input(description="Two people, in whatever order.")
class DeclareConflictInput(Input):
    person_id: strawberry.ID
    other_person_id: strawberry.ID
    reason: str = strawberry.field(description="Never read by the two.")


@strawberry.type
class ConflictPayload(Payload):
    conflict: ConflictOfInterestType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The conflict as it stands now."""
        return cls(conflict=ConflictOfInterestType.of(await queries.visible_conflict(context.actor, keys[0])))


@strawberry.type
class ConflictsMutation:
    @strawberry.mutation(
        description="Bring two people together in no programme from now on. Drafts of the two cannot be approved."
    )
    async def declare_conflict(self, info: Info, input: DeclareConflictInput) -> ConflictPayload:
        return await perform(
            info, ConflictPayload, input,
            lambda actor: actions.declare_conflict(
                actor, key_of("Person", input.person_id), key_of("Person", input.other_person_id), reason=input.reason
            ),
        )

    @strawberry.mutation(description="Let two people be brought together again. It stays on record.")
    async def lift_conflict(self, info: Info, input: ById) -> ConflictPayload:
        return await perform_on(info, ConflictPayload, input, "ConflictOfInterest", actions.lift_conflict)
