"""The only source of time. Tests, the demo and sandbox organisations move it; production never does.

Nothing else in the product may ask the system for the date or the hour.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_offset = timedelta()
_frozen: datetime | None = None


def now() -> datetime:
    """This moment, aware UTC."""
    if _frozen is not None:
        return _frozen + _offset
    return datetime.now(UTC) + _offset


def today(zone: str) -> date:
    """The calendar day that it is now in an IANA `zone`."""
    return now().astimezone(ZoneInfo(zone)).date()


def day_begins(day: date, zone: str) -> datetime:
    """The first moment of a calendar day in an IANA `zone`, aware UTC: midnight, or where the clocks jump over it, the
    moment after the jump."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def offset() -> timedelta:
    """How far this process's clock is moved from the system's."""
    return _offset


def move(by: timedelta) -> None:
    """Move the clock of this process. Callers check that the installation is a demo or a sandbox."""
    global _offset  # noqa: PLW0603  # one clock per process is the point
    _offset += by


def reset(to: timedelta = timedelta()) -> None:
    """Set how far the clock is moved, zero by default."""
    global _offset  # noqa: PLW0603  # one clock per process is the point
    _offset = to


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware); `move` still advances it. For tests and the simulator.

    Raises:
        ValueError: `moment` is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("The clock needs an aware moment.")
    global _frozen, _offset
    before = (_frozen, _offset)
    _frozen, _offset = moment.astimezone(UTC), timedelta()
    try:
        yield
    finally:
        _frozen, _offset = before
