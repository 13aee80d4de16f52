"""Dates, hours and counts in British English, in the zone and language of the reader."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.kernel import clock
from server.kernel.text import use_language
from web import dates

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday_morning():
    dates.set_zone("Europe/Lisbon")
    with clock.at(datetime(2026, 11, 24, 8, tzinfo=UTC)):
        yield
    dates.set_zone("UTC")


def test_dates_as_the_voice_wants_them():
    assert dates.day_long(NOON) == "Thursday 26 November"
    assert dates.day_short(NOON) == "Thu 26 Nov"
    assert dates.day_month(NOON) == "26 November"
    assert (dates.weekday(NOON), dates.weekday_short(NOON)) == ("Thursday", "Thu")
    assert (dates.month_short(NOON), dates.day_number(NOON)) == ("Nov", "26")
    assert dates.moment(NOON) == "Thursday 26 November, 12:00"


def test_another_year_is_named():
    assert dates.day_long(date(2027, 5, 31)) == "Monday 31 May 2027"
    assert dates.day_month(date(2027, 5, 31)) == "31 May 2027"


def test_hours_in_the_readers_zone_and_in_the_others():
    assert dates.clock_time(NOON) == "12:00"
    assert dates.clock_time(NOON, "Africa/Nairobi") == "15:00"
    assert dates.clock_time(datetime(2026, 7, 1, 8, 5, tzinfo=UTC)) == "09:05"     # summer time


def test_day_is_that_of_the_zone():
    late = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)
    assert dates.day_long(late) == "Thursday 26 November"
    assert dates.day_long(late, "Africa/Nairobi") == "Friday 27 November"


@pytest.mark.parametrize(("days", "told"), [
    (0, "today"), (1, "tomorrow"), (-1, "yesterday"), (2, "in two days"), (-2, "two days ago"), (13, "in 13 days"),
    (14, "in two weeks"), (-21, "three weeks ago"), (100, "in 14 weeks"),
])
def test_how_far_a_day_lies_in_words(days, told):
    assert dates.when_words(date(2026, 11, 24) + timedelta(days)) == told


def test_tomorrow_begins_at_the_readers_midnight():
    evening = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert dates.when_words(evening) == "today"
    assert dates.when_words(evening, "Africa/Nairobi") == "tomorrow"


@pytest.mark.parametrize(("count", "told"), [(0, "no"), (3, "three"), (12, "twelve"), (13, "13"), (-1, "-1")])
def test_small_counts_are_words(count, told):
    assert dates.count_words(count) == told


def test_other_languages_have_their_own_order():
    with use_language("de"):
        assert dates.day_long(NOON) == "Donnerstag, 26. November"
    with use_language("ar"):
        assert dates.day_long(NOON) != "Thursday 26 November"


def test_unknown_language_falls_back_to_english():
    with use_language("xx-Nowhere"):
        assert dates.day_long(NOON) == "Thursday 26 November"


def test_small_helpers_of_texts():
    assert dates.place_of("America/Sao_Paulo") == "Sao Paulo"
    assert dates.upper_first("in two days, with Ana") == "In two days, with Ana"
    assert dates.machine_time(NOON) == "2026-11-26T12:00:00+00:00"


@pytest.mark.parametrize(("language", "words"), [
    ("ru", "четверг, 26 ноября"), ("pt-PT", "quinta-feira, 26 de novembro"),
])
def test_a_long_day_has_its_whole_weekday(language, words):
    with use_language(language):
        assert dates.day_long(NOON) == words
