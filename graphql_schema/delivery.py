"""What became of a programme's messages, and whether its reminders help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import key_of
from graphql_schema.mutations import ById, perform_on
from graphql_schema.profiles import PersonPayload
from server.notifications.bounces.actions import try_again
from server.notifications.proving.queries import outcome_of

if TYPE_CHECKING:
    from server.notifications.proving.intervals import Difference, Share
    from server.notifications.proving.queries import Effect, Fates


@strawberry.type(description="What became of one kind of message; no figure rests on fewer than 8 people.")
class MessageFates:
    kind: str
    own_key: str | None = strawberry.field(description="Which of the programme's own messages it is.")
    people: int
    sent: int | None
    arrived: int | None = strawberry.field(description="A server took it and has not sent it back.")
    came_back: int | None
    tapped: int | None = strawberry.field(description="Its reader came by its link, or opened it in the app.")
    acted: int | None = strawberry.field(
        description="Its reader did what it asks for within a week; null for what asks for nothing."
    )

    @classmethod
    def of(cls, one: Fates) -> Self:
        """The same of the domain."""
        return cls(
            kind=one.kind, own_key=one.own or None, people=one.people, sent=one.sent, arrived=one.arrived,
            came_back=one.came_back, tapped=one.tapped, acted=one.acted,
        )


@strawberry.type(description="So many matches, or enrolments, of so many.")
class ReminderShare:
    count: int
    out_of: int

    @classmethod
    def of(cls, share: Share) -> Self:
        """The same of the domain."""
        return cls(count=share.count, out_of=share.of)


@strawberry.type(description="Acted among the reminded less acted among those left out, with its 95 % interval.")
class ReminderDifference:
    value: float
    low: float
    high: float
    is_told: bool = strawberry.field(description="False: the interval holds zero, so nobody can tell yet.")

    @classmethod
    def of(cls, found: Difference) -> Self:
        """The same of the domain."""
        return cls(value=found.value, low=found.low, high=found.high, is_told=found.is_told)


@strawberry.type(description="Whether one kind of reminder helps. Without eight in each arm it says nothing.")
class ReminderEffect:
    kind: str
    own_key: str | None
    reminded: ReminderShare | None
    left_out: ReminderShare | None
    difference: ReminderDifference | None

    @classmethod
    def of(cls, one: Effect) -> Self:
        """The same of the domain."""
        if one.difference is None:
            return cls(kind=one.kind, own_key=one.own or None, reminded=None, left_out=None, difference=None)
        return cls(
            kind=one.kind, own_key=one.own or None, reminded=ReminderShare.of(one.nudged),
            left_out=ReminderShare.of(one.held_out), difference=ReminderDifference.of(one.difference),
        )


@strawberry.type(description="What became of a programme's messages.")
class MessageOutcome:
    fates: list[MessageFates]
    effects: list[ReminderEffect]


@strawberry.type
class DeliveryMutation:
    @strawberry.mutation(description="Let mail go to somebody's address again: your own, or in a programme you run.")
    async def try_mail_again(self, info: Info, input: ById) -> PersonPayload:
        return await perform_on(info, PersonPayload, input, "Person", try_again)


@strawberry.type
class DeliveryQuery:
    @strawberry.field(description="What became of a programme's messages, for who runs it.")
    async def message_outcome(self, info: Info, program_id: strawberry.ID) -> MessageOutcome:
        found = await outcome_of(info.context.actor, key_of("Program", program_id))
        return MessageOutcome(
            fates=[MessageFates.of(one) for one in found.fates],
            effects=[ReminderEffect.of(one) for one in found.effects],
        )
