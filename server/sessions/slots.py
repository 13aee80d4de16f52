"""Times that suit two people, or all of a circle: pure, no database (rules of design.md 2.2, "Slots").

Working hours are what each stated, in their own zone on the real date. Everything is compared as real moments: a time
that does not exist on a clock-change day is never offered, and one that exists twice is two moments.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, reduce
from zoneinfo import ZoneInfo

from server.people.availability import Stretch

MINUTES = 45
LEAD_HOURS = 24
WORKING_DAYS = 10
STEP = timedelta(minutes=15)
"""Slots begin on the quarter hour; every zone in use is whole quarters away from UTC, so it is one for both people."""
LUNCH = (12 * 60, 13 * 60)
"""Minutes of the day that are nobody's if they are lunch for both at once."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Availability:
    """A person's usual week, in their IANA zone."""

    zone: str
    blocks: tuple[Stretch, ...]


@dataclass(frozen=True, order=True)
class Slot:
    """A stretch of real time, aware UTC, end excluded."""

    starts_at: datetime
    ends_at: datetime


def free_slots(
    a: Availability, *others: Availability, minutes: int = MINUTES, now: datetime, busy: Iterable[Span] = (),
    count: int = 3, within_working_days: int = WORKING_DAYS, lead_hours: int = LEAD_HOURS,
) -> list[Slot]:
    """Up to `count` slots for everybody, soonest first, on as many different days of `a` as there are.

    Args:
        a: who chooses; days are counted and hours rounded in their zone.
        others: the other person, or all others of a circle.
        minutes: length of a slot.
        now: aware; no slot begins before `lead_hours` after it.
        busy: aware spans in which one of them is taken.
        count: how many to propose; more than there are days gives further ones of the same days.
        within_working_days: the last day, counted Monday to Friday from the day after `now`, in both zones.
        lead_hours: hours to prepare.
    """
    found = possible_slots(
        a, *others, minutes=minutes, now=now, busy=busy, within_working_days=within_working_days, lead_hours=lead_hours
    )
    return _spread(found, ZoneInfo(a.zone), count)


def possible_slots(
    *people: Availability, minutes: int = MINUTES, now: datetime, busy: Iterable[Span] = (),
    within_working_days: int = WORKING_DAYS, lead_hours: int = LEAD_HOURS,
) -> list[Slot]:
    """Every slot on a quarter hour that suits all, soonest first; they overlap. Arguments as `free_slots`."""
    start = now.astimezone(UTC) + timedelta(hours=lead_hours)
    end = min(_end_of_window(now, one.zone, within_working_days) for one in people)
    if start >= end:
        return []
    free = reduce(_common, (_open(one, start, end) for one in people), [(start, end)])
    lunches = reduce(_common, (_lunch(zone, start, end) for zone in {one.zone for one in people}))
    taken = sorted([*lunches, *((begin.astimezone(UTC), until.astimezone(UTC)) for begin, until in busy)])
    length = timedelta(minutes=minutes)
    return [slot for span in _without(free, taken) for slot in _cut(span, length)]


def nearest_slot(slots: Sequence[Slot], moment: datetime) -> Slot | None:
    """The slot that begins closest to `moment`, the earlier of two."""
    return min(slots, key=lambda slot: (abs(slot.starts_at - moment), slot.starts_at), default=None)


def same_time_later(moment: datetime, days: int, zone: str) -> datetime:
    """The moment `days` later with the same time on the clock in `zone`, aware UTC."""
    local = moment.astimezone(ZoneInfo(zone)) + timedelta(days=days)
    return local.astimezone(UTC)


def _end_of_window(now: datetime, zone: str, working_days: int) -> datetime:
    """Midnight after the last working day that counts."""
    there = ZoneInfo(zone)
    day, left = now.astimezone(there).date(), working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return datetime.combine(day + timedelta(days=1), time(), there).astimezone(UTC)


def _open(one: Availability, start: datetime, end: datetime) -> list[Span]:
    """When the person is there between two moments, in order and without overlaps."""
    there = ZoneInfo(one.zone)
    spans = (
        span
        for day in _days(there, start, end)
        for block in one.blocks if block.weekday == day.weekday()
        for span in _real(day, block.start_minute, block.end_minute, there)
    )
    return _merged(spans)


