"""Who is told when somebody leaves, pauses or comes back: the other person, kindly, without a reason."""

from datetime import timedelta
from uuid import UUID

import pytest

from server.journey.leaving.actions import come_back, leave_program, take_break
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.matches.actions import end_match, pause_match
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchState
from server.notifications.actions import plan_message
from server.notifications.states import MessageState
from server.people.states import PersonStatus
from server.surveys.actions import answer_check_in, ask_at_the_end
from server.surveys.models import SurveyInvitation
from server.surveys.states import GoalOutcome, SurveyKind
from tests import factories
from tests.factories import Pair
from tests.server.journey.leaving.test_status import becomes
from tests.server.notifications.conftest import happened, session_of
from tests.server.notifications.mail_server import MailServer
from tests.server.notifications.test_planning import told

pytestmark = pytest.mark.usefixtures("morning")


@pytest.fixture
async def pair(db: object) -> Pair:
    """They begin today, on the clock of these tests."""
    return await factories.active_match()


async def test_who_stays_is_told_without_a_reason_and_who_left_is_not(pair: Pair, mailbox: MailServer) -> None:
    await leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    await drain()
    assert {(kind, name) for kind, name, _state in await told()} == {("X01", "Noor"), ("Z05", "Noor"), ("Z05", "Idris")}
    text = "".join(str(mail) for mail in mailbox.to(pair.mentee.email))
    assert "it says nothing about you" in " ".join(text.replace("=\n", "").split())
    assert "NO_FAULT" not in text


async def test_a_departure_tells_who_stays_and_writes_to_nobody_who_left(pair: Pair, mailbox: MailServer) -> None:
    await becomes(pair.mentor, PersonStatus.ENDED)
    assert await told() == {("X01", "Noor", MessageState.SENT), ("Z05", "Noor", MessageState.SENT)}
    assert mailbox.to(pair.mentor.email) == []


async def test_a_booked_session_is_cancelled_in_the_calendar_of_who_stays(pair: Pair, mailbox: MailServer) -> None:
    session = await session_of(pair)
    await _invited(pair, session.id)
    await leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    await drain()
    clock.move(timedelta(seconds=11))
    await drain()
    parts = [part for mail in mailbox.to(pair.mentee.email) for part in mail.walk() if not part.is_multipart()]
    mails = "".join(bytes(part.get_payload(decode=True)).decode() for part in parts)
    assert "METHOD:CANCEL" in mails
    assert "SEQUENCE:1" in mails


async def test_who_ends_a_match_is_not_told_of_it_and_a_manager_tells_both(pair: Pair, mailbox: MailServer) -> None:
    await end_match(pair.mentee_actor, pair.match.id, ClosureReason.POOR_FIT)
    await drain()
    assert {name for kind, name, _state in await told() if kind == "X01"} == {"Idris"}
    other = await factories.active_match()
    await end_match(other.manager_actor, other.match.id, ClosureReason.NO_FAULT)
    await drain()
    assert len(mailbox.to(other.mentee.email)) == len(mailbox.to(other.mentor.email)) == 2, "the end, and the question"


async def test_an_exit_survey_is_asked_once_and_stops_when_answered(pair: Pair, mailbox: MailServer) -> None:
    await end_match(pair.mentee_actor, pair.match.id, ClosureReason.NO_FAULT)
    await ask_at_the_end(system_actor(pair.organization.id), pair.match.id)
    mine = await SurveyInvitation.get(kind=SurveyKind.EXIT, person_id=pair.mentee.id)
    assert await SurveyInvitation.all().count() == 2
    await answer_check_in(
        pair.mentee_actor, mine.id, usefulness=4, goal_distance=3, recommend=8, goal_outcome=GoalOutcome.PARTLY
    )
    await drain()
    states = {(name, state) for kind, name, state in await told() if kind == "Z05"}
    assert states == {("Noor", MessageState.SUPPRESSED), ("Idris", MessageState.SENT)}
    text = str(mailbox.to(pair.mentor.email)[-1])
    assert "nobody asks why" in " ".join(text.replace("=\n", "").split())


async def test_a_match_after_another_one_is_announced_as_a_new_one(pair: Pair, mailbox: MailServer) -> None:
    await Match.filter(id=pair.match.id).update(rematch_of_id=pair.match.id)
    await happened(pair, "match.activated")
    await drain()
    assert await told() == {("X05", "Noor", MessageState.SENT), ("X05", "Idris", MessageState.SENT)}
    assert "A new match" in str(mailbox.to(pair.mentee.email)[0]["subject"])


async def test_a_pause_and_its_end_are_told_with_the_day(pair: Pair, mailbox: MailServer) -> None:
    await take_break(pair.mentor_actor, pair.mentor_enrollment.id, factories.in_days(20))
    await drain()
    await come_back(pair.mentor_actor, pair.mentor_enrollment.id)
    await drain()
    assert {(kind, name) for kind, name, _state in await told()} == {("X02", "Noor"), ("X03", "Noor")}
    assert "rests until" in str(mailbox.to(pair.mentee.email)[0])


async def test_a_pause_taken_back_before_it_was_told_is_told_to_nobody(pair: Pair, mailbox: MailServer) -> None:
    await pause_match(pair.mentee_actor, pair.match.id)
    await Match.filter(id=pair.match.id).update(state=MatchState.ACTIVE)
    await drain()
    assert mailbox.to(pair.mentor.email) == []


async def _invited(pair: Pair, session_id: UUID) -> None:
    """Both have the session in their calendars."""
    for person in (pair.mentor, pair.mentee):
        await plan_message(
            system_actor(pair.organization.id), "S01", person.id, session_id,
            {"match_id": pair.match.id, "session_id": session_id, "sequence": 0}, trigger="test", occurrence="0",
        )
    await drain()
