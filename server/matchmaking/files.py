"""Reading strict tables: every cell is checked, and every mistake is named with file, row, column, value and cure."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from os import getpid
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO, TypeVar

from server.kernel.text import gettext as _
from server.kernel.text import guarded, unguarded

LIST_MARK = ";"
Content = Sequence[Sequence[object]] | Mapping[str, Any]
Value = TypeVar("Value")
Word = TypeVar("Word", bound=str)
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to put right. Rows count as in a spreadsheet: the header is row 1."""

    file: str
    cure: str
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        row = _("row {row}").format(row=self.row) if self.row else ""
        column = _("column {column}").format(column=self.column) if self.column else ""
        value = f'"{self.value}"' if self.value is not None else ""
        place = ", ".join(filter(None, [self.file, row, column, value]))
        return f"{place}: {self.cure}"


class BadFiles(Exception):
    """The files cannot be used as they are. `mistakes` says why, in the order of the files."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


@dataclass(slots=True)
class Notes:
    """What was found while reading: mistakes stop the run, warnings do not."""

    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def stop_if_wrong(self) -> None:
        """End here if there was any mistake.

        Raises:
            BadFiles: with all mistakes so far.
        """
        if self.mistakes:
            raise BadFiles(self.mistakes)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, with what is needed to name a mistake in it."""

    file: str
    line: int
    cells: Mapping[str, str]
    notes: Notes

    def read(
        self, column: str, parse: Callable[[str], Value], cure: Callable[[], str], *, empty: Value | None = None
    ) -> Value | None:
        """The value of a cell; `empty` for an empty one, and after noting a mistake, with its cure, for a wrong one."""
        text = self.cells[column].strip()
        if not text:
            return empty
        try:
            return parse(text)
        except ValueError:
            self.wrong(column, cure())
            return empty

    def wrong(self, column: str, cure: str) -> None:
        """Note that a cell is wrong."""
        self.notes.mistakes.append(Mistake(self.file, cure, self.line, column, self.cells[column].strip()))

    def needed(self, column: str) -> str:
        """The text of a cell that must not be empty."""
        text = self.cells[column].strip()
        if not text:
            self.wrong(column, _("This must not be empty."))
        return text

    def text(self, column: str) -> str | None:
        """The text of a cell, None when it is empty."""
        return self.cells[column].strip() or None

    def words(self, column: str) -> tuple[str, ...]:
        """The words of a cell, joined by semicolons there."""
        return tuple(word for part in self.cells[column].split(LIST_MARK) if (word := part.strip()))

    def whole(self, column: str, least: int, most: int | None = None) -> int | None:
        """A whole number within bounds, None when the cell is empty."""
        return self.read(
            column, lambda text: _within(int(text), least, most), lambda: _bounds(_("a whole number"), least, most)
        )

    def number(self, column: str, least: float, most: float | None = None) -> float | None:
        """A number within bounds, None when the cell is empty."""
        return self.read(
            column, lambda text: _within(float(text), least, most), lambda: _bounds(_("a number"), least, most)
        )

    def one_of(self, column: str, words: Sequence[Word]) -> Word | None:
        """One of a few words in any case, None when the cell is empty."""
        return self.read(
            column,
            lambda text: words[list(map(str, words)).index(text.casefold())],
            lambda: _("Write one of {words}.").format(words=", ".join(words)),
        )

    def day(self, column: str) -> str | None:
        """A date as year-month-day, None when the cell is empty."""
        return self.read(column, _day, lambda: _("Write a date such as 2026-01-31."))

    def yes(self, column: str) -> bool | None:
        """Yes or no as 1 or 0, true or false, yes or no; None when the cell is empty."""
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        if (text := self.cells[column].strip().casefold()) and text not in words:
            self.wrong(column, _("Write 1 for yes or 0 for no."))
        return words.get(text)


@dataclass(frozen=True, slots=True)
class Settings:
    """A file of settings, key by key."""

    file: str
    values: dict[str, Any]
    notes: Notes

    def yes(self, key: str, *, missing: bool) -> bool:
        """True or false, `missing` when the key is not there."""
        found = self.values.get(key)
        if found is not None and not isinstance(found, bool):
            self.wrong(key, _("Write true or false."))
        return missing if found is None else bool(found)

    def whole(self, key: str, most: int | None = None) -> int | None:
        """A whole number from 0 up to a limit, None when the key is not there."""
        found = self.values.get(key)
        if found is None or (is_whole(found) and found >= 0 and (most is None or found <= most)):
            return found
        self.wrong(key, _bounds(_("a whole number"), 0, most))
        return None

    def wrong(self, key: str, cure: str) -> None:
        """Note that a value is wrong."""
        self.notes.mistakes.append(Mistake(self.file, cure, None, key, str(self.values.get(key, ""))))


