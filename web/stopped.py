"""What stands where an act would, when a match rests or is over: why, and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.matches.company import company_of
from server.matches.queries import back_on
from server.matches.states import MatchState
from web.dates import day_long

if TYPE_CHECKING:
    from server.matches.models import Match
    from server.people.models import Person


@dataclass(frozen=True, slots=True)
class WayOn:
    """Why nothing can be done here now, and the one link that leads on."""

    words: str
    label: str
    href: str


def way_on(match: Match, viewer: Person) -> WayOn | None:
    """The way on from a match that is not active; None while it is. Members, people and enrolments are fetched."""
    name = company_of(match, viewer.id).first_name
    if match.state is MatchState.ACTIVE:
        return None
    if match.state is MatchState.PAUSED:
        until = back_on(match)
        words = _("You and %(name)s are on a pause until %(day)s.") if until else _("You and %(name)s are on a pause.")
        return WayOn(words % {"name": name, "day": day_long(until) if until else ""}, _("Go to your journey"), "/")
    if match.state is MatchState.DURATION_COMPLETED:
        words = _("You and %(name)s have reached your last day.") % {"name": name}
        return WayOn(words, _("Close your time together"), f"/match/{match.id}/ending")
    if match.active_at is None:
        return WayOn(_("This match has not begun."), _("See where it stands"), f"/match/{match.id}")
    words = _("You and %(name)s have finished.") % {"name": name}
    return WayOn(words, _("See what happens next"), f"/match/{match.id}")
