"""The part `resources` of a programme's document: links and files, for whom, and when. Pure.

    [[resources.links]]
    title = "How to begin a conversation"
    link = "https://intranet.example/begin"
    to = "PEOPLE"           # EVERYBODY, PEOPLE (mentees, peers, members of circles), MENTORS (and who leads circles)
    when = "BEGINNING"      # ANY, WAITING, BEGINNING, UNDER_WAY, AFTER

    [[resources.files]]
    title = "Our guide"
    file = "9f86d0..."      # SHA-256 of its content, which the programme keeps beside the document
    name = "guide.pdf"
    bytes = 320123          # as it is kept, whatever the document says
    to = "EVERYBODY"
    when = "ANY"
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from server.kernel.text import gettext as _
from server.programs.audience.states import Side, side_of
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.plans.parts import Part
from server.programs.resources.states import Phase, Readers
from server.programs.states import FileKind, ParticipantRole

TITLE_LETTERS, LINK_LETTERS, LINKS_MOST = 80, 500, 12
NAME_LETTERS, FILES_MOST, BYTES_MOST = 100, 8, 5_000_000
DIGEST = re.compile(r"[0-9a-f]{64}")
NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\"*:<>?|\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
"""What some systems refuse in the name of a file, and what turns the order of its letters round."""
READ_BY = {Side.PEOPLE: Readers.PEOPLE, Side.MENTORS: Readers.MENTORS}


class Resource(NamedTuple):
    """One link, as it is shown."""

    title: str
    link: str

    @property
    def host(self) -> str:
        """Where it leads."""
        return urlsplit(self.link).hostname or ""


class AtHand(NamedTuple):
    """One file, as it is shown: what it is known by, and how large it is."""

    title: str
    digest: str
    name: str
    size: int


class Kept(NamedTuple):
    """What is known of a file that some programme keeps."""

    kind: FileKind
    size: int


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


def _digest(problems: Problems, path: str, given: object) -> str:
    if isinstance(given, str) and DIGEST.fullmatch(given):
        return given
    problems[path] = _("A file is known by the SHA-256 of its content, in 64 small letters and digits.")
    return ""


FILE: Shape = {
    "title": Setting(fields.words(TITLE_LETTERS, needed=True)),
    "file": Setting(_digest),
    "name": Setting(fields.words(NAME_LETTERS, needed=True)),
    "bytes": Setting(fields.whole(0, BYTES_MOST), 0),
    "to": Setting(fields.one_of(Readers), Readers.EVERYBODY.value),
    "when": Setting(fields.one_of(Phase), Phase.ANY.value),
}
RESOURCES: Shape = {
    "links": Setting(fields.many(fields.table(RESOURCE), 0, LINKS_MOST), []),
    "files": Setting(fields.many(fields.table(FILE), 0, FILES_MOST), []),
}
RESOURCES_PART = Part("resources", fields.table(RESOURCES), {})


def at_hand(stored: Mapping[str, Any], role: ParticipantRole, phase: Phase) -> list[Resource]:
    """The links that somebody in a role has at hand in a phase, in the order of the programme."""
    return [Resource(one["title"], one["link"]) for one in _meant(stored.get("links", []), role, phase)]


def files_at_hand(stored: Mapping[str, Any], role: ParticipantRole, phase: Phase) -> list[AtHand]:
    """The same of files."""
    return [
        AtHand(one["title"], one["file"], one["name"], one["bytes"])
        for one in _meant(stored.get("files", []), role, phase)
    ]


def named_in(content: Mapping[str, Any]) -> set[str]:
    """The digests of the files that a whole document names."""
    return {one["file"] for one in content.get("resources", {}).get("files", [])}


def file_name(given: str, kind: FileKind) -> str:
    """A name under which every system can keep a file of a kind, after the one that it had."""
    bare = NOT_IN_NAMES.sub("", PurePath(given.replace("\\", "/")).name).strip(" .")
    stem, dot, _ending = bare.rpartition(".")
    kept = (stem if dot else bare)[: NAME_LETTERS - len(kind) - 1].strip(" .")
    return f"{kept or kind.value}.{kind.value}"


def settled(problems: Problems, resources: Mapping[str, Any], known: Mapping[str, Kept]) -> dict[str, Any]:
    """The part with each file as it is kept; one that is kept nowhere is a problem of its entry."""
    files = [dict(one) for one in resources["files"]]
    for place, one in enumerate(files, start=1):
        kept = known.get(one["file"])
        if kept is None:
            problems[f"resources.files[{place}].file"] = _(
                "The file “%(name)s” is not kept here. Take it out, then upload it in the builder, under Resources."
            ) % {"name": one["name"]}
        else:
            one |= {"name": file_name(one["name"], kept.kind), "bytes": kept.size}
    return {**resources, "files": files}


def contradictions(resources: Mapping[str, Any]) -> dict[str, str]:
    """A link or a file that is there twice for the same people at the same time."""
    return {
        **_twice("links", "link", resources, _("This link is there already.")),
        **_twice("files", "file", resources, _("This file is there already.")),
    }


def _twice(kind: str, name: str, resources: Mapping[str, Any], words: str) -> dict[str, str]:
    seen: Counter[tuple[str, str, str]] = Counter()
    wrong = {}
    for place, one in enumerate(resources[kind], start=1):
        told = (one[name], one["to"], one["when"])
        seen[told] += 1
        if seen[told] > 1:
            wrong[f"resources.{kind}[{place}].{name}"] = words
    return wrong


def _meant(entries: Iterable[Mapping[str, Any]], role: ParticipantRole, phase: Phase) -> Iterator[Mapping[str, Any]]:
    mine = {Readers.EVERYBODY, READ_BY[side_of(role)]}
    return (one for one in entries if one["to"] in mine and one["when"] in (Phase.ANY, phase))
