"""Facts about people: which there are, what form they take, and how their history is kept."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import TypedDict
from uuid import UUID
from zoneinfo import available_timezones

from server.kernel.errors import Invalid
from server.kernel.text import clean, folded
from server.kernel.text import gettext as _
from server.people.models import Person
from server.people.states import PersonStatus, Source

FREE_TEXT_LETTERS = 2_000
"""The longest free text of a profile (contract of the people file)."""
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
"""What a BCP 47 tag looks like, as far as the product needs one."""
OWN_LETTERS = {"words_for_mentees": 300, "life_stage": 60}
"""Texts of a profile that are shorter, as their columns are."""
NAME_LETTERS, VALUE_LETTERS, TAG_LETTERS = 120, 254, 20

ATTRIBUTES = (
    "email", "given_name", "family_name", "preferred_name", "title", "department", "business_unit", "company",
    "location", "country", "job_family", "seniority", "line_manager_id", "hire_date", "role_start_date", "end_date",
    "status", "performance_rating", "zone", "language", "languages",
)
"""What `PersonAttribute` keeps the history of, in the order in which it is shown."""


class PersonFacts(TypedDict, total=False):
    """What the record system may know of a person beyond number, address and names."""

    preferred_name: str
    title: str
    department: str
    business_unit: str
    company: str
    location: str
    country: str
    job_family: str
    seniority: int | None
    line_manager_id: UUID | None
    hire_date: date | None
    role_start_date: date | None
    end_date: date | None
    status: PersonStatus
    performance_rating: float | None
    zone: str
    zone_assumed: bool
    language: str
    languages: list[str]


def history(person: Person, names: Iterable[str], source: Source) -> list[dict[str, object]]:
    """History rows (PersonAttribute) for these attributes of a person as they are now; other names are left out."""
    about = {"organization_id": person.organization_id, "person_id": person.id, "source": source}
    return [
        {**about, "name": name, "value": stored_value(getattr(person, name))} for name in names if name in _ATTRIBUTES
    ]


def known_attributes(person: Person) -> list[str]:
    """The attributes of a person that hold something."""
    return [name for name in ATTRIBUTES if stored_value(getattr(person, name))]


def named(person: Person) -> Person:
    """The person with what search finds them by: names, address and number, folded (kernel.text.folded).

    To be called before a person is stored whose name, address or number may have changed.
    """
    told = (person.given_name, person.family_name, person.preferred_name, person.email, person.employee_id)
    person.search = folded("\n".join(part for part in told if part))
    return person


def stored_value(value: object) -> str:
    """A fact as the history keeps it: text of at most 254 letters, empty for nothing."""
    if isinstance(value, list):
        return ";".join(value)[:VALUE_LETTERS]
    return "" if value is None else str(value)[:VALUE_LETTERS]


def is_language_tag(text: str) -> bool:
    """Whether `text` looks like a BCP 47 tag: `en`, `pt-BR`, `zh-Hant-TW`."""
    return len(text) <= TAG_LETTERS and LANGUAGE_TAG.fullmatch(text) is not None


def is_zone(text: str) -> bool:
    """Whether `text` is a time zone of the IANA database."""
    return text in _zones()


def check_lengths(texts: Mapping[str, str]) -> None:
    """Refuse texts of a profile, by field, that are too long.

    Raises:
        Invalid: which ones, and how many letters they may have.
    """
    limits = {name: OWN_LETTERS.get(name, FREE_TEXT_LETTERS) for name in texts}
    too_long = {name: limit for name, limit in limits.items() if len(texts[name]) > limit}
    if too_long:
        raise Invalid({name: _("Use at most %d letters.") % limit for name, limit in too_long.items()})


def checked_name(typed: str) -> str:
    """A preferred name as it is stored.

    Raises:
        Invalid: it is longer than 120 letters.
    """
    name = clean(typed)
    if len(name) > NAME_LETTERS:
        raise Invalid({"preferred_name": _("Use at most %d letters.") % NAME_LETTERS})
    return name


def checked_zone(zone: str) -> str:
    """An IANA time zone.

    Raises:
        Invalid: there is no such zone.
    """
    if not is_zone(zone):
        raise Invalid({"zone": _("Choose a time zone from the list.")})
    return zone


def checked_language(field: str, tag: str) -> str:
    """A language tag, or nothing.

    Raises:
        Invalid: it is no language tag; under the name of `field`.
    """
    if tag and not is_language_tag(tag):
        raise Invalid({field: _("Choose a language from the list.")})
    return tag


NO_PLACES = frozenset({"localtime", "Factory"})
"""Names in the list of zones that mean "whatever this computer says": another computer says something else."""


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - NO_PLACES


_ATTRIBUTES = frozenset(ATTRIBUTES)
