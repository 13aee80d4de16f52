"""Competency frameworks: the organisation's own, read from CSV or JSON, and how a tag finds its competency."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from server.kernel.errors import Invalid
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.language import tags
from server.people.facts import FREE_TEXT_LETTERS
from server.people.lines import circling, top_down
from server.people.models import Competency
from server.people.tables import CELL_LETTERS_MAX, ROWS_MAX, Row, Table, decode, read_table, unusable

COLUMNS = ("key", "name", "parent", "description", "aliases")
KEY_LETTERS, NAME_LETTERS = 80, 120
PROBLEMS_SHOWN = 50
"""So many problems of one file are told at once; the rest appear when these are mended."""


@dataclass(frozen=True, slots=True)
class Node:
    """One competency as a file describes it; `where` is its place in the file, for messages."""

    where: str
    key: str
    name: str
    parent: str = ""
    description: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameworkReport:
    """What a framework file did: keys of competencies, each in one list. The missing ones stay as they are."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FrameworkPlan:
    """The report of a framework file, and the rows that make it true, parents before their children."""

    report: FrameworkReport
    fresh: list[Competency]
    changed: list[Competency]


@dataclass(frozen=True, slots=True)
class Mapped:
    """The competencies a tag stands for, and the words of it that none was found for."""

    competency_ids: tuple[UUID, ...] = ()
    missed: tuple[str, ...] = ()


class TagIndex:
    """Finds the competencies of one organisation by tag: by name or alias first, then by the spellings we know."""

    def __init__(self, competencies: Iterable[Competency]) -> None:
        in_use = [one for one in competencies if one.retired_at is None]
        self._by_name = {tags.key(one.name): one.id for one in reversed(in_use)}
        aliases = {tags.key(alias): one.id for one in reversed(in_use) for alias in one.aliases}
        self._exact = aliases | self._by_name
        self._vocabulary = tags.vocabulary_of(one.name for one in in_use)
        self._found: dict[str, Mapped] = {}

    def find(self, tag: str) -> Mapped:
        """The competencies of one tag. `HTML/CSS` may be two; nothing is made up for what the framework lacks."""
        if tag not in self._found:
            self._found[tag] = self._look_up(tag)
        return self._found[tag]

    def _look_up(self, tag: str) -> Mapped:
        if exact := self._exact.get(tags.key(tag)):
            return Mapped((exact,))
        labels = tags.normalise([tag], self._vocabulary).labels
        found = {label: self._exact.get(tags.key(label)) for label in labels}
        held = tuple(dict.fromkeys(one for one in found.values() if one))
        missed = tuple(label for label, one in found.items() if one is None)
        return Mapped(held, missed if held else (tag,))


def read_framework(content: bytes, file_name: str) -> list[Node]:
    """Read a framework, parents before their children.

    CSV has the columns key, name and, if wanted, parent (a key), description, aliases (separated by `;`). JSON is a
    list of objects with the same names, or with `children` in place of parents.

    Raises:
        Invalid: the file as a whole (field "file"), or its places ("row 4") with what is wrong and the cure.
    """
    is_json = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")
    nodes = _from_json(content, file_name) if is_json else _from_csv(content, file_name)
    if not nodes:
        raise unusable(_("%s holds no competency.") % file_name)
    problems = _problems(nodes)
    if problems:
        raise Invalid(dict(list(problems.items())[:PROBLEMS_SHOWN]))
    by_key = {node.key: node for node in nodes}
    return [by_key[key] for key in top_down({node.key: node.parent for node in nodes})]


def plan(organization_id: UUID, nodes: Sequence[Node], held: Iterable[Competency]) -> FrameworkPlan:
    """What storing `nodes` means beside the competencies `held`: one of a known key changes, and is in use again."""
    known = {one.key: one for one in held}
    ids = {key: one.id for key, one in known.items()}
    made = FrameworkPlan(FrameworkReport(missing=sorted(known.keys() - {node.key for node in nodes})), [], [])
    for node in nodes:
        values: dict[str, Any] = {
            "name": node.name, "description": node.description, "parent_id": ids.get(node.parent),
            "aliases": list(node.aliases), "retired_at": None,
        }
        row = known.get(node.key)
        if row is None:
            made.fresh.append(Competency(organization_id=organization_id, key=node.key, **values))
            made.report.created.append(node.key)
            ids[node.key] = made.fresh[-1].id
        elif any(getattr(row, name) != value for name, value in values.items()):
            made.changed.append(row.update_from_dict(values))
            made.report.changed.append(node.key)
        else:
            made.report.unchanged.append(node.key)
    return made


def _from_csv(content: bytes, file_name: str) -> list[Node]:
    table = read_table(content, file_name, COLUMNS)
    absent = [name for name in ("key", "name") if name not in table.columns]
    if absent:
        text = _("%(file)s lacks the column %(column)s. A framework needs key and name.")
        raise unusable(text % {"file": file_name, "column": ", ".join(absent)})
    return [_from_row(table, row) for row in table.rows]


