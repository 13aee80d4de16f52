"""Matches: the relationship between people, from draft to end."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.circles import CircleMemberReasons, CircleType
from graphql_schema.context import Context, Info
from graphql_schema.goals import GoalType
from graphql_schema.ids import Node, global_id, key_of, keys_of
from graphql_schema.mutations import ById, Input, Payload, perform, perform_on
from graphql_schema.pagination import Connection, Order, Window, page_of, page_of_list
from graphql_schema.people import PersonType
from graphql_schema.profiles import ProfileType
from graphql_schema.programs import ProgramNode, programs_by_ids
from graphql_schema.reasons import ReasonType, caution, factors, reasons
from graphql_schema.sessions import SessionType, sessions_by_match
from server.goals.queries import goals_by_match
from server.journey.asking.actions import ask_for_match
from server.journey.byhand.actions import pair_by_hand
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.kernel.errors import NotFound
from server.matches import actions, queries
from server.matches.states import (
    Approval,
    ClosureReason,
    MatchKind,
    MatchOrigin,
    MatchState,
)
from server.matches.steps import UNDO_ONE
from server.matchmaking.circles.telling import reasons_told
from server.matchmaking.engine.wording import Names
from server.matchmaking.stored import Party, told_between
from server.matchmaking.today import actions as today
from server.programs.states import ParticipantRole

if TYPE_CHECKING:
    from server.matches.models import Match, MatchMember

for enum in (Approval, ClosureReason, MatchKind, MatchOrigin, MatchState):
    strawberry.enum(enum)

NEWEST_PUBLISHED = Order(("published_at", "id"), newest_first=True)
NEWEST_MADE = Order(("created_at", "id"), newest_first=True)


@strawberry.type(name="MatchMember", description="A person in a match, with role and own answer.")
class MatchMemberType:
    role: ParticipantRole
    approval: Approval
    answered_at: datetime | None
    enrollment_id: strawberry.ID
    person: PersonType
    profile: ProfileType
    enrollment_key: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: MatchMember) -> Self:
        """The member of a row; the person must have been fetched."""
        return cls(
            role=row.role, approval=row.approval, answered_at=row.answered_at, person=PersonType.of(row.person),
            enrollment_id=global_id("Enrollment", row.enrollment_id), profile=ProfileType(person_key=row.person_id),
            enrollment_key=row.enrollment_id,
        )


@strawberry.type(name="MatchReview", description="What only those who run the programme see of a match.")
class MatchReviewType:
    origin: MatchOrigin
    confidence: float | None = strawberry.field(
        description="Probability that the pair is accepted and meets twice; null before there is one."
    )
    calibrated_on: int = strawberry.field(description="On how many pairs it is calibrated; 0 is not yet calibrated.")
    based_on: int | None = strawberry.field(description="Pairs whose outcome was known when it was worked out.")
    held_back: bool = strawberry.field(description="Kept out of bulk approval.")
    closure_reason: ClosureReason | None
    caution: ReasonType | None = strawberry.field(description="What to look at before approving.")
    factors: list[ReasonType] = strawberry.field(description="How the fit was worked out.")

    @classmethod
    def of(cls, row: Match, names: Names) -> Self:
        """The review side of a row."""
        return cls(
            origin=row.origin, confidence=row.confidence, calibrated_on=row.calibrated_on, based_on=row.based_on,
            held_back=row.held_back, closure_reason=row.closure_reason, caution=caution(row.explanation, names),
            factors=factors(row.explanation, names),
        )


@strawberry.type(name="Match", description="A mentor and a mentee, or a group, in one cohort.")
class MatchType(Node):
    key: strawberry.Private[UUID]
    program_key: strawberry.Private[UUID]
    explanation: strawberry.Private[Json]
    cohort_id: strawberry.ID
    kind: MatchKind
    circle: CircleType | None = strawberry.field(description="What a circle has in common; null for a pair.")
    state: MatchState
    fit: int | None = strawberry.field(description="How well they fit, out of 100.")
    created_at: datetime
    published_at: datetime | None
    answer_by: datetime | None
    active_at: datetime | None
    ends_on: date | None
    paused_until: date | None = strawberry.field(description="The day on which a pause of the pair ends by itself.")
    proposed_end_on: date | None = strawberry.field(description="A later last day that one of them proposed.")
    proposed_by_id: strawberry.ID | None = strawberry.field(description="The person who proposed it.")
    ended_at: datetime | None
    members: list[MatchMemberType]

    @classmethod
    def of(cls, row: Match) -> Self:
        """The match of a row; members and their people must have been fetched."""
        return cls(
            key=row.id, id=global_id("Match", row.id), program_key=row.program_id, state=row.state, fit=row.fit,
            kind=row.kind, circle=CircleType.of(row.explanation) if queries.is_circle(row) else None,
            cohort_id=global_id("Cohort", row.cohort_id), created_at=row.created_at, published_at=row.published_at,
            answer_by=row.answer_by, active_at=row.active_at, ends_on=row.ends_on,
            paused_until=row.paused_until, ended_at=row.ended_at, proposed_end_on=row.proposed_end_on,
            proposed_by_id=global_id("Person", row.proposed_by_id) if row.proposed_by_id else None,
            members=[MatchMemberType.of(member) for member in queries.in_order(row)], explanation=row.explanation,
        )

    @strawberry.field(description="The programme it belongs to.")
    async def program(self, info: Info) -> ProgramNode:
        row = await info.context.one(programs_by_ids, self.program_key)
        if row is None:
            raise NotFound
        return ProgramNode.of(row)

    @strawberry.field(description="What only those who run the programme see; null for everybody else.")
    async def review(self, info: Info) -> MatchReviewType | None:
        row = await info.context.one(reviewable_by_ids, self.key)
        return MatchReviewType.of(row, self._names()) if row else None

    @strawberry.field(description="Why these two: up to three reasons, in words for you.")
    async def reasons(self, info: Info) -> list[ReasonType]:
        first, second = (Party(one.person.key, one.person.first_name, one.role) for one in self.members[:2])
        told = told_between(self.explanation, first, second, info.context.actor.person_id)
        return reasons(told, await info.context.one(programs_by_ids, self.program_key))

    @strawberry.field(
        description="What a circle brings you, or each of its members for who runs the programme; empty for a pair."
    )
    async def circle_reasons(self, info: Info) -> list[CircleMemberReasons]:
        inside = {one.enrollment_key: one.person.first_name for one in self.members}
        own = next((one.enrollment_key for one in self.members if one.person.key == info.context.actor.person_id), None)
        runs_it = await info.context.one(reviewable_by_ids, self.key) is not None
        found = reasons_told(self.explanation, inside, own, runs_it=runs_it)
        return [CircleMemberReasons.of(key, told) for key, told in found.items() if told]

    @strawberry.field(description="The goals of this match that you may read: your own first, then the one in focus.")
    async def goals(self, info: Info) -> list[GoalType]:
        return [GoalType.of(row) for row in await info.context.many(goals_by_match, self.key)]

    @strawberry.field(description="Its sessions, in the order of time.")
    async def sessions(self, info: Info) -> list[SessionType]:
        return [SessionType.of(row) for row in await info.context.many(sessions_by_match, self.key)]

    def _names(self) -> Names:
        return Names(*(member.person.first_name for member in self.members[:2]))


@strawberry.type
class MatchesViewer:
    @strawberry.field(description="Your announced matches, the latest first.")
    async def matches(
        self, info: Info, *, states: list[MatchState] | None = None, first: int | None = None,
        after: str | None = None, last: int | None = None, before: str | None = None,
    ) -> Connection[MatchType]:
        rows = await queries.my_matches(info.context.actor, list(MatchState) if states is None else states)
        return page_of_list(rows, NEWEST_PUBLISHED, Window.of(first, after, last, before), MatchType.of)


@strawberry.type
class MatchesQuery:
    @strawberry.field(description="The matches of a cohort, drafts too, the latest first. Only for who runs it.")
    async def matches(
        self, info: Info, *, cohort_id: strawberry.ID, states: list[MatchState] | None = None,
        first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None,
    ) -> Connection[MatchType]:
        rows = queries.reviewable_matches(info.context.actor).filter(cohort_id=key_of("Cohort", cohort_id))
        rows = rows if states is None else rows.filter(state__in=states)
        rows = rows.prefetch_related("members__person")
        return await page_of(rows, NEWEST_MADE, Window.of(first, after, last, before), MatchType.of)


@strawberry.input
class SuggestMatchInput(Input):
    mentor_enrollment_id: strawberry.ID
    mentee_enrollment_id: strawberry.ID
    reason: str = strawberry.field(default="", description="It stays with the programme's staff.")


@strawberry.input(description="Several matches at once.")
class MatchesInput(Input):
    ids: list[strawberry.ID]


@strawberry.input
class ReasonedMatchInput(ById):
    reason: str = strawberry.field(default="", description="For the programme's own record.")


@strawberry.input
class HoldBackMatchInput(ById):
    held: bool = True


@strawberry.input
class EndMatchInput(ById):
    reason: ClosureReason


@strawberry.input(description="Your own enrolment, and that of the person whom you ask.")
class RequestMatchInput(Input):
    enrollment_id: strawberry.ID
    partner_enrollment_id: strawberry.ID


@strawberry.input
class ExtensionInput(ById):
    ends_on: date = strawberry.field(description="The later last day.")


@strawberry.input
class PauseMatchInput(ById):
    until: date | None = None


@strawberry.type
class MatchPayload(Payload):
    match: MatchType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The match as it stands now."""
        return cls(match=MatchType.of(await queries.visible_match(context.actor, keys[0])))


