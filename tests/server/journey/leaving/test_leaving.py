"""Stepping out, breaks and what becomes of the other side."""

from datetime import UTC, datetime, time, timedelta

import pytest

from server.journey.leaving import actions
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import ActionState, AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.jobs import drain
from server.matches.actions import accept_match, pause_match, resume_match
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchState
from server.programs.actions import submit
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.actions import book_session, write_note
from server.sessions.models import Session
from server.sessions.queries import notes_of
from server.sessions.states import NoteVisibility, SessionState
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState
from tests import factories
from tests.factories import Pair
from tests.races import at_once

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def booked(pair: Pair, days: int = 3) -> Session:
    day = clock.now().date() + timedelta(days=days)
    return await book_session(pair.mentee_actor, pair.match.id, datetime.combine(day, time(10), UTC))


async def state_of(enrollment: Enrollment) -> EnrollmentState:
    return (await Enrollment.get(id=enrollment.id)).state


async def test_who_leaves_ends_the_match_without_blame_and_the_session_is_called_off(pair: Pair) -> None:
    session = await booked(pair)
    await drain(strict=False)
    left = await actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    clock.move(timedelta(seconds=11))
    await drain(strict=False)
    match, called_off = await Match.get(id=pair.match.id), await Session.get(id=session.id)
    assert left.state is EnrollmentState.WITHDRAWN
    assert left.ended_at is not None
    assert (match.state, match.closure_reason) == (MatchState.CONCLUDED, ClosureReason.NO_FAULT)
    assert (called_off.state, called_off.sequence) == (SessionState.CANCELLED, 1)
    told = await OutboxEvent.get(kind="match.ended")
    assert told.payload["left_id"] == str(pair.mentor.id)
    assert await state_of(pair.mentee_enrollment) is EnrollmentState.ACTIVE
    assert not await ScheduledAction.filter(subject_id=pair.match.id, state=ActionState.PLANNED).exists()


async def test_leaving_twice_writes_nothing_more(pair: Pair) -> None:
    await actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    before = await AuditEvent.all().count()
    again = await actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    assert again.state is EnrollmentState.WITHDRAWN
    assert await AuditEvent.all().count() == before
    assert (await Enrollment.get(id=pair.mentee_enrollment.id)).waited_cycles == 1


async def test_who_stays_is_looked_at_first_and_who_leaves_is_not(pair: Pair) -> None:
    await actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    assert (await Enrollment.get(id=pair.mentee_enrollment.id)).waited_cycles == 1
    assert (await Enrollment.get(id=pair.mentor_enrollment.id)).waited_cycles == 0


async def test_nobody_else_can_step_out_for_somebody(pair: Pair) -> None:
    with pytest.raises(NotFound):
        await actions.leave_program(pair.mentee_actor, pair.mentor_enrollment.id)
    with pytest.raises(NotFound):
        await actions.leave_program(pair.stranger_actor, pair.mentor_enrollment.id)
    with pytest.raises(Refused):
        await actions.leave_program(pair.manager_actor, pair.mentor_enrollment.id)
    assert await state_of(pair.mentor_enrollment) is EnrollmentState.ACTIVE


async def test_who_runs_the_programme_takes_somebody_out(pair: Pair) -> None:
    with pytest.raises(Refused):
        await actions.remove_from_program(pair.mentee_actor, pair.mentee_enrollment.id)
    removed = await actions.remove_from_program(pair.manager_actor, pair.mentee_enrollment.id)
    assert removed.state is EnrollmentState.REMOVED
    with pytest.raises(Conflict):
        await actions.leave_program(pair.mentee_actor, pair.mentee_enrollment.id)


async def test_an_invitation_is_declined_instead(pair: Pair) -> None:
    asked = await factories.enrollment(
        pair.cohort, pair.stranger, MENTEE, state=EnrollmentState.INVITED, submitted_at=None, active_at=None
    )
    assert (await actions.leave_program(pair.stranger_actor, asked.id)).state is EnrollmentState.DECLINED
    assert (await actions.leave_program(pair.stranger_actor, asked.id)).state is EnrollmentState.DECLINED


