"""Whom one may choose in one's group: to ask, to wish for, to keep in mind, or to set aside."""

from __future__ import annotations

from typing import Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.explanations import MatchAdvice
from graphql_schema.ids import global_id, key_of, keys_of
from graphql_schema.mutations import Input, Payload, perform
from graphql_schema.people import PersonType
from graphql_schema.reasons import ReasonType, reasons
from server.journey.asking import queries
from server.journey.asking.actions import wish
from server.journey.you.queries import Kept, my_people
from server.matches.states import DeclineReason
from server.matchmaking.engine.wording import Names, Reader
from server.matchmaking.stored import Told, load
from server.matchmaking.wishes import actions
from server.people.queries import person_of
from server.programs.states import ParticipantRole


@strawberry.type(name="MatchChoice", description="Somebody of your group whom you can ask for a match, or wish for.")
class ChoiceType:
    enrollment_id: strawberry.ID
    person: PersonType
    words: str = strawberry.field(description="What they say of themselves.")
    fit: float = strawberry.field(description="How well you fit, out of 100.")
    is_favourite: bool = strawberry.field(description="Whether you keep them in mind.")
    wish: int | None = strawberry.field(description="Which wish of yours they are, from 1.")
    reasons: list[ReasonType] = strawberry.field(description="Why you two: up to three reasons, in words for you.")

    @classmethod
    def of(cls, found: queries.Choice, own_name: str) -> Self:
        """Somebody who can be chosen."""
        theirs = found.partner.person
        asked = found.partner.role is not ParticipantRole.MENTEE
        names = Names(theirs.first_name, own_name) if asked else Names(own_name, theirs.first_name)
        return cls(
            enrollment_id=global_id("Enrollment", found.partner.id), person=PersonType.of(theirs), words=found.words,
            fit=found.fit, is_favourite=found.is_favourite, wish=found.wish or None,
            reasons=reasons(Told(load(found.explanation), names, Reader.MENTEE if asked else Reader.MENTOR)),
        )


@strawberry.type(name="ChosenPerson", description="Somebody whom you keep in mind, or set aside.")
class KeptType:
    enrollment_id: strawberry.ID = strawberry.field(description="Your own enrolment in which you said so.")
    about_enrollment_id: strawberry.ID
    person: PersonType
    is_aside: bool = strawberry.field(description="Whether they are not suggested again.")

    @classmethod
    def of(cls, found: Kept) -> Self:
        """Somebody who was kept or set aside."""
        return cls(
            enrollment_id=global_id("Enrollment", found.enrollment.id), person=PersonType.of(found.about.person),
            about_enrollment_id=global_id("Enrollment", found.about.id), is_aside=found.is_aside,
        )


@strawberry.type
class AskingQuery:
    @strawberry.field(description="Whom you may choose in a group of yours, best fit first; none where one does not.")
    async def match_choices(self, info: Info, enrollment_id: strawberry.ID) -> list[ChoiceType]:
        actor = info.context.actor
        found = await queries.choices_of(actor, key_of("Enrollment", enrollment_id))
        return [ChoiceType.of(one, (await person_of(actor)).first_name) for one in found]

    @strawberry.field(
        description="What you could truthfully add to get more good mentors, while few of those you may choose are."
    )
    async def choice_advice(self, info: Info, enrollment_id: strawberry.ID) -> list[MatchAdvice]:
        seen = await queries.asking_page(info.context.actor, key_of("Enrollment", enrollment_id))
        return [MatchAdvice.of(one) for one in seen.could_add]

    @strawberry.field(description="Whom you keep in mind and whom you set aside, the latest first.")
    async def chosen_people(self, info: Info) -> list[KeptType]:
        return [KeptType.of(one) for one in await my_people(info.context.actor)]


@strawberry.input(description="Your own enrolment, and whom you would like, the first wish first.")
class NameWishesInput(Input):
    enrollment_id: strawberry.ID
    about_enrollment_ids: list[strawberry.ID]


@strawberry.input(description="Your own enrolment, and somebody of the other side of your group, or another peer.")
class AboutInput(Input):
    enrollment_id: strawberry.ID
    about_enrollment_id: strawberry.ID


@strawberry.input
class KeepInMindInput(AboutInput):
    on: bool = True


@strawberry.input
class SetAsideInput(AboutInput):
    reason: DeclineReason = DeclineReason.NOT_SAID


@strawberry.type
class MatchChoicesPayload(Payload):
    choices: list[ChoiceType] | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """Whom one may choose now."""
        found = await queries.choices_of(context.actor, keys[0])
        name = (await person_of(context.actor)).first_name
        return cls(choices=[ChoiceType.of(one, name) for one in found])


@strawberry.type
class AskingMutation:
    @strawberry.mutation(description="Name up to three people, in order; the next run counts them. Only you see.")
    async def name_wishes(self, info: Info, input: NameWishesInput) -> MatchChoicesPayload:
        return await perform(
            info, MatchChoicesPayload, input,
            lambda actor: wish(
                actor, key_of("Enrollment", input.enrollment_id), keys_of("Enrollment", input.about_enrollment_ids)
            ),
            long=True,
        )

    @strawberry.mutation(description="Keep somebody in mind, or let them go.")
    async def keep_in_mind(self, info: Info, input: KeepInMindInput) -> MatchChoicesPayload:
        return await perform(
            info, MatchChoicesPayload, input, lambda actor: actions.keep_in_mind(actor, *_pair(input), input.on)
        )

    @strawberry.mutation(description="Not for me: you two are never brought together again. They are not told.")
    async def set_aside(self, info: Info, input: SetAsideInput) -> MatchChoicesPayload:
        return await perform(
            info, MatchChoicesPayload, input, lambda actor: actions.set_aside(actor, *_pair(input), input.reason)
        )

    @strawberry.mutation(description="Let somebody whom you set aside be suggested again.")
    async def take_back(self, info: Info, input: AboutInput) -> MatchChoicesPayload:
        return await perform(
            info, MatchChoicesPayload, input, lambda actor: actions.take_back(actor, *_pair(input))
        )


def _pair(given: AboutInput) -> tuple[UUID, UUID]:
    return key_of("Enrollment", given.enrollment_id), key_of("Enrollment", given.about_enrollment_id)
