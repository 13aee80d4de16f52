"""Half a year at Harbourline, lived through the product's own actions with its clock turned back.

Nothing is written into tables from here: people join, say yes and no, meet, write and pause as they would.
"""

from collections.abc import Callable, Collection
from datetime import date, timedelta

from server.access.queries import actor_for
from server.demo import circle, lines
from server.demo.cast import LEADERS, ONBOARDING, REVERSE
from server.demo.joining import join
from server.demo.setting import Stage, appoint, bring_in, finish, set_up
from server.goals import actions as goals
from server.goals.queries import goals_of, next_step
from server.journey.meeting.actions import Wrapped, accept_and_book, choose_time, decline, save_and_book_next
from server.journey.meeting.queries import is_asked
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.jobs.batches import run_due
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.queries import matches_in, sides, visible_match
from server.matches.states import AWAITING, ClosureReason, DeclineReason, MatchState
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.today import actions as today
from server.messaging.actions import send_message
from server.programs.models import Enrollment
from server.programs.queries import enrollments_in
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.actions import keep_promise
from server.sessions.models import Session
from server.sessions.queries import hold_of, my_next_sessions, open_action_items, sessions
from server.sessions.states import NoteVisibility, SessionState
from server.sessions.times import slots_for_match, suggest_next_slots
from server.surveys.actions import answer_check_in
from server.surveys.queries import my_invitations
from server.surveys.states import Help

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
OFFICE_HOUR = timedelta(hours=8, minutes=40)  # UTC, when the clock is turned back: letters leave in working hours
LIVED_DAYS, STEP_DAYS, NEWCOMERS_DAYS, QUIET_FROM = 182, 7, 4, 70
TOURED = "Noor"
"""Her match is the one of the guided tour: she joins with the late ones."""
WRITTEN_AFTER, BEGUN_AFTER, ANSWERED_AFTER = timedelta(minutes=40), timedelta(hours=2), timedelta(hours=5)
STAYS_INVITED, JOINS_LATE, JOINERS_WEEKS, CIRCLE_WEEKS, DRAFTS_LEFT = 2, 8, 6, 10, 3


async def live(days: int = LIVED_DAYS) -> None:
    """Found Harbourline `days` ago and live until today. The clock ends where it was."""
    before, today = clock.offset(), clock.now().date()
    try:
        clock.move(-timedelta(days=days))
        clock.move(OFFICE_HOUR - timedelta(hours=clock.now().hour, minutes=clock.now().minute))
        stage = await set_up(today)
        await _begin(stage, today, LEADERS, REVERSE)
        await appoint(stage)
        weeks = (days - NEWCOMERS_DAYS) // STEP_DAYS
        for week in range(weeks):
            if week == weeks - JOINERS_WEEKS:
                await _begin(stage, today, ONBOARDING)
            if week == weeks - CIRCLE_WEEKS:
                await circle.come_together(stage, today)
            await _week_passes(stage)
        await _newcomers(stage)
        clock.reset(before)
        await run_due()
        await _pairs_meet(stage)
        await _today(stage)
        await finish(stage)
    finally:
        clock.reset(before)


async def _begin(stage: Stage, today: date, *keys: str) -> None:
    """The people of some programmes come in, join and are matched."""
    await bring_in(stage, today, *keys)
    await _everybody_joins(stage, keys)
    await _match(stage, *keys)


async def _everybody_joins(stage: Stage, keys: Collection[str]) -> None:
    """All but a few: some stay invited, and some leaders join in the last days. One has still to read what there is."""
    for key in keys:
        cohort = stage.cohorts[key]
        for role in (MENTOR, MENTEE):
            rows = await _in(stage, key, role, EnrollmentState.INVITED)
            late = JOINS_LATE if (key, role) == (LEADERS, MENTEE) else STAYS_INVITED
            spared = {row.id for row in rows[-late:]} | {row.id for row in rows if row.person.given_name == TOURED}
            for row in rows:
                if row.id not in spared:
                    await join(stage, row, cohort.program.key, reads=role is MENTOR or row is not rows[0])


async def _newcomers(stage: Stage) -> None:
    """The late leaders join, and the manager has the next matches before her."""
    rows = await _in(stage, LEADERS, MENTEE, EnrollmentState.INVITED)
    stay = sorted(row.id for row in rows if row.person.given_name != TOURED)[-STAYS_INVITED:]
    for row in rows:
        if row.id not in stay:
            await join(stage, row, LEADERS)
    for row in (await _in(stage, LEADERS, MENTOR, EnrollmentState.INVITED))[:-1]:
        await join(stage, row, LEADERS)
    await run_due()
    await run_matching(stage.system, stage.cohorts[LEADERS].id)