async def test_a_request_that_waits_is_taken_back_and_cannot_be_accepted(pair: Pair) -> None:
    mentee = await factories.enrollment(pair.cohort, pair.stranger, MENTEE)
    asked = await factories.match(pair.mentor_enrollment, mentee, state=MatchState.AWAITING_BOTH)
    draft = await factories.match(pair.mentor_enrollment, mentee, state=MatchState.DRAFT)
    await actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    for one in (asked, draft):
        assert (await Match.get(id=one.id)).state is MatchState.CANCELLED
    with pytest.raises(Conflict):
        await accept_match(pair.stranger_actor, asked.id)


async def test_a_match_that_ran_its_time_is_closed_as_completed(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(state=MatchState.DURATION_COMPLETED)
    await actions.leave_program(pair.mentee_actor, pair.mentee_enrollment.id)
    match = await Match.get(id=pair.match.id)
    assert (match.state, match.closure_reason) == (MatchState.COMPLETED, ClosureReason.DURATION)


async def test_a_mentee_who_leaves_lets_the_first_in_line_move_up(pair: Pair) -> None:
    await Enrollment.filter(id=pair.mentor_enrollment.id).update(capacity=1)
    waiting = await factories.enrollment(
        pair.cohort, pair.stranger, MENTEE, state=EnrollmentState.IN_PROGRESS, submitted_at=None, active_at=None
    )
    assert (await submit(pair.stranger_actor, waiting.id)).state is EnrollmentState.WAITLISTED
    await actions.leave_program(pair.mentee_actor, pair.mentee_enrollment.id)
    assert await state_of(waiting) is EnrollmentState.ACTIVE


async def test_who_waits_in_line_steps_out_of_it(pair: Pair) -> None:
    await Enrollment.filter(id=pair.mentor_enrollment.id).update(capacity=1)
    waiting = await factories.enrollment(
        pair.cohort, pair.stranger, MENTEE, state=EnrollmentState.IN_PROGRESS, submitted_at=None, active_at=None
    )
    await submit(pair.stranger_actor, waiting.id)
    assert (await actions.leave_program(pair.stranger_actor, waiting.id)).state is EnrollmentState.WITHDRAWN
    await actions.leave_program(pair.mentee_actor, pair.mentee_enrollment.id)
    assert await state_of(waiting) is EnrollmentState.WITHDRAWN


async def test_notes_stay_readable_by_their_author(pair: Pair) -> None:
    session = await booked(pair)
    await write_note(pair.mentee_actor, session.id, NoteVisibility.PRIVATE, {0: "Mine alone."})
    await actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    await drain(strict=False)
    assert [note.body for note in await notes_of(pair.mentee_actor, session.id)] == ["Mine alone."]
    assert await notes_of(pair.mentor_actor, session.id) == []


async def test_check_ins_about_an_ended_match_are_closed(pair: Pair) -> None:
    invitation = await SurveyInvitation.create(
        organization_id=pair.organization.id, kind="CHECK_IN", match=pair.match, program_id=pair.program.id,
        person_id=pair.mentee.id, opens_at=clock.now() + timedelta(days=9), closes_at=clock.now() + timedelta(days=30),
    )
    await actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    await drain(strict=False)
    assert (await SurveyInvitation.get(id=invitation.id)).state is InvitationState.EXPIRED


async def test_a_break_rests_the_match_calls_off_its_days_and_ends_on_its_day(pair: Pair) -> None:
    soon, later = await booked(pair), await booked(pair, 20)
    until = factories.in_days(10)
    paused = await actions.take_break(pair.mentee_actor, pair.mentee_enrollment.id, until)
    await drain(strict=False)
    assert (paused.state, paused.paused_until) == (EnrollmentState.PAUSED, until)
    assert (await Match.get(id=pair.match.id)).state is MatchState.PAUSED
    assert (await Session.get(id=soon.id)).state is SessionState.CANCELLED
    assert (await Session.get(id=later.id)).state is SessionState.CANCELLED
    with pytest.raises(Conflict):
        await resume_match(pair.mentor_actor, pair.match.id)
    clock.move(timedelta(days=10))
    await drain(strict=False)
    assert await state_of(pair.mentee_enrollment) is EnrollmentState.ACTIVE
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


async def test_a_break_needs_a_day_within_half_a_year(pair: Pair) -> None:
    for days in (0, -1, 185):
        with pytest.raises(Invalid):
            await actions.take_break(pair.mentee_actor, pair.mentee_enrollment.id, factories.in_days(days))
    with pytest.raises(Refused):
        await actions.take_break(pair.mentee_actor, pair.mentee_enrollment.id, None)
    assert await state_of(pair.mentee_enrollment) is EnrollmentState.ACTIVE


async def test_when_both_take_a_break_the_match_waits_for_both(pair: Pair) -> None:
    await actions.take_break(pair.mentee_actor, pair.mentee_enrollment.id, factories.in_days(10))
    await actions.take_break(pair.mentor_actor, pair.mentor_enrollment.id, factories.in_days(20))
    await actions.come_back(pair.mentee_actor, pair.mentee_enrollment.id)
    assert (await Match.get(id=pair.match.id)).state is MatchState.PAUSED
    await actions.come_back(pair.mentor_actor, pair.mentor_enrollment.id)
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


async def test_a_pause_of_the_pair_outlasts_a_shorter_absence(pair: Pair) -> None:
    await pause_match(pair.mentee_actor, pair.match.id, factories.in_days(30))
    await actions.take_break(pair.mentor_actor, pair.mentor_enrollment.id, factories.in_days(10))
    await actions.come_back(pair.mentor_actor, pair.mentor_enrollment.id)
    assert (await Match.get(id=pair.match.id)).state is MatchState.PAUSED
    clock.move(timedelta(days=30))
    await drain(strict=False)
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


async def test_a_pause_of_the_pair_whose_day_comes_during_an_absence_goes_on_with_the_return(pair: Pair) -> None:
    await pause_match(pair.mentee_actor, pair.match.id, factories.in_days(5))
    await actions.take_break(pair.mentor_actor, pair.mentor_enrollment.id, factories.in_days(20))
    clock.move(timedelta(days=6))
    await drain(strict=False)
    assert (await Match.get(id=pair.match.id)).state is MatchState.PAUSED
    await actions.come_back(pair.mentor_actor, pair.mentor_enrollment.id)
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


async def test_what_is_booked_after_a_pause_of_the_pair_stays(pair: Pair) -> None:
    during, after = await booked(pair, 3), await booked(pair, 20)
    await pause_match(pair.mentee_actor, pair.match.id, factories.in_days(10))
    await drain(strict=False)
    assert (await Session.get(id=during.id)).state is SessionState.CANCELLED
    assert (await Session.get(id=after.id)).state is SessionState.SCHEDULED


async def test_a_pause_taken_back_at_once_keeps_what_was_booked(pair: Pair) -> None:
    session = await booked(pair)
    await pause_match(pair.mentee_actor, pair.match.id)
    await resume_match(pair.mentee_actor, pair.match.id)
    await drain(strict=False)
    assert (await Session.get(id=session.id)).state is SessionState.SCHEDULED


async def test_two_who_leave_each_other_at_once_both_leave_and_the_match_ends_once(pair: Pair) -> None:
    done = await at_once(
        actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id),
        actions.leave_program(pair.mentee_actor, pair.mentee_enrollment.id),
    )
    assert {one.state for one in done} == {EnrollmentState.WITHDRAWN}
    assert await OutboxEvent.filter(kind="match.ended").count() == 1
    assert (await Match.get(id=pair.match.id)).state is MatchState.CONCLUDED


async def test_leaving_while_the_other_says_yes_leaves_no_open_match(db: object) -> None:
    pair = await factories.active_match()
    for _ in range(5):
        someone = await factories.person(pair.organization)
        mentor = await factories.enrollment(pair.cohort, await factories.person(pair.organization), MENTOR)
        mentee = await factories.enrollment(pair.cohort, someone, MENTEE)
        asked = await factories.match(mentor, mentee, state=MatchState.AWAITING_MENTEE)
        await asked.members.filter(role=MENTOR).update(approval="ACCEPTED")
        leaver = system_actor(pair.organization.id)
        outcomes = await at_once(
            accept_match(factories.actor_of(someone), asked.id), actions.leave_program(leaver, mentor.id),
            return_exceptions=True,
        )
        unexpected = [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Conflict)]
        assert not unexpected
        assert (await Match.get(id=asked.id)).state in (MatchState.CANCELLED, MatchState.CONCLUDED)
