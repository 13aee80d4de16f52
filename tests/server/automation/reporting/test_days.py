"""On which days reports go: pure."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.automation.reporting import days
from server.programs.reporting.entries import Reports, reports_of

ALL = {"weekly": "THURSDAY", "line_managers": True}
NONE = {"weekly": None, "monthly": False, "quarterly": False, "alerts": False}
RULES = (days.weekly, days.monthly, days.quarterly, days.daily, days.second_tuesday)


@pytest.mark.parametrize(("rule", "after", "next_day"), [
    (days.weekly, date(2026, 6, 4), date(2026, 6, 11)),
    (days.weekly, date(2026, 6, 3), date(2026, 6, 4)),
    (days.monthly, date(2026, 6, 1), date(2026, 7, 1)),
    (days.monthly, date(2026, 7, 31), date(2026, 8, 3)),       # the first is a Saturday
    (days.monthly, date(2026, 8, 2), date(2026, 8, 3)),
    (days.quarterly, date(2026, 7, 1), date(2026, 10, 1)),
    (days.quarterly, date(2026, 11, 23), date(2027, 1, 1)),
    (days.daily, date(2026, 6, 5), date(2026, 6, 8)),
])
def test_the_next_day_of_a_report(rule: Callable[[Reports, date], date], after: date, next_day: date) -> None:
    assert rule(reports_of(ALL), after) == next_day


def test_what_is_switched_off_has_no_day() -> None:
    assert [rule(reports_of(NONE), date(2026, 6, 1)) for rule in RULES] == [None] * len(RULES)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_next_day_is_a_working_day_ahead_and_the_day_before_it_leads_to_it(after: date) -> None:
    for rule in RULES:
        found = rule(reports_of(ALL), after)
        assert found is not None
        assert found > after
        assert found.weekday() < 5
        assert rule(reports_of(ALL), found - timedelta(days=1)) == found


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_line_managers_are_told_every_fourteen_days(after: date) -> None:
    first = days.second_tuesday(reports_of(ALL), after)
    assert first is not None
    second = days.second_tuesday(reports_of(ALL), first)
    assert second is not None
    assert (first.weekday(), (second - first).days) == (1, 14)


def test_a_day_begins_where_it_is_morning_first() -> None:
    assert days.opens(date(2026, 6, 1)) == datetime(2026, 5, 31, 18, tzinfo=UTC)
    assert days.morning(date(2026, 6, 1), "Pacific/Kiritimati") == days.opens(date(2026, 6, 1))
