"""A row of somebody's own file by what its columns hold, and what is noted while rows are read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from server.journey.trying.rows import values
from server.journey.trying.rows.columns import Field
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.kernel.text import unguarded
from server.people.tables import Row, Table

EXAMPLES = 3
Value = TypeVar("Value")
Place = tuple[str, int]
"""The name of a file and a row in it."""


class GapCode(StrEnum):
    """What the files do not say, or say so that it cannot be read."""

    NO_WISHES = "NO_WISHES"
    NO_SKILLS = "NO_SKILLS"
    NO_MANAGERS = "NO_MANAGERS"
    MANAGER_SHARED = "MANAGER_SHARED"
    MANAGER_UNKNOWN = "MANAGER_UNKNOWN"
    MANAGER_BLANK = "MANAGER_BLANK"
    PERSON_SHARED = "PERSON_SHARED"
    PERSON_UNKNOWN = "PERSON_UNKNOWN"
    NO_TIMES = "NO_TIMES"
    NO_LEVELS = "NO_LEVELS"
    NO_LANGUAGES = "NO_LANGUAGES"
    NO_GROUPS = "NO_GROUPS"
    RULE_BLIND = "RULE_BLIND"
    UNREADABLE = "UNREADABLE"
    TWICE = "TWICE"
    NO_ROLE = "NO_ROLE"
    PAST_NO_ANSWERS = "PAST_NO_ANSWERS"
    PAST_NO_CYCLES = "PAST_NO_CYCLES"
    PAST_UNKNOWN = "PAST_UNKNOWN"
    PAST_HALF = "PAST_HALF"


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: how many rows it concerns, the first of them, the column (or the rule's code) where there is one, and in
    which file the rows are."""

    code: GapCode
    count: int = 0
    column: str = ""
    rows: tuple[int, ...] = ()
    file: str = ""


@dataclass(slots=True)
class Unread:
    """Cells that could not be read: where, for each column."""

    places: dict[str, list[Place]] = field(default_factory=dict)

    def gaps(self) -> Iterator[Gap]:
        """One for each column of a file."""
        for column, places in sorted(self.places.items()):
            yield from by_file(GapCode.UNREADABLE, places, column)


@dataclass(frozen=True, slots=True)
class Line:
    """One row by field: column and cell, where the cell holds something. `file` is the name of its file."""

    file: str
    number: int
    cells: Mapping[Field, list[tuple[str, str]]]
    unread: Unread

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.file, self.number

    def first(self, one: Field) -> str:
        """The first cell of a field, or nothing."""
        return next((cell for _column, cell in self.cells.get(one, ())), "")

    def text(self, *fields: Field) -> str:
        """The cells of some fields as one text."""
        return ". ".join(cell.rstrip(".") for one in fields for _column, cell in self.cells.get(one, ()))

    def read(self, one: Field, parse: Callable[[str], Value]) -> Value | None:
        """The first cell of a field, None when it is empty or cannot be read; that is noted."""
        for column, cell in self.cells.get(one, ()):
            try:
                return parse(cell)
            except ValueError:
                self.unread.places.setdefault(column, []).append(self.place)
        return None

    def every(self, one: Field) -> list[str]:
        """The cells of a field, as they are."""
        return [cell for _column, cell in self.cells.get(one, ())]

    def listed(self, one: Field) -> list[str]:
        """The words of a field's cells."""
        return [word for _column, cell in self.cells.get(one, ()) for word in values.split(cell)]


def lines(table: Table, mapping: Mapping[str, Field], unread: Unread) -> Iterator[Line]:
    """The rows of a table as its columns are understood.

    Raises:
        Invalid: the table has no such column (field "columns").
    """
    if absent := sorted(mapping.keys() - set(table.columns)):
        text = _("%(file)s has no column %(name)s.") % {"file": table.file_name, "name": absent[0]}
        raise Invalid({"columns": text})
    places = {place: (name, mapping.get(name, Field.NOTHING)) for place, name in enumerate(table.columns)}
    return (_line(table.file_name, row, places, unread) for row in table.rows)


def counted(places: Mapping[GapCode, list[Place]]) -> Iterable[Gap]:
    """Gaps that concern single rows, where there are any."""
    return [gap for code, found in places.items() for gap in by_file(code, found)]


def by_file(code: GapCode, places: Iterable[Place], column: str = "") -> Iterator[Gap]:
    """One gap for each file that has such rows: who mends them opens one file at a time."""
    files: dict[str, list[int]] = {}
    for file, row in places:
        files.setdefault(file, []).append(row)
    return (Gap(code, len(rows), column, tuple(rows[:EXAMPLES]), file) for file, rows in files.items())


def _line(file: str, row: Row, places: Mapping[int, tuple[str, Field]], unread: Unread) -> Line:
    held: dict[Field, list[tuple[str, str]]] = {}
    for place, (column, one) in places.items():
        cell = unguarded(row.cells[place].strip()) if place < len(row.cells) else ""
        if cell and one is not Field.NOTHING:
            held.setdefault(one, []).append((column, cell))
    return Line(file, row.number, held, unread)
