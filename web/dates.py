"""Dates, hours and small counts as people say them, in the zone and language of the person who reads."""

from contextvars import ContextVar
from datetime import date, datetime

from babel.dates import format_date

from server.kernel import clock, dates
from server.kernel.dates import Parts, place_of
from server.kernel.text import gettext as _
from server.kernel.text import locale, ngettext

_zone: ContextVar[str] = ContextVar("zone", default="UTC")


def set_zone(zone: str) -> None:
    """Show moments in this IANA zone for the rest of this task."""
    _zone.set(zone or "UTC")


def zone() -> str:
    """The IANA zone in force."""
    return _zone.get()


def day_long(when: date | datetime, zone: str = "") -> str:
    """"Thursday 26 November"; the year is added when it is another one."""
    return dates.day(when, zone or _zone.get())


def day_month(when: date | datetime, zone: str = "") -> str:
    """"26 November"."""
    return dates.day(when, zone or _zone.get(), Parts.DAY_MONTH)


def day_month_short(when: date | datetime, zone: str = "") -> str:
    """"26 Nov"."""
    return dates.day(when, zone or _zone.get(), Parts.DAY_MONTH_SHORT)


def day_short(when: date | datetime, zone: str = "") -> str:
    """"Thu 26 Nov"."""
    return dates.day(when, zone or _zone.get(), Parts.WEEKDAY_DAY_MONTH_SHORT)


def weekday(when: date | datetime, zone: str = "") -> str:
    """"Thursday"."""
    return format_date(_day_of(when, zone), "EEEE", locale=locale())


def weekday_short(when: date | datetime, zone: str = "") -> str:
    """"Thu"."""
    return format_date(_day_of(when, zone), "EEE", locale=locale())


def month_short(when: date | datetime, zone: str = "") -> str:
    """"Nov"."""
    return format_date(_day_of(when, zone), "LLL", locale=locale())


def clock_time(when: datetime, zone: str = "") -> str:
    """"12:00", twenty-four hours, in the zone in force or in the one given."""
    return dates.hour(when, zone or _zone.get())


def moment(when: datetime, zone: str = "") -> str:
    """"Thursday 26 November, 12:00"."""
    return dates.moment(when, zone or _zone.get())


def machine_time(when: date | datetime) -> str:
    """The value of a `datetime` attribute."""
    return when.isoformat()


def when_words(when: date | datetime, zone: str = "") -> str:
    """How far a day lies from today, in words: "today", "in two days", "three weeks ago"."""
    days = (_day_of(when, zone) - clock.today(zone or _zone.get())).days
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    if days in near:
        return near[days]
    if abs(days) < 14:
        length = ngettext("%(number)s day", "%(number)s days", abs(days)) % {"number": count_words(abs(days))}
    else:
        weeks = abs(days) // 7
        length = ngettext("%(number)s week", "%(number)s weeks", weeks) % {"number": count_words(weeks)}
    return (_("in %(length)s") if days > 0 else _("%(length)s ago")) % {"length": length}


def count_words(count: int) -> str:
    """A count as a word up to twelve, as figures above."""
    words = [
        _("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
        _("ten"), _("eleven"), _("twelve"),
    ]
    return words[count] if 0 <= count < len(words) else str(count)


def count_among(count: int) -> str:
    """The same before "of": "none of three"."""
    return count_words(count) if count else _("none")


def day_number(when: date | datetime, zone: str = "") -> str:
    """"26"."""
    return str(_day_of(when, zone).day)


def upper_first(text: str) -> str:
    """The text with its first letter as a capital, the rest untouched: "In two days"."""
    return text[:1].upper() + text[1:]


def _day_of(when: date | datetime, zone: str) -> date:
    return dates.day_of(when, zone or _zone.get())


FILTERS = {
    "day_long": day_long, "day_month": day_month, "day_short": day_short, "weekday": weekday,
    "weekday_short": weekday_short, "month_short": month_short, "clock": clock_time, "time_in": clock_time,
    "moment": moment, "machine_time": machine_time, "place_of": place_of, "when_words": when_words,
    "count_words": count_words, "day_number": day_number, "upper_first": upper_first,
}
