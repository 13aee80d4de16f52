"""Surveys of a programme: one's own to answer, what a programme asks, and what came of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import strawberry

from graphql_schema.building import ProgramPlanPayload
from graphql_schema.context import Context, Info
from graphql_schema.ids import Node, global_id, key_of
from graphql_schema.mutations import ById, Input, Payload, perform
from graphql_schema.pagination import Connection, Order, Window, page_of
from server.automation.building.actions import change_part
from server.automation.building.queries import plan_of
from server.automation.surveys.actions import open_linked_form
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.people.queries import person_of
from server.surveys.forms import actions, queries
from server.surveys.forms.form import Form, Question, questions_of
from server.surveys.forms.setup import FORM, QUESTION
from server.surveys.forms.words import labels
from server.surveys.states import Audience, InvitationState, Moment, QuestionKind, SurveyKind

if TYPE_CHECKING:
    from tortoise.queryset import QuerySet

    from server.surveys.forms.results import Line, Over, Result, Share
    from server.surveys.models import FormAnswer, FormInvitation

strawberry.enum(QuestionKind, name="SurveyQuestionKind")
strawberry.enum(Moment, name="SurveyMoment")
strawberry.enum(Audience, name="SurveyAudience")

LATEST = Order(("opened_at", "id"), newest_first=True)


@strawberry.type(description="SCALE takes 1 to 5, LIKELY 0 to 10, YES_NO 0 or 1, CHOICE the place of a choice from 0.")
class SurveyQuestion:
    kind: QuestionKind
    text: str
    choices: list[str]
    required: bool

    @classmethod
    def of(cls, one: Question) -> Self:
        """The same of the domain."""
        return cls(kind=one.kind, text=one.text, choices=list(one.choices), required=one.required)


@strawberry.type(description="What you answered with your name.")
class SurveyAnswer:
    numbers: list[int | None] = strawberry.field(description="One for each question; null for words.")
    words: str
    answered_at: datetime

    @classmethod
    def of(cls, row: FormAnswer) -> Self:
        """The answer of a row."""
        return cls(numbers=list(row.numbers), words=row.words, answered_at=row.answered_at)


@strawberry.type(name="Survey", description="A survey of a programme as it asks you, on one occasion of a match.")
class SurveyType(Node):
    key: strawberry.Private[UUID]
    kind: SurveyKind
    name: str
    anonymous: bool = strawberry.field(description="Nobody can ever tell which answer is yours, nor can you change it.")
    state: InvitationState
    match_id: strawberry.ID
    opened_at: datetime
    closes_at: datetime
    questions: list[SurveyQuestion]

    @classmethod
    def of(cls, row: FormInvitation) -> Self:
        """The invitation of a row; its form must have been fetched."""
        form = row.form
        return cls(
            key=row.id, id=global_id("Survey", row.id), kind=form.kind, name=form.name, anonymous=form.anonymous,
            state=row.state, match_id=global_id("Match", row.match_id), opened_at=row.opened_at,
            closes_at=row.closes_at, questions=[SurveyQuestion.of(one) for one in questions_of(form.questions)],
        )

    @strawberry.field(description="What you answered with your name; of an anonymous survey nothing.")
    async def answer(self, info: Info) -> SurveyAnswer | None:
        row = await info.context.one(queries.own_form_answers, self.key)
        return SurveyAnswer.of(row) if row else None


@strawberry.type(description="A survey as a programme has it in its configuration.")
class SurveyForm:
    key: str
    kind: SurveyKind
    name: str
    to: Audience
    when: Moment
    number: int
    again_days: int | None
    anonymous: bool
    open_days: int
    reminder_days: int | None
    questions: list[SurveyQuestion]

    @classmethod
    def of(cls, said: Json) -> Self:
        """The form as a document has it."""
        one = Form.of(said)
        return cls(
            key=one.key, kind=one.kind, name=one.name, to=one.to, when=one.when, number=one.number,
            again_days=one.again_days, anonymous=one.anonymous, open_days=one.open_days,
            reminder_days=one.reminder_days, questions=[SurveyQuestion.of(asked) for asked in one.questions],
        )


@strawberry.type(description="So many chose one of these; several, where fewer than eight chose one.")
class SurveyShare:
    choices: list[str]
    count: int

    @classmethod
    def of(cls, one: Share, question: Question) -> Self:
        """The same of the domain, in words."""
        named = dict(labels(question))
        return cls(choices=[named[choice] for choice in one.choices], count=one.count)


@strawberry.type(description="What somebody wrote; without a name where it is anonymous.")
class SurveyWords:
    by: str
    words: str


@strawberry.type(description="What came of one question on some occasions, of eight answers at least.")
class SurveyOccasions:
    first: str = strawberry.field(description="For which time they were asked; of anonymous ones, a week.")
    last: str
    count: int
    mean: float | None
    nps: int | None

    @classmethod
    def of(cls, one: Over) -> Self:
        """The same of the domain."""
        return cls(first=str(one.first), last=str(one.last), count=one.count, mean=one.mean, nps=one.nps)


@strawberry.type(description="What came of one question. Everything is null below eight answers.")
class SurveyLine:
    question: SurveyQuestion
    count: int | None
    mean: float | None
    spread: float | None
    nps: int | None
    shares: list[SurveyShare]
    over: list[SurveyOccasions] = strawberry.field(description="The same by occasions, where there are several.")
    words: list[SurveyWords]

    @classmethod
    def of(cls, line: Line) -> Self:
        """The same of the domain."""
        return cls(
            question=SurveyQuestion.of(line.question), count=line.count, mean=line.mean, spread=line.spread,
            nps=line.nps, shares=[SurveyShare.of(one, line.question) for one in line.shares],
            over=[SurveyOccasions.of(one) for one in line.over],
            words=[SurveyWords(by=by, words=words) for by, words in line.words],
        )


@strawberry.type(description="What came of a survey, its wordings together; numbers are about eight people or more.")
class SurveyResult:
    key: str
    kind: SurveyKind
    name: str
    anonymous: bool
    asked: int
    answered: int
    lines: list[SurveyLine]

    @classmethod
    def of(cls, found: Result) -> Self:
        """The same of the domain."""
        form = found.form
        return cls(
            key=form.key, kind=form.kind, name=form.name, anonymous=form.anonymous, asked=found.asked,
            answered=found.answered, lines=[SurveyLine.of(one) for one in found.lines],
        )


@strawberry.type
class FormsViewer:
    @strawberry.field(description="What surveys ask you, the latest first; `waiting` ones can be answered now.")
    async def surveys(
        self, info: Info, *, waiting: bool = False, first: int | None = None, after: str | None = None,
        last: int | None = None, before: str | None = None,
    ) -> Connection[SurveyType]:
        actor = info.context.actor
        rows = queries.open_forms(actor) if waiting else queries.own_forms(actor)
        return await page_of(_whole(rows), LATEST, Window.of(first, after, last, before), SurveyType.of)


@strawberry.type
class FormsQuery:
    @strawberry.field(description="What a programme asks, in force or as it is prepared. Only for who runs it.")
    async def survey_forms(self, info: Info, program_id: strawberry.ID, draft: bool = False) -> list[SurveyForm]:
        plan = await plan_of(info.context.actor, key_of("Program", program_id))
        return [SurveyForm.of(one) for one in (plan.content if draft else plan.live)["surveys"]]

    @strawberry.field(description="What came of a programme's surveys, for who runs it.")
    async def survey_results(self, info: Info, program_id: strawberry.ID) -> list[SurveyResult]:
        found = await queries.results_of(info.context.actor, key_of("Program", program_id))
        return [SurveyResult.of(one) for one in found]


@strawberry.input(
    description="An answer. No receipt is kept for its idempotency key, which would tell when somebody answered: with a"
    " name the last answer holds, an anonymous one is refused a second time."
)
class AnswerSurveyInput(ById):
    numbers: list[int | None] = strawberry.field(description="One for each question; null for words.")
    words: str = ""


@strawberry.input
class SurveyQuestionInput:
    kind: QuestionKind
    text: str
    choices: list[str] = strawberry.field(default_factory=list)
    required: bool = QUESTION["required"].usual


@strawberry.input(description="A survey of a programme; its key stays as long as it asks the same.")
class SurveyFormInput:
    key: str
    name: str
    when: Moment
    questions: list[SurveyQuestionInput]
    kind: SurveyKind = SurveyKind(FORM["kind"].usual)
    to: Audience = Audience(FORM["to"].usual)
    number: int = FORM["number"].usual
    again_days: int | None = None
    anonymous: bool = FORM["anonymous"].usual
    open_days: int = FORM["open_days"].usual
    reminder_days: int | None = FORM["reminder_days"].usual


@strawberry.input
class ChangeSurveyFormsInput(ById):
    seen: str = strawberry.field(description="The digest of the draft that was looked at, or of what is in force.")
    forms: list[SurveyFormInput] = strawberry.field(description="All of them; one that is left out is asked no more.")


@strawberry.input
class OpenSurveyInput(ById):
    key: str = strawberry.field(description="The survey's key in the programme.")


@strawberry.type
class SurveyPayload(Payload):
    survey: SurveyType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The survey as it stands now."""
        return cls(survey=SurveyType.of(await queries.visible_form(context.actor, keys[0])))


