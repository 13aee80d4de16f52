"""Messages between the members of a match. Nobody else finds them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.matches import MatchType
from graphql_schema.mutations import OfMatchInput, Payload, perform
from graphql_schema.pagination import Connection, Order, Window, page_of
from server.kernel.actor import Actor
from server.messaging import actions, queries

if TYPE_CHECKING:
    from server.messaging.models import ThreadMessage
    from server.messaging.queries import ThreadSummary

BY_TIME = Order(("sent_at", "id"))


@strawberry.type(name="Message", description="A word from one member to the others.")
class MessageType:
    id: strawberry.ID
    author_id: strawberry.ID
    body: str
    sent_at: datetime

    @classmethod
    def of(cls, row: ThreadMessage) -> Self:
        """The word of a row."""
        return cls(
            id=global_id("Message", row.id), author_id=global_id("Person", row.author_id), body=row.body,
            sent_at=row.sent_at,
        )


@strawberry.type(name="Thread", description="The conversation of one match of yours.")
class ThreadType:
    match: MatchType
    last: MessageType | None = strawberry.field(description="The latest word; null before the first.")
    unread: int = strawberry.field(description="How many words of others you have not read.")

    @classmethod
    def of(cls, found: ThreadSummary) -> Self:
        """One line of the list of threads."""
        last = MessageType.of(found.last) if found.last else None
        return cls(match=MatchType.of(found.match), last=last, unread=found.unread)


@strawberry.type
class MessagingViewer:
    @strawberry.field(description="Your conversations, the latest word first.")
    async def threads(self, info: Info) -> list[ThreadType]:
        return [ThreadType.of(found) for found in await queries.threads_of(info.context.actor)]

    @strawberry.field(description="How many words to you are unread.")
    async def unread_count(self, info: Info) -> int:
        return await queries.unread_count(info.context.actor)


@strawberry.type
class MessagingQuery:
    @strawberry.field(description="The words of a match of yours, in the order of time. Ask for the `last`.")
    async def messages(
        self, info: Info, *, match_id: strawberry.ID, first: int | None = None, after: str | None = None,
        last: int | None = None, before: str | None = None,
    ) -> Connection[MessageType]:
        rows = queries.messages(info.context.actor).filter(thread__match_id=key_of("Match", match_id))
        return await page_of(rows, BY_TIME, Window.of(first, after, last, before), MessageType.of)


@strawberry.input
class SendMessageInput(OfMatchInput):
    body: str


@strawberry.type
class MessagePayload(Payload):
    message: MessageType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The word that was sent."""
        row = await queries.messages(context.actor).filter(id__in=keys).first()
        return cls(message=MessageType.of(row) if row else None)


@strawberry.type
class ThreadPayload(Payload):
    thread: ThreadType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The conversation as it stands now."""
        found = (one for one in await queries.threads_of(context.actor) if one.match.id in keys)
        return cls(thread=next((ThreadType.of(one) for one in found), None))


@strawberry.type
class MessagingMutation:
    @strawberry.mutation(description="Write to the other members of a match.")
    async def send_message(self, info: Info, input: SendMessageInput) -> MessagePayload:
        return await perform(
            info, MessagePayload, input,
            lambda actor: actions.send_message(actor, key_of("Match", input.match_id), input.body),
        )

    @strawberry.mutation(description="Mark everything in a conversation as read.")
    async def mark_read(self, info: Info, input: OfMatchInput) -> ThreadPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Match", input.match_id)
            await actions.mark_read(actor, key)
            return key

        return await perform(info, ThreadPayload, input, act)
