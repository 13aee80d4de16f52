"""Reading a list of addresses as it was pasted or saved: CSV with or without a header, or one address to a line. Pure.

    address,role,group
    ada@harbour.example,mentor
    "Grace Hopper <grace@harbour.example>",mentee,Porto

Nothing is refused here but a text that is no list at all: what is wrong with one line is told at that line.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.kernel.errors import Invalid
from server.kernel.text import clean, unguarded
from server.kernel.text import gettext as _
from server.people.tables import DELIMITERS, fold
from server.programs.states import ParticipantRole

LINES_MOST, LETTERS_MOST, ADDRESS_LETTERS = 5_000, 500_000, 254
NAMES: Mapping[str, frozenset[str]] = {
    "address": frozenset({"address", "email", "e_mail", "mail", "work_email", "email_address"}),
    "role": frozenset({"role"}), "group": frozenset({"group", "cohort"}),
}
"""What the columns of a header may be called, folded."""
PLACES: Mapping[str, int] = {"address": 0, "role": 1, "group": 2}
"""Where they stand without a header."""
NAMED = re.compile(r"<([^<>]*)>")
ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: its number as an editor shows it, and what stands there."""

    number: int
    address: str
    role: str = ""
    group: str = ""

    @property
    def is_address(self) -> bool:
        """Whether a mail could go there."""
        return len(self.address) <= ADDRESS_LETTERS and ADDRESS.fullmatch(self.address) is not None


def line_of(address: str, role: ParticipantRole) -> Line:
    """One address and role that somebody typed, as a line of its own."""
    return Line(1, _address(clean(address)), role.value)


def lines_of(text: str) -> list[Line]:
    """The lines of a list that hold something.

    Raises:
        Invalid: there is nothing in it, or more than can be looked at at once (field "list").
    """
    if len(text) > LETTERS_MOST:
        raise _unusable(_("This is too long. Split it into lists of at most %d lines.") % LINES_MOST)
    rows = list(_rows(text))
    columns = _columns(rows[0][1]) if rows else None
    found = [line for number, cells in rows[1 if columns else 0:] for line in _read(number, cells, columns or PLACES)]
    if not found:
        raise _unusable(_("Paste at least one address, or choose a file."))
    if len(found) > LINES_MOST:
        raise _unusable(_("This is too long. Split it into lists of at most %d lines.") % LINES_MOST)
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line with its number and cells; the sign between them is the one that stands there most often."""
    delimiter = max(DELIMITERS, key=text.count)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [unguarded(clean(cell)) for cell in cells]
    except csv.Error as error:
        raise _unusable(
            _("This can’t be read from line %d on: a quotation mark is opened there and never closed.")
            % (reader.line_num + 1)
        ) from error


def _columns(first: Sequence[str]) -> dict[str, int] | None:
    """Where each column stands by its header; None without one."""
    names = [fold(cell) for cell in first]
    found = {
        column: place for column, known in NAMES.items() for place, name in enumerate(names) if name in known
    }
    return found if "address" in found else None


def _read(number: int, cells: Sequence[str], columns: Mapping[str, int]) -> list[Line]:
    """A row as one line; addresses side by side are a line each."""
    told = [cell for cell in cells if cell]
    if len(told) > 1 and all("@" in cell for cell in told):
        return [Line(number, _address(cell)) for cell in told]
    by_place = dict(enumerate(cells))
    address, role, group = (by_place.get(columns.get(name, -1), "") for name in PLACES)
    return [Line(number, _address(address), role, group)]


def _address(cell: str) -> str:
    """The address as it is stored, also out of `Grace Hopper <grace@harbour.example>`."""
    named = NAMED.search(cell)
    return (named[1] if named else cell).strip().removeprefix("mailto:").lower()


def _unusable(words: str) -> Invalid:
    return Invalid({"list": words})
