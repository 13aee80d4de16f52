"""What a screen or the command line shows of an import: typed, in words, nothing left to work out."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from server.journey.importing.columns import PROBLEM
from server.journey.importing.outcomes import Change, Kind
from server.journey.importing.records import Problem
from server.kernel.text import gettext as _
from server.kernel.text import guarded, ngettext
from server.people.availability import WEEKDAYS, Block
from server.people.states import ImportState, PersonStatus


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row that is taken, and whom it speaks of; `seat` is what it enrols them in, in words."""

    number: int
    employee_id: str
    name: str
    seat: str = ""


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One value before and after, in words; `label` is the name of the field."""

    column: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that changes somebody, and what."""

    number: int
    employee_id: str
    name: str
    changes: tuple[ShownChange, ...]
    seat: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be taken: whom it seems to speak of, and each problem with its cure."""

    number: int
    employee_id: str
    name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class KeptNote:
    """Columns of a row that are left as they are, because the person wrote them or takes part already."""

    number: int
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Endings:
    """Who would be ended because a complete file no longer speaks of them. `asks`: a person must say so first."""

    count: int
    of: int
    names: tuple[str, ...]
    asks: bool
    blocked_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """How the file was read."""

    delimiter: str
    has_bom: bool
    known: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def words(self) -> str:
        """`Comma, UTF-8`."""
        names = {",": _("Comma"), ";": _("Semicolon"), "\t": _("Tab")}
        return f"{names[self.delimiter]}, UTF-8" + (_(" with byte order mark") if self.has_bom else "")


@dataclass(slots=True)
class Report:
    """An import as it stands. The lists are those of the preview; once applied, `counts` and `refused` remain."""

    run_id: UUID
    file_name: str
    state: ImportState
    rows_total: int
    rows_applied: int
    counts: Mapping[Kind, int]
    refused: list[RefusedRow] = field(default_factory=list)
    form: Form | None = None
    created: list[RowLine] = field(default_factory=list)
    changed: list[ChangedRow] = field(default_factory=list)
    unchanged: list[RowLine] = field(default_factory=list)
    kept: list[KeptNote] = field(default_factory=list)
    missed_tags: Counter[str] = field(default_factory=Counter)
    zones_assumed: int = 0
    side_effects: list[str] = field(default_factory=list)
    endings: Endings | None = None
    ended: int = 0


def labels() -> dict[str, str]:
    """The name of each column in the reader's language."""
    return {
        "employee_id": _("Employee number"), "email": _("E-mail"), "given_name": _("Given name"),
        "family_name": _("Family name"), "preferred_name": _("Preferred name"), "title": _("Title"),
        "department": _("Department"), "business_unit": _("Business unit"), "company": _("Company"),
        "location": _("Place"), "country": _("Country"), "job_family": _("Job family"), "seniority": _("Band"),
        "manager_employee_id": _("Manager"), "hire_date": _("Hire date"), "role_start_date": _("In the role since"),
        "end_date": _("Last day"), "status": _("Status"), "time_zone": _("Time zone"), "language": _("Language"),
        "languages": _("Languages"), "performance_rating": _("Rating"), "skills": _("Skills"), "goals": _("Goals"),
        "skill_text": _("Skills in words"), "goal_text": _("Goal in words"), "about": _("About"),
        "availability": _("Usual times"), "program": _("Programme"), "role": _("Role"), "capacity": _("Places"),
    }


def show_change(change: Change, names: Mapping[UUID, str], labelled: Mapping[str, str]) -> ShownChange:
    """One change in words; `names` tells people and competencies by id."""
    label = labelled.get(change.column, change.column)
    return ShownChange(change.column, label, in_words(change.before, names), in_words(change.after, names))


def in_words(value: object, names: Mapping[UUID, str]) -> str:
    """A value as a person reads it; empty for nothing."""
    if isinstance(value, PersonStatus):
        return {"ACTIVE": _("Active"), "LEAVE": _("On leave"), "ENDED": _("Left")}[value]
    if isinstance(value, Block):
        return f"{WEEKDAYS[value.weekday]} {_clock(value.start_minute)}–{_clock(value.end_minute)}"
    if isinstance(value, UUID):
        return names.get(value, "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(in_words(one, names) for one in value)
    return "" if value is None else str(value)


def side_effect(name: str, was: PersonStatus | None, now: PersonStatus, pairs: int) -> str:
    """What a change of status means beyond the record, in a sentence or two; empty when it means nothing."""
    if was is now or (was is None and now is PersonStatus.ACTIVE):
        return ""
    said = {
        PersonStatus.LEAVE: _("%s goes on leave."), PersonStatus.ACTIVE: _("%s is back."),
        PersonStatus.ENDED: _("%s has left and can no longer sign in."),
    }[now] % name
    if not pairs or now is PersonStatus.ACTIVE:
        return said
    return said + " " + ngettext("One running pair is affected.", "%d running pairs are affected.", pairs).replace(
        "%d", str(pairs)
    )


def refused_csv(rows: Iterable[RefusedRow], cells: Mapping[int, Sequence[str]], columns: Sequence[str]) -> bytes:
    """The refused rows as a file to mend and import again; its first column says what is wrong.

    A row keeps all of its cells, those beyond the header too. Text that a spreadsheet would take for a formula is
    guarded by `'`, which reading takes off again.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([PROBLEM, *map(guarded, columns)])
    for row in rows:
        told = " ".join(f"{problem.column}: {problem.text}" for problem in row.problems)
        writer.writerow([guarded(cell) for cell in (told, *cells[row.number])])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
