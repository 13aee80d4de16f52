"""What people do in a simulation, each with the product's own action: joining, answering, booking, meeting, writing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from server.access.queries import actor_for
from server.automation.simulating.crowd import SKILLS, Somebody, bundle
from server.automation.simulating.world import PROGRAM, World
from server.goals import actions as goals
from server.goals.models import Goal
from server.goals.queries import goals_of, next_step
from server.goals.wording import Wording
from server.journey.join.actions import JoinForm, decline_invitation, join_program
from server.journey.leaving.actions import leave_program, take_break
from server.journey.meeting.actions import Wrapped, accept_and_book, choose_time, decline, save_and_book_next
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.queries import is_circle, is_mentor, matches_in, my_matches, visible_match
from server.matches.states import ClosureReason, DeclineReason, MatchState
from server.matchmaking.runs.actions import start_run
from server.matchmaking.today import actions as today
from server.messaging.actions import mark_read, send_message
from server.messaging.rules import may_write
from server.people.models import Person
from server.people.queries import competencies
from server.people.states import ConsentPurpose, DayPart
from server.programs.actions import approve_admission
from server.programs.models import Enrollment
from server.programs.queries import my_enrollments
from server.programs.states import EnrollmentState, ParticipantRole
from server.programs.training.actions import finish_step
from server.programs.training.queries import open_steps
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.queries import (
    hold_of,
    my_next_sessions,
    open_action_items,
    visible_session,
)
from server.sessions.states import NoteVisibility, SessionState
from server.sessions.times import slots_for_match, suggest_next_slots
from server.surveys.actions import answer_check_in, handle_answer
from server.surveys.models import SurveyInvitation
from server.surveys.queries import answers_to_handle, my_invitations
from server.surveys.states import GoalOutcome, Help, SurveyKind

NO_THANKS, NO_SHOW, NO_WORDS, GOES_ON = 0.06, 0.04, 0.3, 0.75
BREAK, NEXT_STEP = timedelta(days=21), timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's turn to do something about a subject."""

    world: World
    person_id: UUID
    me: Somebody
    subject_id: UUID

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
    """Take part, or say no. Some leave their goal for later."""
    actor = await turn.actor()
    if turn.me.role is None:
        return  # who runs it hears that it opens as everybody does, and takes no part
    if turn.me.lot("join") < NO_THANKS:
        await decline_invitation(actor, PROGRAM)
        return
    known = {one.name: one.id for one in await competencies(turn.world.system)}
    goal, offered = Wording(""), list[UUID]()
    if turn.me.role in (ParticipantRole.MENTEE, ParticipantRole.PEER):
        goal = _goal(turn.me, known, whole=turn.me.lot("goal") < GOES_ON)
    if turn.me.role is not ParticipantRole.MENTEE:
        offered = [known[name] for name in bundle(turn.me.number)]
    await join_program(actor, PROGRAM, JoinForm(
        turn.me.role, (DayPart.MORNINGS, DayPart.LUNCHTIMES, DayPart.AFTERNOONS), [ConsentPurpose.MATCHING], goal=goal,
        skills=offered, words_for_mentees="Ask me about the projects that failed." if offered else "",
    ))


async def train(turn: Turn) -> None:
    """Take every step of one's training that is open."""
    actor = await turn.actor()
    for enrollment_id, steps in (await open_steps(actor, await my_enrollments(actor))).items():
        for step in steps:
            await finish_step(actor, enrollment_id, step.key)


async def answer(turn: Turn) -> None:
    """Say yes to a match with the first time that suits all, or no."""
    actor = await turn.actor()
    match = await visible_match(actor, turn.subject_id)
    if turn.me.lot("answer", match.created_at.date()) < NO_THANKS:
        await decline(actor, turn.subject_id, DeclineReason.TIMES)
    elif is_circle(match):
        await today.accept_match(actor, turn.subject_id)
    else:
        held = await hold_of(actor, turn.subject_id)
        free = [held] if held else await slots_for_match(actor, turn.subject_id)
        await accept_and_book(actor, turn.subject_id, free[0].starts_at if free else None)


