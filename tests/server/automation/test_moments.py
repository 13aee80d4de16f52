"""A step is due at the same hour of everybody's own day, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from server.automation.moments import MORNING, Days, Span, Weekly, WorkingDays

zones = st.sampled_from(sorted(available_timezones()))
days = st.dates(date(2012, 1, 1), date(2031, 1, 1))
moments = st.datetimes(datetime(2012, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))


@given(moments, zones, st.integers(-30, 60))
def test_days_are_those_of_the_person_and_nine_is_nine(since: datetime, zone: str, number: int) -> None:
    due = Days(number).after(since, zone).astimezone(ZoneInfo(zone))
    assert (due.time(), due.date()) == (MORNING, since.astimezone(ZoneInfo(zone)).date() + timedelta(days=number))


@given(moments, zones)
def test_two_working_days_before_leave_out_the_weekend(since: datetime, zone: str) -> None:
    due = WorkingDays(2).after(since, zone).astimezone(ZoneInfo(zone)).date()
    day = since.astimezone(ZoneInfo(zone)).date()
    between = [due + timedelta(days=number) for number in range((day - due).days)]
    assert sum(one.isoweekday() <= 5 for one in between) == 2
    assert due.isoweekday() <= 5


@given(moments, zones)
def test_a_span_is_the_same_everywhere(since: datetime, zone: str) -> None:
    assert Span(timedelta(minutes=-15)).after(since, zone) == since - timedelta(minutes=15)


@given(days, zones, st.integers(-30, 60))
def test_from_a_day_it_is_the_same_day_everywhere(since: date, zone: str, number: int) -> None:
    due = Days(number).after(since, zone).astimezone(ZoneInfo(zone))
    assert (due.time(), due.date()) == (MORNING, since + timedelta(days=number))


@given(st.one_of(moments, days), zones)
def test_the_next_monday_is_ahead_and_at_most_a_week(since: date, zone: str) -> None:
    there = ZoneInfo(zone)
    begins = since if isinstance(since, datetime) else datetime(since.year, since.month, since.day, tzinfo=there)
    due = Weekly().after(since, zone)
    assert (due.astimezone(there).isoweekday(), due.astimezone(there).time()) == (1, MORNING)
    assert timedelta() < due - begins <= timedelta(days=8)   # clocks may change, and islands move across the date line
