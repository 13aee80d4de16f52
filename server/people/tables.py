"""Tables that people hand in: bytes to rows of text, or a sentence that says what is wrong and how to mend it.

Nothing is guessed that could lose a letter: an encoding other than UTF-8 is refused, with its first odd byte.
Row numbers are those a spreadsheet shows: the header is row 1.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from server.kernel.errors import Invalid
from server.kernel.text import clean
from server.kernel.text import gettext as _

MEGABYTE = 1_000_000
BYTES_MAX = 10 * MEGABYTE
ROWS_MAX = 50_000
COLUMNS_MAX = 200
CELL_LETTERS_MAX = 10_000
"""The limits of every file (contract of the people file)."""

DELIMITERS = (",", ";", "\t")
BOM = b"\xef\xbb\xbf"
OTHER_FORMS = {
    b"PK\x03\x04": "Excel", b"\xd0\xcf\x11\xe0": "Excel", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"%PDF": "PDF",
}
"""First bytes of files that are often taken for a table of text, and what they are."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file, with the number that a spreadsheet shows for it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as rows of text. `columns` are the header's names, folded: `Employee ID` is `employee_id`."""

    file_name: str
    delimiter: str
    has_bom: bool
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_bytes(path: Path) -> bytes:
    """The content of a file on disk, never more than one byte beyond the limit.

    Raises:
        Invalid: the file is too large; it is not read whole.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        content = file.read(BYTES_MAX + 1)
    check_size(len(content), path.name)
    return content


def check_size(size: int, file_name: str) -> None:
    """Refuse a file of more than 10 MB by its size in bytes, before anything of it is parsed.

    Raises:
        Invalid: it is too large.
    """
    if size > BYTES_MAX:
        text = _("%(file)s is larger than %(most)d MB. Split it into several files.")
        raise unusable(text % {"file": file_name, "most": BYTES_MAX // MEGABYTE})


def read_table(content: bytes, file_name: str, known: Collection[str]) -> Table:
    """Read a CSV file. The delimiter (comma, semicolon, tab) is the one that finds most of the `known` columns.

    Raises:
        Invalid: the file as a whole cannot be used; the text names row, value and cure.
    """
    text = decode(content, file_name)
    delimiter = _delimiter(text, known)
    rows = _records(text, delimiter, file_name)
    header = next(rows, None)
    if header is None:
        raise unusable(_("%s is empty. It needs a header row and a row for each person.") % file_name)
    columns = tuple(fold(name) for name in header.cells)
    _check_header(columns, file_name)
    return Table(file_name, delimiter, content.startswith(BOM), columns, tuple(rows))


def decode(content: bytes, file_name: str) -> str:
    """The text of a file in UTF-8, with or without a byte order mark.

    Raises:
        Invalid: too large, or another encoding; the text names the row and the first byte that does not fit.
    """
    check_size(len(content), file_name)
    other = next((form for mark, form in OTHER_FORMS.items() if content.startswith(mark)), None)
    if other is not None:
        text = _("%(file)s is saved as %(form)s. Save it as “CSV UTF-8” and choose it again.")
        raise unusable(text % {"file": file_name, "form": other})
    odd = _odd_byte(content)
    if odd is not None:
        place = {"file": file_name, "row": content.count(b"\n", 0, odd) + 1, "byte": f"{content[odd]:02X}"}
        text = _("%(file)s is not UTF-8: row %(row)d holds the byte %(byte)s. Save it as “CSV UTF-8”.")
        raise unusable(text % place)
    return content.decode("utf-8-sig")


def _odd_byte(content: bytes) -> int | None:
    """Where the first byte stands that UTF-8 text does not have; a zero is no letter either, but half of UTF-16."""
    zero = content.find(b"\0")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.start if zero < 0 else min(zero, error.start)
    return zero if zero >= 0 else None


def fold(name: str) -> str:
    """A column's name as it is compared: `Employee ID`, `employee-id` and `EMPLOYEE_ID` are one."""
    return "_".join(clean(name).casefold().replace("-", " ").replace("_", " ").split())


def unusable(text: str) -> Invalid:
    """The refusal of a file as a whole."""
    return Invalid({"file": text})


def _delimiter(text: str, known: Collection[str]) -> str:
    """The delimiter by which the first line falls into the most known columns, then into the most columns."""
    line = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    header = {sign: [fold(cell) for cell in _first(line, sign)] for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: (len(set(header[sign]) & set(known)), len(header[sign])))


def _first(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _records(text: str, delimiter: str, file_name: str) -> Iterator[Row]:
    """Every record that holds something."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if number > ROWS_MAX + 1:
                text = _("%(file)s has more than %(most)d rows. Split it into several files.")
                raise unusable(text % {"file": file_name, "most": ROWS_MAX})
            if any(cell.strip() for cell in cells):
                yield Row(number, tuple(cells))
    except csv.Error as error:
        raise unusable(_broken(str(error)) % {"file": file_name, "row": number + 1}) from error


def _broken(error: str) -> str:
    if "field larger" in error:
        return _("%(file)s holds a cell without end in row %(row)d. Look for a quotation mark that is opened there and "
                 "never closed, or shorten the text.")
    return _("%(file)s cannot be read from row %(row)d on: a quotation mark there is not closed as it should be. Write "
             "a quotation mark within a cell twice.")


def _check_header(columns: tuple[str, ...], file_name: str) -> None:
    if len(columns) > COLUMNS_MAX:
        text = _("%(file)s has %(count)d columns; at most %(most)d can be read. Remove those you don't need.")
        raise unusable(text % {"file": file_name, "count": len(columns), "most": COLUMNS_MAX})
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        text = _("%(file)s has the column %(column)s twice. Remove or rename one.")
        raise unusable(text % {"file": file_name, "column": ", ".join(twice)})
