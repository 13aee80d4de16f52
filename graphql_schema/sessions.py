"""Conversations: when they are, what to talk about, what was written and promised. Words are for members alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import Node, global_id, key_of
from graphql_schema.mutations import ById, OfMatchInput, Payload, perform, perform_on
from server.kernel.actor import Actor
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.sessions import actions, many, queries, times
from server.sessions.states import NoteVisibility, SessionState

if TYPE_CHECKING:
    from server.sessions.models import ActionItem, AgendaItem, Session, SessionNote
    from server.sessions.slots import Slot

for enum in (NoteVisibility, SessionState):
    strawberry.enum(enum)

SLOTS_MAX = 20
WEEKS_MAX = 12


@strawberry.type(name="AgendaItem", description="A topic to talk about.")
class AgendaItemType:
    id: strawberry.ID
    topic: str
    question: str
    minutes: int
    talked_about: bool
    source: str = strawberry.field(description="What it was drawn from; empty when somebody added it.")

    @classmethod
    def of(cls, row: AgendaItem) -> Self:
        """The topic of a row."""
        return cls(
            id=global_id("AgendaItem", row.id), topic=row.topic, question=row.question, minutes=row.minutes,
            talked_about=row.talked_about, source=row.source,
        )


@strawberry.type(name="SessionNote", description="What one author wrote under one prompt.")
class SessionNoteType:
    author_id: strawberry.ID
    prompt: int
    visibility: NoteVisibility
    body: str
    updated_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, row: SessionNote) -> Self:
        """The note of a row."""
        return cls(
            author_id=global_id("Person", row.author_id), prompt=row.prompt, visibility=row.visibility, body=row.words,
            updated_at=row.updated_at, read_at=row.read_at,
        )


@strawberry.type(name="ActionItem", description="A promise with an owner and a date.")
class ActionItemType:
    id: strawberry.ID
    match_id: strawberry.ID
    owner_id: strawberry.ID
    text: str
    due_on: date | None
    done_at: datetime | None

    @classmethod
    def of(cls, row: ActionItem) -> Self:
        """The promise of a row."""
        return cls(
            id=global_id("ActionItem", row.id), match_id=global_id("Match", row.match_id), text=row.text,
            owner_id=global_id("Person", row.owner_id), due_on=row.due_on, done_at=row.done_at,
        )


@strawberry.type(name="Session", description="A planned conversation of a match. PROPOSED is held for one side's yes.")
class SessionType(Node):
    key: strawberry.Private[UUID]
    match_id: strawberry.ID
    number: int
    state: SessionState
    starts_at: datetime
    ends_at: datetime
    place: str
    proposed_by_id: strawberry.ID | None
    booked_at: datetime | None
    held_at: datetime | None
    confirmed_at: datetime | None = strawberry.field(
        description="When a member first said that it took place. It counts as held without, too."
    )
    occurs_at: datetime | None = strawberry.field(
        description="Set for one of a series: the time that the series gave it, which stays when it is moved."
    )

    @classmethod
    def of(cls, row: Session) -> Self:
        """The session of a row."""
        return cls(
            key=row.id, id=global_id("Session", row.id), match_id=global_id("Match", row.match_id), number=row.number,
            state=row.state, starts_at=row.starts_at, ends_at=row.ends_at, place=row.place, booked_at=row.booked_at,
            proposed_by_id=global_id("Person", row.proposed_by_id) if row.proposed_by_id else None,
            held_at=row.held_at, confirmed_at=row.confirmed_at, occurs_at=row.occurs_at,
        )

    @strawberry.field(description="What to talk about, in its order. Empty unless you are a member.")
    async def agenda(self, info: Info) -> list[AgendaItemType]:
        return [AgendaItemType.of(row) for row in await info.context.many(many.agendas, self.key)]

    @strawberry.field(description="Your own notes, and what others shared. Empty unless you are a member.")
    async def notes(self, info: Info) -> list[SessionNoteType]:
        return [SessionNoteType.of(row) for row in await info.context.many(many.notes, self.key)]

    @strawberry.field(description="What was promised in it. Empty unless you are a member.")
    async def action_items(self, info: Info) -> list[ActionItemType]:
        return [ActionItemType.of(row) for row in await info.context.many(many.action_items, self.key)]

    @strawberry.field(
        description="Who of a circle does not come, or was not there. Empty for a pair, and unless you are a member."
    )
    async def away_person_ids(self, info: Info) -> list[strawberry.ID]:
        return [global_id("Person", one) for one in await info.context.many(many.away, self.key)]


@strawberry.type(name="Slot", description="A time that suits everybody.")
class SlotType:
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, slot: Slot) -> Self:
        """One time."""
        return cls(starts_at=slot.starts_at, ends_at=slot.ends_at)


@strawberry.type
class SessionsViewer:
    @strawberry.field(description="What is booked or held in your matches, soonest first.")
    async def next_sessions(self, info: Info) -> list[SessionType]:
        return [SessionType.of(row) for row in await queries.my_next_sessions(info.context.actor)]


@strawberry.type
class SessionsQuery:
    @strawberry.field(description="Times that suit both members of a match of yours.")
    async def free_slots(
        self, info: Info, match_id: strawberry.ID, count: int = 3, after: datetime | None = None
    ) -> list[SlotType]:
        few = _at_most("count", count, SLOTS_MAX)
        found = await times.slots_for_match(info.context.actor, key_of("Match", match_id), few, after)
        return [SlotType.of(slot) for slot in found]

    @strawberry.field(description="Times for the session after this one, by the programme's rhythm.")
    async def next_slots(
        self, info: Info, session_id: strawberry.ID, weeks: int = 2, count: int = 3
    ) -> list[SlotType]:
        few, around = _at_most("count", count, SLOTS_MAX), _at_most("weeks", weeks, WEEKS_MAX)
        key = key_of("Session", session_id)
        found = await times.suggest_next_slots(info.context.actor, key, weeks=around, count=few)
        return [SlotType.of(slot) for slot in found]


@strawberry.input(description="A time for a conversation of a match.")
class MatchTimeInput(OfMatchInput):
    starts_at: datetime


@strawberry.input
class MoveSessionInput(ById):
    starts_at: datetime


@strawberry.input
class PlaceSessionInput(ById):
    link: str = strawberry.field(description="An https link; \"\" for the programme's.")


@strawberry.input(description="A meeting of a circle, and one of its people: you, or anybody if you lead it.")
class AttendanceInput(ById):
    person_id: strawberry.ID
    comes: bool


@strawberry.input
class LogSessionInput(MatchTimeInput):
    minutes: int | None = None
    note: str = strawberry.field(default="", description="Both members read it, nobody else.")


@strawberry.type
class SessionPayload(Payload):
    session: SessionType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The session as it stands now; none where nothing was held."""
        rows = [await queries.visible_session(context.actor, key) for key in keys]
        return cls(session=SessionType.of(rows[0]) if rows else None)


