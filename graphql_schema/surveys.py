"""Check-ins: one's own to answer, and the answers for who runs the programme."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import Node, global_id, key_of
from graphql_schema.mutations import ById, Payload, perform, perform_on
from graphql_schema.pagination import Connection, Order, Window, page_of
from graphql_schema.people import PersonType
from server.kernel.actor import Actor
from server.surveys import actions, queries
from server.surveys.states import GoalOutcome, Help, InvitationState, SurveyKind

if TYPE_CHECKING:
    from tortoise.queryset import QuerySet

    from server.surveys.models import SurveyAnswer, SurveyInvitation

for enum in (GoalOutcome, Help, InvitationState, SurveyKind):
    strawberry.enum(enum)

LATEST_OPEN = Order(("opens_at", "id"), newest_first=True)
LATEST_ANSWER = Order(("answered_at", "id"), newest_first=True)


@strawberry.type(name="CheckInAnswer", description="Two five-step scales, what would help, and optional words.")
class AnswerType(Node):
    usefulness: int | None
    goal_distance: int | None
    help_wanted: list[Help]
    recommend: int | None
    goal_outcome: GoalOutcome | None
    words: str
    answered_at: datetime
    handled_at: datetime | None

    @classmethod
    def of(cls, row: SurveyAnswer) -> Self:
        """The answer of a row."""
        return cls(
            id=global_id("CheckInAnswer", row.id), usefulness=row.usefulness, goal_distance=row.goal_distance,
            help_wanted=[Help(one) for one in row.help_wanted], words=row.words, answered_at=row.answered_at,
            handled_at=row.handled_at, recommend=row.recommend, goal_outcome=row.goal_outcome,
        )


@strawberry.type(name="CheckIn", description="What you are asked, once, about one match.")
class CheckInType(Node):
    key: strawberry.Private[UUID]
    kind: SurveyKind
    state: InvitationState
    match_id: strawberry.ID
    opens_at: datetime
    closes_at: datetime
    answered_at: datetime | None

    @classmethod
    def of(cls, row: SurveyInvitation) -> Self:
        """The invitation of a row."""
        return cls(
            key=row.id, id=global_id("CheckIn", row.id), kind=row.kind, state=row.state, opens_at=row.opens_at,
            match_id=global_id("Match", row.match_id), closes_at=row.closes_at, answered_at=row.answered_at,
        )

    @strawberry.field(description="What you answered.")
    async def answer(self, info: Info) -> AnswerType | None:
        row = await info.context.one(queries.own_answers, self.key)
        return AnswerType.of(row) if row else None


@strawberry.type(name="ReceivedAnswer", description="An answer, for who runs the programme.")
class ReceivedAnswerType:
    answer: AnswerType
    person: PersonType
    match_id: strawberry.ID

    @classmethod
    def of(cls, row: SurveyAnswer) -> Self:
        """The answer of a row; invitation, match, members and people must have been fetched."""
        asked = row.invitation
        person = next(member.person for member in asked.match.members if member.person_id == asked.person_id)
        return cls(
            answer=AnswerType.of(row), person=PersonType.of(person), match_id=global_id("Match", asked.match_id)
        )


@strawberry.type
class SurveysViewer:
    @strawberry.field(description="What you were, are or will be asked, the latest first.")
    async def check_ins(
        self, info: Info, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[CheckInType]:
        rows = queries.own_invitations(info.context.actor)
        return await page_of(rows, LATEST_OPEN, Window.of(first, after, last, before), CheckInType.of)


@strawberry.type
class SurveysQuery:
    @strawberry.field(description="Answers in the programmes you run, the latest first; `waiting` ones need a person.")
    async def check_in_answers(
        self, info: Info, *, program_ids: list[strawberry.ID] | None = None, waiting: bool = False,
        first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None,
    ) -> Connection[ReceivedAnswerType]:
        keys = None if program_ids is None else [key_of("Program", one) for one in program_ids]
        found = queries.answers(info.context.actor, keys)
        rows = _whole(found.filter(handled_at=None) if waiting else found)
        return await page_of(rows, LATEST_ANSWER, Window.of(first, after, last, before), ReceivedAnswerType.of)


@strawberry.input
class AnswerCheckInInput(ById):
    usefulness: int | None = strawberry.field(default=None, description="1 not useful to 5 a real change.")
    goal_distance: int | None = strawberry.field(default=None, description="1 lost to 5 there.")
    help_wanted: list[Help] = strawberry.field(default_factory=list)
    words: str = ""
    recommend: int | None = strawberry.field(default=None, description="Of the last one: 0 to 10.")
    goal_outcome: GoalOutcome | None = strawberry.field(default=None, description="Of the mentee's last one.")


@strawberry.type
class CheckInPayload(Payload):
    check_in: CheckInType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The check-in as it stands now."""
        return cls(check_in=CheckInType.of(await queries.visible_invitation(context.actor, keys[0])))


@strawberry.type
class AnswerPayload(Payload):
    answer: AnswerType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The answer as it stands now."""
        return cls(answer=AnswerType.of(await queries.visible_answer(context.actor, keys[0])))


@strawberry.type
class SurveysMutation:
    @strawberry.mutation(description="Answer your check-in, or change the answer until it closes.")
    async def answer_check_in(self, info: Info, input: AnswerCheckInInput) -> CheckInPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("CheckIn", input.id)
            await actions.answer_check_in(
                actor, key, usefulness=input.usefulness, goal_distance=input.goal_distance,
                help_wanted=input.help_wanted, words=input.words, recommend=input.recommend,
                goal_outcome=input.goal_outcome,
            )
            return key

        return await perform(info, CheckInPayload, input, act)

    @strawberry.mutation(description="Note that somebody has seen to an answer.")
    async def handle_check_in_answer(self, info: Info, input: ById) -> AnswerPayload:
        return await perform_on(info, AnswerPayload, input, "CheckInAnswer", actions.handle_answer)


async def check_ins_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, SurveyInvitation]:
    """Those among some invitations that ask the actor."""
    return {row.id: row for row in await queries.own_invitations(actor).filter(id__in=ids)}


async def answers_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, SurveyAnswer]:
    """Those among some answers that the actor may read as who runs the programme."""
    return {row.id: row for row in await queries.answers(actor).filter(id__in=ids)}


def _whole(rows: QuerySet[SurveyAnswer]) -> QuerySet[SurveyAnswer]:
    return rows.select_related("invitation").prefetch_related("invitation__match__members__person")
