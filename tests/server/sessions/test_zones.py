"""Every zone there is, at every change of its clocks: the hour on the wall stays, and no time is lost or doubled (R13).

A change is a moment at which a zone's offset jumps: forward (an hour that no clock shows) or back (one shown twice).
"""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from server.kernel import clock
from server.notifications.channels.invitations import invitation
from server.people.availability import Block
from server.people.models import Person
from server.sessions.models import Session
from server.sessions.slots import Availability, possible_slots, same_time_later
from server.sessions.states import SessionState

ZONES = sorted(available_timezones())
FROM, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2028, 4, 15, tzinfo=UTC)
QUARTER, LENGTH, DAY = timedelta(minutes=15), timedelta(minutes=45), timedelta(days=1)
ALWAYS = tuple(Block(weekday, 0, 24 * 60) for weekday in range(7))
EVERY_ZONE = "ITHACA_CHAOS" in os.environ
"""In `make test` calendars are written for one zone of each kind, in `make chaos` for all."""


def offset(zone: str, moment: datetime) -> timedelta:
    found = moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert found is not None
    return found


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The moments between FROM and UNTIL from which another offset holds."""
    found, day = [], FROM
    while day < UNTIL:
        if offset(zone, day) != offset(zone, day + DAY):
            before, after = day, day + DAY
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) / 2
                before, after = (middle, after) if offset(zone, middle) == offset(zone, day) else (before, middle)
            found.append(after.replace(second=0, microsecond=0))
        day += DAY
    return tuple(found)


@cache
def kinds() -> tuple[str, ...]:
    """One zone of each kind: of those that have the same offsets at the same moments."""
    alike: dict[tuple[object, ...], str] = {}
    for zone in ZONES:
        alike.setdefault((offset(zone, FROM), *((at, offset(zone, at)) for at in changes(zone))), zone)
    return tuple(alike.values())


def around(change: datetime) -> Iterator[datetime]:
    """Moments before, at and after a change, on quarter hours."""
    for quarters in (-96, -8, -5, -4, -2, -1, 0, 1, 2, 4, 5, 8, 96):
        yield change + quarters * QUARTER


def test_there_is_something_to_prove() -> None:
    forward = {zone for zone in ZONES for at in changes(zone) if offset(zone, at) > offset(zone, at - QUARTER)}
    assert len(ZONES) > 400
    assert len(forward) > 100
    assert "Australia/Lord_Howe" in forward, "half an hour"
    assert 40 < len(kinds()) < len(ZONES)


def test_the_same_time_later_is_the_same_time_on_the_wall() -> None:
    for zone in ZONES:
        there = ZoneInfo(zone)
        for change in changes(zone):
            for weeks in (1, 2, 4):
                for moment in around(change - timedelta(weeks=weeks)):
                    require_same_hour(moment, same_time_later(moment, 7 * weeks, zone), 7 * weeks, there)


def require_first_moment(day: date, zone: str) -> None:
    """A day begins at the first moment that the calendar there shows it, and not before."""
    begins = clock.day_begins(day, zone)
    with clock.at(begins):
        assert clock.today(zone) == day, (zone, day)
    with clock.at(begins - timedelta(seconds=1)):
        assert clock.today(zone) < day, (zone, day)


def test_a_day_begins_at_its_first_moment_wherever_the_clocks_change() -> None:
    for zone in ZONES:
        for change in changes(zone):
            for days in (-1, 0, 1):
                require_first_moment(change.astimezone(ZoneInfo(zone)).date() + timedelta(days=days), zone)


@given(zone=st.sampled_from(ZONES), day=st.dates(FROM.date(), UNTIL.date()))
def test_a_day_begins_at_its_first_moment_on_any_day(zone: str, day: date) -> None:
    require_first_moment(day, zone)


def require_same_hour(moment: datetime, later: datetime, days: int, there: ZoneInfo) -> None:
    """The wall shows the wished time; if no clock does, as much later as the clocks jump (RFC 5545, 3.3.5)."""
    wished = moment.astimezone(there).replace(tzinfo=None, fold=0) + timedelta(days=days)
    shown = later.astimezone(there).replace(tzinfo=None, fold=0)
    before, after = (wished.replace(tzinfo=there, fold=fold).utcoffset() for fold in (0, 1))
    assert before is not None
    assert after is not None
    skipped = max(after - before, timedelta())
    assert shown - wished == skipped, (there, moment)
    assert later.astimezone(there).fold == 0, "of two moments the first"


@pytest.mark.parametrize("minutes", [45, 90])
def test_no_slot_lies_in_an_hour_that_does_not_exist_and_none_is_offered_twice(minutes: int) -> None:
    for zone in kinds():
        there = ZoneInfo(zone)
        for change in changes(zone):
            free = Availability(zone, ALWAYS)
            found = possible_slots(
                free, free, minutes=minutes, now=change - 2 * DAY, within_working_days=2, lead_hours=24
            )
            near = [slot for slot in found if abs(slot.starts_at - change) < timedelta(hours=6)]
            assert len({slot.starts_at for slot in near}) == len(near)
            assert near, (zone, change)
            for slot in near:
                wall = slot.starts_at.astimezone(there)
                assert wall.replace(tzinfo=None).replace(tzinfo=there, fold=wall.fold).astimezone(UTC) == slot.starts_at
                assert wall.minute % 15 == 0, "on the quarter hour of a clock"
                assert slot.ends_at - slot.starts_at == timedelta(minutes=minutes)


def test_a_night_shift_is_offered_within_its_hours_on_the_night_of_a_change() -> None:
    night = tuple(Block(weekday, 30, 5 * 60) for weekday in range(7))
    for zone in kinds():
        there = ZoneInfo(zone)
        for change in changes(zone):
            free = Availability(zone, night)
            for slot in possible_slots(free, free, now=change - 2 * DAY, within_working_days=2):
                start, end = slot.starts_at.astimezone(there), slot.ends_at.astimezone(there)
                assert (start.hour, start.minute) >= (0, 30)
                assert (end.hour, end.minute) <= (5, 0)
                assert start.date() == end.date()


def test_an_invitation_reads_back_as_the_same_moment_at_every_change() -> None:
    for zone in ZONES if EVERY_ZONE else kinds():
        person = Person(given_name="Idris", family_name="Brightwater", email="idris@example.test", zone=zone)
        for change in changes(zone)[:2] or (FROM,):
            for starts_at in (change - DAY, change - LENGTH, change - QUARTER, change, change + QUARTER, change + DAY):
                require_same_moment(starts_at, person)


def require_same_moment(starts_at: datetime, person: Person) -> None:
    """For a calendar that knows the zone by its name, and for one that goes by the rules that come along."""
    session = Session(
        id=UUID(int=7), starts_at=starts_at, ends_at=starts_at + LENGTH, state=SessionState.SCHEDULED, place="Room 7"
    )
    with clock.at(FROM):
        text = invitation(session, person, summary="Talk", url="https://x.example", mail_from="i@example.test")
    for known_by_name in (True, False):
        written = text if known_by_name else text.replace(person.zone, f"Unknown/{person.zone}-{starts_at:%Y%m%d%H%M}")
        (event,) = Calendar.from_ical(written).walk("VEVENT")
        assert isinstance(event, Event)
        assert event.start.astimezone(UTC) == starts_at, text
        assert event.end.astimezone(UTC) == starts_at + LENGTH, text