@strawberry.input(description="Sessions that repeat at one time on your clock.")
class BookSeriesInput(MatchTimeInput):
    every_weeks: int = strawberry.field(description="1, 2 or 4.")
    times: int = strawberry.field(description="2 to 12.")


@strawberry.type
class SeriesPayload(Payload):
    sessions: list[SessionType] = strawberry.field(
        default_factory=list, description="The sessions that the act touched, in the order of time."
    )

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The sessions as they stand now."""
        return cls(sessions=[SessionType.of(row) for row in await queries.sessions_by_ids(context.actor, keys)])


@strawberry.type
class SessionsMutation:
    @strawberry.mutation(description="Choose a time for the first conversation, kept free until the other agrees.")
    async def hold_slot(self, info: Info, input: MatchTimeInput) -> SessionPayload:
        return await perform(
            info, SessionPayload, input,
            lambda actor: actions.hold_slot(actor, key_of("Match", input.match_id), input.starts_at),
        )

    @strawberry.mutation(description="Agree to the time that is held for a match.")
    async def confirm_hold(self, info: Info, input: OfMatchInput) -> SessionPayload:
        return await perform(
            info, SessionPayload, input, lambda actor: actions.confirm_hold(actor, key_of("Match", input.match_id))
        )

    @strawberry.mutation(description="Give back the time that is held for a match.")
    async def release_hold(self, info: Info, input: OfMatchInput) -> SessionPayload:
        async def act(actor: Actor) -> list[Session]:
            key = key_of("Match", input.match_id)
            hold = await queries.hold_of(actor, key)
            await actions.release_hold(actor, key)
            return [hold] if hold else []

        return await perform(info, SessionPayload, input, act)

    @strawberry.mutation(description="Book the next session of an active match.")
    async def book_session(self, info: Info, input: MatchTimeInput) -> SessionPayload:
        return await perform(
            info, SessionPayload, input,
            lambda actor: actions.book_session(actor, key_of("Match", input.match_id), input.starts_at),
        )

    @strawberry.mutation(description="Take a booking back while nobody was told.")
    async def undo_booking(self, info: Info, input: ById) -> SessionPayload:
        return await perform_on(info, SessionPayload, input, "Session", actions.undo_booking)

    @strawberry.mutation(description="Give a booked session another time.")
    async def move_session(self, info: Info, input: MoveSessionInput) -> SessionPayload:
        return await perform(
            info, SessionPayload, input,
            lambda actor: actions.move_session(actor, key_of("Session", input.id), input.starts_at),
        )

    @strawberry.mutation(description="Say that somebody comes to a meeting of a circle or does not, was there or not.")
    async def set_attendance(self, info: Info, input: AttendanceInput) -> SessionPayload:
        return await perform(
            info, SessionPayload, input,
            lambda actor: actions.set_attendance(
                actor, key_of("Session", input.id), key_of("Person", input.person_id), comes=input.comes
            ),
        )

    @strawberry.mutation(description="Book sessions of an active match that repeat every 1, 2 or 4 weeks.")
    async def book_series(self, info: Info, input: BookSeriesInput) -> SeriesPayload:
        return await perform(
            info, SeriesPayload, input,
            lambda actor: actions.book_series(
                actor, key_of("Match", input.match_id), input.starts_at, every_weeks=input.every_weeks,
                times=input.times,
            ),
        )

    @strawberry.mutation(description="Give a booked session a call of its own. `undoSessionChange` takes it back.")
    async def place_session(self, info: Info, input: PlaceSessionInput) -> SessionPayload:
        return await perform(
            info, SessionPayload, input,
            lambda actor: actions.place_session(actor, key_of("Session", input.id), input.link),
        )

    @strawberry.mutation(description="Take a series back while nobody was told, by any session of it.")
    async def undo_series(self, info: Info, input: ById) -> SeriesPayload:
        return await perform_on(info, SeriesPayload, input, "Session", actions.undo_series)

    @strawberry.mutation(description="Give a session of a series and all after it another time.")
    async def move_following(self, info: Info, input: MoveSessionInput) -> SeriesPayload:
        return await perform(
            info, SeriesPayload, input,
            lambda actor: actions.move_following(actor, key_of("Session", input.id), input.starts_at),
        )

    @strawberry.mutation(description="Call off a session of a series and all after it.")
    async def cancel_following(self, info: Info, input: ById) -> SeriesPayload:
        return await perform_on(info, SeriesPayload, input, "Session", actions.cancel_following)

    @strawberry.mutation(description="Call a session off.")
    async def cancel_session(self, info: Info, input: ById) -> SessionPayload:
        return await perform_on(info, SessionPayload, input, "Session", actions.cancel_session)

    @strawberry.mutation(description="Say that a session took place. It counts as held without, too.")
    async def confirm_session(self, info: Info, input: ById) -> SessionPayload:
        return await perform_on(info, SessionPayload, input, "Session", actions.confirm_session)

    @strawberry.mutation(description="Say that a session did not take place.")
    async def report_no_show(self, info: Info, input: ById) -> SessionPayload:
        return await perform_on(info, SessionPayload, input, "Session", actions.report_no_show)

    @strawberry.mutation(description="Take back that a session did not take place, while nobody was told.")
    async def undo_no_show(self, info: Info, input: ById) -> SessionPayload:
        return await perform_on(info, SessionPayload, input, "Session", actions.undo_no_show)

    @strawberry.mutation(description="Say that a session did not take place and book another time for it, in one act.")
    async def move_missed_session(self, info: Info, input: MoveSessionInput) -> SessionPayload:
        return await perform(
            info, SessionPayload, input,
            lambda actor: actions.move_missed(actor, key_of("Session", input.id), input.starts_at),
        )

    @strawberry.mutation(description="Enter a session that was held elsewhere, with a note for both if there is one.")
    async def log_session(self, info: Info, input: LogSessionInput) -> SessionPayload:
        return await perform(
            info, SessionPayload, input,
            lambda actor: actions.log_session(
                actor, key_of("Match", input.match_id), input.starts_at, input.minutes, note=input.note
            ),
        )


async def sessions_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, Session]:
    """Those among some sessions that the actor may know of."""
    return {row.id: row for row in await queries.sessions(actor).filter(id__in=ids)}


async def sessions_by_match(actor: Actor, ids: list[UUID]) -> dict[UUID, list[Session]]:
    """The sessions of some matches, in the order of time."""
    found: dict[UUID, list[Session]] = {}
    for row in await queries.sessions(actor).filter(match_id__in=ids).order_by("starts_at", "id"):
        found.setdefault(row.match_id, []).append(row)
    return found


def _at_most(name: str, asked: int, most: int) -> int:
    if not 1 <= asked <= most:
        raise Invalid({name: _("Choose from 1 to %(most)s.") % {"most": most}})
    return asked
