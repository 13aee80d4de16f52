"""Calendar invitations that every calendar reads alike: parsed back, compared with what was meant."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from icalendar import Calendar, Event

from server.kernel import clock
from server.kernel.jobs import drain
from server.notifications.channels.invitations import invitation, uid_of, value
from server.people.models import Person
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.factories import Pair
from tests.server.notifications.conftest import happened, session_of
from tests.server.notifications.mail_server import MailServer

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SESSION_ID = UUID("019aa000-0000-7000-8000-000000000001")
GOLDEN = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Ithaca//Mentoring//EN
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Africa/Nairobi
COMMENT:This timezone only works from 2026-01-01 to 2027-01-01.
BEGIN:STANDARD
DTSTART:20260101T000000
TZNAME:EAT
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Mentoring with Noor Saltmarsh
DTSTART;TZID=Africa/Nairobi:20261124T130000
DTEND;TZID=Africa/Nairobi:20261124T134500
DTSTAMP:20261122T080000Z
UID:session-019aa000-0000-7000-8000-000000000001@ithaca
SEQUENCE:2
ATTENDEE;CN="Idris Brightwater";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT
 ;RSVP=TRUE:mailto:idris@example.test
LOCATION:Room 7\\, second floor
ORGANIZER;CN=Mentoring:mailto:mentoring@example.test
STATUS:CONFIRMED
URL:https://ithaca.example/session/7
END:VEVENT
END:VCALENDAR
"""


def a_session(**values: object) -> Session:
    plain = {"id": SESSION_ID, "starts_at": START, "ends_at": START + timedelta(minutes=45), "sequence": 2,
             "state": SessionState.SCHEDULED, "place": "Room 7, second floor"}
    return Session(**{**plain, **values})


def a_person(**values: object) -> Person:
    plain = {"given_name": "Idris", "family_name": "Brightwater", "email": "idris@example.test"}
    return Person(**{**plain, "zone": "Africa/Nairobi", **values})


def write(session: Session, person: Person, summary: str = "Mentoring with Noor Saltmarsh") -> str:
    with clock.at(datetime(2026, 11, 22, 8, tzinfo=UTC)):
        return invitation(
            session, person, summary=summary, url="https://ithaca.example/session/7",
            mail_from="Mentoring <mentoring@example.test>",
        )


def event_in(text: str) -> Event:
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert isinstance(event, Event)
    return event


def test_the_invitation_is_exactly_this() -> None:
    assert write(a_session(), a_person()) == GOLDEN.replace("\n", "\r\n")


def test_a_cancellation_says_so_twice_and_keeps_the_uid() -> None:
    text = write(a_session(state=SessionState.CANCELLED, sequence=3), a_person())
    event = event_in(text)
    assert Calendar.from_ical(text)["METHOD"] == "CANCEL"
    assert (event["STATUS"], event["UID"], event["SEQUENCE"]) == ("CANCELLED", uid_of(SESSION_ID), 3)


def test_a_meeting_link_is_place_and_address() -> None:
    event = event_in(write(a_session(place="https://meet.example/room-7"), a_person()))
    assert str(event["LOCATION"]) == str(event["URL"]) == "https://meet.example/room-7"


def test_lines_are_folded_at_75_octets() -> None:
    text = write(a_session(place="Großer Saal, " * 30), a_person())
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


@tuned(max_examples=150, deadline=None)
@given(
    name=st.text(max_size=60), place=st.text(max_size=120),
    summary=st.text(max_size=120),
)
def test_no_text_can_break_out_of_its_field(name: str, place: str, summary: str) -> None:
    text = write(a_session(place=place), a_person(given_name=name), summary)
    parsed = Calendar.from_ical(text)
    assert sorted(part.name for part in parsed.walk()) == ["STANDARD", "VCALENDAR", "VEVENT", "VTIMEZONE"]
    event = event_in(text)
    assert str(event["SUMMARY"]) == value(summary)
    assert str(event["ATTENDEE"]) == "mailto:idris@example.test"
    assert len(event.property_items()) == len(event_in(write(a_session(place=place), a_person())).property_items())


