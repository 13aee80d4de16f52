"""Inviting many: a list of addresses with the fate of each line, and everybody whom a programme is meant for."""

from __future__ import annotations

from typing import Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import key_of
from graphql_schema.mutations import Input, Payload, perform
from graphql_schema.programs import CohortPayload
from server.kernel.actor import Actor
from server.programs.audience.actions import invite_meant
from server.programs.inviting.actions import invite_listed
from server.programs.inviting.lines import lines_of
from server.programs.inviting.queries import Found, Sheet, look_at
from server.programs.inviting.states import Fate
from server.programs.inviting.words import advice
from server.programs.states import ParticipantRole

strawberry.enum(Fate, name="InvitationFate", description="What becomes of one line of a list.")


@strawberry.type(description="A line that invites nobody, and what to do about it.")
class InvitationLine:
    line: int
    address: str
    fate: Fate
    advice: str

    @classmethod
    def of(cls, one: Found, sheet: Sheet) -> Self:
        """One line."""
        return cls(line=one.line.number, address=one.line.address, fate=one.fate, advice=advice(one, sheet))


@strawberry.type(description="A list of addresses: how many it invites, and every line that invites nobody.")
class InvitationList:
    invited: int
    seen: str = strawberry.field(description="What it is known by: send it along, and others are not invited instead.")
    left_out: list[InvitationLine]

    @classmethod
    def of(cls, sheet: Sheet) -> Self:
        """A list that was looked at."""
        return cls(
            invited=len(sheet.invited), seen=sheet.seen,
            left_out=[InvitationLine.of(one, sheet) for one in sheet.left_out],
        )


@strawberry.type
class InvitingQuery:
    @strawberry.field(
        description="What would become of each line: one address to a line, or CSV of address, role and group. Nobody "
        "is invited. Only for who runs the programme."
    )
    async def invitation_list(
        self, info: Info, cohort_id: strawberry.ID, lines: str, role: ParticipantRole | None = None,
        beyond: bool = False,
    ) -> InvitationList:
        sheet = await look_at(
            info.context.actor, key_of("Cohort", cohort_id), lines_of(lines), usual=role, beyond=beyond
        )
        return InvitationList.of(sheet)


@strawberry.input
class InviteListedInput(Input):
    cohort_id: strawberry.ID = strawberry.field(description="The group of lines that name none.")
    lines: str = strawberry.field(description="One address to a line, or CSV of address, role and group.")
    role: ParticipantRole | None = strawberry.field(default=None, description="The role of lines that name none.")
    beyond: bool = strawberry.field(default=False, description="Those too whom the audience does not mean.")
    seen: str | None = strawberry.field(default=None, description="What the list was known by when you looked.")


@strawberry.input
class InviteMeantInput(Input):
    cohort_id: strawberry.ID
    role: ParticipantRole
    seen: int = strawberry.field(description="How many people you saw that it would be (`programAudience`).")


@strawberry.type
class InvitationListPayload(Payload):
    report: InvitationList | None = strawberry.field(
        default=None, description="Told once: a repeat under one key has none."
    )

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:  # noqa: ARG003  # what it did is told once
        """Nothing but that it was done."""
        return cls()


@strawberry.type
class InvitingMutation:
    @strawberry.mutation(
        description="Invite whom a list of addresses names, all of them or nobody; lines that invite nobody come back."
    )
    async def invite_listed(self, info: Info, input: InviteListedInput) -> InvitationListPayload:
        told: list[Sheet] = []

        async def act(actor: Actor) -> list[UUID]:
            told.append(await invite_listed(
                actor, key_of("Cohort", input.cohort_id), lines_of(input.lines), usual=input.role,
                beyond=input.beyond, seen=input.seen,
            ))
            return []

        payload = await perform(info, InvitationListPayload, input, act)
        if told and not payload.errors:
            payload.report = InvitationList.of(told[-1])
        return payload

    @strawberry.mutation(description="Invite everybody whom a programme is meant for in a role, if it is as many.")
    async def invite_meant(self, info: Info, input: InviteMeantInput) -> CohortPayload:
        async def act(actor: Actor) -> UUID:
            cohort_id = key_of("Cohort", input.cohort_id)
            await invite_meant(actor, cohort_id, input.role, seen=input.seen)
            return cohort_id

        return await perform(info, CohortPayload, input, act)
