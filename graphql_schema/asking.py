"""Whom one may ask for a match, where the programme lets one choose."""

from __future__ import annotations

from typing import Self

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.people import PersonType
from graphql_schema.reasons import ReasonType, reasons
from server.journey.asking import queries
from server.matchmaking.engine.wording import Names, Reader
from server.people.queries import person_of
from server.programs.states import ParticipantRole


@strawberry.type(name="MatchChoice", description="Somebody of your group whom you can ask for a match.")
class ChoiceType:
    enrollment_id: strawberry.ID
    person: PersonType
    words: str = strawberry.field(description="What they say of themselves.")
    fit: float = strawberry.field(description="How well you fit, out of 100.")
    reasons: list[ReasonType] = strawberry.field(description="Why you two: up to three reasons, in words for you.")

    @classmethod
    def of(cls, found: queries.Choice, own_name: str) -> Self:
        """Somebody who can be asked."""
        theirs = found.partner.person
        asked = found.partner.role is ParticipantRole.MENTOR
        names = Names(theirs.first_name, own_name) if asked else Names(own_name, theirs.first_name)
        return cls(
            enrollment_id=global_id("Enrollment", found.partner.id), person=PersonType.of(theirs), words=found.words,
            fit=found.fit, reasons=reasons(found.explanation, names, Reader.MENTEE if asked else Reader.MENTOR),
        )


@strawberry.type
class AskingQuery:
    @strawberry.field(description="Whom you may ask in a group of yours, best fit first; none where one does not ask.")
    async def match_choices(self, info: Info, enrollment_id: strawberry.ID) -> list[ChoiceType]:
        actor = info.context.actor
        found = await queries.choices_of(actor, key_of("Enrollment", enrollment_id))
        return [ChoiceType.of(one, (await person_of(actor)).first_name) for one in found]