@tuned(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(["Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC"]),
    minutes=st.integers(min_value=0, max_value=2 * 365 * 24 * 60),
)
def test_every_zone_and_moment_reads_back_as_the_same_instant(zone: str, minutes: int) -> None:
    start = START + timedelta(minutes=minutes)
    event = event_in(write(a_session(starts_at=start, ends_at=start + timedelta(minutes=45)), a_person(zone=zone)))
    assert isinstance(event.start, datetime)
    assert event.start.astimezone(UTC) == start
    assert event.end - event.start == timedelta(minutes=45)


async def test_each_of_both_gets_their_own_invitation_that_names_nobody_else(pair: Pair, mailbox: MailServer) -> None:
    session = await session_of(pair)
    await happened(pair, "session.booked", session_id=session.id)
    await drain()
    for person, other in ((pair.mentor, pair.mentee), (pair.mentee, pair.mentor)):
        (mail,) = mailbox.to(person.email)
        part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
        text = part.get_content()
        assert part.get_param("method") == Calendar.from_ical(text)["METHOD"] == "REQUEST"
        assert [piece.get_content_type() for piece in mail.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
        assert other.email not in mail.as_string()
        event = event_in(text)
        assert event.start == session.starts_at
        assert event["DTSTART"].params["TZID"] == person.zone
        assert str(event["SUMMARY"]) == f"Mentoring with {other.full_name}"


async def test_the_uid_stays_and_the_sequence_grows_through_move_and_cancel(pair: Pair, mailbox: MailServer) -> None:
    session = await session_of(pair)
    await happened(pair, "session.booked", session_id=session.id)
    await drain()
    session.starts_at, session.ends_at = session.starts_at + timedelta(hours=1), session.ends_at + timedelta(hours=1)
    session.sequence = 1
    await session.save()
    await happened(pair, "session.moved", session_id=session.id)
    await drain()
    session.state, session.sequence = SessionState.CANCELLED, 2
    await session.save()
    await happened(pair, "session.cancelled", session_id=session.id)
    await drain()
    events = [
        (Calendar.from_ical(part.get_content())["METHOD"], event_in(part.get_content()))
        for mail in mailbox.to(pair.mentee.email) for part in mail.walk() if part.get_content_subtype() == "calendar"
    ]
    assert [method for method, _ in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event["SEQUENCE"] for _, event in events] == [0, 1, 2]
    assert {str(event["UID"]) for _, event in events} == {uid_of(session.id)}


async def test_booked_and_moved_before_anybody_was_told_is_told_once(pair: Pair, mailbox: MailServer) -> None:
    session = await session_of(pair)
    await happened(pair, "session.booked", session_id=session.id)
    session.sequence = 1
    await session.save()
    await happened(pair, "session.moved", session_id=session.id)
    await drain()
    assert len(mailbox.mails) == 2


async def test_nobody_hears_the_end_of_a_session_they_never_heard_of(pair: Pair, mailbox: MailServer) -> None:
    session = await session_of(pair, state=SessionState.CANCELLED, sequence=1)
    await happened(pair, "session.cancelled", session_id=session.id)
    await drain()
    assert mailbox.mails == []


async def test_a_session_that_has_begun_is_not_announced_any_more(pair: Pair, mailbox: MailServer) -> None:
    await mailbox.down()
    session = await session_of(pair)
    await happened(pair, "session.booked", session_id=session.id)
    await drain(strict=False)
    clock.move(timedelta(days=3))
    await mailbox.up()
    await drain(strict=False)
    assert mailbox.mails == []


@pytest.mark.parametrize("address", ["mentoring@example.test", "Mentoring <mentoring@example.test>"])
def test_the_organiser_is_the_installations_mailbox(address: str) -> None:
    text = invitation(a_session(), a_person(), summary="x", url="https://x.example", mail_from=address)
    assert str(event_in(text)["ORGANIZER"]) == "mailto:mentoring@example.test"
