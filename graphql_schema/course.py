"""The messages about a match, or to a person: what comes next and why, what went, and what was skipped and by whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.mutations import ById, Payload, perform_on
from server.automation.actions import skip_message, unskip_message
from server.automation.queries import Coming, coming_of, course_of, kind_of, waiting_row
from server.journey.record.queries import pair_record
from server.journey.roster.records import record
from server.kernel.text import gettext as _
from server.notifications.catalogue import CATALOGUE
from server.notifications.states import Channel, MessageState

if TYPE_CHECKING:
    from server.automation.queries import Course
    from server.kernel.facts import ScheduledAction
    from server.notifications.models import Message

strawberry.enum(MessageState)
strawberry.enum(Channel, name="MessageChannel")


@strawberry.type(description="A message that will go by itself, or would.")
class ComingMessage:
    id: strawberry.ID
    kind: str | None = strawberry.field(description="Its key in the catalogue; null for a survey.")
    name: str
    at: datetime
    to_id: strawberry.ID | None = strawberry.field(description="Null: who runs the programme.")
    needless_when: str | None = strawberry.field(description="What stops it, in words.")
    is_skipped: bool = strawberry.field(description="Somebody skipped it. It can be planned again until its moment.")
    skipped_by: str | None = strawberry.field(description="Their name.")
    stays: str | None = strawberry.field(description="Why it cannot be skipped.")

    @classmethod
    def of(cls, one: Coming, skipped_by: str | None = None) -> Self:
        """One of a course."""
        return cls(
            id=global_id("PlannedMessage", one.id), kind=one.kind or None, name=one.name or _name(one.kind),
            at=one.at, to_id=global_id("Person", one.to_id) if one.to_id else None, is_skipped=one.is_skipped,
            needless_when=_(CATALOGUE[one.kind].stops_when) if one.kind else None, skipped_by=skipped_by,
            stays=one.stays or None,
        )


@strawberry.type(description="A message that went, goes now, or did not. Never what it said.")
class PastMessage:
    kind: str | None = strawberry.field(description="Its key in the catalogue; null for a survey.")
    at: datetime = strawberry.field(description="When it went, or would have.")
    to_id: strawberry.ID | None = strawberry.field(description="Null: who runs the programme.")
    state: MessageState
    channel: Channel | None = strawberry.field(description="Null where it did not go.")
    reason: str | None = strawberry.field(description="Why it did not go, as the log has it.")
    skipped_by: str | None = strawberry.field(description="The name of whoever skipped it.")

    @classmethod
    def of(cls, row: Message, skipped_by: str | None) -> Self:
        """A message."""
        return cls(
            kind=row.kind, at=row.sent_at or row.due_at, to_id=global_id("Person", row.recipient_id), state=row.state,
            channel=(row.fallback or row.channel) if row.sent_at else None, reason=row.reason or None,
            skipped_by=skipped_by,
        )

    @classmethod
    def of_step(cls, row: ScheduledAction, skipped_by: str | None) -> Self:
        """A step that was not taken."""
        return cls(
            kind=kind_of(row) or None, at=row.due_at, channel=None, reason=row.reason, skipped_by=skipped_by,
            to_id=global_id("Person", row.recipient_id) if row.recipient_id else None, state=MessageState.SUPPRESSED,
        )


@strawberry.type(description="Messages in their order. Only for who runs the programme.")
class MessageCourse:
    coming: list[ComingMessage] = strawberry.field(description="The next one first: thirty of each sort at most.")
    past: list[PastMessage] = strawberry.field(description="The latest first: sixty at most.")

    @classmethod
    def of(cls, course: Course) -> Self:
        """What the console shows."""
        by = {row_id: person.full_name for row_id, person in course.hands.items()}
        past = [
            *(PastMessage.of(one, by.get(one.id)) for one in course.messages),
            *(PastMessage.of_step(one, by.get(one.id)) for one in course.skipped),
        ]
        return cls(
            coming=[ComingMessage.of(one, by.get(one.id) if one.is_skipped else None) for one in course.coming],
            past=sorted(past, key=lambda one: one.at, reverse=True),
        )


@strawberry.type
class SkipMessagePayload(Payload):
    message: ComingMessage | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The message as it stands now."""
        actor = context.actor
        one = await coming_of(actor, await waiting_row(actor, keys[0]))
        return cls(message=ComingMessage.of(one))


@strawberry.type
class CourseQuery:
    @strawberry.field(description="The messages about a match: what comes, what went, what was skipped.")
    async def messages_of_match(self, info: Info, match_id: strawberry.ID) -> MessageCourse:
        actor = info.context.actor
        shown = await pair_record(actor, key_of("Match", match_id))
        return MessageCourse.of(await course_of(actor, shown.subjects))

    @strawberry.field(description="The messages to a person about the programmes that you run.")
    async def messages_of_person(self, info: Info, person_id: strawberry.ID) -> MessageCourse:
        actor = info.context.actor
        shown = await record(actor, key_of("Person", person_id))
        return MessageCourse.of(await course_of(actor, shown.subjects, shown.person.id))


@strawberry.type
class CourseMutation:
    @strawberry.mutation(description="Let one message that waits for its moment go by. Nobody is told.")
    async def skip_message(self, info: Info, input: ById) -> SkipMessagePayload:
        return await perform_on(info, SkipMessagePayload, input, "PlannedMessage", skip_message)

    @strawberry.mutation(description="Plan a message after all that somebody skipped, until its moment.")
    async def unskip_message(self, info: Info, input: ById) -> SkipMessagePayload:
        return await perform_on(info, SkipMessagePayload, input, "PlannedMessage", unskip_message)


def _name(kind: str) -> str:
    return _(CATALOGUE[kind].name) if kind in CATALOGUE else kind
