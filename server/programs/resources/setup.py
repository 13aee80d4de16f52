"""The part `resources` of a programme's document: links for whom, and when. Pure.

    [[resources.links]]
    title = "How to begin a conversation"
    link = "https://intranet.example/begin"
    to = "PEOPLE"           # EVERYBODY, PEOPLE (mentees, peers, members of circles), MENTORS (and who leads circles)
    when = "BEGINNING"      # ANY, WAITING, BEGINNING, UNDER_WAY, AFTER
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from server.kernel.text import gettext as _
from server.programs.audience.states import Side, side_of
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.plans.parts import Part
from server.programs.resources.states import Phase, Readers
from server.programs.states import ParticipantRole

TITLE_LETTERS, LINK_LETTERS, LINKS_MOST = 80, 500, 12
READ_BY = {Side.PEOPLE: Readers.PEOPLE, Side.MENTORS: Readers.MENTORS}


class Resource(NamedTuple):
    """One link, as it is shown."""

    title: str
    link: str

    @property
    def host(self) -> str:
        """Where it leads."""
        return urlsplit(self.link).hostname or ""


def _link(problems: Problems, path: str, given: object) -> str:
    read: str = fields.link(LINK_LETTERS)(problems, path, given)
    if not read:
        problems.setdefault(path, _("Write the whole link. It begins with https://"))
    return read


RESOURCE: Shape = {
    "title": Setting(fields.words(TITLE_LETTERS, needed=True)),
    "link": Setting(_link),
    "to": Setting(fields.one_of(Readers), Readers.EVERYBODY.value),
    "when": Setting(fields.one_of(Phase), Phase.ANY.value),
}
RESOURCES: Shape = {"links": Setting(fields.many(fields.table(RESOURCE), 0, LINKS_MOST), [])}
RESOURCES_PART = Part("resources", fields.table(RESOURCES), {})


def at_hand(stored: Mapping[str, Any], role: ParticipantRole, phase: Phase) -> list[Resource]:
    """What somebody in a role has at hand in a phase, in the order of the programme."""
    mine = {Readers.EVERYBODY, READ_BY[side_of(role)]}
    return [
        Resource(one["title"], one["link"]) for one in stored.get("links", [])
        if one["to"] in mine and one["when"] in (Phase.ANY, phase)
    ]


def contradictions(resources: Mapping[str, Any]) -> dict[str, str]:
    """A link that is there twice for the same people at the same time."""
    seen: Counter[tuple[str, str, str]] = Counter()
    wrong = {}
    for place, one in enumerate(resources["links"], start=1):
        told = (one["link"], one["to"], one["when"])
        seen[told] += 1
        if seen[told] > 1:
            wrong[f"resources.links[{place}].link"] = _("This link is there already.")
    return wrong
