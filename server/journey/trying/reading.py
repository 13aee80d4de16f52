"""Rows of somebody's own files as people the engine can match. Forgiving: what cannot be read counts as not known.

Nothing is dropped in silence: every gap is kept as a code with its figures, to be said in words.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from server.journey.trying import values
from server.journey.trying.columns import ROLE_WORDS, Field
from server.journey.trying.plan import File, Plan, Who
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.kernel.text import unguarded
from server.language.tags import known_skills, normalise
from server.matchmaking.engine import Participant
from server.people.tables import Row
from server.programs.states import ParticipantRole

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
MOST_PEOPLE, MOST_PLACES = 5_000, 50
EXAMPLES, MANY_NUMBERS = 3, 10
Value = TypeVar("Value")


class GapCode(StrEnum):
    """What the files do not say, or say so that it cannot be read."""

    NO_WISHES = "NO_WISHES"
    NO_SKILLS = "NO_SKILLS"
    NO_MANAGERS = "NO_MANAGERS"
    NO_TIMES = "NO_TIMES"
    NO_LEVELS = "NO_LEVELS"
    NO_LANGUAGES = "NO_LANGUAGES"
    NO_GROUPS = "NO_GROUPS"
    UNREADABLE = "UNREADABLE"
    TWICE = "TWICE"
    NO_ROLE = "NO_ROLE"


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: how many rows it concerns, the first of them, and the column where there is one."""

    code: GapCode
    count: int = 0
    column: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """People with their names, the groups they are audited by (dimension -> person -> group), and what was missing."""

    people: tuple[Participant, ...]
    names: Mapping[str, str]
    groups: Mapping[str, Mapping[str, str]]
    gaps: tuple[Gap, ...]