async def book(turn: Turn) -> None:
    """Agree to the time that the other chose, or book the first one that suits all, unless one is booked."""
    actor = await turn.actor()
    held = await hold_of(actor, turn.subject_id)
    if held:
        await choose_time(actor, turn.subject_id, held.starts_at)
    elif not await _is_booked(actor, turn.subject_id):
        free = await slots_for_match(actor, turn.subject_id)
        if free:
            await sessions.book_session(actor, turn.subject_id, free[0].starts_at)


async def meet(turn: Turn) -> None:
    """After a session: write down what came of it and book the next one, or say that nobody came."""
    actor = await turn.actor()
    session = await visible_session(actor, turn.subject_id)
    if session.state is not SessionState.HELD:
        return
    if turn.me.lot("no show", session.number) < NO_SHOW:
        await sessions.report_no_show(actor, turn.subject_id)
        return
    match = await visible_match(actor, session.match_id)
    if is_circle(match):
        if turn.me.role is ParticipantRole.FACILITATOR:
            await _book_after(actor, session)
    elif not is_mentor(match, turn.person_id) and turn.me.does(GOES_ON, "write", session.number):
        await _write_down(actor, turn.me, match, session)
    if turn.me.lot("words", session.number) > NO_WORDS and may_write(match, actor.person_id):
        await send_message(actor, match.id, f"Thank you for number {session.number}.")


async def say_what_became(turn: Turn) -> None:
    """Say whether they met."""
    actor = await turn.actor()
    session = await visible_session(actor, turn.subject_id)
    if turn.me.lot("no show", session.number) < NO_SHOW:
        await sessions.report_no_show(actor, session.id)
    else:
        await sessions.confirm_session(actor, session.id)


async def move(turn: Turn) -> None:
    """Something came up: another time, or none."""
    actor = await turn.actor()
    session = await visible_session(actor, turn.subject_id)
    free = await slots_for_match(actor, session.match_id, after=session.ends_at)
    if free:
        await sessions.move_session(actor, turn.subject_id, free[-1].starts_at)
    else:
        await sessions.cancel_session(actor, turn.subject_id)


async def reply(turn: Turn) -> None:
    """Read what was written, and sometimes answer."""
    actor = await turn.actor()
    for match in await my_matches(actor, [MatchState.ACTIVE]):
        await mark_read(actor, match.id)
        if turn.me.does(NO_WORDS, "reply", clock.now().date()) and may_write(match, actor.person_id):
            await send_message(actor, match.id, "With pleasure. See you then.")


async def check_in(turn: Turn) -> None:
    """Answer what is asked; few want another mentor."""
    actor = await turn.actor()
    for asked in await my_invitations(actor):
        await answer_check_in(actor, asked.id, **_said(turn.me, asked))


async def word_goal(turn: Turn) -> None:
    """Say the whole goal."""
    actor = await turn.actor()
    known = {one.name: one.id for one in await competencies(turn.world.system)}
    wording = _goal(turn.me, known, whole=True)
    for enrollment in await _mine(actor):
        await goals.save_goal(
            actor, enrollment.id, want=wording.want, measure=wording.measure, competency_id=wording.competency_id,
            due_on=wording.due_on,
        )


async def take_step(turn: Turn) -> None:
    """Do the step that was due."""
    await goals.tick_milestone(await turn.actor(), turn.subject_id, True)


async def keep_promises(turn: Turn) -> None:
    """Do what was promised."""
    actor = await turn.actor()
    for promised in await open_action_items(actor):
        await sessions.keep_promise(actor, promised.id, True)


