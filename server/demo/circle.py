"""The circle of Harbourline: six who lead for the first time and somebody who leads them, every second week."""

from datetime import date, timedelta

from server.access.queries import actor_for
from server.demo import lines
from server.demo.cast import CIRCLES
from server.demo.joining import join
from server.demo.setting import Stage, bring_in
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.jobs.batches import run_due
from server.matches.models import Match
from server.matches.queries import in_order, matches_in
from server.matches.states import AWAITING, MatchState
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.today.actions import accept_match, publish_matches
from server.messaging.actions import send_message
from server.programs.queries import enrollments_in
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.queries import my_next_sessions, open_action_items
from server.sessions.queries import sessions as sessions_for
from server.sessions.states import NoteVisibility, SessionState
from server.sessions.times import slots_for_match, suggest_next_slots
from server.surveys.actions import answer_check_in
from server.surveys.queries import my_invitations

LOOKED_AT, WRITTEN_AFTER = timedelta(minutes=11), timedelta(minutes=40)


async def come_together(stage: Stage, today: date) -> None:
    """They come in and join, a run makes the circle, and everybody says yes."""
    await bring_in(stage, today, CIRCLES)
    cohort = stage.cohorts[CIRCLES]
    for role in (ParticipantRole.FACILITATOR, ParticipantRole.MENTEE):
        for row in await enrollments_in(stage.system, cohort.id, role=role, states=[EnrollmentState.INVITED]):
            await join(stage, row, cohort.program.key)
    await run_matching(stage.system, cohort.id)
    drafts = await matches_in(stage.system, cohort.id, [MatchState.DRAFT])
    await publish_matches(stage.system, [draft.id for draft in drafts])
    clock.move(LOOKED_AT)
    await run_due()
    for match in await matches_in(stage.system, cohort.id, AWAITING):
        for member in in_order(match):
            await accept_match(await actor_for(member.person), match.id)
    await run_due()


async def meet(stage: Stage) -> None:
    """Whoever met writes it down, and who leads books the next time."""
    for match in await matches_in(stage.system, stage.cohorts[CIRCLES].id, [MatchState.ACTIVE]):
        leads, *members = [await actor_for(one.person) for one in in_order(match)]
        for one in members:
            for asked in await my_invitations(one):
                await answer_check_in(one, asked.id, usefulness=4, goal_distance=3, help_wanted=[])
        if not [one for one in await my_next_sessions(leads) if one.match_id == match.id]:
            await _go_on(match, leads, members)


async def _go_on(match: Match, leads: Actor, members: list[Actor]) -> None:
    held = await sessions_for(leads).filter(match_id=match.id, state=SessionState.HELD).order_by("-starts_at").first()
    if held:
        await _write_down(match, held, leads, members)
    slots = await suggest_next_slots(leads, held.id) if held else await slots_for_match(leads, match.id, 1)
    if slots:
        booked = await sessions.book_session(leads, match.id, slots[0].starts_at)
        away = members[booked.number % len(members)]
        assert away.person_id is not None, "a person"
        await sessions.set_attendance(away, booked.id, away.person_id, comes=False)


async def _write_down(match: Match, held: Session, leads: Actor, members: list[Actor]) -> None:
    """A note for all, a promise, and a word in the thread, in the hours after they met."""
    writer, owner = (members[(held.number + place) % len(members)] for place in (2, 4))
    assert owner.person_id is not None, "a person"
    for kept in await open_action_items(owner, match.id):
        await sessions.keep_promise(owner, kept.id, True)
    with clock.at(min(clock.now(), held.ends_at + WRITTEN_AFTER)):
        await sessions.write_note(writer, held.id, NoteVisibility.SHARED, lines.notes(held.number))
        due_on = clock.now().date() + timedelta(days=12)
        await sessions.promise(leads, held.id, owner.person_id, lines.promise(held.number), due_on)
        await send_message(writer, match.id, lines.to_all(held.number))
