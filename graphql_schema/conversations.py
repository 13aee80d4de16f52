"""What is said in a session: its topics, notes and promises. For members alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import key_of
from graphql_schema.mutations import ById, Input, Payload, TickInput, perform
from graphql_schema.sessions import ActionItemType, SessionPayload
from server.kernel.actor import Actor
from server.sessions import actions, queries
from server.sessions.states import NoteVisibility


@strawberry.type
class ConversationsViewer:
    @strawberry.field(description="What you promised and have not done, the earliest date first.")
    async def action_items(self, info: Info) -> list[ActionItemType]:
        return [ActionItemType.of(row) for row in await queries.open_action_items(info.context.actor)]


@strawberry.input
class AddTopicInput(Input):
    session_id: strawberry.ID
    topic: str
    question: str = ""
    minutes: int = 10


@strawberry.input
class MoveTopicInput(ById):
    places: int = strawberry.field(description="How many places down; negative is up.")


@strawberry.input
class NoteInput:
    prompt: int = strawberry.field(description="The number of the question, from 0.")
    body: str


@strawberry.input
class WriteNoteInput(Input):
    session_id: strawberry.ID
    visibility: NoteVisibility
    notes: list[NoteInput]


@strawberry.input
class PromiseInput(Input):
    session_id: strawberry.ID
    owner_id: strawberry.ID
    text: str
    due_on: date | None = None


@strawberry.type
class ActionItemPayload(Payload):
    action_item: ActionItemType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The promise as it stands now."""
        return cls(action_item=ActionItemType.of(await queries.visible_action_item(context.actor, keys[0])))


@strawberry.type
class ConversationsMutation:
    @strawberry.mutation(description="Put a topic on the agenda.")
    async def add_topic(self, info: Info, input: AddTopicInput) -> SessionPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Session", input.session_id)
            await actions.add_topic(actor, key, input.topic, question=input.question, minutes=input.minutes)
            return key

        return await perform(info, SessionPayload, input, act)

    @strawberry.mutation(description="Move a topic up or down.")
    async def move_topic(self, info: Info, input: MoveTopicInput) -> SessionPayload:
        return await perform(
            info, SessionPayload, input,
            lambda actor: _with_topic(actor, input, lambda topic: actions.move_topic(actor, topic, input.places)),
        )

    @strawberry.mutation(description="Take a topic off the agenda.")
    async def remove_topic(self, info: Info, input: ById) -> SessionPayload:
        return await perform(
            info, SessionPayload, input,
            lambda actor: _with_topic(actor, input, lambda topic: actions.remove_topic(actor, topic)),
        )

    @strawberry.mutation(description="Tick a topic that was talked about, or take that back.")
    async def tick_topic(self, info: Info, input: TickInput) -> SessionPayload:
        return await perform(
            info, SessionPayload, input,
            lambda actor: _with_topic(actor, input, lambda topic: actions.tick_topic(actor, topic, input.done)),
        )

    @strawberry.mutation(description="Write your own note. A private one is read by nobody else, ever.")
    async def write_note(self, info: Info, input: WriteNoteInput) -> SessionPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Session", input.session_id)
            await actions.write_note(actor, key, input.visibility, {note.prompt: note.body for note in input.notes})
            return key

        return await perform(info, SessionPayload, input, act)

    @strawberry.mutation(description="Mark what others shared in a session as read.")
    async def read_notes(self, info: Info, input: ById) -> SessionPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Session", input.id)
            await actions.read_notes(actor, key)
            return key

        return await perform(info, SessionPayload, input, act)

    @strawberry.mutation(description="Write down what a member will do.")
    async def promise(self, info: Info, input: PromiseInput) -> ActionItemPayload:
        return await perform(
            info, ActionItemPayload, input,
            lambda actor: actions.promise(
                actor, key_of("Session", input.session_id), key_of("Person", input.owner_id), input.text,
                input.due_on,
            ),
        )

    @strawberry.mutation(description="Say that your promise is kept, or take that back.")
    async def keep_promise(self, info: Info, input: TickInput) -> ActionItemPayload:
        return await perform(
            info, ActionItemPayload, input,
            lambda actor: actions.keep_promise(actor, key_of("ActionItem", input.id), input.done),
        )


async def _with_topic(actor: Actor, given: ById, act: Callable[[UUID], Awaitable[object]]) -> UUID:
    """Do it to a topic, and return the session it stands in: asked for first, as it may be gone afterwards."""
    key = key_of("AgendaItem", given.id)
    session = await queries.session_of_topic(actor, key)
    await act(key)
    return session
