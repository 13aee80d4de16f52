"""The moments of a step, counted from the one it begins at, in the days of who it is for; pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from typing import Protocol
from zoneinfo import ZoneInfo

from server.kernel.dates import day_of
from server.notifications.deciding.windows import WORKING_DAYS

MORNING = time(9)
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


class Count(StrEnum):
    """In what a moment is counted that a programme may choose, and from which side."""

    DAYS_AFTER = "DAYS_AFTER"
    DAYS_BEFORE = "DAYS_BEFORE"
    WORKING_DAYS_BEFORE = "WORKING_DAYS_BEFORE"
    HOURS_AFTER = "HOURS_AFTER"
    HOURS_BEFORE = "HOURS_BEFORE"


class Moment(Protocol):
    """When a step is due."""

    def after(self, since: date, zone: str) -> datetime:
        """The moment (aware UTC) for somebody in an IANA `zone`, counted from `since`: a moment (aware), or a day,
        which begins for everybody in their own zone."""
        ...


@dataclass(frozen=True, slots=True)
class Days:
    """So many days later at an hour of somebody's own day; earlier when negative."""

    number: int
    at: time = MORNING

    def after(self, since: date, zone: str) -> datetime:
        """Their own day counts on which it began; across a clock change the hour stays."""
        there = ZoneInfo(zone)
        return _hour(day_of(since, zone) + timedelta(days=self.number), self.at, there)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """So many working days earlier, at an hour of somebody's own day."""

    earlier: int
    at: time = MORNING

    def after(self, since: date, zone: str) -> datetime:
        """Counted back from their own day."""
        there = ZoneInfo(zone)
        working = (day for day in _back_from(day_of(since, zone)) if day.weekday() in WORKING_DAYS)
        return _hour(next(day for number, day in enumerate(working, 1) if number == self.earlier), self.at, there)


@dataclass(frozen=True, slots=True)
class Span:
    """So much time later, to the minute; earlier when negative."""

    length: timedelta

    def after(self, since: date, zone: str) -> datetime:
        """The same moment for everybody, unless it is counted from a day."""
        return _moment(since, ZoneInfo(zone)) + self.length


@dataclass(frozen=True, slots=True)
class Weekly:
    """The first Monday at an hour of somebody's own day that is still ahead."""

    at: time = MORNING

    def after(self, since: date, zone: str) -> datetime:
        """On the Monday itself, as long as that hour is ahead."""
        there = ZoneInfo(zone)
        day = day_of(since, zone)
        monday = day + timedelta(days=-day.weekday() % 7)
        due = _hour(monday, self.at, there)
        return due if due > _moment(since, there) else _hour(monday + WEEK, self.at, there)


def counted(moment: Moment) -> tuple[Count, int] | None:
    """In what a moment is counted, and how much of it; None for one that cannot be moved."""
    match moment:
        case Days(number):
            return (Count.DAYS_AFTER if number >= 0 else Count.DAYS_BEFORE), abs(number)
        case WorkingDays(earlier):
            return Count.WORKING_DAYS_BEFORE, earlier
        case Span(length) if not length % HOUR:
            return (Count.HOURS_AFTER if length > timedelta() else Count.HOURS_BEFORE), abs(length) // HOUR
    return None


def moved(moment: Moment, amount: int) -> Moment:
    """The same moment with another amount of what it is counted in."""
    match moment:
        case Days(number):
            return replace(moment, number=amount if number >= 0 else -amount)
        case WorkingDays():
            return replace(moment, earlier=amount)
        case Span(length):
            return Span(amount * HOUR if length > timedelta() else -amount * HOUR)
    return moment


def _moment(since: date, zone: ZoneInfo) -> datetime:
    return since if isinstance(since, datetime) else _hour(since, time(), zone)


def _back_from(day: date) -> Iterator[date]:
    return (day - timedelta(days=number) for number in count(1))


def _hour(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
