"""The two navigations: four places for participants, the console for programme managers."""

from dataclasses import dataclass

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from web.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Place:
    """One item of the bar. `said` is read out before its name; `only` is "", "wide" or "narrow"."""

    href: str
    text: str
    icon: str
    count: int = 0
    said: str = ""
    only: str = ""
    current: bool = False


def places(viewer: Viewer | None, path: str) -> list[Place]:
    """The participant's bar, with the place that `path` lies in marked as current."""
    if viewer is None:
        return []
    unread = viewer.unread
    said = ngettext("%(num)d unread: ", "%(num)d unread: ", unread) % {"num": unread} if unread else ""
    first = _("Today") if "mentor" in viewer.roles else _("Journey")
    return _marked("/" if path.startswith(("/waiting/", "/checkin/", "/enrollment/")) else path, [
        Place("/", first, "voyage"),
        Place("/session", _("Session"), "calendar"),
        Place("/messages", _("Messages"), "message", unread, said),
        Place("/you", _("You"), "person"),
    ])


def console_places(viewer: Viewer | None, path: str) -> list[Place]:
    """The console's bar; the rest of the console stands behind "More"."""
    if viewer is None:
        return []
    waiting = viewer.waiting
    said = ngettext("%(num)d waiting", "%(num)d waiting", waiting) % {"num": waiting} if waiting else ""
    return _marked("/console/more" if path.startswith("/console/programs/") else path, [
        Place("/console", _("Today"), "chart"),
        Place("/console/matches", _("Matches"), "link", waiting, said),
        Place("/console/people", _("People"), "people"),
        Place("/console/more", _("More"), "list"),
    ])


def _marked(path: str, items: list[Place]) -> list[Place]:
    """The items, the one with the longest address that begins `path` marked as current."""
    homes = {"/", "/console"}
    def holds(href: str) -> bool:
        return path == href or (href not in homes and path.startswith(href + "/"))
    return [
        Place(item.href, item.text, item.icon, item.count, item.said, item.only, current=holds(item.href))
        for item in items
    ]
