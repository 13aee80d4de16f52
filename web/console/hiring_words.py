"""Who joins by themselves, in words: rules, and what would happen day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from server.automation.hiring.asking import Reason
from server.automation.hiring.walking import Act, Line, days_told
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.notifications.catalogue import CATALOGUE
from server.programs.states import ParticipantRole
from server.programs.triggers.entries import Entry
from server.programs.triggers.states import When
from web.dates import clock_time, day_long
from web.items import Moment


class Day(NamedTuple):
    """A day of the story."""

    id: str
    name: str
    lines: list[Moment]


def days(lines: Sequence[Line]) -> list[Day]:
    """The story by days, counted from the first; hours are those of whoever a line is about."""
    told = days_told(lines)
    first = told[0][0]
    return [_day(day, (day - first).days, found) for day, found in told]


def rule(entry: Entry) -> str:
    """One rule in a sentence."""
    after = _after(entry.days)
    return {
        When.HIRED: _("Invites who is hired, %(after)s, as %(role)s."),
        When.PROMOTED: _("Invites who is promoted, %(after)s, as %(role)s."),
        When.MANAGER: _("Invites who begins to manage people, %(after)s, as %(role)s."),
        When.MOVED: _("Invites who gets another place or work, %(after)s, as %(role)s."),
        When.COURSE: _("Invites who finishes the course %(course)s, %(after)s, as %(role)s."),
        When.RETURNED: _("Invites who comes back from leave, %(after)s, as %(role)s."),
    }[entry.when] % {"after": after, "role": role(entry.role), "course": entry.course}


def role(of: ParticipantRole) -> str:
    """A role in a sentence."""
    return {
        ParticipantRole.MENTOR: _("mentor"), ParticipantRole.MENTEE: _("mentee"), ParticipantRole.PEER: _("peer"),
        ParticipantRole.FACILITATOR: _("leader of a circle"),
    }[of]


def why(reason: Reason | None) -> str:
    """Why somebody is not invited, in a sentence."""
    return {
        Reason.NOT_OPEN: _("The programme takes nobody in now."), Reason.LEFT: _("They have left."),
        Reason.THERE: _("They take part already."), Reason.BEFORE: _("They were invited in this role before."),
        Reason.NOT_MEANT: _("The programme is not meant for them."),
        Reason.ON_LEAVE: _("They are on leave. It is asked again each morning, for 90 days."),
        Reason.NO_GROUP: _("No group is open. It is asked again each morning, for 90 days."),
        Reason.TOO_LATE: _("It is too long ago to be news."),
        Reason.NOT_SO: _("They manage people already, or came as somebody who does."),
        Reason.NO_RULE: _("The rule is gone."),
    }.get(reason or Reason.NO_RULE, "")


def _day(day: date, number: int, lines: Sequence[Line]) -> Day:
    name = _("Day %(number)d, %(day)s") % {"number": number, "day": day_long(day)}
    shown = [
        Moment(clock_time(one.at, one.person.zone), _what(one), _detail(one)) for one in lines
    ]
    return Day(f"day-{number}", name, shown)


def _what(line: Line) -> str:
    name = line.person.first_name
    program = line.program.name if line.program else ""
    if line.act is Act.MESSAGE:
        told = {"message": _(CATALOGUE[line.kind].name), "name": name}
        return (_("Not needed: %(message)s") if line.needless else _("%(message)s, to %(name)s")) % told
    return {
        Act.RECORDED: _("%(name)s is in the records."),
        Act.INVITED: _("%(name)s is invited to %(program)s."),
        Act.NOT_INVITED: _("%(name)s is not invited to %(program)s."),
        Act.JOINS: _("%(name)s joins %(program)s."),
        Act.WAITS: _("%(name)s waits for a place in %(program)s."),
        Act.MATCHED: _("%(name)s has a match in %(program)s."),
        Act.RUNS_OUT: _("The invitation of %(name)s to %(program)s runs out."),
    }[line.act] % {"name": name, "program": program}


def _detail(line: Line) -> str:
    if line.act is Act.MESSAGE:
        return _message(line)
    if line.act is Act.INVITED and line.entry:
        return " ".join((
            rule(line.entry), _("Into the group %(group)s.") % {"group": line.group},
            _("Not if by then the rule is gone, they have left or take part, or it is not meant for them."),
        ))
    return {
        Act.NOT_INVITED: why(line.reason), Act.JOINS: _("As you suppose. They say yes themselves."),
        Act.MATCHED: _("As you suppose. They book nothing."), Act.WAITS: _("No mentor has a free place now."),
    }.get(line.act, "")


def _message(line: Line) -> str:
    kind, program = CATALOGUE[line.kind], line.program.name if line.program else ""
    told = {"program": program, "why": _(kind.trigger), "unless": _(kind.stops_when)}
    return _("%(program)s. Because: %(why)s. Unless: %(unless)s.") % told


def _after(number: int) -> str:
    if number == 0:
        return _("at once")
    return ngettext("%(num)d day later", "%(num)d days later", number) % {"num": number}
