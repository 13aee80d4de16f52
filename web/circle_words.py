"""A circle in words: what it has in common, hours in the reader's own time; what it brings a member; and answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from server.kernel import clock
from server.kernel.text import gettext as _
from server.kernel.text import language_name, ngettext
from server.matches.queries import facilitator_of, in_order, learners
from server.matches.states import Approval
from server.matchmaking.circles.telling import Why, reasons_for
from server.matchmaking.engine.wording import Reader
from server.programs.states import ParticipantRole
from web.dates import clock_time, weekday
from web.explained import ICONS
from web.items import Reason

if TYPE_CHECKING:
    from server.matches.models import Match, MatchMember
    from server.matchmaking.circles.telling import InCommon

HALF_HOUR = timedelta(minutes=30)
TIMES_SHOWN, GOALS_SHOWN = 3, 3


def title(match: Match) -> str:
    """A circle by its size."""
    count = len(learners(match))
    return ngettext("A circle of %(num)d", "A circle of %(num)d", count) % {"num": count}


def led_by(match: Match) -> str:
    """Who leads it, or that nobody does."""
    leads = facilitator_of(match)
    return _("led by %(name)s") % {"name": leads.person.full_name} if leads else _("nobody leads it yet")


def in_common(common: InCommon) -> list[tuple[str, str]]:
    """What everybody in a circle shares: label and words; what nobody told is left out."""
    told = [
        (_("Free together"), ", ".join(_spans(common.times or []))),
        (_("Languages"), ", ".join(language_name(tag) for tag in common.languages or [])),
        (_("Goals that several have"), ", ".join(_goals(common))),
    ]
    return [(label, words) for label, words in told if words]


def why(match: Match, member: MatchMember) -> list[Reason]:
    """Why a circle suits one of its members, for themselves; the caution last, and marked."""
    return [
        Reason("info" if one.is_caution else ICONS[one.category], one.title, one.detail, caution=one.is_caution)
        for one in _reasons(match, member, Reader.MENTEE)
    ]


def why_each(match: Match) -> list[tuple[str, str]]:
    """Each member with what the circle brings them, for who runs the programme; who has no reason is left out."""
    told = [(one, [why.line for why in _reasons(match, one, Reader.MANAGER)]) for one in learners(match)]
    return [(one.person.full_name, ". ".join(lines) + ".") for one, lines in told if lines]


def _reasons(match: Match, member: MatchMember, reader: Reader) -> list[Why]:
    inside = {one.enrollment_id: one.person.first_name for one in in_order(match)}
    return reasons_for(match.explanation, member.enrollment_id, inside, reader)


def part(member: MatchMember) -> str:
    """What somebody is in a circle."""
    return _("Leads the circle") if member.role is ParticipantRole.FACILITATOR else _("Member")


def answer(member: MatchMember, *, is_draft: bool) -> str:
    """What somebody said to a circle."""
    if is_draft and member.approval is Approval.PENDING:
        return _("Not asked yet")
    return {
        Approval.ACCEPTED: _("Said yes"), Approval.NOT_NEEDED: _("Need not answer"), Approval.DECLINED: _("Said no"),
        Approval.PENDING: _("Has not answered yet"), Approval.LATER: _("Has not answered yet"),
    }[member.approval]


def _spans(times: Iterable[tuple[int, int]]) -> list[str]:
    """The first spans of a UTC week in the reader's time, as they fall this week."""
    today = clock.now().date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), UTC)
    found = []
    for start, length in list(times)[:TIMES_SHOWN]:
        begins, ends = monday + start * HALF_HOUR, monday + (start + length) * HALF_HOUR
        told = {"day": weekday(begins), "start": clock_time(begins), "end": clock_time(ends)}
        found.append(_("%(day)s %(start)s to %(end)s") % told)
    return found


def _goals(common: InCommon) -> list[str]:
    return [
        _("%(goal)s (%(count)d)") % {"goal": goal.tag, "count": goal.members} for goal in common.goals[:GOALS_SHOWN]
    ]
