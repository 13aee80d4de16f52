"""Rules by which people join by themselves, in words."""

from collections.abc import Mapping
from typing import Any

from server.automation.building.queries import Plan
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.permissions.entries import PERMISSIONS
from server.programs.states import OVER_PROGRAMS, Circles, ParticipantRole, ProgramType, suits
from server.programs.triggers.entries import entries
from server.programs.triggers.states import When, Where
from web.console import hiring_words
from web.console.building import setting_words
from web.console.building.part import Part
from web.dates import upper_first


def told(plan: Plan) -> str:
    """Each rule in a sentence."""
    found = [hiring_words.rule(one) for one in entries(plan.content["triggers"])]
    said = " ".join(found) or _("Nobody: whoever joins is invited by hand, or comes by themselves.")
    later = plan.content["intake"]["mentees_later_days"]
    days = ngettext("Mentees are invited %(num)d day after the first mentor.",
                    "Mentees are invited %(num)d days after the first mentor.", later) % {"num": later}
    return f"{said} {days}" if later else said


def permissions(plan: Plan, given: Mapping[str, bool]) -> list[tuple[str, str, str, bool]]:
    """What people may do themselves: field, label, what it means, and whether it is on. A type has its own people."""
    kind = ProgramType(plan.content["type"])
    details = {
        "browse": _("With the reasons, without asking. Asking and naming wishes show them too."),
        "message": _("To the others of their match. Off: they only read."),
        "invite": _("Whom the programme is for hears of it; nobody else does."),
    }
    return [
        (f"permissions.{name}", setting_words.permission(name, kind), details[name.rpartition("_")[2]], given[name])
        for name in PERMISSIONS if _is_there(name, kind)
    ]


def _is_there(name: str, kind: ProgramType) -> bool:
    """Among peers there are no mentors, and nobody chooses a circle."""
    if kind is ProgramType.PEER:
        return name.startswith("mentees_")
    return kind is not ProgramType.CIRCLE or not name.endswith("_browse")


def newcomers(intake: Mapping[str, Any]) -> str:
    """What becomes of whoever comes into a group that was matched, as it is chosen."""
    return {None: "none", True: "yes", False: "no"}[intake["newcomers"]]


def drafts() -> list[tuple[str, str, str]]:
    """What can become of whoever comes into a group that was matched."""
    return [
        ("none", _("As people come in"), _("At any time: a draft. In groups: the next run.")),
        ("yes", _("A draft within minutes"), _("For them alone. Every other pair stays as it is, and you approve it.")),
        ("no", _("They wait for the next run"), _("You ask for it under Matches.")),
    ]


def whens() -> list[tuple[str, str]]:
    """What may happen to somebody."""
    names = {
        When.HIRED: _("They are hired"), When.PROMOTED: _("They are promoted"),
        When.MANAGER: _("They begin to manage people"), When.MOVED: _("They get another place or work"),
        When.COURSE: _("They finish a course"), When.RETURNED: _("They come back from leave"),
    }
    return [(when.value, name) for when, name in names.items()]


def roles(plan: Plan) -> list[tuple[str, str]]:
    """As what people take part in the programme."""
    kind, circles = ProgramType(plan.content["type"]), Circles(plan.content["circles"])
    return [
        (one.value, upper_first(hiring_words.role(one))) for one in ParticipantRole if suits(one, kind, circles)
    ]


def wheres() -> list[tuple[str, str]]:
    """By what a group is chosen."""
    names = {
        Where.DEPARTMENT: _("Department"), Where.BUSINESS_UNIT: _("Business unit"), Where.COMPANY: _("Company"),
        Where.LOCATION: _("Location"), Where.COUNTRY: _("Country"), Where.JOB_FAMILY: _("Job family"),
        Where.SENIORITY: _("Level"),
    }
    return [(where.value, name) for where, name in names.items()]


def groups(plan: Plan) -> list[tuple[str, str]]:
    """The groups that are not over, and those that a rule names."""
    there = {one.cohort.key: one.cohort.name for one in plan.page.groups if one.cohort.state not in OVER_PROGRAMS}
    named = {one["group"]: one["group"] for one in plan.content["triggers"]["groups"]}
    return list({**named, **there}.items())


def _title() -> str:
    return _("Joining")


PART = Part("joining", _title, told)