def _from_row(table: Table, row: Row) -> Node:
    cells = dict(zip(table.columns, (clean(cell) for cell in row.cells), strict=False))
    values = {name: cells.get(name, "") for name in ("key", "name", "parent", "description")}
    return Node(_("row %d") % row.number, **values, aliases=_tags(cells.get("aliases", "")))


def _from_json(content: bytes, file_name: str) -> list[Node]:
    try:
        tree = json.loads(decode(content, file_name))
    except (ValueError, RecursionError) as error:
        where = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else "1:1"
        text = _("%(file)s is not JSON that can be read (line and column %(where)s).")
        raise unusable(text % {"file": file_name, "where": where}) from error
    if not isinstance(tree, list):
        raise unusable(_("%s must hold a list of competencies: [{“key”: …, “name”: …}, …].") % file_name)
    return _walk(tree, file_name)


def _walk(tree: list[Any], file_name: str) -> list[Node]:
    """Every node of a tree, without recursion: a file may be as deep as it likes."""
    nodes: list[Node] = []
    waiting = [(f"[{at}]", "", value) for at, value in enumerate(tree)][::-1]
    while waiting:
        where, parent, value = waiting.pop()
        nodes.append(_from_object(where, parent, value))
        if len(nodes) > ROWS_MAX:
            text = _("%(file)s has more than %(most)d rows. Split it into several files.")
            raise unusable(text % {"file": file_name, "most": ROWS_MAX})
        children = value.get("children") or []
        if not isinstance(children, list):
            raise unusable(_("%(where)s: “children” must be a list.") % {"where": where})
        below = [(f"{where}.children[{at}]", nodes[-1].key, child) for at, child in enumerate(children)]
        waiting.extend(below[::-1])
    return nodes


def _from_object(where: str, parent: str, value: object) -> Node:
    if not isinstance(value, dict):
        raise unusable(_("%(where)s must be an object with key and name.") % {"where": where})
    texts = {name: value.get(name) or "" for name in ("key", "name", "description")}
    texts["parent"] = parent or value.get("parent") or ""
    aliases = value.get("aliases") or []
    aliases = list(_tags(aliases)) if isinstance(aliases, str) else aliases
    listed = isinstance(aliases, list) and all(isinstance(one, str) for one in aliases)
    if not listed or not all(isinstance(text, str) for text in texts.values()):
        raise unusable(_("%(where)s: key, name, parent, description and aliases must be text.") % {"where": where})
    cleaned = {name: clean(text) for name, text in texts.items()}
    return Node(where, **cleaned, aliases=tuple(dict.fromkeys(filter(None, map(clean, aliases)))))


def _tags(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(clean, text.split(";")))))


def _problems(nodes: list[Node]) -> dict[str, str]:
    """What is wrong, by place; the first problem of each."""
    first: dict[str, Node] = {}
    for node in nodes:
        first.setdefault(node.key, node)
    found = {node.where: text for node in nodes if (text := _problem(node, first))}
    circle = circling({node.key: node.parent for node in nodes if node.parent})
    text = _("Is its own parent, by way of %s. Correct one of the parents.")
    return found or {node.where: text % node.parent for node in nodes if node.key in circle}


def _problem(node: Node, first: Mapping[str, Node]) -> str:
    if not node.key or not node.name:
        return _("Needs a key and a name.")
    if len(node.key) > KEY_LETTERS or len(node.name) > NAME_LETTERS:
        return _("Shorten the key to %(key)d letters and the name to %(name)d.") % {
            "key": KEY_LETTERS, "name": NAME_LETTERS,
        }
    if len(node.description) > FREE_TEXT_LETTERS or sum(map(len, node.aliases)) > CELL_LETTERS_MAX:
        return _("Shorten the description to %d letters.") % FREE_TEXT_LETTERS
    if first[node.key] is not node:
        return _("The key %(key)s is used in %(where)s already. Give each competency its own key.") % {
            "key": node.key, "where": first[node.key].where,
        }
    if node.parent and node.parent not in first:
        return _("The parent %s isn’t in the file. Add it, or leave the parent empty.") % node.parent
    return ""


def under(framework: Iterable[Competency], node: UUID | None) -> list[Competency]:
    """What stands below a competency of a framework, at any depth, in the framework's order; the competency itself
    where nothing does. Nothing for one that is not in the framework."""
    known = {one.id: one for one in framework}
    found = {node} if node in known else set[UUID | None]()
    for key in top_down({one.id: one.parent_id for one in known.values()}):
        if known[key].parent_id in found:
            found.add(key)
    below = [one for one in known.values() if one.id in found and one.id != node]
    return below or [one for one in known.values() if one.id == node]
