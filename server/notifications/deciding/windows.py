"""The hours at which a message may go, in its recipient's own days, across clock changes. Nothing is read or written.

A message of somebody's own doing, or of what others did to them, goes at any hour. A survey or a report waits for the
end of the night. A nudge waits for a working day, and for one on which no other nudge went.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from server.notifications.states import MessageClass

OPEN = {
    MessageClass.NUDGE: (time(8, 30), time(17, 30)),
    MessageClass.SURVEY: (time(8), time(18)),
    MessageClass.REPORT: (time(8), time(18)),
}
WORKING_DAYS = range(5)
"""Monday to Friday, on which alone anybody is nudged."""
MOST_IN_A_WEEK = 3
"""So many nudges in any seven of somebody's days, and never two in one of them, over all programmes."""
WEEK = timedelta(days=7)


def opens(message_class: MessageClass, moment: datetime, zone: str) -> datetime:
    """The first moment from `moment` (aware) on at which a message of a class may go to somebody in an IANA `zone`."""
    return moment if message_class not in OPEN else next(_openings(message_class, moment, zone))


def opens_for_nudge(moment: datetime, zone: str, taken: Collection[date]) -> datetime:
    """The same of a nudge, where others went or are to go on the days `taken`."""
    return next(
        opening for opening in _openings(MessageClass.NUDGE, moment, zone)
        if _has_room(opening.astimezone(ZoneInfo(zone)).date(), taken)
    )


def closes(opening: datetime, zone: str) -> datetime:
    """When the day's hours for nudges are over in which `opening` lies."""
    day = opening.astimezone(ZoneInfo(zone)).date()
    return datetime.combine(day, OPEN[MessageClass.NUDGE][1], ZoneInfo(zone)).astimezone(UTC)


def is_quiet(moment: datetime, zone: str) -> bool:
    """Whether it is night in an IANA `zone`: what comes to a browser then makes no sound."""
    wakes, sleeps = OPEN[MessageClass.SURVEY]
    return not wakes <= moment.astimezone(ZoneInfo(zone)).time() < sleeps


def _openings(message_class: MessageClass, moment: datetime, zone: str) -> Iterator[datetime]:
    """The first open moment of each day that has one from `moment` on."""
    there = ZoneInfo(zone)
    first = moment.astimezone(there).date()
    for day in (first + timedelta(days=number) for number in count()):
        begin, end = (datetime.combine(day, hour, there).astimezone(UTC) for hour in OPEN[message_class])
        works = message_class is not MessageClass.NUDGE or day.weekday() in WORKING_DAYS
        if works and moment < end and begin.astimezone(there).date() == day:   # some zones left out a whole day
            yield max(moment, begin)


def _has_room(day: date, taken: Collection[date]) -> bool:
    near = [one for one in taken if abs(one - day) < WEEK]
    return day not in near and len(near) < MOST_IN_A_WEEK
