"""Wishes to be told when a programme takes people in again."""

from __future__ import annotations

from uuid import UUID

import strawberry

from graphql_schema.context import Info
from graphql_schema.mutations import Input, perform
from graphql_schema.programs import ProgramNode, ProgramPayload
from server.kernel.actor import Actor
from server.programs.openings import actions, queries


@strawberry.input
class OpeningInput(Input):
    program_key: str = strawberry.field(description="The programme's key in addresses.")


@strawberry.type
class OpeningsViewer:
    @strawberry.field(description="The programmes that you asked to hear of once they take people in, by name.")
    async def awaited_programs(self, info: Info) -> list[ProgramNode]:
        return [ProgramNode.of(row) for row in await queries.awaited_programs(info.context.actor)]


@strawberry.type
class OpeningsMutation:
    @strawberry.mutation(description="Ask to be told, once, when a programme takes people in again.")
    async def ask_for_opening(self, info: Info, input: OpeningInput) -> ProgramPayload:
        async def act(actor: Actor) -> UUID:
            return (await actions.ask_for_opening(actor, input.program_key)).program_id

        return await perform(info, ProgramPayload, input, act)

    @strawberry.mutation(description="Take that wish back.")
    async def forget_opening(self, info: Info, input: OpeningInput) -> ProgramPayload:
        return await perform(
            info, ProgramPayload, input, lambda actor: actions.forget_opening(actor, input.program_key)
        )
