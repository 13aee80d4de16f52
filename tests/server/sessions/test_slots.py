"""Slots keep every rule, for all pairs of zones and all dates: checked against a plain walk over each quarter hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.people.availability import Block
from server.sessions.slots import (
    Availability,
    Slot,
    Span,
    free_slots,
    nearest_slot,
    possible_slots,
    same_time_later,
)

QUARTER = timedelta(minutes=15)
WEEK = tuple(Block(day, 9 * 60, 17 * 60) for day in range(5))
LISBON, NAIROBI = Availability("Europe/Lisbon", WEEK), Availability("Africa/Nairobi", WEEK)
SUNDAY = datetime(2026, 11, 22, 8, 7, tzinfo=UTC)


def local(slots: Iterable[Slot], zone: str) -> list[str]:
    return [slot.starts_at.astimezone(ZoneInfo(zone)).strftime("%a %d %b %H:%M") for slot in slots]


def test_three_slots_on_three_days_each_in_the_working_hours_of_both() -> None:
    found = free_slots(LISBON, NAIROBI, now=SUNDAY)
    assert local(found, "Europe/Lisbon") == ["Mon 23 Nov 10:00", "Tue 24 Nov 11:00", "Wed 25 Nov 12:00"]
    assert local(found, "Africa/Nairobi") == ["Mon 23 Nov 13:00", "Tue 24 Nov 14:00", "Wed 25 Nov 15:00"]
    assert {slot.ends_at - slot.starts_at for slot in found} == {timedelta(minutes=45)}


def test_a_busy_hour_is_left_out_whoever_is_busy() -> None:
    before = possible_slots(LISBON, LISBON, now=SUNDAY)
    taken = (before[0].starts_at, before[0].starts_at + timedelta(hours=1))
    after = possible_slots(LISBON, LISBON, now=SUNDAY, busy=[taken])
    assert after == [slot for slot in before if slot.starts_at >= taken[1]]


def test_two_people_in_one_zone_keep_their_lunch() -> None:
    found = [slot.starts_at.time() for slot in possible_slots(LISBON, LISBON, now=SUNDAY)]
    assert [t for t in found if datetime(1, 1, 1, 11, 15).time() < t < datetime(1, 1, 1, 13).time()] == []
    assert datetime(1, 1, 1, 11, 15).time() in found


def test_lunch_of_one_alone_is_free_for_both() -> None:
    assert "Mon 23 Nov 12:00" in local(possible_slots(LISBON, NAIROBI, now=SUNDAY), "Europe/Lisbon")


def test_without_shared_hours_there_is_nothing() -> None:
    assert free_slots(LISBON, Availability("Pacific/Auckland", WEEK), now=SUNDAY) == []
    assert free_slots(LISBON, Availability("Europe/Lisbon", ()), now=SUNDAY) == []


def test_a_wider_window_finds_what_a_narrow_one_does_not() -> None:
    busy = [(SUNDAY, SUNDAY + timedelta(days=13))]
    assert free_slots(LISBON, NAIROBI, now=SUNDAY, busy=busy) == []
    assert free_slots(LISBON, NAIROBI, now=SUNDAY, busy=busy, within_working_days=15)


def test_one_shared_day_gives_several_times_that_do_not_overlap() -> None:
    mondays = Availability("Europe/Lisbon", (Block(0, 9 * 60, 12 * 60),))
    found = free_slots(mondays, mondays, now=SUNDAY, within_working_days=5)
    assert len({slot.starts_at.date() for slot in found}) == 1
    assert len(found) == 3
    assert all(first.ends_at <= second.starts_at for first, second in pairwise(found))


NIGHT = tuple(Block(day, 0, 5 * 60) for day in range(7))


def test_an_hour_that_does_not_exist_is_not_offered() -> None:
    before = datetime(2027, 3, 26, 12, tzinfo=UTC)  # Lisbon goes from 01:00 to 02:00 on Sunday 28 March 2027
    gap = Availability("Europe/Lisbon", (Block(6, 60, 120),))
    assert possible_slots(gap, gap, now=before, within_working_days=5) == []
    night = Availability("Europe/Lisbon", NIGHT)
    shown = local(possible_slots(night, night, now=before, within_working_days=5), "Europe/Lisbon")
    assert "Sun 28 Mar 00:45" in shown
    assert not [text for text in shown if text.startswith("Sun 28 Mar 01")]


def test_an_hour_that_exists_twice_is_two_moments() -> None:
    before = datetime(2027, 10, 29, 12, tzinfo=UTC)  # Lisbon goes from 02:00 back to 01:00 on Sunday 31 October 2027
    once = Availability("Europe/Lisbon", (Block(6, 60, 120),))
    found = possible_slots(once, once, now=before, within_working_days=5)
    assert [slot.starts_at.hour for slot in found] == [0] * 4 + [1] * 2
    assert set(local(found, "Europe/Lisbon")) == {f"Sun 31 Oct 01:{minute:02}" for minute in (0, 15, 30, 45)}


def test_a_block_cut_by_the_hour_set_back_has_a_hole() -> None:
    before = datetime(2027, 10, 29, 12, tzinfo=UTC)
    half = Availability("Europe/Lisbon", (Block(6, 90, 240),))
    found = possible_slots(half, half, minutes=30, now=before, within_working_days=5)
    assert [slot.starts_at.strftime("%H:%M") for slot in found][:2] == ["00:30", "01:30"]


def test_the_same_time_later_keeps_the_clock_across_a_change() -> None:
    moment = datetime(2027, 3, 18, 12, tzinfo=UTC)
    assert same_time_later(moment, 14, "Europe/Lisbon") == datetime(2027, 4, 1, 11, tzinfo=UTC)


def test_the_nearest_slot_may_be_earlier() -> None:
    slots = possible_slots(LISBON, NAIROBI, now=SUNDAY)
    assert nearest_slot(slots, slots[3].starts_at + timedelta(minutes=5)) == slots[3]
    assert nearest_slot([], SUNDAY) is None


# --- every pair of zones, every date -------------------------------------------------------------------------------

zones = st.sampled_from(sorted(available_timezones()))
quarters = st.integers(0, 96).map(lambda n: n * 15)
blocks = st.builds(
    lambda day, ends: Block(day, min(ends), max(ends)),
    st.integers(0, 6), st.tuples(quarters, quarters).filter(lambda ends: ends[0] != ends[1]),
)
weeks = st.just(WEEK) | st.just(NIGHT) | st.lists(blocks, max_size=6).map(tuple)
people = st.builds(Availability, zones, weeks)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))
spans = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 80)), max_size=4)


@dataclass(frozen=True)
class Ask:
    """One question to the slot finder."""

    a: Availability
    b: Availability
    now: datetime
    minutes: int = 45
    days: int = 5
    taken: tuple[tuple[int, int], ...] = ()

    @property
    def busy(self) -> list[Span]:
        start = self.now.replace(minute=0, second=0, microsecond=0)
        return [(start + n * QUARTER, start + (n + long) * QUARTER) for n, long in self.taken]


asks = st.builds(
    Ask, people, people, moments, st.sampled_from([15, 30, 45, 60, 90]), st.integers(1, 10), spans.map(tuple)
)


def walked(ask: Ask) -> list[Slot]:
    """The rules read aloud: every quarter hour of the window, tried one by one."""
    fine = {moment for moment in _quarters(ask) if _suits(ask, moment)}
    length = timedelta(minutes=ask.minutes)
    earliest = ask.now + timedelta(hours=24)
    return [
        Slot(moment, moment + length) for moment in sorted(fine)
        if moment >= earliest and all(moment + n * QUARTER in fine for n in range(ask.minutes // 15))
    ]


def _quarters(ask: Ask) -> Iterable[datetime]:
    start = ask.now.replace(minute=0, second=0, microsecond=0)
    return (start + n * QUARTER for n in range((ask.days * 2 + 4) * 96))


def _suits(ask: Ask, moment: datetime) -> bool:
    both = (ask.a, ask.b)
    seen = [moment.astimezone(ZoneInfo(one.zone)) for one in both]
    if all(wall.hour == 12 for wall in seen):
        return False
    if any(start < moment + QUARTER and moment < end for start, end in ask.busy):
        return False
    return all(
        _works(one, wall) and wall.date() <= _last_day(ask.now.astimezone(ZoneInfo(one.zone)).date(), ask.days)
        for one, wall in zip(both, seen, strict=True)
    )


def _works(one: Availability, wall: datetime) -> bool:
    minute = wall.hour * 60 + wall.minute
    return any(
        block.weekday == wall.weekday() and block.start_minute <= minute < block.end_minute for block in one.blocks
    )


def _last_day(today: date, working_days: int) -> date:
    following = (today + timedelta(days=n) for n in range(1, 60))
    return [day for day in following if day.weekday() < 5][working_days - 1]


@settings(max_examples=150, deadline=None)
@given(asks)
@example(Ask(Availability("Europe/Lisbon", NIGHT), Availability("Africa/Nairobi", NIGHT),
             datetime(2027, 3, 26, tzinfo=UTC)))
@example(Ask(Availability("Australia/Lord_Howe", NIGHT), Availability("Australia/Lord_Howe", NIGHT),
             datetime(2027, 4, 1, tzinfo=UTC), 30))
@example(Ask(Availability("Africa/Casablanca", NIGHT), Availability("Asia/Kathmandu", NIGHT),
             datetime(2027, 2, 5, tzinfo=UTC), 45, 10, ((40, 3),)))
def test_slots_are_exactly_what_the_rules_allow(ask: Ask) -> None:
    found = possible_slots(
        ask.a, ask.b, minutes=ask.minutes, now=ask.now, busy=ask.busy, within_working_days=ask.days
    )
    assert found == walked(ask)


@settings(max_examples=150, deadline=None)
@given(people, people, moments, st.integers(1, 12))
def test_proposals_spread_over_days_without_overlaps(
    a: Availability, b: Availability, now: datetime, count: int
) -> None:
    possible = possible_slots(a, b, now=now)
    found = free_slots(a, b, now=now, count=count)
    days = {slot.starts_at.astimezone(ZoneInfo(a.zone)).date() for slot in possible}
    chosen = {slot.starts_at.astimezone(ZoneInfo(a.zone)).date() for slot in found}
    assert set(found) <= set(possible)
    assert len(chosen) == min(len(days), count)
    assert bool(found) == bool(possible)
    assert found == sorted(found)
    assert len(found) <= count
    assert all(first.ends_at <= second.starts_at for first, second in pairwise(found))


def test_every_zone_keeps_its_hours_through_a_year_of_clock_changes() -> None:
    days = [datetime(2027, month, 21, tzinfo=UTC) for month in (3, 4, 9, 10)]
    for one in (Availability(zone, NIGHT) for zone in available_timezones()):
        for slot in (slot for now in days for slot in possible_slots(one, one, now=now, within_working_days=10)):
            walls = [(slot.starts_at + n * QUARTER).astimezone(ZoneInfo(one.zone)) for n in range(3)]
            assert all(wall.hour < 5 for wall in walls), (one.zone, slot)
