"""Putting a programme's parts in force, its versions, and its end, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal

from server.automation.building.queries import Plan, Version
from server.automation.launching.planning import CALL, LAUNCH
from server.automation.launching.queries import Reach
from server.kernel.text import gettext as _
from server.kernel.text import locale, ngettext
from server.notifications.catalogue import CATALOGUE
from server.programs.plans.telling import Own, own
from server.programs.states import JOINING, PlanState, ProgramState
from web.console.building.messages_words import moment as moment_of_message
from web.console.building.part import Part
from web.dates import moment


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list; `number` is "" for the one in force, which nobody needs to bring back."""

    number: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that tells of the programme: its switch, and to how many it goes."""

    name: str
    text: str
    detail: str
    is_on: bool


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


def letters(messages: Mapping[str, Any], reach: Reach) -> list[Letter]:
    """Each letter that tells of the programme, with how many it would reach, and when."""
    return [_letter(kind, own(messages, kind), to, reach) for kind, to in _readers(reach).items()]


def tells(messages: Mapping[str, Any], reach: Reach) -> str:
    """How many people hear of it once this is in force; "" where nobody does."""
    going = {kind for kind in LAUNCH if own(messages, kind).is_on} - reach.gone
    said = []
    if going & {"L01", "L02"}:
        said.append(ngettext("This tells %(count)s person.", "This tells %(count)s people.", reach.people)
                    % {"count": _figure(reach.people)})
    if "L03" in going and reach.managers:
        said.append(ngettext("This briefs %(count)s line manager.", "This briefs %(count)s line managers.",
                             reach.managers) % {"count": _figure(reach.managers)})
    if said:
        said.append(_("Each gets it once, in their own working hours.") if reach.is_open else
                    _("It goes once people can join a group of it, in each one’s working hours."))
    return " ".join(said)


def _letter(kind: str, told: Own, to: str, reach: Reach) -> Letter:
    when = _("It has gone. It goes once.") if kind in reach.gone else f"{to} {moment_of_message(kind, told)}."
    return Letter(kind, _(CATALOGUE[kind].name), when, told.is_on)


def _readers(reach: Reach) -> dict[str, str]:
    """To how many each letter goes, in the order in which they go."""
    return {
        "L01": ngettext("To %(count)s person it is meant for.", "To %(count)s people it is meant for.", reach.people)
        % {"count": _figure(reach.people)},
        "L03": ngettext("To %(count)s line manager of theirs.", "To %(count)s line managers of theirs.", reach.managers)
        % {"count": _figure(reach.managers)},
        "L02": ngettext("To %(count)s person who has not joined.", "To %(count)s people who have not joined.",
                        reach.people) % {"count": _figure(reach.people)},
        CALL: ngettext("To %(count)s person who could mentor.", "To %(count)s people who could mentor.", reach.mentors)
        % {"count": _figure(reach.mentors)},
    }


def _figure(count: int) -> str:
    return format_decimal(count, locale=locale())


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