@strawberry.type
class MatchesPayload(Payload):
    matches: list[MatchType] | None = strawberry.field(
        default=None, description="All that were named, as they stand now: see their states."
    )

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The matches as they stand now."""
        rows = await queries.matches_by_ids(context.actor, keys)
        return cls(matches=[MatchType.of(rows[key]) for key in keys if key in rows])


@strawberry.type
class MatchesMutation:
    @strawberry.mutation(description="Put a pair of your own choice into the review queue. No hard rule may be broken.")
    async def suggest_match(self, info: Info, input: SuggestMatchInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: pair_by_hand(
                actor, key_of("Enrollment", input.mentor_enrollment_id),
                key_of("Enrollment", input.mentee_enrollment_id), reason=input.reason,
            ),
            long=True,
        )

    @strawberry.mutation(description="Approve a draft that breaks no hard rule today: it goes to whoever must answer.")
    async def publish_match(self, info: Info, input: ById) -> MatchPayload:
        return await perform(
            info, MatchPayload, input, lambda actor: today.publish_match(actor, key_of("Match", input.id)), long=True
        )

    @strawberry.mutation(
        description="Approve several drafts. Those without a seat, or that break a hard rule today, stay drafts."
    )
    async def publish_matches(self, info: Info, input: MatchesInput) -> MatchesPayload:
        async def act(actor: Actor) -> list[UUID]:
            keys = keys_of("Match", input.ids)
            await today.publish_matches(actor, keys)
            return keys

        return await perform(info, MatchesPayload, input, act)

    @strawberry.mutation(description="Take an approval back while nobody was told.")
    async def undo_publish(self, info: Info, input: MatchesInput) -> MatchesPayload:
        async def act(actor: Actor) -> list[UUID]:
            keys = keys_of("Match", input.ids)
            await actions.undo_publish(actor, keys)
            return keys

        return await perform(info, MatchesPayload, input, act)

    @strawberry.mutation(description="Throw a draft away.")
    async def discard_match(self, info: Info, input: ReasonedMatchInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: actions.discard_match(
                actor, key_of("Match", input.id), reason=input.reason, undo_within=UNDO_ONE
            ),
        )

    @strawberry.mutation(description="Keep a draft out of bulk approval, or let it back in.")
    async def hold_back_match(self, info: Info, input: HoldBackMatchInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input, lambda actor: actions.hold_back(actor, key_of("Match", input.id), input.held)
        )

    @strawberry.mutation(description="Unlock a pair: the next run may replace its draft.")
    async def unlock_match(self, info: Info, input: ById) -> MatchPayload:
        return await perform_on(info, MatchPayload, input, "Match", actions.unlock_pair)

    @strawberry.mutation(description="Lock a pair: every later run keeps it.")
    async def lock_match(self, info: Info, input: ReasonedMatchInput) -> MatchPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Match", input.id)
            await actions.lock_pair(actor, key, reason=input.reason)
            return key

        return await perform(info, MatchPayload, input, act)

    @strawberry.mutation(description="Approve what both agreed to, where the programme wants that.")
    async def approve_match(self, info: Info, input: ById) -> MatchPayload:
        return await perform_on(info, MatchPayload, input, "Match", today.approve_match)

    @strawberry.mutation(description="Ask somebody of your group for a match, where your programme lets you.")
    async def request_match(self, info: Info, input: RequestMatchInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: ask_for_match(
                actor, key_of("Enrollment", input.enrollment_id), key_of("Enrollment", input.partner_enrollment_id)
            ),
            long=True,
        )

    @strawberry.mutation(description="Propose a later last day to the other; proposing theirs agrees to it.")
    async def propose_extension(self, info: Info, input: ExtensionInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: actions.propose_extension(actor, key_of("Match", input.id), input.ends_on),
        )

    @strawberry.mutation(description="Agree to the later last day that the other proposed.")
    async def agree_extension(self, info: Info, input: ExtensionInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: actions.agree_extension(actor, key_of("Match", input.id), input.ends_on),
        )

    @strawberry.mutation(description="Give a circle of a programme that you run a later last day.")
    async def extend_circle(self, info: Info, input: ExtensionInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: actions.extend_circle(actor, key_of("Match", input.id), input.ends_on),
        )

    @strawberry.mutation(description="Take your proposal back, or leave the end as it is.")
    async def withdraw_extension(self, info: Info, input: ById) -> MatchPayload:
        return await perform_on(info, MatchPayload, input, "Match", actions.withdraw_extension)

    @strawberry.mutation(description="Take a request back: your own, or one in a programme that you run.")
    async def cancel_match(self, info: Info, input: ById) -> MatchPayload:
        return await perform_on(info, MatchPayload, input, "Match", partial(actions.cancel_match, undo_within=UNDO_ONE))

    @strawberry.mutation(description="Rest until a day, a month from now unless you say.")
    async def pause_match(self, info: Info, input: PauseMatchInput) -> MatchPayload:
        return await perform(
            info, MatchPayload, input,
            lambda actor: actions.pause_match(
                actor, key_of("Match", input.id), input.until, undo_within=UNDO_ONE
            ),
        )

    @strawberry.mutation(description="Go on after a pause.")
    async def resume_match(self, info: Info, input: ById) -> MatchPayload:
        return await perform_on(info, MatchPayload, input, "Match", partial(actions.resume_match, undo_within=UNDO_ONE))

    @strawberry.mutation(description="Say that a match goes on that is about to end because nobody met.")
    async def keep_match(self, info: Info, input: ById) -> MatchPayload:
        return await perform_on(info, MatchPayload, input, "Match", actions.keep_match)

    @strawberry.mutation(description="End a running match.")
    async def end_match(self, info: Info, input: EndMatchInput) -> MatchPayload:
        return await perform(info, MatchPayload, input, lambda actor: actions.end_match(
            actor, key_of("Match", input.id), input.reason, undo_within=UNDO_ONE))

    @strawberry.mutation(description="Close a match that has run its time.")
    async def close_match(self, info: Info, input: ById) -> MatchPayload:
        return await perform_on(info, MatchPayload, input, "Match", partial(actions.close_match, undo_within=UNDO_ONE))


async def reviewable_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, Match]:
    """Those among some matches that the actor may review."""
    return {row.id: row for row in await queries.reviewable_matches(actor).filter(id__in=ids)}
