"""Days and hours as people say them, in a zone that is given and the language in force, for screens and letters."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, match_skeleton
from babel.units import format_unit

from server.kernel import clock
from server.kernel.text import gettext as _
from server.kernel.text import locale


class Parts(StrEnum):
    """Which parts of a day are said, as CLDR's skeletons name them. The year is added when it is another one."""

    WEEKDAY_DAY_MONTH = "MMMMEEEEd"
    WEEKDAY_DAY_MONTH_SHORT = "MMMEd"
    DAY_MONTH = "MMMMd"
    DAY_MONTH_SHORT = "MMMd"


# English has no comma after the weekday here, which CLDR's English would put (design.md, section 7).
ENGLISH = {
    Parts.WEEKDAY_DAY_MONTH: "EEEE d MMMM", Parts.WEEKDAY_DAY_MONTH_SHORT: "EEE d MMM",
    Parts.DAY_MONTH: "d MMMM", Parts.DAY_MONTH_SHORT: "d MMM",
}


def day(when: date | datetime, zone: str, parts: Parts = Parts.WEEKDAY_DAY_MONTH) -> str:
    """"Thursday 26 November" in an IANA `zone`; the year is added when it is another one."""
    of, spoken = day_of(when, zone), locale()
    other_year = of.year != clock.today(zone).year
    if spoken.language == "en":
        return format_date(of, ENGLISH[parts] + (" y" if other_year else ""), locale=spoken)
    return format_date(of, _pattern(spoken, ("y" if other_year else "") + parts), locale=spoken)


def hour(when: datetime, zone: str) -> str:
    """"12:00", twenty-four hours, in an IANA `zone`."""
    return format_time(when, "HH:mm", tzinfo=ZoneInfo(zone), locale=locale())


def moment(when: datetime, zone: str) -> str:
    """"Thursday 26 November, 12:00" in an IANA `zone`."""
    return _("%(day)s, %(time)s") % {"day": day(when, zone), "time": hour(when, zone)}


def day_and_year(when: date | datetime, zone: str) -> str:
    """"26 November 2026" in an IANA `zone`: for what is kept beyond the year."""
    return format_date(day_of(when, zone), "long", locale=locale())


def in_numbers(when: date | datetime, zone: str) -> str:
    """"11-26-2026" in an IANA `zone`: month, day and year, as reports name days (glossary, section 4)."""
    return f"{day_of(when, zone):%m-%d-%Y}"


def length(of: timedelta) -> str:
    """"4 hours 30 minutes", "45 minutes": to the minute, without what is nought."""
    hours, minutes = divmod(round(of / timedelta(minutes=1)), 60)
    parts = [(hours, "hour"), (minutes, "minute")]
    return " ".join(format_unit(number, unit, locale=locale()) for number, unit in parts if number)


def day_of(when: date | datetime, zone: str) -> date:
    """The calendar day of a moment in an IANA `zone`; a day stays what it is."""
    return when.astimezone(ZoneInfo(zone)).date() if isinstance(when, datetime) else when


def place_of(zone: str) -> str:
    """"Nairobi" for "Africa/Nairobi"."""
    return zone.rpartition("/")[2].replace("_", " ")


@cache  # a handful of languages and shapes, and Babel weighs each of its patterns to find one
def _pattern(spoken: Locale, skeleton: str) -> str:
    """The language's own order of the parts named in `skeleton`, with weekday and month as long as asked for."""
    found = match_skeleton(skeleton, spoken.datetime_skeletons)
    pattern = str(spoken.datetime_skeletons[found]) if found else str(spoken.date_formats["long"])
    if "EEEE" in skeleton:
        pattern = re.sub("E+|ccc+", "EEEE", pattern)
    return re.sub("M{3,4}", "MMMM", pattern) if "MMMM" in skeleton else pattern
