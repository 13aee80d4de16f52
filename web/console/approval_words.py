"""What the console says of approvals: what was approved, how long it can be taken back, and that it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.journey.reviewing.queries import Review
from server.kernel import clock
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.queries import is_circle, sides
from server.matches.steps import UNDO_ONE
from web.dates import day_month, moment

if TYPE_CHECKING:
    from datetime import datetime

    from server.matches.models import Match


def can_be_undone(match: Match) -> bool:
    """Whether a fresh approval waits a moment before anybody is told."""
    moments = (match.published_at, match.active_at + UNDO_ONE if match.active_at else None)
    return any(moment is not None and moment > clock.now() for moment in moments)


def patience(shown: Review) -> str:
    """How long approvals of many can be taken back: for minutes, or until the day on which the group hears."""
    day = shown.group.cohort.announce_on if shown.group else None
    if day is None or day <= clock.today("UTC"):
        return _("Nobody is told before you approve. Undo for 10 minutes.")
    return _("Nobody is told before you approve, nor before %(day)s. Undo until then.") % {"day": day_month(day)}


def of_approval(match: Match) -> str:
    """What a fresh approval says."""
    if is_circle(match):
        return _("The circle is approved.")
    mentor, mentee = sides(match)
    names = {"mentee": mentee.person.first_name, "mentor": mentor.person.first_name}
    return _("%(mentee)s and %(mentor)s approved.") % names


def of_approvals(approved: int, stale: int, held: int = 0, told_at: datetime | None = None) -> str:
    """What a bulk approval says; `told_at`: the moment of the group's day, where they wait for one."""
    said = ngettext(
        "One is approved. Nobody is told for ten minutes.", "%(num)d are approved. Nobody is told for ten minutes.",
        approved,
    ) % {"num": approved}
    if told_at is not None:
        said = ngettext(
            "One is approved. Nobody is told before %(moment)s.",
            "%(num)d are approved. Nobody is told before %(moment)s.", approved,
        ) % {"num": approved, "moment": moment(told_at)}
    missed = ngettext("One no longer fits.", "%(num)d no longer fit.", stale) % {"num": stale}
    barred = ngettext(
        "One breaks a rule of the programme by now and is held back.",
        "%(num)d break a rule of the programme by now and are held back.", held,
    ) % {"num": held}
    return " ".join([said, *([missed] if stale else []), *([barred] if held else [])])


def of_undone(undone: int) -> str:
    """What an Undo says, also when it comes too late."""
    if not undone:
        return _("Too late to undo: they have been told.")
    return ngettext("One waits for your word again.", "%(num)d wait for your word again.", undone) % {"num": undone}
