"""What a system needs to know to put Ithaca beside its other apps (W3C web app manifest)."""

from pwa import mark
from server.kernel.text import direction, language
from server.kernel.text import gettext as _

CANVAS = "#F2F6F8"
"""The page's ground in light colours. A manifest has one colour; each page names both themes' own in its head."""


def manifest() -> dict[str, object]:
    """The manifest, in the language in force."""
    return {
        "id": "/",
        "name": "Ithaca",
        "short_name": "Ithaca",
        "description": _("Mentoring: your match, your sessions, your messages."),
        "lang": language(),
        "dir": direction(language()),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": CANVAS,
        "background_color": CANVAS,
        "icons": [
            _icon("icon-192", 192, "any"), _icon("icon-512", 512, "any"),
            _icon("maskable-192", 192, "maskable"), _icon("maskable-512", 512, "maskable"),
            {"src": "/icon.svg", "sizes": "any", "type": "image/svg+xml"},
        ],
        "shortcuts": [
            {"name": _("Journey"), "url": "/"}, {"name": _("Session"), "url": "/session"},
            {"name": _("Messages"), "url": "/messages"},
        ],
    }


ICONS = {
    "icon-192": (192, False), "icon-512": (512, False), "maskable-192": (192, True), "maskable-512": (512, True),
}
"""Name -> pixels on a side, and whether the water reaches every edge."""


def icon(name: str) -> bytes | None:
    """The PNG of this name, or None."""
    found = ICONS.get(name)
    return mark.png(found[0], full=found[1]) if found else None


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": f"/icon/{name}", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
