"""The only source of time: moved, held and given back; a day is the day of a zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel import clock

NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(("zone", "day"), [
    ("UTC", date(2026, 12, 31)), ("Africa/Nairobi", date(2027, 1, 1)), ("Pacific/Honolulu", date(2026, 12, 31)),
    ("Pacific/Kiritimati", date(2027, 1, 1)),
])
def test_today_is_the_day_of_the_zone(zone: str, day: date) -> None:
    with clock.at(NEW_YEAR):
        assert clock.today(zone) == day


@given(st.sampled_from(sorted(available_timezones())), moments)
def test_no_zone_is_more_than_a_day_from_utc(zone: str, moment: datetime) -> None:
    with clock.at(moment):
        assert abs(clock.today(zone) - moment.date()) <= timedelta(days=1)
        assert clock.today(zone) == moment.astimezone(ZoneInfo(zone)).date()


def test_held_it_moves_only_when_moved_and_is_given_back_after() -> None:
    clock.move(timedelta(days=3))
    with clock.at(NEW_YEAR):
        assert clock.now() == clock.now() == NEW_YEAR
        clock.move(timedelta(hours=1))
        assert (clock.now(), clock.offset()) == (NEW_YEAR + timedelta(hours=1), timedelta(hours=1))
        with clock.at(NEW_YEAR - timedelta(days=9)):
            assert clock.now() == NEW_YEAR - timedelta(days=9)
        assert clock.now() == NEW_YEAR + timedelta(hours=1)
    assert clock.offset() == timedelta(days=3)


def test_a_failure_within_gives_it_back_too() -> None:
    with pytest.raises(ZeroDivisionError), clock.at(NEW_YEAR):
        raise ZeroDivisionError
    assert clock.now() != NEW_YEAR


def test_it_is_held_at_an_aware_moment_in_utc() -> None:
    with clock.at(datetime(2027, 7, 1, 12, tzinfo=ZoneInfo("Europe/Lisbon"))):
        assert (clock.now(), clock.now().tzinfo) == (datetime(2027, 7, 1, 11, tzinfo=UTC), UTC)
    with pytest.raises(ValueError, match="aware"), clock.at(NEW_YEAR.replace(tzinfo=None)):
        pass