async def go_further(turn: Turn) -> None:
    """Propose to go on for some weeks, or agree to it."""
    actor = await turn.actor()
    match = await visible_match(actor, turn.subject_id)
    if match.proposed_end_on and match.proposed_by_id != turn.person_id:
        await matches.agree_extension(actor, turn.subject_id, match.proposed_end_on)
    elif match.ends_on:
        await matches.propose_extension(actor, turn.subject_id, match.ends_on + BREAK)


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
    actor, cohort_id = await turn.actor(), turn.world.cohort.id
    waiting = Enrollment.filter(
        organization_id=actor.organization_id, cohort_id=cohort_id, state=EnrollmentState.PENDING_APPROVAL
    )
    for enrollment in await waiting.order_by("id"):
        await approve_admission(actor, enrollment.id)
    await start_run(actor, cohort_id)


async def decide(turn: Turn) -> None:
    """Who runs the programme approves what waits for a word of theirs, and sees to answers that ask for a person."""
    actor = await turn.actor()
    drafts = await matches_in(actor, turn.world.cohort.id, [MatchState.DRAFT])
    if drafts:
        await today.publish_matches(actor, [draft.id for draft in drafts])
    for match in await matches_in(actor, turn.world.cohort.id, [MatchState.AWAITING_ADMIN]):
        await today.approve_match(actor, match.id)
    for waiting in await answers_to_handle(actor):
        await handle_answer(actor, waiting.id)


def _goal(me: Somebody, known: dict[str, UUID], *, whole: bool) -> Wording:
    skill = SKILLS[me.number % len(SKILLS)]
    want = f"get good at {skill.lower()}"
    if not whole:
        return Wording(want, competency_id=known[skill])
    return Wording(want, "two colleagues ask me for help", known[skill], clock.today(me.zone) + timedelta(days=80))


async def _mine(actor: Actor) -> list[Enrollment]:
    return [one for one in await my_enrollments(actor) if one.state is EnrollmentState.ACTIVE]


async def _is_booked(actor: Actor, match_id: UUID) -> bool:
    return any(one.match_id == match_id for one in await my_next_sessions(actor))


async def _book_after(actor: Actor, session: Session) -> None:
    free = await suggest_next_slots(actor, session.id)
    if free and not await _is_booked(actor, session.match_id):
        await sessions.book_session(actor, session.match_id, free[0].starts_at)


async def _write_down(actor: Actor, me: Somebody, match: Match, session: Session) -> None:
    mine = {goal.id: goal for one in await _mine(actor) for goal in await goals_of(actor, one.id)}
    goal = next(iter(mine.values()), None)
    if goal and not goal.milestones and goal.due_on:
        await _plan_steps(actor, me, goal)
    step = next_step(goal) if goal and session.number % 3 == 0 else None
    goes_on = me.does(GOES_ON, "next", session.number) and not await _is_booked(actor, match.id)
    free = await suggest_next_slots(actor, session.id) if goes_on else []
    await save_and_book_next(actor, session.id, Wrapped(
        NoteVisibility.SHARED, {0: "Numbers first, opinions second."}, milestones_done=[step.id] if step else [],
        promise="Send the one-pager" if session.number % 2 else "",
        promise_due_on=clock.today(me.zone) + timedelta(days=6) if session.number % 2 else None,
        next_at=free[0].starts_at if free else None,
    ))


async def _plan_steps(actor: Actor, me: Somebody, goal: Goal) -> None:
    for number, words in enumerate(("Watch how my mentor does it", "Try it once with help"), start=1):
        await goals.add_milestone(actor, goal.id, words, clock.today(me.zone) + number * NEXT_STEP)


def _said(me: Somebody, asked: SurveyInvitation) -> dict[str, Any]:
    wants = [Help.ANOTHER_MENTOR] if me.lot("help") < NO_SHOW else []
    said: dict[str, Any] = {"usefulness": 2 + me.number % 4, "goal_distance": 3, "help_wanted": wants}
    if asked.kind in (SurveyKind.CLOSING, SurveyKind.EXIT):
        said["recommend"] = 6 + me.number % 5
        said["goal_outcome"] = GoalOutcome.REACHED if me.role is not ParticipantRole.MENTOR else None
    return said


