"""Rows of the people file as typed records, and what is wrong with those that are none."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from server.journey.importing import cells
from server.journey.importing.columns import (
    COLUMNS,
    ENROLLS,
    FACTS,
    FIELDS,
    PROBLEM,
    SIDES,
    TEXTS,
    Column,
    Header,
    find_columns,
    with_levels,
)
from server.kernel.text import gettext as _
from server.people.availability import Block
from server.people.lines import top_down
from server.people.states import SkillSide
from server.people.tables import Row, Table, read_table
from server.programs.states import ParticipantRole

VALUE_SHOWN = 60
"""So many letters of a wrong value are shown with its problem."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused: its place, what stands there, and what to do. `column` is "" for the row as a whole."""

    number: int
    column: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Seat:
    """What a row enrols its person in."""

    program: str
    role: ParticipantRole
    capacity: int | None


@dataclass(slots=True)
class Record:
    """What a row says. What its cells leave as it is, is absent; what they clear, is there and empty."""

    number: int
    employee_id: str
    facts: dict[str, object] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    tags: dict[SkillSide, tuple[str, ...]] = field(default_factory=dict)
    manager: str | None = None
    week: tuple[Block, ...] | None = None
    seat: Seat | None = None

    @property
    def name(self) -> str:
        """The name in the row, as far as it says one."""
        names = (self.facts.get("preferred_name") or self.facts.get("given_name"), self.facts.get("family_name"))
        return " ".join(str(name) for name in names if name)


@dataclass(slots=True)
class PeopleFile:
    """A people file as it was read: records of the rows that can be taken, problems of the others.

    `people`: whom each row speaks of. `order`: the rows, managers first. `base`: the row with a person's facts.
    `givers`: rows of people whose address another row takes over; they come before all others, in one transaction.
    """

    table: Table
    header: Header
    records: dict[int, Record]
    problems: dict[int, list[Problem]]
    people: dict[int, str]
    order: list[int]
    base: dict[str, int] = field(default_factory=dict)
    givers: list[int] = field(default_factory=list)

    @property
    def employee_ids(self) -> set[str]:
        """Everybody the file speaks of, in refused rows too."""
        return {number for number in self.people.values() if number}

    @property
    def rows_without_person(self) -> list[int]:
        """Rows that do not say whom they speak of."""
        return [number for number, person in self.people.items() if not person]

    def cells_as_known(self, corrections: Mapping[str, Mapping[str, str]]) -> tuple[list[str], dict[int, list[str]]]:
        """Column names as we know them, and every row's cells as corrected: the file as it should be read again."""
        known = {place: name for name, place in self.header.places.items()}
        columns = {place: known.get(place, name) for place, name in enumerate(self.table.columns) if name != PROBLEM}
        added = sorted({name for values in corrections.values() for name in values} - set(columns.values()))
        width, rows = len(self.table.columns), {}
        for row in self.table.rows:
            fixed = corrections.get(str(row.number), {})
            held = [*row.cells, *[""] * (width - len(row.cells))]
            mended = [fixed.get(name, held[place]) for place, name in columns.items()]
            rows[row.number] = [*mended, *[fixed.get(name, "") for name in added], *row.cells[width:]]
        return [*columns.values(), *added], rows

    def base_of(self, record: Record) -> Record | None:
        """The record with the facts of this one's person; None when that row is refused."""
        return self.records.get(self.base.get(record.employee_id, record.number))

    def put_first(self, givers: list[int]) -> None:
        """Rows that give an address up come first: whoever takes it over, or swaps it, finds it free."""
        first = set(givers)
        self.givers = givers
        self.order = [*givers, *(number for number in self.order if number not in first)]

    def refuse(self, number: int, column: str, value: object, text: str) -> None:
        """Take a row out of the records."""
        self.records.pop(number, None)
        self.problems.setdefault(number, []).append(Problem(number, column, str(value)[:VALUE_SHOWN], text))