async def _today(stage: Stage) -> None:
    """What waits for a word: Noor's match, two that one side accepted, one for the manager; some closed, one pauses."""
    drafts = await matches_in(stage.system, stage.cohorts[LEADERS].id, [MatchState.DRAFT])
    noors, others = _split(drafts, lambda draft: sides(draft)[1].person.given_name == TOURED)
    half = others[len(others) // 2:][:2]
    for draft in (*noors, *half):
        await today.publish_match(stage.system, draft.id, undo_within=timedelta())
    for draft, side in zip(half, (0, 1), strict=False):
        await _say_yes(draft, side)
    await _for_the_manager(stage)
    for match in (await matches_in(stage.system, stage.cohorts[REVERSE].id, [MatchState.DURATION_COMPLETED]))[:2]:
        await matches.close_match(stage.system, match.id)
    running = await matches_in(stage.system, stage.cohorts[LEADERS].id, [MatchState.ACTIVE])
    await matches.pause_match(stage.system, running[-1].id)
    await run_due()


async def _for_the_manager(stage: Stage) -> None:
    """A second round of the reverse programme: most begin, one that both agreed to and three drafts wait for her."""
    await run_matching(stage.system, stage.cohorts[REVERSE].id)
    drafts = await matches_in(stage.system, stage.cohorts[REVERSE].id, [MatchState.DRAFT])
    for place, draft in enumerate(drafts[:-DRAFTS_LEFT]):
        await today.publish_match(stage.system, draft.id, undo_within=timedelta())
        await _say_yes(draft, 1)
        await _say_yes(draft, 0)
        if place:
            await today.approve_match(stage.system, draft.id)


async def _say_yes(match: Match, side: int) -> None:
    """The mentor (side 0) or the mentee (side 1) accepts, with the first time that suits both."""
    actor = await actor_for(sides(match)[side].person)
    slots = await slots_for_match(actor, match.id)
    await accept_and_book(actor, match.id, slots[0].starts_at if slots else None)


def _split(drafts: list[Match], is_wanted: Callable[[Match], bool]) -> tuple[list[Match], list[Match]]:
    wanted = [draft for draft in drafts if is_wanted(draft)]
    return wanted, [draft for draft in drafts if draft not in wanted]


async def _match(stage: Stage, *keys: str) -> None:
    """Run, approve all, and let people answer: most say yes, a few do not."""
    for key in keys:
        await run_matching(stage.system, stage.cohorts[key].id)
        drafts = await matches_in(stage.system, stage.cohorts[key].id, [MatchState.DRAFT])
        await today.publish_matches(stage.system, [draft.id for draft in drafts])
    clock.move(timedelta(minutes=11))
    await run_due()
    for key in keys:
        for match in await matches_in(stage.system, stage.cohorts[key].id, AWAITING):
            await _answer(match, number_of(match))
        await _approve_agreed(stage, key)
    await run_due()


async def _answer(match: Match, number: int) -> None:
    """Pairs with number 5 say no, those with 6 never answer, everybody else says yes to the first time."""
    mentor, mentee = [await actor_for(member.person) for member in sides(match)]
    if number == 6:
        return
    if number == 5:
        await decline(mentee, match.id, DeclineReason.TIMES)
        return
    slots = await slots_for_match(mentee, match.id)
    chosen = slots[0].starts_at if slots else None
    await accept_and_book(mentee, match.id, chosen)
    await _agree(mentor, match)


async def _agree(mentor: Actor, match: Match) -> None:
    """The mentor says yes to the mentee's time, to the match as well where the programme asks for it."""
    hold = await hold_of(mentor, match.id)
    starts_at = hold.starts_at if hold else None
    if is_asked(mentor, await visible_match(mentor, match.id)):
        await accept_and_book(mentor, match.id, starts_at)
    elif starts_at:
        await choose_time(mentor, match.id, starts_at)


async def _approve_agreed(stage: Stage, key: str) -> None:
    """The manager's last word, where a programme wants one."""
    for match in await matches_in(stage.system, stage.cohorts[key].id, [MatchState.AWAITING_ADMIN]):
        await today.approve_match(stage.system, match.id)


async def _week_passes(stage: Stage) -> None:
    """A week goes by: what falls due happens, pairs that met write it down and book again."""
    for _day in range(STEP_DAYS):
        clock.move(timedelta(days=1))
        await run_due()
    await _pairs_meet(stage)


async def _pairs_meet(stage: Stage) -> None:
    """Whoever met writes it down and books the next time."""
    for key in (LEADERS, ONBOARDING, REVERSE):
        for match in await matches_in(stage.system, stage.cohorts[key].id, [MatchState.ACTIVE]):
            await _work_together(match, number_of(match))
    await circle.meet(stage)
    await run_due()


def number_of(match: Match) -> int:
    """A number from 0 to 11 that stays with a pair, so that each lives its own story."""
    return (int(sides(match)[1].person.employee_id[1:]) + 2) % 12


async def _work_together(match: Match, number: int) -> None:
    """Pairs go on meeting, but those with number 2 fall quiet, 3 pause and 4 end without blame."""
    mentor, mentee = [await actor_for(member.person) for member in sides(match)]
    age = (clock.now() - match.active_at).days if match.active_at else 0
    if number in (2, 3, 4) and age > QUIET_FROM:
        if number == 3 and age > 2 * QUIET_FROM:
            await matches.pause_match(mentee, match.id)
        if number == 4:
            await matches.end_match(mentor, match.id, ClosureReason.NO_FAULT)
        return
    await _plan_steps(mentee, match)
    await _write_down(mentor, mentee, match, number)
    await _check_in(mentor, mentee, number)


async def _plan_steps(mentee: Actor, match: Match) -> None:
    """Milestones at even distances, the last one on the last day of the match or of the goal."""
    goal = next(iter(await goals_of(mentee, sides(match)[1].enrollment_id)), None)
    if goal is None or goal.milestones or goal.match_id != match.id:
        return
    today = clock.now().date()
    ahead = min(day for day in (goal.due_on, match.ends_on) if day) - today
    for place, step in enumerate(lines.STEPS, start=1):
        await goals.add_milestone(mentee, goal.id, step, today + ahead * place / len(lines.STEPS))


async def _write_down(mentor: Actor, mentee: Actor, match: Match, number: int) -> None:
    """After a session: notes, a promise, a step now and then, and the next time."""
    ahead = [one for one in await my_next_sessions(mentee) if one.match_id == match.id]
    if any(one.state is SessionState.SCHEDULED for one in ahead):
        return
    held = await sessions(mentor).filter(match_id=match.id, state=SessionState.HELD).order_by("-starts_at").first()
    if held is None:
        return
    for kept in await open_action_items(mentee, match.id):
        await keep_promise(mentee, kept.id, True)
    goal = next(iter(await goals_of(mentee, sides(match)[1].enrollment_id)), None)
    step = next_step(goal) if goal and held.number % 3 == 0 and held.number < 3 * len(lines.STEPS) else None
    just_met = clock.now() - held.ends_at <= timedelta(days=STEP_DAYS)
    with clock.at(min(clock.now(), held.ends_at + WRITTEN_AFTER) if just_met else clock.now()):
        slots = await suggest_next_slots(mentee, held.id)
        await save_and_book_next(mentee, held.id, Wrapped(
            NoteVisibility.SHARED, lines.notes(held.number), milestones_done=[step.id] if step else [],
            promise=lines.promise(held.number), promise_due_on=clock.now().date() + timedelta(days=6),
            next_at=slots[0].starts_at if slots else None,
        ))
    if just_met:
        await _talk(mentor, mentee, held, number)


async def _talk(mentor: Actor, mentee: Actor, held: Session, number: int) -> None:
    """A word and its answer in the hours after a session, as far as those have passed."""
    mentor_begins, words = lines.exchange(held.number, number)
    authors = (mentor, mentee) if mentor_begins else (mentee, mentor)
    minutes = timedelta(minutes=7 * number)
    for author, said, after in zip(authors, words, (BEGUN_AFTER, ANSWERED_AFTER), strict=True):
        moment = held.ends_at + after + minutes
        if moment < clock.now():
            with clock.at(moment):
                await send_message(author, held.match_id, said)


async def _check_in(mentor: Actor, mentee: Actor, number: int) -> None:
    """Most answer their check-in; every fourth mentee leaves it open for the tour, one asks for another mentor."""
    for actor in (mentor, mentee):
        for asked in await my_invitations(actor):
            if number % 4:
                wish = [Help.ANOTHER_MENTOR] if number == 1 and actor is mentee else []
                await answer_check_in(actor, asked.id, usefulness=5 - number % 3, goal_distance=3, help_wanted=wish)


async def _in(stage: Stage, key: str, role: ParticipantRole, *states: EnrollmentState) -> list[Enrollment]:
    return await enrollments_in(stage.system, stage.cohorts[key].id, role=role, states=states)
