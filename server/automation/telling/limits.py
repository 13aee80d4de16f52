"""What the limits for reminders would make of a programme's messages: told while they are written. Pure.

Everybody gets one reminder a day, and three in seven days, over all programmes (`notifications/deciding/windows.py`).
Here one programme is looked at alone, and everybody as if they got each of its reminders.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from server.automation.moments import Count
from server.automation.steps import TRIGGERS
from server.automation.telling.allowed import step_of
from server.automation.telling.part import amounts_of
from server.notifications.catalogue import CATALOGUE
from server.notifications.deciding.windows import MOST_IN_A_WEEK, WEEK
from server.notifications.states import MessageClass
from server.programs.plans.telling import OWN, Reader, own, own_messages


class Crowd(NamedTuple):
    """Reminders that meet: on one day they go in one letter (`is_one_day`), else the last of them waits. `day`: the day
    of that letter, or of the last of them; below zero when it is before what they are counted to. Of `kinds`, the
    programme's own are `OWN.key`."""

    kinds: tuple[str, ...]
    is_one_day: bool
    day: int


def crowds(messages: Mapping[str, Any]) -> list[Crowd]:
    """Where reminders that are counted from the same moment meet on a day, or are too many for a week."""
    found = list[Crowd]()
    for days in _by_beginning(messages):
        taken = sorted(days)
        found += [Crowd(tuple(days[day]), True, day) for day in taken if len(days[day]) > 1]
        for day in taken:
            near = [one for one in taken if 0 <= day - one < WEEK.days]
            if len(near) > MOST_IN_A_WEEK:
                found.append(Crowd(tuple(kind for one in near for kind in days[one]), False, day))
    return found


def _by_beginning(messages: Mapping[str, Any]) -> list[dict[int, list[str]]]:
    """Which reminders go on which day, counted from the same moment of the same thing."""
    found: defaultdict[Any, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for kind, one in CATALOGUE.items():
        step, told = step_of(kind), own(messages, kind)
        if step and step.each and told.is_on and one.message_class is MessageClass.NUDGE:
            for count, amount in amounts_of(kind, told):
                if count in (Count.DAYS_AFTER, Count.DAYS_BEFORE):
                    found[step.about, step.since][amount if count is Count.DAYS_AFTER else -amount].append(kind)
    for its_own in own_messages(messages):
        if its_own.to is not Reader.RUNS:
            followed = TRIGGERS[its_own.when]
            found[followed.about, followed.since][its_own.days].append(f"{OWN}.{its_own.key}")
    return [dict(days) for days in found.values()]