def is_whole(value: object) -> bool:
    """Whether a value of a JSON file is a whole number: true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def read_table(
    path: Path, columns: Sequence[str], notes: Notes, *, may_be_empty: bool, optional: Sequence[str] = ()
) -> list[Row]:
    """The rows of a UTF-8 CSV file with a header. Unknown columns are warned about and left out.

    A column of `optional` that is not there counts as empty.

    A file that cannot be read, or lacks a column, is noted as a mistake and has no rows.
    """
    text = _read_text(path, notes)
    if text is None or (not text.strip() and may_be_empty):
        return []
    lines: list[list[str]] = []
    try:
        lines.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        cure = _("This is no CSV file: {error}.").format(error=error)
        notes.mistakes.append(Mistake(path.name, cure, len(lines) + 1))
        return []
    header = [name.strip() for name in lines[0]] if lines else []
    if not _header_is_right(path.name, header, columns, optional, notes):
        return []
    absent = dict.fromkeys(set(optional) - set(header), "")
    return [replace(row, cells={**row.cells, **absent}) for row in _rows(path.name, header, lines, notes)]


def read_object(path: Path, notes: Notes) -> dict[str, Any]:
    """The values of a JSON file that holds one object; a mistake is noted when it does not."""
    text = _read_text(path, notes)
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        notes.mistakes.append(Mistake(path.name, _("This is no JSON: {error}.").format(error=error.msg), error.lineno))
        return {}
    except (ValueError, RecursionError):
        notes.mistakes.append(Mistake(path.name, _("This holds a number too long, or lists too deep, to be read.")))
        return {}
    if not isinstance(found, dict):
        notes.mistakes.append(Mistake(path.name, _("Write one object, in braces.")))
        return {}
    return found


def write_tables(
    tables: Mapping[Path, Sequence[Sequence[object]]], objects: Mapping[Path, Mapping[str, Any]] = MappingProxyType({})
) -> None:
    """Write CSV and JSON files, all or none: each is complete beside its place before the first is put there.

    Text that a spreadsheet would take for a formula is guarded by `'`, which `read_table` takes off again.

    Raises:
        OSError: a folder is missing or cannot be written; no file has changed then.
    """
    with ExitStack() as undo:
        ready = []
        contents: list[tuple[Path, Content]] = [*tables.items(), *objects.items()]
        for path, content in contents:
            if path.is_dir():
                raise IsADirectoryError(str(path))
            part = path.with_name(f".{path.name}.{getpid()}.part")
            undo.callback(part.unlink, missing_ok=True)
            with part.open("w", encoding="utf-8", newline="") as file:
                _write(file, content)
            ready.append((part, path))
        for finished, path in ready:
            finished.replace(path)


def _write(file: TextIO, content: Content) -> None:
    if isinstance(content, Mapping):
        json.dump(content, file, ensure_ascii=False, indent=2)
        file.write("\n")
    else:
        csv.writer(file, lineterminator="\n").writerows(map(_kept, content))


def _kept(line: Sequence[object]) -> list[object]:
    return [guarded(cell) if isinstance(cell, str) else cell for cell in line]


def _read_text(path: Path, notes: Notes) -> str | None:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        notes.mistakes.append(Mistake(path.name, _("Save this file as UTF-8.")))
    except OSError as error:
        notes.mistakes.append(Mistake(str(path), _("This cannot be read: {error}.").format(error=error.strerror)))
    return None


def _header_is_right(
    file: str, header: list[str], columns: Sequence[str], optional: Sequence[str], notes: Notes
) -> bool:
    before = len(notes.mistakes)
    for name in (*columns, *optional):
        if header.count(name) > 1 or (name in columns and name not in header):
            cure = _("Add this column.") if name not in header else _("Keep this column once.")
            notes.mistakes.append(Mistake(file, cure, 1, name))
    for name in header:
        if name not in columns and name not in optional:
            notes.warnings.append(
                _("{file}: column {column} is not known and was ignored.").format(file=file, column=name)
            )
    return len(notes.mistakes) == before


def _rows(file: str, header: list[str], lines: list[list[str]], notes: Notes) -> Iterator[Row]:
    for number, cells in enumerate(lines[1:], 2):
        if len(cells) == len(header):
            yield Row(file, number, dict(zip(header, map(unguarded, cells), strict=True)), notes)
        elif any(cell.strip() for cell in cells):
            cure = _("This row has {found} cells, the header {wanted}.").format(found=len(cells), wanted=len(header))
            notes.mistakes.append(Mistake(file, cure, number))


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _within(value: Number, least: float, most: float | None) -> Number:
    if not least <= value < math.inf or (most is not None and value > most):
        raise ValueError(value)
    return value


def _bounds(kind: str, least: float, most: float | None) -> str:
    if most is None:
        return _("Write {kind} of {least} or more.").format(kind=kind, least=least)
    return _("Write {kind} from {least} to {most}.").format(kind=kind, least=least, most=most)
