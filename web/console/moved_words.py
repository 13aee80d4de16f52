"""The circles of two runs in words: who sits, or leads, elsewhere, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.circles.comparing import CircleChange, CirclesCompared, Formed, Moved
from web.console.review_words import wait_words
from web.console.run_words import first_name, full_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from server.programs.models import Enrollment
LAST = (Moved.JOINED, Moved.LEFT, Moved.LEADS)
"""Shown after whoever was in both runs to sit in a circle."""


def changed_title(found: CirclesCompared) -> str:
    """How many are not where they were."""
    count = len(found.changes)
    if not count:
        return _("Both runs came to the same circles")
    return ngettext("%(num)d person is placed differently", "%(num)d people are placed differently", count) % {
        "num": count}


def same(found: CirclesCompared) -> str:
    """How many stayed in their circle."""
    if not found.same:
        return _("Nobody sits in the circle they sat in before.")
    return ngettext(
        "%(num)d person sits in a circle that went on.", "%(num)d people sit in circles that went on.", found.same
    ) % {"num": found.same}


def heads() -> list[str]:
    """What the columns of the changes hold."""
    return [_("Person"), _("Before"), _("Now"), _("Why")]


def rows(
    found: CirclesCompared, people: Mapping[UUID, Enrollment], most: int
) -> list[tuple[str, str, str, str]]:
    """Each of them, with whom they were before and are now, and why; who was in both runs comes first."""
    changes = sorted(found.changes, key=lambda one: one.why in LAST)
    return [
        (full_name(people.get(one.person)), _side(one.before, one.person, people), _side(one.after, one.person, people),
         why(one))
        for one in changes[:most]
    ]


def why(one: CircleChange) -> str:
    """Why somebody is not where they were."""
    said = {
        Moved.JOINED: _("No circle was looked for in the earlier run."),
        Moved.LEFT: _("No circle was looked for in the later run."),
        Moved.WAITS: _("Waits for a circle."),
        Moved.SEATED: _("Waited for a circle before."),
        Moved.DISSOLVED: _("The earlier circle is not formed any more."),
        Moved.MOVED: _("The others fit better in this way."),
        Moved.LEADS: _("Leads another circle.") if one.after else _("Leads no circle any more."),
    }[one.why]
    return f"{said} {wait_words(one.waits, among_peers=True)}." if one.waits and one.why is Moved.WAITS else said


def _side(circles: tuple[Formed, ...], person: UUID, people: Mapping[UUID, Enrollment]) -> str:
    """With whom somebody sits, by first names, and how well the circle fits; "–" for nobody."""
    return "; ".join(_others(one, person, people) for one in circles) or "–"


def _others(circle: Formed, person: UUID, people: Mapping[UUID, Enrollment]) -> str:
    names = sorted(first_name(people.get(one)) for one in circle.members if one != person)
    told = {"names": ", ".join(names), "fit": circle.fit, "leads": first_name(people.get(circle.leads or person))}
    if circle.leads in (None, person):
        return _("%(names)s, %(fit)s") % told
    return _("%(names)s, %(fit)s, led by %(leads)s") % told