@dataclass(frozen=True, slots=True)
class Reading:
    """What goes with a file: other names of columns, values for empty cells, corrected cells, words for seniority."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)


def read_people(content: bytes, file_name: str, reading: Reading) -> PeopleFile:
    """Read a people file. Pure, about 15 microseconds a cell: call it off the loop.

    Raises:
        Invalid: the file as a whole cannot be used.
    """
    table = read_table(content, file_name, COLUMNS)
    header = find_columns(table, reading.mapping)
    columns = with_levels(reading.levels)
    file = PeopleFile(table, header, {}, {}, {}, [])
    above: dict[str, str | None] = {}
    rows: dict[str, list[int]] = {}
    for row in table.rows:
        typed = _typed(row, header, reading)
        values, problems = _values(row, typed, columns)
        problems += _seat_problems(row.number, {name for name, cell in typed.items() if cell.strip()})
        person = str(values.get("employee_id") or "")
        file.people[row.number] = person
        rows.setdefault(person, []).append(row.number)
        above[person] = above.get(person) or str(values.get("manager_employee_id") or "") or None
        if problems:
            file.problems[row.number] = problems
        else:
            file.records[row.number] = _record(row.number, values)
    file.order = _order(above, rows)
    return file


def _typed(row: Row, header: Header, reading: Reading) -> dict[str, str]:
    """The cells that hold something, by column: as corrected, as in the file, or as assumed for empty ones."""
    last = len(row.cells)
    held = {name: row.cells[place] for name, place in header.places.items() if place < last and row.cells[place]}
    typed = {**held, **reading.corrections.get(str(row.number), {})}
    for name, value in reading.defaults.items():
        typed[name] = typed.get(name, "").strip() or value
    extra = [cell for cell in row.cells[header.width:] if cell.strip()]
    return {**typed, "": extra[0]} if extra else typed


def _values(
    row: Row, typed: Mapping[str, str], columns: Mapping[str, Column]
) -> tuple[dict[str, object], list[Problem]]:
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for name, cell in typed.items():
        try:
            text = cells.tidy(cell)
            if text:
                values[name] = _value(name, text, columns)
        except cells.Unreadable as error:
            problems.append(Problem(row.number, name, cell.strip()[:VALUE_SHOWN], str(error)))
    if "employee_id" not in values and not any(problem.column == "employee_id" for problem in problems):
        problems.append(Problem(row.number, "employee_id", "", _("Needs the person’s employee number.")))
    return values, problems


def _value(name: str, text: str, columns: Mapping[str, Column]) -> object:
    if not name:
        raise cells.Unreadable(_("Has more cells than the header. Put text with a separator in quotation marks."))
    if text != cells.CLEAR:
        return columns[name].read(text)
    if not columns[name].may_clear:
        raise cells.Unreadable(_("Cannot be cleared. Write a value, or leave the cell empty."))
    return columns[name].cleared


def _seat_problems(number: int, filled: Set[str]) -> list[Problem]:
    if "program" in filled and "role" not in filled:
        return [Problem(number, "role", "", _("Say as what: mentor, mentee, peer or facilitator."))]
    alone = next((name for name in ("role", "capacity") if name in filled), None)
    if alone and "program" not in filled:
        return [Problem(number, "program", "", _("Say in which programme, or empty the role and the places."))]
    return []


def _record(number: int, values: Mapping[str, object]) -> Record:
    record = Record(number, str(values["employee_id"]))
    record.facts = {FIELDS.get(name, name): values[name] for name in FACTS if name in values}
    record.texts = {name: str(values[name]) for name in TEXTS if name in values}
    record.tags = {side: values[name] for name, side in SIDES.items() if name in values}  # type: ignore[misc]  # typed by its column
    record.manager = values.get("manager_employee_id")  # type: ignore[assignment]  # typed by its column
    record.week = values.get("availability")  # type: ignore[assignment]  # typed by its column
    if "program" in values:
        record.seat = Seat(*(values.get(name) for name in ENROLLS))  # type: ignore[arg-type]  # typed by their columns
    return record


def _order(above: Mapping[str, str | None], rows: Mapping[str, list[int]]) -> list[int]:
    """The rows so that managers come before those they manage: told by the file alone, so the same at every resume."""
    people = top_down(above)
    settled = set(people)
    circling = [person for person in above if person not in settled]
    return [number for person in (*people, *circling) for number in rows[person]]

