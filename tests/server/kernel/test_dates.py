"""Days and hours in a zone that is given: the words of screens and letters."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from server.kernel import clock, dates
from server.kernel.dates import Parts
from server.kernel.text import use_language

LATE = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday_morning() -> Iterator[None]:
    with clock.at(datetime(2026, 11, 24, 8, tzinfo=UTC)):
        yield


def test_a_moment_is_that_of_the_zone() -> None:
    assert dates.moment(LATE, "Europe/Lisbon") == "Thursday 26 November, 22:30"
    assert dates.moment(LATE, "Africa/Nairobi") == "Friday 27 November, 01:30"
    assert dates.day_of(LATE, "Africa/Nairobi") == dates.day_of(date(2026, 11, 27), "UTC") == date(2026, 11, 27)


def test_another_year_is_named_as_the_zone_counts_it() -> None:
    assert dates.moment(datetime(2027, 1, 5, 9, tzinfo=UTC), "UTC") == "Tuesday 5 January 2027, 09:00"
    with clock.at(datetime(2026, 12, 31, 23, tzinfo=UTC)):
        assert dates.day(date(2027, 1, 5), "UTC") == "Tuesday 5 January 2027"
        assert dates.day(date(2027, 1, 5), "Africa/Nairobi") == "Tuesday 5 January"


@pytest.mark.parametrize(("language", "whole", "short", "bare", "least"), [
    ("en-GB", "Thursday 26 November", "Thu 26 Nov", "26 November", "26 Nov"),
    ("de", "Donnerstag, 26. November", "Do., 26. Nov.", "26. November", "26. Nov."),
    ("pt", "quinta-feira, 26 de novembro", "qui., 26 de nov.", "26 de novembro", "26 de nov."),
    ("xx-Nowhere", "Thursday 26 November", "Thu 26 Nov", "26 November", "26 Nov"),
])
def test_each_language_has_its_order_and_its_lengths(
    language: str, whole: str, short: str, bare: str, least: str
) -> None:
    with use_language(language):
        assert dates.day(LATE, "UTC") == whole
        assert dates.day(LATE, "UTC", Parts.WEEKDAY_DAY_MONTH_SHORT) == short
        assert dates.day(LATE, "UTC", Parts.DAY_MONTH) == bare
        assert dates.day(LATE, "UTC", Parts.DAY_MONTH_SHORT) == least


def test_a_zone_is_called_by_its_city() -> None:
    assert dates.place_of("America/Sao_Paulo") == "Sao Paulo"
