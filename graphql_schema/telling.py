"""What a programme sets of its messages: each kind as it is prepared, or in force, and one of them set in the draft."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.building import ProgramPlanPayload, SeenDraftInput, on_plan
from graphql_schema.context import Info
from graphql_schema.ids import key_of
from server.automation.building.actions import change_part
from server.automation.building.queries import plan_of
from server.automation.moments import Count
from server.automation.telling.allowed import OF_ACCOUNTS, why_its_words, why_on, why_then
from server.automation.telling.limits import Crowd, crowds
from server.automation.telling.part import amounts_of
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.kernel.typed import check
from server.notifications.catalogue import CATALOGUE
from server.notifications.conditions.choices import choices
from server.notifications.states import MessageClass
from server.notifications.wording.names import names_of, names_of_own
from server.programs.plans.telling import (
    OWN,
    ByChannel,
    Condition,
    Own,
    OwnMessage,
    Reader,
    Trigger,
    own,
    own_messages,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

strawberry.enum(Count, name="MessageCount", description="In what the moments of a message are counted.")
strawberry.enum(MessageClass)
strawberry.enum(Condition, name="MessageCondition", description="On what a message may depend besides its own rule.")
strawberry.enum(Trigger, name="MessageTrigger", description="What a message of a programme's own may follow.")
strawberry.enum(Reader, name="MessageReader", description="To whom a message of a programme's own may go.")
strawberry.enum(ByChannel, name="ChosenChannel", description="How a programme has a reminder or a survey go.")


@strawberry.type(description="A programme's own words for a message in one language, with names in braces.")
class MessageWording:
    language: str = strawberry.field(description="BCP 47.")
    subject: str
    body: str


@strawberry.type(
    description="Reminders that meet: on one day they go in one letter; else they are more than three in seven days, "
    "and the last one waits."
)
class ReminderCrowd:
    kinds: list[str]
    is_one_day: bool
    day: int = strawberry.field(description="Counted from what they are counted from; below zero when before it.")


@strawberry.type(description="One kind of message in a programme: as it is prepared, or in force.")
class ProgramMessage:
    kind: str
    name: str
    message_class: MessageClass
    needless_when: str
    is_on: bool
    counted_in: Count | None = strawberry.field(description="Null where its moment cannot be chosen.")
    moments: list[int] = strawberry.field(description="As the programme has them.")
    usual_moments: list[int]
    wordings: list[MessageWording] = strawberry.field(description="In other languages it has the words of Ithaca.")
    names: list[str] = strawberry.field(description="What its words may hold in braces.")
    only_if: Condition | None = strawberry.field(description="It goes only while that is so.")
    conditions: list[Condition] = strawberry.field(description="On what it may depend.")
    channel: ByChannel | None = strawberry.field(description="Null: as each person has it.")
    sender: str | None = strawberry.field(description="The employee number of who signs it. Null: as usual.")
    crowds: list[ReminderCrowd] = strawberry.field(description="Where it meets the limits for reminders.")
    stays_on: str | None = strawberry.field(description="Why it cannot be switched off.")
    stays_then: str | None = strawberry.field(description="Why it cannot be moved.")
    stays_worded: str | None = strawberry.field(description="Why it has no words of the programme.")

    @classmethod
    def of(cls, kind: str, messages: Mapping[str, Any], met: list[Crowd]) -> Self:
        """One kind, by what a document says, and where reminders meet by that."""
        told, usual, about = own(messages, kind), amounts_of(kind, Own()), CATALOGUE[kind]
        return cls(
            kind=kind, name=_(about.name), message_class=about.message_class, needless_when=_(about.stops_when),
            is_on=told.is_on, counted_in=usual[0][0] if usual else None,
            moments=[amount for _count, amount in amounts_of(kind, told)],
            usual_moments=[amount for _count, amount in usual], names=list(names_of(kind)),
            wordings=[MessageWording(language=tag, **one._asdict()) for tag, one in told.words.items()],
            only_if=told.only_if, conditions=choices(kind), channel=told.channel, sender=told.sender or None,
            crowds=[
                ReminderCrowd(kinds=list(one.kinds), is_one_day=one.is_one_day, day=one.day)
                for one in met if kind in one.kinds
            ],
            stays_on=why_on(kind) or None, stays_then=why_then(kind) or None, stays_worded=why_its_words(kind) or None,
        )


@strawberry.input(description="A programme's own words for a message in one language, with names in braces.")
class MessageWordingInput:
    language: str = strawberry.field(description="BCP 47.")
    subject: str
    body: str


@strawberry.input(description="All that the programme sets of one kind of message; what is left out is as usual.")
class SetMessageInput(SeenDraftInput):
    kind: str
    is_on: bool | None = None
    moments: list[int] | None = None
    wordings: list[MessageWordingInput] = strawberry.field(default_factory=list)
    only_if: Condition | None = None
    channel: ByChannel | None = None
    sender: str | None = strawberry.field(default=None, description="The employee number of who runs the programme.")

    @property
    def said(self) -> Json:
        """As the document has it."""
        words = {one.language: {"subject": one.subject, "body": one.body} for one in self.wordings}
        said = {
            "on": self.is_on, "moments": self.moments, "only_if": self.only_if and self.only_if.value,
            "channel": self.channel and self.channel.value, "sender": self.sender,
        }
        return {"words": words, **{name: value for name, value in said.items() if value is not None}}


@strawberry.type(description="A message of a programme's own: when this, then that, to whom, unless.")
class ProgramOwnMessage:
    key: str
    name: str
    when: Trigger
    days: int = strawberry.field(description="0: at once.")
    to: Reader
    only_if: Condition | None = strawberry.field(description="Besides what stops it by itself.")
    wordings: list[MessageWording]
    names: list[str] = strawberry.field(description="What its words may hold in braces.")

    @classmethod
    def of(cls, one: OwnMessage) -> Self:
        """One of a document."""
        return cls(
            key=one.key, name=one.name, when=one.when, days=one.days, to=one.to, only_if=one.told.only_if,
            wordings=[MessageWording(language=tag, **said._asdict()) for tag, said in one.told.words.items()],
            names=list(names_of_own(one.when, one.to)),
        )


@strawberry.input(description="A message of a programme's own. Its key is what it is known by while the rest changes.")
class OwnMessageInput:
    key: str
    name: str
    when: Trigger
    days: int = 0
    to: Reader
    only_if: Condition | None = None
    wordings: list[MessageWordingInput]

    @property
    def said(self) -> Json:
        """As the document has it."""
        return {
            "name": self.name, "when": self.when.value, "days": self.days, "to": self.to.value,
            "only_if": self.only_if and self.only_if.value,
            "words": {one.language: {"subject": one.subject, "body": one.body} for one in self.wordings},
        }


@strawberry.input(description="All messages of a programme's own; one that is left out is taken out.")
class SetOwnMessagesInput(SeenDraftInput):
    messages: list[OwnMessageInput]


@strawberry.type
class TellingQuery:
    @strawberry.field(description="Every kind of message of a programme: as it is prepared, or in force.")
    async def program_messages(self, info: Info, program_id: strawberry.ID) -> list[ProgramMessage]:
        plan = await plan_of(info.context.actor, key_of("Program", program_id))
        messages = plan.content["messages"]
        met = crowds(messages)
        return [ProgramMessage.of(kind, messages, met) for kind in CATALOGUE if kind not in {*OF_ACCOUNTS, OWN}]

    @strawberry.field(description="A programme's messages of its own: as they are prepared, or in force.")
    async def own_messages(self, info: Info, program_id: strawberry.ID) -> list[ProgramOwnMessage]:
        plan = await plan_of(info.context.actor, key_of("Program", program_id))
        return [ProgramOwnMessage.of(one) for one in own_messages(plan.content["messages"])]


@strawberry.type
class TellingMutation:
    @strawberry.mutation(description="Set one kind of message in a programme's draft. Nobody notices it yet.")
    async def set_message(self, info: Info, input: SetMessageInput) -> ProgramPlanPayload:
        async def done(actor: Actor, program_id: UUID) -> object:
            plan = await plan_of(actor, program_id)
            messages = {**plan.content["messages"], input.kind: input.said}
            return await change_part(actor, program_id, {"messages": messages}, seen=input.seen)

        return await on_plan(info, input, done)

    @strawberry.mutation(description="Set a programme's messages of its own in its draft. Nobody notices it yet.")
    async def set_own_messages(self, info: Info, input: SetOwnMessagesInput) -> ProgramPlanPayload:
        async def done(actor: Actor, program_id: UUID) -> object:
            plan = await plan_of(actor, program_id)
            keys = Counter(one.key for one in input.messages)
            twice = [key for key, times in keys.items() if times > 1]
            check({f"messages.{OWN}.{key}": _("Another message has this key already.") for key in twice})
            messages = {**plan.content["messages"], OWN: {one.key: one.said for one in input.messages}}
            return await change_part(actor, program_id, {"messages": messages}, seen=input.seen)

        return await on_plan(info, input, done)
