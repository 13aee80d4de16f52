"""What those who run a programme decided about pairs: two kept apart, locked, or chosen by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.mutations import ById, Input, Payload, perform, perform_on
from graphql_schema.pagination import Connection, Order, Window, page_of
from graphql_schema.programs import EnrollmentType, enrollments_by_ids
from server.kernel.actor import Actor
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import actions, queries
from server.matches.states import OverrideKind

if TYPE_CHECKING:
    from server.matches.models import MatchOverride

strawberry.enum(OverrideKind, name="MatchOverrideKind")

NEWEST = Order(("at", "id"), newest_first=True)


@strawberry.type(
    name="MatchOverride",
    description="A decision about two people of a cohort. LOCK: every run keeps their draft. PIN: a choice of one's"
    " own, with its reason. BAN: they are never brought together.",
)
class MatchOverrideType:
    id: strawberry.ID
    mentor_key: strawberry.Private[UUID]
    mentee_key: strawberry.Private[UUID]
    kind: OverrideKind
    cohort_id: strawberry.ID
    match_id: strawberry.ID | None = strawberry.field(description="The draft that it was about, if there was one.")
    reason: str
    decided_by: str = strawberry.field(description="The id of a person, or the kind of machine.")
    at: datetime
    lifted_at: datetime | None
    lifted_by: str | None

    @classmethod
    def of(cls, row: MatchOverride) -> Self:
        """The decision of a row."""
        return cls(
            id=global_id("MatchOverride", row.id), mentor_key=row.mentor_enrollment_id,
            mentee_key=row.mentee_enrollment_id, kind=row.kind, cohort_id=global_id("Cohort", row.cohort_id),
            match_id=global_id("Match", row.match_id) if row.match_id else None, reason=row.reason,
            decided_by=row.decided_by, at=row.at, lifted_at=row.lifted_at, lifted_by=row.lifted_by,
        )

    @strawberry.field(description="The mentor; of two peers the one who was named first.")
    async def mentor(self, info: Info) -> EnrollmentType | None:
        row = await info.context.one(enrollments_by_ids, self.mentor_key)
        return EnrollmentType.of(row) if row else None

    @strawberry.field(description="The mentee, or the other peer.")
    async def mentee(self, info: Info) -> EnrollmentType | None:
        row = await info.context.one(enrollments_by_ids, self.mentee_key)
        return EnrollmentType.of(row) if row else None


@strawberry.type
class DecidingQuery:
    @strawberry.field(
        description="What was decided about the pairs of a cohort, the latest first. Only for who runs the programme."
    )
    async def match_overrides(
        self, info: Info, *, cohort_id: strawberry.ID, kinds: list[OverrideKind] | None = None, lifted: bool = False,
        first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None,
    ) -> Connection[MatchOverrideType]:
        rows = queries.decisions(info.context.actor).filter(cohort_id=key_of("Cohort", cohort_id))
        rows = rows.filter(lifted_at__isnull=not lifted)
        rows = rows if kinds is None else rows.filter(kind__in=kinds)
        return await page_of(rows, NEWEST, Window.of(first, after, last, before), MatchOverrideType.of)


@strawberry.input(description="Two people of one cohort, in whatever order.")
class BanPairInput(Input):
    enrollment_id: strawberry.ID
    other_enrollment_id: strawberry.ID
    reason: str = strawberry.field(description="It stays with the programme's staff.")


@strawberry.type
class MatchOverridePayload(Payload):
    override: MatchOverrideType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The decision as it stands now."""
        return cls(override=MatchOverrideType.of(await queries.decisions(context.actor).get(id=keys[0])))


@strawberry.type
class DecidingMutation:
    @strawberry.mutation(
        description="Never bring two people together. Their draft goes, and who is left gets the next best; every other"
        " draft stays as it is."
    )
    async def ban_pair(self, info: Info, input: BanPairInput) -> MatchOverridePayload:
        return await perform(
            info, MatchOverridePayload, input,
            lambda actor: actions.ban_pair(
                actor, key_of("Enrollment", input.enrollment_id), key_of("Enrollment", input.other_enrollment_id),
                reason=input.reason,
            ),
        )

    @strawberry.mutation(description="Let two people be brought together again. It stays on record.")
    async def lift_ban(self, info: Info, input: ById) -> MatchOverridePayload:
        return await perform_on(info, MatchOverridePayload, input, "MatchOverride", actions.lift_ban)

    @strawberry.mutation(description="Take back that two are kept apart: their draft stands as before. Ten seconds.")
    async def undo_ban(self, info: Info, input: ById) -> MatchOverridePayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("MatchOverride", input.id)
            if not await actions.undo_ban(actor, key):
                raise Conflict(_("It is too late to undo this. It stays as it is."), kind="told")
            return key

        return await perform(info, MatchOverridePayload, input, act)
