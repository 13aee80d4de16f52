"""The words of You: facts, skills, devices by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from server.journey.you.actions import ProfileForm
from server.journey.you.queries import YouPage
from server.kernel.text import gettext as _
from server.kernel.text import language_name
from server.matchmaking.engine.words.ways import way_words
from server.people.states import Style
from web.dates import moment

if TYPE_CHECKING:
    from server.access.models import UserSession

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
HANDHELD = ("iPhone", "Android")


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which one is signed in; `here` is this one."""

    id: UUID
    name: str
    detail: str
    icon: str
    here: bool


def profile_of(seen: YouPage) -> ProfileForm:
    """What is stored of what one says of oneself."""
    return ProfileForm(
        preferred_name=seen.person.preferred_name, languages=seen.person.languages, about=seen.profile.about,
        words_for_mentees=seen.profile.words_for_mentees, offered=[one.id for one in seen.offered],
        wanted=[one.id for one in seen.wanted], styles=[Style(way) for way in seen.profile.styles],
        pref_department=seen.profile.pref_department,
    )


def facts(seen: YouPage) -> list[tuple[str, str]]:
    """What one speaks, wants and offers; what is not known is left out."""
    rows = [
        (_("Speaks"), (language_name(tag) for tag in seen.person.languages)),
        (_("Wants"), (one.name for one in seen.wanted)), (_("Offers"), (one.name for one in seen.offered)),
        (_("Likes"), way_words(seen.profile.styles)),
    ]
    listed = [(label, _(", ").join(names)) for label, names in rows]
    return [(label, value) for label, value in listed if value]


def skill_sides(seen: YouPage) -> list[tuple[str, str, list[tuple[UUID, str]]]]:
    """The two questions about skills: field, words, and what there is to choose from at a glance."""
    sides = [
        ("wanted", _("What you want to learn"), seen.wanted), ("offered", _("What you can help with"), seen.offered),
    ]
    return [(name, legend, [(one.id, one.name) for one in seen.to_choose(own)]) for name, legend, own in sides]


def devices(sessions: Iterable[UserSession], here: str) -> list[Device]:
    """Where one is signed in; `here` is the fingerprint of this browser's secret."""
    return [
        Device(
            row.id, device_name(row.device), _("Last used %(moment)s") % {"moment": moment(row.seen_at)},
            "phone" if any(sign in row.device for sign in HANDHELD) else "laptop", row.fingerprint == here,
        )
        for row in sessions
    ]


def device_name(agent: str) -> str:
    """A browser as people call it, from how it names itself: "Firefox on Linux"."""
    browser = next((name for sign, name in BROWSERS if sign in agent), _("A browser"))
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
