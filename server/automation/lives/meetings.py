"""What people do in a match, each with the product's own action: answering, booking, meeting, writing, going on."""

from datetime import date, timedelta
from uuid import UUID

from server.automation.lives import words
from server.automation.lives.acts import BREAK, GOES_ON, NO_THANKS, Turn
from server.goals import actions as goals
from server.goals.models import Goal
from server.goals.queries import goals_of, next_step
from server.journey.asking.actions import ask_for_match
from server.journey.asking.queries import Asking, asking_page
from server.journey.leaving.actions import finish_match
from server.journey.meeting.actions import Wrapped, accept_and_book, choose_time, decline, save_and_book_next
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.queries import in_order, is_circle, is_mentor, my_matches, sides, visible_match
from server.matches.states import DeclineReason, MatchState
from server.matchmaking.today import actions as today
from server.messaging.actions import mark_read, send_message
from server.messaging.queries import last_words
from server.messaging.rules import may_write
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.queries import held_sessions, hold_of, my_next_sessions, open_action_items, visible_session
from server.sessions.states import NoteVisibility, SessionState
from server.sessions.times import slots_for_match, suggest_next_slots
from server.surveys.queries import visible_invitation

NO_SHOW, NO_WORDS, ANSWERS = 0.04, 0.3, 0.8
COMPARED = 3
"""Among so many of those who fit best somebody chooses whom they ask."""
PROMISED_FOR, PROMISED_FOR_CIRCLE = timedelta(days=6), timedelta(days=12)


async def ask(turn: Turn) -> None:
    """Ask one of the people who fit best for a match, unless one was found, or asked, meanwhile."""
    actor = await turn.actor()
    page = await asking_page(actor, turn.subject_id)
    if page.asking is Asking.OPEN and page.choices and not page.taken:
        compared = page.choices[:COMPARED]
        chosen = compared[int(turn.me.lot("asks", len(page.passed)) * len(compared))]
        await ask_for_match(actor, turn.subject_id, chosen.partner.id)


async def answer(turn: Turn) -> None:
    """Say yes to a match with the first time that suits all, or no."""
    actor = await turn.actor()
    match = await visible_match(actor, turn.subject_id)
    if turn.me.lot("answer", turn.world.heard[turn.person_id, "M03"]) < NO_THANKS:
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


async def keep(turn: Turn) -> None:
    """Say that a match goes on in which nobody met for long, and look for a time."""
    await matches.keep_match(await turn.actor(), turn.subject_id)
    await book(turn)


async def look_for_another(turn: Turn) -> None:
    """Finish with somebody whom one said half-way that another one would help more than."""
    actor = await turn.actor()
    await finish_match(actor, (await visible_invitation(actor, turn.subject_id)).match_id)


async def meet(turn: Turn) -> None:
    """After a session: write down what came of it, book the next one, and send a word; or say that nobody came."""
    actor = await turn.actor()
    session = await visible_session(actor, turn.subject_id)
    if session.state is not SessionState.HELD:
        return
    if turn.me.lot("no show", session.number) < NO_SHOW:
        await sessions.report_no_show(actor, turn.subject_id)
        return
    match = await visible_match(actor, session.match_id)
    if is_circle(match):
        await _after_circle(turn, actor, match, session)
        return
    if not is_mentor(match, turn.person_id) and turn.me.does(GOES_ON, "write", session.number):
        await _write_down(turn, actor, match, session)
    begins, (said, _) = _exchange(turn, match, session.number)
    if begins and turn.me.lot("words", session.number) > NO_WORDS and may_write(match, turn.person_id):
        await send_message(actor, match.id, said)


async def say_what_became(turn: Turn) -> None:
    """Say whether they met."""
    actor = await turn.actor()
    session = await visible_session(actor, turn.subject_id)
    if turn.me.lot("no show", session.number) < NO_SHOW:
        await sessions.report_no_show(actor, session.id)
    else:
        await sessions.confirm_session(actor, session.id)