@strawberry.type
class SurveysErasedPayload(Payload):
    surveys: list[SurveyType] = strawberry.field(default_factory=list)

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The surveys whose answers are gone."""
        found = await surveys_by_ids(context.actor, keys)
        return cls(surveys=[SurveyType.of(found[key]) for key in keys if key in found])


@strawberry.type
class FormsMutation:
    @strawberry.mutation(description="Answer a survey: with your name until it closes, anonymously once and for good.")
    async def answer_survey(self, info: Info, input: AnswerSurveyInput) -> SurveyPayload:
        return await perform(
            info, SurveyPayload, Input(),
            lambda actor: actions.answer_form(
                actor, key_of("Survey", input.id), numbers=input.numbers, words=input.words
            ),
        )

    @strawberry.mutation(description="Open a survey that has a link, once for each match; then answer it.")
    async def open_survey(self, info: Info, input: OpenSurveyInput) -> SurveyPayload:
        async def act(actor: Actor) -> UUID:
            return (await open_linked_form(actor, key_of("Program", input.id), input.key)).id

        return await perform(info, SurveyPayload, input, act)

    @strawberry.mutation(description="Erase all that you answered to surveys with your name, for good.")
    async def erase_survey_answers(self, info: Info, input: Input) -> SurveysErasedPayload:
        async def act(actor: Actor) -> list[UUID]:
            return await actions.erase_answers(actor, (await person_of(actor)).id)

        return await perform(info, SurveysErasedPayload, input, act)

    @strawberry.mutation(description="Write what a programme asks into its draft; nobody notices before it is live.")
    async def change_survey_forms(self, info: Info, input: ChangeSurveyFormsInput) -> ProgramPlanPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Program", input.id)
            await change_part(actor, key, {"surveys": [_said(one) for one in input.forms]}, seen=input.seen)
            return key

        return await perform(info, ProgramPlanPayload, input, act)


async def surveys_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, FormInvitation]:
    """Those among some surveys that ask the actor."""
    return {row.id: row for row in await _whole(queries.own_forms(actor).filter(id__in=ids))}


def _said(form: SurveyFormInput) -> dict[str, Any]:
    """The form as a document has it; its enums are their words."""
    return asdict(form)


def _whole(rows: QuerySet[FormInvitation]) -> QuerySet[FormInvitation]:
    return rows.select_related("form")
