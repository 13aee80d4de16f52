"""Days and hours as a letter says them: "Thursday 26 November, 12:00" (design.md, section 7)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time

from server.kernel import clock
from server.kernel.text import gettext as _
from server.kernel.text import language


def day(when: date | datetime, zone: str) -> str:
    """"Thursday 26 November" in an IANA `zone`; the year is added when it is another one."""
    of = when.astimezone(ZoneInfo(zone)).date() if isinstance(when, datetime) else when
    other_year = of.year != clock.today(zone).year
    locale = _locale()
    if locale.language == "en":  # CLDR's English would put a comma after the weekday
        return format_date(of, "EEEE d MMMM y" if other_year else "EEEE d MMMM", locale=locale)
    skeleton = "yMMMMEEEEd" if other_year else "MMMMEEEEd"
    return format_skeleton(skeleton, datetime(of.year, of.month, of.day), locale=locale)


def hour(when: datetime, zone: str) -> str:
    """"12:00", twenty-four hours, in an IANA `zone`."""
    return format_time(when, "HH:mm", tzinfo=ZoneInfo(zone), locale=_locale())


def moment(when: datetime, zone: str) -> str:
    """"Thursday 26 November, 12:00" in an IANA `zone`."""
    return _("%(day)s, %(time)s") % {"day": day(when, zone), "time": hour(when, zone)}


def place_of(zone: str) -> str:
    """"Nairobi" for "Africa/Nairobi"."""
    return zone.rpartition("/")[2].replace("_", " ")


def _locale() -> Locale:
    try:
        return Locale.parse(language(), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
