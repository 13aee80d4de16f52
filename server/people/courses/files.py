"""The file of a learning system: a row for each course that somebody completed."""

from dataclasses import dataclass
from datetime import date, timedelta

from server.kernel import clock
from server.kernel.errors import Invalid
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.language import tags
from server.people.frameworks import PROBLEMS_SHOWN
from server.people.tables import Row, Table, read_table, unusable

NEEDED = ("employee_id", "course", "completed_on")
COLUMNS = (*NEEDED, "course_id", "skills")
KEY_LETTERS, TITLE_LETTERS, TAGS_MOST, TAG_LETTERS = 120, 150, 20, 120


@dataclass(frozen=True, slots=True)
class Line:
    """One completed course. `key` tells the course from others: its id in the learning system, else its title."""

    where: str
    employee_id: str
    key: str
    title: str
    tags: tuple[str, ...]
    completed_on: date


def read_courses(content: bytes, file_name: str) -> list[Line]:
    """Read a file of completed courses; of a course that somebody completed twice the later day counts.

    Raises:
        Invalid: the file as a whole (field "file"), or its rows ("row 4") with what is wrong and the cure.
    """
    table = read_table(content, file_name, COLUMNS)
    absent = [name for name in NEEDED if name not in table.columns]
    if absent:
        text = _("%(file)s lacks the column %(column)s. Completed courses need employee_id, course and completed_on.")
        raise unusable(text % {"file": file_name, "column": ", ".join(absent)})
    lines: dict[tuple[str, str], Line] = {}
    problems: dict[str, str] = {}
    for row in table.rows:
        found = _line(table, row)
        if isinstance(found, str):
            problems[_("row %d") % row.number] = found
        elif found.completed_on >= lines.setdefault((found.employee_id, found.key), found).completed_on:
            lines[found.employee_id, found.key] = found
    if problems:
        raise Invalid(dict(list(problems.items())[:PROBLEMS_SHOWN]))
    return list(lines.values())


def _line(table: Table, row: Row) -> Line | str:
    """The row as it is meant, or what is wrong with it."""
    cells = dict(zip(table.columns, (clean(cell) for cell in row.cells), strict=False))
    who, title, said = (cells.get(name, "") for name in NEEDED)
    if not who or not title:
        return _("Needs an employee number and the name of a course.")
    key, named = cells.get("course_id") or tags.key(title)[:KEY_LETTERS] or title, _tags(cells.get("skills", ""))
    if len(key) > KEY_LETTERS or len(title) > TITLE_LETTERS:
        return _("Shorten the course to %(title)d letters and its id to %(key)d.") % {
            "title": TITLE_LETTERS, "key": KEY_LETTERS,
        }
    if len(named) > TAGS_MOST or any(len(tag) > TAG_LETTERS for tag in named):
        return _("Name at most %d skills, each in a few words.") % TAGS_MOST
    day = _day(said)
    if day is None:
        return _("“%s” is no day. Write it as 2026-03-31, not after today.") % said
    return Line(_("row %d") % row.number, who, key, title, named, day)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # It may be tomorrow already where the course was completed.
    return day if day <= clock.now().date() + timedelta(days=1) else None


def _tags(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(clean, text.split(";")))))
