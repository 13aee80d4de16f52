"""The columns of the people file, and how the header of one file finds them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from server.journey.importing import cells
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.people.states import PersonStatus, SkillSide
from server.people.tables import Table, fold, unusable


class Column(NamedTuple):
    """How a column is read; the value that NULL leaves behind, for columns that may be cleared."""

    read: Callable[[str], object]
    may_clear: bool = True
    cleared: object = ""


NEEDED = ("employee_id", "email", "given_name", "family_name")
"""Columns a file must have, and cells a new person must have."""

FACTS: dict[str, Column] = {
    "email": Column(cells.address, may_clear=False),
    "given_name": Column(partial(cells.words, most=120), may_clear=False),
    "family_name": Column(partial(cells.words, most=120), may_clear=False),
    "preferred_name": Column(partial(cells.words, most=120)),
    "title": Column(partial(cells.words, most=200)),
    "department": Column(partial(cells.words, most=200)),
    "business_unit": Column(partial(cells.words, most=200)),
    "company": Column(partial(cells.words, most=200)),
    "location": Column(partial(cells.words, most=200)),
    "country": Column(cells.country),
    "job_family": Column(partial(cells.words, most=200)),
    "seniority": Column(partial(cells.seniority, levels={}), cleared=None),
    "hire_date": Column(cells.day, cleared=None),
    "role_start_date": Column(cells.day, cleared=None),
    "end_date": Column(cells.day, cleared=None),
    "status": Column(cells.status, cleared=PersonStatus.ACTIVE),
    "time_zone": Column(cells.zone),
    "language": Column(cells.language),
    "languages": Column(cells.languages, cleared=[]),
    "performance_rating": Column(cells.rating, cleared=None),
}
TEXTS = ("skill_text", "goal_text", "about")
SIDES = {"skills": SkillSide.OFFERED, "goals": SkillSide.WANTED}
ENROLLS = ("program", "role", "capacity")

COLUMNS: dict[str, Column] = {
    "employee_id": Column(partial(cells.words, most=120), may_clear=False),
    **FACTS,
    "manager_employee_id": Column(partial(cells.words, most=120)),
    **{name: Column(cells.free_text) for name in TEXTS},
    **{name: Column(cells.tags, cleared=()) for name in SIDES},
    "availability": Column(cells.week, cleared=()),
    "program": Column(partial(cells.words, most=60), may_clear=False),
    "role": Column(cells.role, may_clear=False),
    "capacity": Column(cells.places, may_clear=False),
}
"""Every column of the contract, in its order."""

PROBLEM = "problem"
"""The column that our own file of refused rows begins with; nothing is read from it."""

FIELDS = {"time_zone": "zone"}
"""Columns that are called otherwise on a person; all others bear the same name."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where each known column stands, the names of columns that nothing is read from, and how many there are in all."""

    width: int
    places: dict[str, int]
    ignored: tuple[str, ...]


def find_columns(table: Table, mapping: Mapping[str, str]) -> Header:
    """The columns of a file. `mapping` says what the administrator knows of others: their name -> a known column.

    Raises:
        Invalid: a column is missing or there twice, or a mapping names none.
    """
    wanted = {fold(name): fold(column) for name, column in mapping.items()}
    _check_mapping(table, wanted)
    named = [wanted.get(name, name) for name in table.columns]
    twice = sorted({name for name in named if name in COLUMNS and named.count(name) > 1})
    if twice:
        text = _("%(file)s has the column %(column)s twice. Remove or rename one.")
        raise unusable(text % {"file": table.file_name, "column": ", ".join(twice)})
    ignored = tuple(name or _("without a name") for name in named if name not in COLUMNS and name != PROBLEM)
    places = {name: place for place, name in enumerate(named) if name in COLUMNS}
    _check_needed(table.file_name, places, ignored)
    return Header(len(named), places, ignored)


def with_levels(levels: Mapping[str, int]) -> dict[str, Column]:
    """The columns, with the organisation's own words for seniority."""
    return {**COLUMNS, "seniority": COLUMNS["seniority"]._replace(read=partial(cells.seniority, levels=levels))}


def _check_mapping(table: Table, wanted: Mapping[str, str]) -> None:
    for name, column in wanted.items():
        if column not in COLUMNS or name not in table.columns:
            text = _("%(file)s: %(name)s cannot be read as %(column)s. Choose a column of the file and one we know.")
            raise unusable(text % {"file": table.file_name, "name": name, "column": column})


def _check_needed(file_name: str, places: Mapping[str, int], ignored: tuple[str, ...]) -> None:
    missing = [name for name in NEEDED if name not in places]
    if missing:
        text = ngettext(
            "%(file)s lacks the column %(missing)s. Add it, or say which of these holds it: %(others)s.",
            "%(file)s lacks the columns %(missing)s. Add them, or say which of these hold them: %(others)s.",
            len(missing),
        )
        others = ", ".join(ignored) or _("none")
        raise unusable(text % {"file": file_name, "missing": ", ".join(missing), "others": others})
