"""Acts of a person that span rooms: joining, saying yes with a time, wrapping a session up. All of it or nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.conversations import NoteInput
from graphql_schema.errors import user_errors
from graphql_schema.ids import key_of, keys_of
from graphql_schema.matches import MatchPayload
from graphql_schema.mutations import ById, Input, perform
from graphql_schema.people import competencies_by_ids
from graphql_schema.programs import EnrollmentPayload
from graphql_schema.sessions import MatchTimeInput, SessionPayload
from server.goals.smart import advice, smart_checks
from server.goals.states import GoalPrivacy, SmartCheck
from server.goals.wording import Wording
from server.journey.join.actions import JoinForm, join_program
from server.journey.meeting import actions
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import Conflict
from server.matches.states import DeclineReason, MatchState
from server.matches.steps import UNDO_ONE
from server.matchmaking.today.rules import parted_words
from server.people.queries import person_of
from server.people.states import ConsentPurpose, DayPart, DepartmentWish, Style
from server.programs.states import ParticipantRole
from server.sessions.states import NoteVisibility

for enum in (DeclineReason, SmartCheck):
    strawberry.enum(enum)


@strawberry.input(description="The sentence of a goal.")
class GoalInput:
    want: str
    measure: str = ""
    competency_id: strawberry.ID | None = None
    due_on: date | None = None
    privacy: GoalPrivacy | None = strawberry.field(
        default=None, description="One that the programme offers; null is as the programme usually has it."
    )


@strawberry.input(description="What you say when you join: a mentee the goal, a mentor skills, words and places.")
class JoinProgramInput(Input):
    program_key: str
    role: ParticipantRole
    day_parts: list[DayPart] = strawberry.field(description="When you usually have time.")
    agreed_to: list[ConsentPurpose] = strawberry.field(
        default_factory=list, description="The consents you give. What is not named here is a no."
    )
    preferred_name: str | None = None
    zone: str | None = None
    languages: list[str] | None = None
    goal: GoalInput | None = None
    skill_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    another_skill: str = strawberry.field(default="", description="One more skill, by its name.")
    words_for_mentees: str = ""
    places: int | None = None
    styles: list[Style] | None = strawberry.field(default=None, description="How you like to work.")
    pref_department: DepartmentWish | None = None


@strawberry.input
class AcceptMatchInput(ById):
    starts_at: datetime | None = strawberry.field(
        default=None, description="The first conversation: held until the other side agrees, booked if they chose it."
    )


@strawberry.input
class DeclineMatchInput(ById):
    reason: DeclineReason = strawberry.field(
        default=DeclineReason.NOT_SAID, description="It teaches matching. The other person never sees it."
    )


@strawberry.input(description="What a session left behind. Without `nextAt` nothing is booked.")
class WrapUpSessionInput(ById):
    visibility: NoteVisibility
    notes: list[NoteInput] = strawberry.field(default_factory=list)
    talked_about: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The topics you talked about: these and no others."
    )
    milestones_done: list[strawberry.ID] = strawberry.field(default_factory=list)
    promise: str = strawberry.field(default="", description="What you will do.")
    promise_due_on: date | None = None
    next_at: datetime | None = None


@strawberry.type(description="Which of the five words are true of a goal, and the one next thing to do about it.")
class GoalChecks:
    checks: list[SmartCheck]
    advice: str


@strawberry.type
class JourneyQuery:
    @strawberry.field(description="How a goal would read before it is saved. It judges wording and never blocks.")
    async def goal_checks(self, info: Info, goal: GoalInput) -> GoalChecks:
        said = _wording(goal)
        zone = (await person_of(info.context.actor)).zone
        skill = await info.context.one(competencies_by_ids, said.competency_id) if said.competency_id else None
        found = smart_checks(said.want, said.measure, skill.name if skill else None, said.due_on, clock.today(zone))
        return GoalChecks(checks=sorted(found, key=list(SmartCheck).index), advice=advice(found))


class _Accepted(MatchPayload):
    """The match that somebody said yes to; in the place of one that went back to the manager, kind words."""

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The match as it stands now, unless there is none any more."""
        if not keys:
            return cls(errors=user_errors(Conflict(parted_words(), kind="apart")))
        return await super().of(context, keys)


@strawberry.type
class JourneyMutation:
    @strawberry.mutation(description="Take part in a programme: times, goal or skills, consents and enrolment in one.")
    async def join_program(self, info: Info, input: JoinProgramInput) -> EnrollmentPayload:
        async def act(actor: Actor) -> UUID:
            return (await join_program(actor, input.program_key, _form(input))).enrollment_id

        return await perform(info, EnrollmentPayload, input, act)

    @strawberry.mutation(
        description="Say yes. When the last seat went to somebody else meanwhile, the match comes back CANCELLED; when "
        "a rule keeps the two apart by now, it goes back to whoever runs the programme, and you get a CONFLICT."
    )
    async def accept_match(self, info: Info, input: AcceptMatchInput) -> MatchPayload:
        async def act(actor: Actor) -> list[UUID]:
            key = key_of("Match", input.id)
            outcome = await actions.accept_and_book(actor, key, input.starts_at, undo_within=UNDO_ONE)
            return [] if outcome.state is MatchState.DRAFT else [outcome.match_id]

        return await perform(info, _Accepted, input, act)

    @strawberry.mutation(description="Say no, and give back the time that was held.")
    async def decline_match(self, info: Info, input: DeclineMatchInput) -> MatchPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Match", input.id)
            return (await actions.decline(actor, key, input.reason, undo_within=UNDO_ONE)).match_id

        return await perform(info, MatchPayload, input, act)

    @strawberry.mutation(description="Choose the first conversation: agree with the time on the table, or put another.")
    async def choose_first_time(self, info: Info, input: MatchTimeInput) -> MatchPayload:
        async def act(actor: Actor) -> UUID:
            return (await actions.choose_time(actor, key_of("Match", input.match_id), input.starts_at)).match_id

        return await perform(info, MatchPayload, input, act)

    @strawberry.mutation(description="Keep what a session brought, and book the next one.")
    async def wrap_up_session(self, info: Info, input: WrapUpSessionInput) -> SessionPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Session", input.id)
            await actions.save_and_book_next(actor, key, _wrapped(input))
            return key

        return await perform(info, SessionPayload, input, act)


def _form(given: JoinProgramInput) -> JoinForm:
    return JoinForm(
        role=given.role, day_parts=given.day_parts, agreed=given.agreed_to, preferred_name=given.preferred_name,
        zone=given.zone, languages=given.languages, goal=_wording(given.goal), places=given.places,
        goal_privacy=given.goal.privacy if given.goal else None,
        skills=keys_of("Competency", given.skill_ids), another_skill=given.another_skill,
        words_for_mentees=given.words_for_mentees, styles=given.styles, pref_department=given.pref_department,
    )


def _wording(given: GoalInput | None) -> Wording:
    if given is None:
        return Wording("")
    skill = key_of("Competency", given.competency_id) if given.competency_id else None
    return Wording(given.want, given.measure, skill, given.due_on)


def _wrapped(given: WrapUpSessionInput) -> actions.Wrapped:
    return actions.Wrapped(
        visibility=given.visibility, notes={note.prompt: note.body for note in given.notes}, promise=given.promise,
        talked_about=keys_of("AgendaItem", given.talked_about), promise_due_on=given.promise_due_on,
        milestones_done=keys_of("Milestone", given.milestones_done), next_at=given.next_at,
    )
