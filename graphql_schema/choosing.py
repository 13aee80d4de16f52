"""Choosing by hand: other mentors for a draft, and two people who are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.matches import MatchPayload
from graphql_schema.mutations import ById, perform
from graphql_schema.people import PersonType
from graphql_schema.reasons import ReasonType, caution, factors, reasons
from server.journey.byhand.queries import Tried, tried
from server.matches.queries import sides, visible_match
from server.matchmaking import actions, queries
from server.matchmaking.engine import RuleCode
from server.matchmaking.engine.wording import Names, Reader
from server.matchmaking.stored import Told, load

if TYPE_CHECKING:
    from server.matchmaking.queries import Alternative, Trade

strawberry.enum(RuleCode, name="MatchRule")


@strawberry.type(name="MentorTrade", description="A draft that can give its mentor up for the one who is given away.")
class TradeType:
    match_id: strawberry.ID
    person: PersonType = strawberry.field(description="The mentee of that draft.")
    fit: float = strawberry.field(description="Of that mentee with the mentor who is given away.")

    @classmethod
    def of(cls, found: Trade) -> Self:
        """One exchange."""
        return cls(
            match_id=global_id("Match", found.draft.id), person=PersonType.of(found.left), fit=found.one.fit
        )


@strawberry.type(name="AlternativeMentor", description="Another mentor that the run of a draft found for its mentee.")
class AlternativeType:
    person: PersonType
    enrollment_id: strawberry.ID
    fit: float
    confidence: float
    has_place: bool = strawberry.field(description="Whether there is a place left beside drafts and open matches.")
    trade: TradeType | None = strawberry.field(description="Of a mentor who is full: the exchange that is possible.")
    reasons: list[ReasonType]

    @classmethod
    def of(cls, found: Alternative, mentee_name: str) -> Self:
        """A mentor who could be chosen instead."""
        person = found.mentor.person
        return cls(
            person=PersonType.of(person), enrollment_id=global_id("Enrollment", found.mentor.id), fit=found.fit,
            confidence=found.confidence, has_place=found.has_place,
            trade=TradeType.of(found.trade) if found.trade else None,
            reasons=reasons(Told(load(found.explanation), Names(person.first_name, mentee_name), Reader.MANAGER)),
        )


@strawberry.type(name="PairTried", description="Two people as a pair of your own choice, before you make it.")
class TriedType:
    fit: float = strawberry.field(description="How well they fit, out of 100.")
    confidence: float = strawberry.field(description="Probability that the pair is accepted and meets twice.")
    calibrated_on: int = strawberry.field(description="On how many pairs it is calibrated; 0 is not yet calibrated.")
    reasons: list[ReasonType]
    reasons_back: list[ReasonType] = strawberry.field(description="Of two peers, what the second brings the first.")
    factors: list[ReasonType] = strawberry.field(description="How the fit was worked out.")
    caution: ReasonType | None = strawberry.field(description="What to look at before approving.")
    rules: list[RuleCode] = strawberry.field(description="The hard rules that the pair was held against.")
    broken: list[RuleCode] = strawberry.field(description="Those it breaks: then it cannot be made.")

    @classmethod
    def of(cls, found: Tried) -> Self:
        """What the engine says of two people."""
        names, told, back = found.told.names, found.explanation, found.told_back
        return cls(
            fit=found.fit, confidence=found.confidence, rules=found.rules,
            calibrated_on=found.evidence.based_on if found.evidence.calibrated else 0,
            reasons=reasons(found.told), reasons_back=reasons(back) if back else [], factors=factors(told, names),
            caution=caution(told, names), broken=found.broken,
        )


@strawberry.type
class ChoosingQuery:
    @strawberry.field(description="What the engine says of two people whom you may put together.")
    async def pair_tried(
        self, info: Info, *, cohort_id: strawberry.ID, mentor_enrollment_id: strawberry.ID,
        mentee_enrollment_id: strawberry.ID,
    ) -> TriedType:
        keys = key_of("Enrollment", mentor_enrollment_id), key_of("Enrollment", mentee_enrollment_id)
        return TriedType.of(await tried(info.context.actor, key_of("Cohort", cohort_id), *keys))

    @strawberry.field(description="Other mentors for the mentee of a draft, best first.")
    async def alternative_mentors(self, info: Info, match_id: strawberry.ID) -> list[AlternativeType]:
        actor = info.context.actor
        draft = await visible_match(actor, key_of("Match", match_id))
        found = await queries.alternatives(actor, draft)
        _mentor, mentee = sides(draft)
        return [AlternativeType.of(one, mentee.person.first_name) for one in found]


@strawberry.input
class ChooseAnotherMentorInput(ById):
    mentor_enrollment_id: strawberry.ID
    reason: str = strawberry.field(description="It stays with the programme's staff.")


@strawberry.input
class TradeMentorsInput(ById):
    mentor_enrollment_id: strawberry.ID
    other_id: strawberry.ID = strawberry.field(description="The draft that gives this mentor up.")
    reason: str = strawberry.field(description="It stays with the programme's staff.")


@strawberry.type
class ChoosingMutation:
    @strawberry.mutation(
        description="Exchange the mentors of two drafts, as `alternativeMentors` offers it. Every other draft stays as"
        " it is."
    )
    async def trade_mentors(self, info: Info, input: TradeMentorsInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: actions.trade_mentors(
                actor, key_of("Match", input.id), key_of("Enrollment", input.mentor_enrollment_id),
                key_of("Match", input.other_id), input.reason,
            ),
        )

    @strawberry.mutation(description="Give a draft's mentee another mentor. Every other draft stays as it is.")
    async def choose_another_mentor(self, info: Info, input: ChooseAnotherMentorInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: actions.choose_another(
                actor, key_of("Match", input.id), key_of("Enrollment", input.mentor_enrollment_id), input.reason
            ),
        )