@dataclass(slots=True)
class _Notes:
    """What is collected while reading."""

    people: list[Participant] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    groups: dict[str, dict[str, str]] = field(default_factory=dict)
    unreadable: dict[str, list[int]] = field(default_factory=dict)
    twice: list[int] = field(default_factory=list)
    no_role: list[int] = field(default_factory=list)
    seen: set[tuple[ParticipantRole, str]] = field(default_factory=set)
    mapped: Counter[tuple[ParticipantRole, Field]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Line:
    """One row by field: column and cell, where the cell holds something."""

    number: int
    cells: Mapping[Field, list[tuple[str, str]]]
    notes: _Notes

    def text(self, *fields: Field) -> str:
        """The cells of some fields as one text."""
        return ". ".join(cell.rstrip(".") for one in fields for _column, cell in self.cells.get(one, ()))

    def read(self, one: Field, parse: Callable[[str], Value]) -> Value | None:
        """The first cell of a field, None when it is empty or cannot be read; that is noted."""
        for column, cell in self.cells.get(one, ()):
            try:
                return parse(cell)
            except ValueError:
                self.notes.unreadable.setdefault(column, []).append(self.number)
        return None

    def listed(self, one: Field) -> list[str]:
        """The words of a field's cells."""
        return [word for _column, cell in self.cells.get(one, ()) for word in values.split(cell)]


def read_files(files: Iterable[File], plan: Plan) -> Read:
    """Everybody in the files. Pure, some 50 microseconds a row: call it off the loop.

    Raises:
        Invalid: a file is no table (field "file"), or there are no people to match: one side is empty, there are more
            than 5,000, or nothing tells what they know or want (field "who" or "columns").
    """
    notes = _Notes()
    for number, file in enumerate(files):
        _read(file, plan, number, notes)
    _check(notes)
    return Read(tuple(notes.people), notes.names, _banded(notes.groups), tuple(_gaps(notes)))


def _read(file: File, plan: Plan, number: int, notes: _Notes) -> None:
    table, mapping, who = file.table(), plan.columns[number], plan.who[number]
    places = {place: (name, mapping.get(name, Field.NOTHING)) for place, name in enumerate(table.columns)}
    for row in table.rows:
        line = _line(row, places, notes)
        roles = _roles(line, who)
        if not roles:
            notes.no_role.append(row.number)
        for role in roles:
            _add(line, role, plan, f"{number + 1}-{row.number}")


def _line(row: Row, places: Mapping[int, tuple[str, Field]], notes: _Notes) -> _Line:
    held: dict[Field, list[tuple[str, str]]] = {}
    for place, (column, one) in places.items():
        cell = unguarded(row.cells[place].strip()) if place < len(row.cells) else ""
        if cell and one is not Field.NOTHING:
            held.setdefault(one, []).append((column, cell))
    return _Line(row.number, held, notes)


def _roles(line: _Line, who: Who) -> tuple[ParticipantRole, ...]:
    if who is Who.COLUMN:
        found = {ROLE_WORDS.get(word.casefold()) for word in line.listed(Field.ROLE)} - {None}
        return tuple(role for role in (MENTOR, MENTEE) if role.value in found)
    return (MENTOR,) if who is Who.MENTORS else (MENTEE,)


def _add(line: _Line, role: ParticipantRole, plan: Plan, spare_id: str) -> None:
    notes, who = line.notes, next((cell for _column, cell in line.cells.get(Field.ID, ())), spare_id)
    if (role, who) in notes.seen:
        notes.twice.append(line.number)
        return
    notes.seen.add((role, who))
    notes.names[who] = " ".join(cell for _column, cell in line.cells.get(Field.NAME, ())) or who
    for column, cell in line.cells.get(Field.GROUP, ()):
        notes.groups.setdefault(column, {})[who] = cell
    notes.mapped.update((role, one) for one in line.cells)
    notes.people.append(_participant(line, role, who, plan))


def _participant(line: _Line, role: ParticipantRole, who: str, plan: Plan) -> Participant:
    offset = line.read(Field.TIME_ZONE, values.offset)
    places = line.read(Field.PLACES, lambda cell: values.whole(cell, 0, MOST_PLACES)) if role is MENTOR else None
    tenure = line.read(Field.TENURE, values.years)
    return Participant(
        id=who, role=role, capacity=(plan.places if role is MENTOR else 1) if places is None else places,
        company=line.text(Field.COMPANY) or None, department=line.text(Field.DEPARTMENT) or None,
        manager=line.text(Field.MANAGER) or None, city=line.text(Field.CITY) or None, utc_offset_min=offset,
        grade=line.read(Field.LEVEL, lambda cell: values.whole(cell, 1, 10)),
        tenure_years=line.read(Field.HIRED, values.years_since) if tenure is None else tenure,
        role_years=line.read(Field.ROLE_YEARS, values.years),
        languages=tuple(line.listed(Field.LANGUAGES)) or None,
        availability=line.read(Field.TIMES, lambda cell: values.week(cell, offset or 0)),
        goal_tags=_wishes(line), goal_text=line.text(Field.GOAL_TEXT) or None,
        skill_tags=_labels(line, Field.SKILLS), skill_text=line.text(Field.SKILL_TEXT) or None,
    )


def _wishes(line: _Line) -> tuple[str, ...]:
    """What somebody wants to learn. Lists of wishes often name what a person knows already and goes on using: where
    anything new is among them, that is what a mentor is looked for."""
    held = set(_labels(line, Field.SKILLS))
    every = _labels(line, Field.WISHES)
    return tuple(one for one in every if one not in held) or every


def _labels(line: _Line, one: Field) -> tuple[str, ...]:
    return normalise(line.listed(one), known_skills()).labels


def _check(notes: _Notes) -> None:
    sides = Counter(one.role for one in notes.people)
    if len(notes.people) > MOST_PEOPLE:
        text = _("The files hold %(num)s people; at most %(most)s can be tried. Take a part of them.")
        raise Invalid({"who": text % {"num": f"{len(notes.people):,}", "most": f"{MOST_PEOPLE:,}"}})
    if not notes.people:
        raise Invalid({"who": _("No row says whether it is a mentor or a mentee. Say who the rows are.")})
    if not sides[MENTOR] or not sides[MENTEE]:
        raise Invalid({"who": _one_side(sides)})
    told = {one for _role, one in notes.mapped}
    if not told & {Field.SKILLS, Field.WISHES, Field.SKILL_TEXT, Field.GOAL_TEXT}:
        raise Invalid({"columns": _("Say which column holds what people know or want to learn. Without one there is "
                                    "nothing to match by.")})


def _one_side(sides: Counter[ParticipantRole]) -> str:
    if sides[MENTOR]:
        text = _("These %(num)s people are all mentors. A match needs both sides: choose the files again, with one of "
                 "mentees beside it, or name the column that says who is what.")
        return text % {"num": f"{sides[MENTOR]:,}"}
    text = _("These %(num)s people are all mentees. A match needs both sides: choose the files again, with one of "
             "mentors beside it, or name the column that says who is what.")
    return text % {"num": f"{sides[MENTEE]:,}"}


def _gaps(notes: _Notes) -> list[Gap]:
    """What is missing, the gravest first."""
    held = notes.mapped
    asked = {
        GapCode.NO_WISHES: held[MENTEE, Field.WISHES] + held[MENTEE, Field.GOAL_TEXT],
        GapCode.NO_SKILLS: held[MENTOR, Field.SKILLS] + held[MENTOR, Field.SKILL_TEXT],
        GapCode.NO_MANAGERS: held[MENTOR, Field.MANAGER] + held[MENTEE, Field.MANAGER],
        GapCode.NO_TIMES: min(held[role, Field.TIMES] for role in (MENTOR, MENTEE)),
        GapCode.NO_LEVELS: min(held[role, Field.LEVEL] for role in (MENTOR, MENTEE)),
        GapCode.NO_LANGUAGES: min(held[role, Field.LANGUAGES] for role in (MENTOR, MENTEE)),
        GapCode.NO_GROUPS: sum(held[role, one] for role in (MENTOR, MENTEE)
                               for one in (Field.GROUP, Field.CITY, Field.DEPARTMENT)),
    }
    found = [Gap(code) for code, count in asked.items() if not count]
    found += [Gap(GapCode.UNREADABLE, len(rows), column, tuple(rows[:EXAMPLES]))
              for column, rows in sorted(notes.unreadable.items())]
    for code, rows in ((GapCode.TWICE, notes.twice), (GapCode.NO_ROLE, notes.no_role)):
        if rows:
            found.append(Gap(code, len(rows), "", tuple(rows[:EXAMPLES])))
    return found


def _banded(groups: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Groups by dimension; where every group is a number, as with ages, they are put together by tens."""
    return {
        name: {who: _decade(cell) for who, cell in of.items()} if _are_numbers(set(of.values())) else dict(of)
        for name, of in groups.items()
    }


def _are_numbers(found: set[str]) -> bool:
    return len(found) > MANY_NUMBERS and all(cell.isascii() and cell.isdigit() for cell in found)


def _decade(cell: str) -> str:
    start = int(cell[:6]) // 10 * 10
    return f"{start}–{start + 9}"
