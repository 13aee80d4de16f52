"""A series in everybody's calendar: one entry that repeats, and changes that name the one they change."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from icalendar import Calendar, Event

from server.kernel import clock
from server.kernel.jobs import drain
from server.notifications.channels.invitations import Words, series, uid_of
from server.people.models import Person
from server.sessions import actions
from server.sessions.models import Session
from server.sessions.slots import same_time_later
from server.sessions.states import SessionState
from tests.factories import Pair
from tests.server.notifications.mail_server import MailServer
from tests.server.sessions.test_zones import ZONES, changes

SUNDAY = datetime(2027, 3, 7, 8, 0, tzinfo=UTC)
TUESDAY = datetime(2027, 3, 9, 10, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
SERIES = UUID(int=9)


@pytest.fixture(autouse=True)
def before_the_clocks_change() -> Any:
    with clock.at(SUNDAY):
        yield


async def booked(pair: Pair, times: int = 4) -> list[Session]:
    return await actions.book_series(pair.mentee_actor, pair.match.id, TUESDAY, every_weeks=1, times=times)


async def later(seconds: int = 11) -> None:
    clock.move(timedelta(seconds=seconds))
    await drain()


def entries(mailbox: MailServer, pair: Pair) -> list[tuple[str, list[Event]]]:
    """(method, entries) of each mail to the mentee, in their order."""
    found = []
    for mail in mailbox.to(pair.mentee.email):
        (part,) = [part for part in mail.walk() if part.get_content_subtype() == "calendar"]
        calendar = Calendar.from_ical(part.get_content())
        assert part.get_param("method") == calendar["METHOD"]
        found.append((str(calendar["METHOD"]), [one for one in calendar.walk("VEVENT") if isinstance(one, Event)]))
    return found


def moments(event: Event) -> list[datetime]:
    """When an entry that repeats takes place, on the clock of its zone, without what is taken out."""
    there = ZoneInfo(event["DTSTART"].params.get("TZID", "UTC"))
    wall = event.start.replace(tzinfo=None)
    found = rrulestr(event["RRULE"].to_ical().decode(), dtstart=wall)
    return [moment.replace(tzinfo=there).astimezone(UTC) for moment in found]


async def test_one_mail_each_puts_the_whole_series_into_the_calendar(pair: Pair, mailbox: MailServer) -> None:
    made = await booked(pair)
    await later()
    assert len(mailbox.mails) == 2
    ((method, (event,)),) = entries(mailbox, pair)
    assert (method, str(event["UID"]), event["SEQUENCE"]) == ("REQUEST", uid_of(made[0].series_id or SERIES), 0)
    assert moments(event) == [session.starts_at for session in made]
    assert "RECURRENCE-ID" not in event
    (mentors,) = mailbox.to(pair.mentor.email)
    assert pair.mentee.email not in mentors.as_string()
    assert "TZID=Europe/Lisbon" in "".join(
        part.get_content() for part in mentors.walk() if part.get_content_subtype() == "calendar"
    ), "the series repeats on the clock of whoever booked it"


async def test_what_changed_before_it_was_told_is_told_at_once(pair: Pair, mailbox: MailServer) -> None:
    made = await booked(pair)
    await actions.move_session(pair.mentee_actor, made[1].id, TUESDAY + WEEK + timedelta(hours=1))
    await actions.cancel_session(pair.mentee_actor, made[3].id)
    await later()
    method, (whole, moved) = entries(mailbox, pair)[0]
    assert (method, [one.dt for one in whole["EXDATE"].dts]) == ("REQUEST", [made[3].occurs_at])
    assert (moved["RECURRENCE-ID"].dt, moved.start) == (TUESDAY + WEEK, TUESDAY + WEEK + timedelta(hours=1))


async def test_one_is_moved_and_called_off_by_its_place_in_the_series(pair: Pair, mailbox: MailServer) -> None:
    made = await booked(pair)
    await later()
    await actions.move_session(pair.mentor_actor, made[2].id, TUESDAY + 2 * WEEK + timedelta(hours=1))
    await later()
    await actions.cancel_session(pair.mentor_actor, made[2].id)
    await later()
    _whole, (moving, (moved,)), (ending, (gone,)) = entries(mailbox, pair)
    assert (moving, ending, gone["STATUS"]) == ("REQUEST", "CANCEL", "CANCELLED")
    assert {str(moved["UID"]), str(gone["UID"])} == {uid_of(made[0].series_id or SERIES)}
    assert moved["RECURRENCE-ID"].dt == gone["RECURRENCE-ID"].dt == TUESDAY + 2 * WEEK
    assert (moved["SEQUENCE"], gone["SEQUENCE"]) == (1, 2)
    assert moved.start == TUESDAY + 2 * WEEK + timedelta(hours=1)


async def test_this_and_the_following_come_in_one_mail(pair: Pair, mailbox: MailServer) -> None:
    made = await booked(pair)
    await later()
    await actions.move_following(pair.mentor_actor, made[2].id, TUESDAY + 2 * WEEK + timedelta(hours=1))
    await later()
    await actions.cancel_following(pair.mentor_actor, made[1].id)
    await later()
    _whole, (moving, moved), (ending, gone) = entries(mailbox, pair)
    assert len(mailbox.mails) == 6
    assert (moving, [one["RECURRENCE-ID"].dt for one in moved]) == ("REQUEST", [one.occurs_at for one in made[2:]])
    assert (ending, [one["RECURRENCE-ID"].dt for one in gone]) == ("CANCEL", [one.occurs_at for one in made[1:]])
    assert [one["SEQUENCE"] for one in gone] == [1, 2, 2]


async def test_a_series_undone_in_time_reaches_nobody(pair: Pair, mailbox: MailServer) -> None:
    made = await booked(pair)
    await actions.undo_series(pair.mentee_actor, made[0].id)
    await later()
    assert mailbox.mails == []


async def test_nobody_hears_the_end_of_a_series_they_never_heard_of(pair: Pair, mailbox: MailServer) -> None:
    made = await booked(pair)
    await actions.cancel_following(pair.mentee_actor, made[0].id)
    await later()
    assert mailbox.mails == []


@tuned(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES), weeks=st.sampled_from([1, 2, 4]), quarters=st.integers(-8, 8), turn=st.integers(1, 3),
)
def test_in_every_zone_the_entry_repeats_at_the_moments_that_are_booked(
    zone: str, weeks: int, quarters: int, turn: int
) -> None:
    change = next(iter(changes(zone)), TUESDAY)
    start = change - timedelta(weeks=weeks * turn) + quarters * timedelta(minutes=15)
    if start.astimezone(ZoneInfo(zone)).fold:
        return
    starts = [same_time_later(start, 7 * weeks * place, zone) for place in range(5)]
    rows = [
        Session(
            id=UUID(int=place + 1), series_id=SERIES, series_zone=zone, occurs_at=at, starts_at=at, place="Room 7",
            ends_at=at + timedelta(minutes=45), state=SessionState.SCHEDULED,
        )
        for place, at in enumerate(starts)
    ]
    person = Person(given_name="Idris", family_name="Brightwater", email="idris@example.test", zone="Africa/Nairobi")
    text = series(rows, person, Words("Talk", "https://x.example", "i@example.test"), every_weeks=weeks)
    (event,) = [one for one in Calendar.from_ical(text).walk("VEVENT") if isinstance(one, Event)]
    assert moments(event) == starts
    assert event["DURATION"].dt == timedelta(minutes=45)
