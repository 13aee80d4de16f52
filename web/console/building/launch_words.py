"""Putting a programme's parts in force, its versions, and its end, in words."""

from dataclasses import dataclass

from server.automation.building.queries import Plan, Version
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.states import JOINING, PlanState, ProgramState
from web.console.building.part import Part
from web.dates import moment


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list; `number` is "" for the one in force, which nobody needs to bring back."""

    number: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ending:
    """An act at the end of a programme: its value, its button, what it does."""

    act: str
    button: str
    effect: str


def told(plan: Plan) -> str:
    """What is prepared."""
    if plan.draft is None:
        return _("Nothing is prepared. What you see is in force.")
    count = len(plan.changes)
    return ngettext(
        "%(num)d setting is other than in force.", "%(num)d settings are other than in force.", count,
    ) % {"num": count}


def version_lines(versions: list[Version]) -> list[VersionLine]:
    """Each version with when it came into force, and by whom."""
    return [_version(one) for one in versions]


def done(act: str) -> str:
    """What became of an act."""
    return {
        "review": _("Sent to review. Look at what differs, then put it in force."),
        "live": _("In force. It counts from now on."), "take_over": _("Taken over. Look again at what differs."),
        "discard": _("Dropped. What is in force stays."), "back": _("The earlier version is a draft now."),
        "wind_down": _("It winds down. Nobody new joins."), "archive": _("Archived. You can bring it back."),
        "unarchive": _("Brought back. It is closed, as before."),
    }[act]


def endings(plan: Plan) -> list[Ending]:
    """What can be done about its end now."""
    state, found = plan.program.state, []
    if state in JOINING:
        found.append(Ending("wind_down", _("Wind it down"), _(
            "Nobody new joins, in any group. Matches go on to their last day, and groups close after theirs. "
            "This cannot be undone.")))
    if state is ProgramState.CLOSED:
        found.append(Ending("archive", _("Archive it"), _(
            "It moves out of the way. What was done in it stays. You can bring it back.")))
    if state is ProgramState.ARCHIVED:
        found.append(Ending("unarchive", _("Bring it back"), _("It is closed again, and stands among the others.")))
    return found


def _version(one: Version) -> VersionLine:
    live = one.row.state is PlanState.LIVE
    who = one.live_by.full_name if one.live_by else _("set on other pages")
    when = moment(one.row.live_at) if one.row.live_at else ""
    detail = _("%(when)s, %(who)s") % {"when": when, "who": who}
    if one.row.restores:
        detail = _("%(detail)s. As version %(number)d was.") % {"detail": detail, "number": one.row.restores}
    return VersionLine(
        "" if live else str(one.row.number), _("Version %(number)d") % {"number": one.row.number}, detail)


def _title() -> str:
    return _("Launch")


PART = Part("launch", _title, told)