async def move(turn: Turn) -> None:
    """Something came up: who is one of many stays away, else it is another time, or none."""
    actor = await turn.actor()
    session = await visible_session(actor, turn.subject_id)
    if is_circle(session.match):
        await sessions.set_attendance(actor, session.id, turn.person_id, comes=False)
        return
    free = await slots_for_match(actor, session.match_id, after=session.ends_at)
    if free:
        await sessions.move_session(actor, turn.subject_id, free[-1].starts_at)
    else:
        await sessions.cancel_session(actor, turn.subject_id)


async def reply(turn: Turn) -> None:
    """Read what was written, and mostly answer what somebody wrote after a session."""
    actor = await turn.actor()
    for match in await my_matches(actor, [MatchState.ACTIVE]):
        await mark_read(actor, match.id)
        held = [] if is_circle(match) else await held_sessions(actor, match.id)
        if held and turn.me.does(ANSWERS, "reply", held[-1].number):
            begun, (_, answer_) = _exchange(turn, match, held[-1].number)
            last = (await last_words(actor, [match.id])).get(match.id)
            mine = not begun and may_write(match, turn.person_id)
            if mine and last and last.author_id != turn.person_id:
                await send_message(actor, match.id, answer_)


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


async def _is_booked(actor: Actor, match_id: UUID) -> bool:
    return any(one.match_id == match_id for one in await my_next_sessions(actor))


async def _after_circle(turn: Turn, actor: Actor, match: Match, session: Session) -> None:
    """Who leads notes who promised what and books the next time; the one whose turn it is writes to all."""
    leads, *members = in_order(match)
    if leads.person_id == turn.person_id:
        owner = members[(session.number + 2) % len(members)]
        due_on = clock.today(turn.me.zone) + PROMISED_FOR_CIRCLE
        await sessions.promise(actor, session.id, owner.person_id, words.promise(session.number), due_on)
        await _book_after(actor, session)
    elif members[session.number % len(members)].person_id == turn.person_id:
        await sessions.write_note(actor, session.id, NoteVisibility.SHARED, words.notes(session.number))
        if may_write(match, turn.person_id):
            await send_message(actor, match.id, words.to_all(session.number))


async def _book_after(actor: Actor, session: Session) -> None:
    free = await suggest_next_slots(actor, session.id)
    if free and not await _is_booked(actor, session.match_id):
        await sessions.book_session(actor, session.match_id, free[0].starts_at)


async def _write_down(turn: Turn, actor: Actor, match: Match, session: Session) -> None:
    goal = await _own_goal(turn, actor, match)
    if goal and not goal.milestones and goal.due_on:
        await _plan_steps(actor, goal, min(goal.due_on, match.ends_on or goal.due_on), clock.today(turn.me.zone))
    step = next_step(goal) if goal and session.number % 3 == 0 else None
    goes_on = turn.me.does(GOES_ON, "next", session.number) and not await _is_booked(actor, match.id)
    free = await suggest_next_slots(actor, session.id) if goes_on else []
    await save_and_book_next(actor, session.id, Wrapped(
        NoteVisibility.SHARED, words.notes(session.number), milestones_done=[step.id] if step else [],
        promise=words.promise(session.number) if session.number % 2 else "",
        promise_due_on=clock.today(turn.me.zone) + PROMISED_FOR if session.number % 2 else None,
        next_at=free[0].starts_at if free else None,
    ))


async def _own_goal(turn: Turn, actor: Actor, match: Match) -> Goal | None:
    mine = next(one for one in match.members if one.person_id == turn.person_id)
    return next((goal for goal in await goals_of(actor, mine.enrollment_id) if goal.match_id == match.id), None)


async def _plan_steps(actor: Actor, goal: Goal, last: date, today: date) -> None:
    """Milestones at even distances, the last one on the last day of the match or of the goal."""
    for place, step in enumerate(words.STEPS, start=1):
        await goals.add_milestone(actor, goal.id, step, today + (last - today) * place / len(words.STEPS))


def _exchange(turn: Turn, match: Match, number: int) -> tuple[bool, tuple[str, str]]:
    """(whether somebody begins, a word and its answer) after a session of a pair."""
    first, second = sides(match)
    mentor_begins, said = words.exchange(number, turn.world.everybody[second.person_id].number)
    return mentor_begins == (first.person_id == turn.person_id), said
