"""Kind, rhythm and lengths of a programme in words."""

from datetime import date

from server.automation.building.queries import Plan
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.states import OVER_PROGRAMS, Approvals, Cadence, ProgramType
from web.console.building.part import Part
from web.dates import day_month, upper_first

WEEK = 7


def told(plan: Plan) -> str:
    """How long, how often, and from when."""
    content = plan.content
    rhythm = ngettext(
        "%(num)d conversation a month of %(minutes)d minutes, for %(length)s.",
        "%(num)d conversations a month of %(minutes)d minutes, for %(length)s.", content["sessions_per_month"],
    ) % {"num": content["sessions_per_month"], "minutes": content["session_minutes"],
         "length": length(content["duration_days"])}
    group = next((one for one in plan.page.groups if one.cohort.state not in OVER_PROGRAMS), None)
    if group is None:
        return rhythm
    starts = _("%(group)s starts on %(day)s.") % {
        "group": upper_first(group.cohort.name), "day": day_month(group.cohort.starts_on)}
    return f"{rhythm} {starts}"


def length(days: int) -> str:
    """So many weeks where it is whole weeks, else days."""
    if days % WEEK:
        return ngettext("%(num)d day", "%(num)d days", days) % {"num": days}
    return ngettext("%(num)d week", "%(num)d weeks", days // WEEK) % {"num": days // WEEK}


def kinds() -> list[tuple[str, str]]:
    """What kind of mentoring a programme can offer."""
    names = {
        ProgramType.ONE_TO_ONE: _("One mentor, one mentee"), ProgramType.REVERSE: _("Reverse: the junior teaches"),
        ProgramType.PEER: _("Peers"), ProgramType.CIRCLE: _("Circles"), ProgramType.FLASH: _("Flash: one question"),
        ProgramType.ONBOARDING: _("First weeks of new people"), ProgramType.HIGH_POTENTIAL: _("High potentials"),
        ProgramType.CROSS_COMPANY: _("Across companies"),
    }
    return [(kind.value, name) for kind, name in names.items()]


def cadences() -> list[tuple[str, str, str]]:
    """When people come in."""
    return [
        (Cadence.COHORT.value, _("In groups"), _("Each group begins and ends together.")),
        (Cadence.ROLLING.value, _("At any time"), _("One group stays open, and each match has its own days.")),
    ]


def groups(plan: Plan) -> list[tuple[str, str]]:
    """Each group that runs or is to run, with its days."""
    return [
        (one.cohort.name, _days(one.cohort.starts_on, one.cohort.ends_on) + _told(plan, one.cohort.announce_on))
        for one in plan.page.groups if one.cohort.state not in OVER_PROGRAMS
    ]


def _days(starts: date, ends: date | None) -> str:
    if ends is None:
        return _("From %(day)s on") % {"day": day_month(starts)}
    return _("%(start)s to %(end)s") % {"start": day_month(starts), "end": day_month(ends)}


def _told(plan: Plan, day: date | None) -> str:
    """On which day a group hears of its matches; and that people who are asked first know the names before it."""
    if day is None:
        return ""
    if plan.content["approvals"] != Approvals.NONE:
        return _(". People are asked first, and so nothing waits for %(day)s") % {"day": day_month(day)}
    return _(". Matches are told on %(day)s") % {"day": day_month(day)}


def _title() -> str:
    return _("Dates")


def _is_ready(plan: Plan) -> bool:
    return bool(plan.page.groups)


PART = Part("dates", _title, told, _is_ready)