def _lunch(zone: str, start: datetime, end: datetime) -> list[Span]:
    there = ZoneInfo(zone)
    return _merged(span for day in _days(there, start, end) for span in _real(day, *LUNCH, there))


def _days(there: ZoneInfo, start: datetime, end: datetime) -> Iterator[date]:
    day, last = start.astimezone(there).date(), end.astimezone(there).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _real(day: date, start_minute: int, end_minute: int, there: ZoneInfo) -> list[Span]:
    """The real time in which a clock in the zone shows a time of the block: two spans if it is set back within it."""
    midnight = datetime.combine(day, time())
    start, end = midnight + timedelta(minutes=start_minute), midnight + timedelta(minutes=end_minute)
    offsets = {_offset(there, wall, fold) for wall in (start, end) for fold in (0, 1)}
    if len(offsets) == 1:
        offset = offsets.pop()
        return [(_utc(start - offset), _utc(end - offset))]
    change = _change(there, _utc(start - max(offsets)), _utc(end - min(offsets)))
    before, after = _offset_at(there, change - STEP), _offset_at(there, change)
    earlier = (_utc(start - before), min(_utc(end - before), change))
    later = (max(_utc(start - after), change), _utc(end - after))
    return [span for span in (earlier, later) if span[0] < span[1]]


@lru_cache(maxsize=4096)
def _offset(there: ZoneInfo, wall: datetime, fold: int) -> timedelta:
    return wall.replace(tzinfo=there, fold=fold).utcoffset() or timedelta()


def _offset_at(there: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(there).utcoffset() or timedelta()


def _change(there: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """The moment between two at which the zone's clocks are set."""
    before = _offset_at(there, start)
    while end - start > timedelta(minutes=1):
        middle = start + (end - start) / 2
        start, end = (middle, end) if _offset_at(there, middle) == before else (start, middle)
    return end.replace(second=0, microsecond=0)


def _utc(naive: datetime) -> datetime:
    return naive.replace(tzinfo=UTC)


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _common(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    """What lies in both of two ordered lists of spans."""
    found, i, j = list[Span](), 0, 0
    while i < len(first) and j < len(second):
        start, end = max(first[i][0], second[j][0]), min(first[i][1], second[j][1])
        if start < end:
            found.append((start, end))
        i, j = (i + 1, j) if first[i][1] < second[j][1] else (i, j + 1)
    return found


def _without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What is left of ordered spans once ordered, perhaps overlapping, ones are taken out."""
    found: list[Span] = []
    for begin, end in spans:
        start = begin
        for off, on in taken:
            if off >= end:
                break
            if start < off:
                found.append((start, off))
            start = max(start, on)
        if start < end:
            found.append((start, end))
    return found


def _cut(span: Span, length: timedelta) -> Iterator[Slot]:
    start = _rounded_up(span[0])
    while start + length <= span[1]:
        yield Slot(start, start + length)
        start += STEP


def _rounded_up(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (STEP - past) if past else moment


def _spread(slots: Sequence[Slot], there: ZoneInfo, count: int) -> list[Slot]:
    """One slot a day in as many rounds as needed; within a day, earlier and later ones take turns."""
    left: dict[date, list[Slot]] = {}
    for slot in slots:
        left.setdefault(slot.starts_at.astimezone(there).date(), []).append(slot)
    chosen: list[Slot] = []
    while len(chosen) < count and left:
        for turn, day in enumerate(list(left)[: count - len(chosen)]):
            slot = _pick(left[day], (turn + 1) / (count + 1), there)
            chosen.append(slot)
            rest = [other for other in left[day] if other.ends_at <= slot.starts_at or other.starts_at >= slot.ends_at]
            left = {**left, day: rest} if rest else {known: kept for known, kept in left.items() if known != day}
    return sorted(chosen)


def _pick(slots: Sequence[Slot], share: float, there: ZoneInfo) -> Slot:
    """The slot that far into a day's slots, of those on the roundest minutes: :00 and :30 before :15 and :45."""
    round_ones = [slot for slot in slots if slot.starts_at.astimezone(there).minute % 30 == 0] or list(slots)
    return round_ones[int(len(round_ones) * share)]
