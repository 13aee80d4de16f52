"""What people do by themselves in a programme, each with the product's own action: joining, wishing, resting, leaving,
and running it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from server.access.queries import actor_for
from server.automation.lives import words
from server.automation.lives.somebody import Somebody
from server.automation.lives.world import World
from server.goals import actions as goals
from server.goals.wording import Wording
from server.journey.join.actions import JoinForm, decline_invitation, join_program
from server.journey.leaving.actions import leave_program, take_break
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches import actions as matches
from server.matches.queries import matches_in, my_matches
from server.matches.states import ClosureReason, MatchState
from server.matchmaking.runs.actions import start_run
from server.matchmaking.today import actions as today
from server.people.models import Person
from server.people.queries import competencies, consent_texts, skills_of
from server.people.states import ConsentPurpose, DayPart, SkillSide
from server.programs.actions import approve_admission
from server.programs.models import Cohort, Enrollment
from server.programs.queries import my_enrollments
from server.programs.states import EnrollmentState, ParticipantRole
from server.programs.training.actions import finish_step
from server.programs.training.queries import open_steps
from server.surveys.actions import answer_check_in, handle_answer
from server.surveys.models import SurveyInvitation
from server.surveys.queries import answers_to_handle, my_invitations
from server.surveys.states import GoalOutcome, Help, SurveyKind

NO_THANKS, AGREES, GOES_ON, ANOTHER = 0.06, 0.6, 0.75, 0.04
BREAK, GOAL_AHEAD = timedelta(days=21), timedelta(days=80)
MOST_SKILLS = 5


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's turn to do something about a subject; `mail`: what brought it to their mind, if a mail did."""

    world: World
    person_id: UUID
    me: Somebody
    subject_id: UUID
    mail: EmailMessage | None = None

    @property
    def home(self) -> Cohort:
        """The group in which they live."""
        return self.world.homes[self.person_id]

    async def actor(self) -> Actor:
        """Them, with the rights that they have now."""
        return await actor_for(
            await Person.get(organization_id=self.world.system.organization_id, id=self.person_id)
        )


Act = Callable[[Turn], Awaitable[None]]


def name_of(act: Act) -> str:
    """What an act is called in the report."""
    return str(getattr(act, "__name__", "")).replace("_", " ")


async def join(turn: Turn) -> None:
    """Take part, or say no."""
    if turn.me.role is None:
        return  # who runs it hears that it opens as everybody does, and takes no part
    if turn.me.lot("join") < NO_THANKS:
        await decline_invitation(await turn.actor(), turn.home.program.key)
    else:
        await take_part(turn)


async def take_part(turn: Turn) -> None:
    """Join with the skills and wishes of one's record. Some leave their goal for later."""
    actor, role = await turn.actor(), turn.me.role
    assert role is not None, "invited in a role"
    goal, offered, mine = Wording(""), list[UUID](), [turn.person_id]
    if role in (ParticipantRole.MENTEE, ParticipantRole.PEER):
        goal = await _goal(actor, turn.me, whole=turn.me.lot("goal") < GOES_ON)
    if role is not ParticipantRole.MENTEE:
        offered = [one.id for one in (await skills_of(actor, mine, SkillSide.OFFERED))[turn.person_id]][:MOST_SKILLS]
    await join_program(actor, turn.home.program.key, JoinForm(
        role, (DayPart.MORNINGS, DayPart.LUNCHTIMES, DayPart.AFTERNOONS), await _agreed(actor, turn.me),
        goal=goal, skills=offered, words_for_mentees=words.for_mentees(turn.me.number) if offered else "",
    ))


async def train(turn: Turn) -> None:
    """Take every step of one's training that is open."""
    actor = await turn.actor()
    for enrollment_id, steps in (await open_steps(actor, await my_enrollments(actor))).items():
        for step in steps:
            await finish_step(actor, enrollment_id, step.key)


