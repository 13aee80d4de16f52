"""On which days reports go; pure. A day is everybody's own: it begins first at UTC+14."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from server.notifications.deciding.windows import WORKING_DAYS
from server.programs.reporting.entries import Reports

MORNING = time(8)
FIRST_ZONE = timezone(timedelta(hours=14))
QUARTERS = (1, 4, 7, 10)
TUESDAY, EVERY = 1, 14


def weekly(reports: Reports, after: date) -> date | None:
    """The next of the weekday that a programme chose; None where it sends none."""
    if reports.weekly is None:
        return None
    return after + timedelta(days=(reports.weekly.number - after.weekday() - 1) % 7 + 1)


def monthly(reports: Reports, after: date) -> date | None:
    """The first working day of a month."""
    return _first_working(after, range(1, 13)) if reports.monthly else None


def quarterly(reports: Reports, after: date) -> date | None:
    """The first working day of a quarter."""
    return _first_working(after, QUARTERS) if reports.quarterly else None


def daily(reports: Reports, after: date) -> date | None:
    """The next working day, on which figures are looked at."""
    return _working(after + timedelta(days=1)) if reports.alerts else None


def second_tuesday(reports: Reports, after: date) -> date | None:
    """Every second Tuesday, the same ones for all programmes: who manages people of several gets one letter."""
    if not reports.line_managers:
        return None
    day = after + timedelta(days=(TUESDAY - after.weekday() - 1) % 7 + 1)
    return day if day.toordinal() % EVERY < EVERY // 2 else day + timedelta(days=EVERY // 2)


def opens(day: date) -> datetime:
    """When it is the morning of a day somewhere for the first time (aware UTC)."""
    return datetime.combine(day, MORNING, FIRST_ZONE).astimezone(UTC)


def morning(day: date, zone: str) -> datetime:
    """The morning of a day in an IANA `zone` (aware UTC)."""
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(UTC)


def _first_working(after: date, months: range | tuple[int, ...]) -> date:
    firsts = (_working(date(after.year + (after.month + ahead - 1) // 12, (after.month + ahead - 1) % 12 + 1, 1))
              for ahead in range(5))
    return next(day for day in firsts if day > after and day.month in months)


def _working(day: date) -> date:
    return next(one for one in (day + timedelta(days=ahead) for ahead in range(7)) if one.weekday() in WORKING_DAYS)