async def check_in(turn: Turn) -> None:
    """Answer what is asked; few want another mentor."""
    actor = await turn.actor()
    for asked in await my_invitations(actor):
        await answer_check_in(actor, asked.id, **_said(turn.me, asked))


async def word_goal(turn: Turn) -> None:
    """Say the whole goal."""
    actor = await turn.actor()
    wording = await _goal(actor, turn.me, whole=True)
    for enrollment in await _mine(actor):
        await goals.save_goal(
            actor, enrollment.id, want=wording.want, measure=wording.measure, competency_id=wording.competency_id,
            due_on=wording.due_on,
        )


async def rest(turn: Turn) -> None:
    """Take a break of some weeks."""
    actor = await turn.actor()
    for enrollment in await _mine(actor):
        await take_break(actor, enrollment.id, clock.today(turn.me.zone) + BREAK)


async def leave(turn: Turn) -> None:
    """Step out of the programme."""
    actor = await turn.actor()
    for enrollment in await _mine(actor):
        await leave_program(actor, enrollment.id)


async def part(turn: Turn) -> None:
    """End a match before its time, without blame."""
    actor = await turn.actor()
    for match in await my_matches(actor, [MatchState.ACTIVE]):
        await matches.end_match(actor, match.id, ClosureReason.NO_FAULT)


async def run_matching(turn: Turn) -> None:
    """Who runs the programme lets in who waits for it, and asks for suggestions; a job makes them."""
    actor, cohort_id = await turn.actor(), turn.subject_id
    waiting = Enrollment.filter(
        organization_id=actor.organization_id, cohort_id=cohort_id, state=EnrollmentState.PENDING_APPROVAL
    )
    for enrollment in await waiting.order_by("id"):
        await approve_admission(actor, enrollment.id)
    await start_run(actor, cohort_id)


async def decide(turn: Turn) -> None:
    """Who runs programmes approves what waits for a word of theirs, and sees to answers that ask for a person."""
    actor = await turn.actor()
    for cohort_id in dict.fromkeys(cohort.id for cohort in turn.world.homes.values()):
        drafts = await matches_in(actor, cohort_id, [MatchState.DRAFT])
        if drafts:
            await today.publish_matches(actor, [draft.id for draft in drafts])
        for match in await matches_in(actor, cohort_id, [MatchState.AWAITING_ADMIN]):
            await today.approve_match(actor, match.id)
    for waiting in await answers_to_handle(actor):
        await handle_answer(actor, waiting.id)


async def _goal(actor: Actor, me: Somebody, *, whole: bool) -> Wording:
    assert actor.person_id is not None, "a person"
    wanted = (await skills_of(actor, [actor.person_id], SkillSide.WANTED))[actor.person_id]
    built_on = wanted or (await competencies(actor))[:1]
    want, measure = words.goal_for([skill.name for skill in built_on])
    if not whole:
        return Wording(want, competency_id=built_on[0].id)
    return Wording(want, measure, built_on[0].id, clock.today(me.zone) + GOAL_AHEAD)


async def _agreed(actor: Actor, me: Somebody) -> list[ConsentPurpose]:
    """What is needed, and of what is not as much as they like."""
    texts = await consent_texts(actor)
    return [purpose for purpose, text in texts.items() if text.required or me.lot("agrees", purpose) < AGREES]


async def _mine(actor: Actor) -> list[Enrollment]:
    return [one for one in await my_enrollments(actor) if one.state is EnrollmentState.ACTIVE]


def _said(me: Somebody, asked: SurveyInvitation) -> dict[str, Any]:
    wants = [Help.ANOTHER_MENTOR] if me.lot("help") < ANOTHER else []
    said: dict[str, Any] = {"usefulness": 2 + me.number % 4, "goal_distance": 3, "help_wanted": wants}
    if asked.kind in (SurveyKind.CLOSING, SurveyKind.EXIT):
        said["recommend"] = 6 + me.number % 5
        said["goal_outcome"] = GoalOutcome.REACHED if me.role is not ParticipantRole.MENTOR else None
    return said
