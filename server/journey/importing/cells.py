"""What a cell of the people file may hold, by kind. Each reader returns the value or says how to mend the cell."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files

from server.kernel.text import clean, unguarded
from server.kernel.text import gettext as _
from server.people.availability import Block, parse_week
from server.people.facts import FREE_TEXT_LETTERS, is_language_tag, is_zone
from server.people.states import PersonStatus
from server.people.tables import CELL_LETTERS_MAX
from server.programs.states import ParticipantRole

CLEAR = "NULL"
"""The word that clears a value; an empty cell leaves it as it is."""
TAG_LETTERS, ADDRESS_LETTERS = 120, 254
SENIORITY, RATING, PLACES = (1, 10), (1, 5), (1, 20)
FIRST_YEAR = 1900
ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NUMBER = re.compile(r"\d{1,3}(\.\d{1,6})?", re.ASCII)


class Unreadable(ValueError):
    """A cell that cannot be taken; the text says what to write instead."""


def tidy(cell: str) -> str:
    """A cell as it is read: no control characters, trimmed. `=`, `+`, `-` and `@` at its start are letters.

    Raises:
        Unreadable: more than 10,000 letters.
    """
    if len(cell) > CELL_LETTERS_MAX:
        raise Unreadable(_("Shorten it to %d letters.") % CELL_LETTERS_MAX)
    text = cell.strip() if cell.isprintable() else clean(cell)
    return unguarded(text)


def words(text: str, most: int) -> str:
    """One line of at most `most` letters."""
    if len(text) > most:
        raise Unreadable(_("Shorten it to %d letters.") % most)
    return " ".join(text.split())


def free_text(text: str) -> str:
    """Text of at most 2,000 letters, line breaks kept."""
    if len(text) > FREE_TEXT_LETTERS:
        raise Unreadable(_("Shorten it to %d letters.") % FREE_TEXT_LETTERS)
    return text


def address(text: str) -> str:
    """One e-mail address, in lower case."""
    if len(text) > ADDRESS_LETTERS or ADDRESS.fullmatch(text) is None:
        raise Unreadable(_("Write one address, such as noor@example.org."))
    return text.lower()


def country(text: str) -> str:
    """A country as ISO 3166-1 alpha-2."""
    if text.upper() not in _countries():
        raise Unreadable(_("Write the country’s two letters (ISO 3166-1), such as PT."))
    return text.upper()


def seniority(text: str, levels: Mapping[str, int]) -> int:
    """A number from 1 to 10, or one of the organisation's words for it."""
    named = {word.casefold(): level for word, level in levels.items()}
    if text.casefold() in named:
        return named[text.casefold()]
    if not text.isascii() or not text.isdigit() or not SENIORITY[0] <= int(text[:3]) <= SENIORITY[1]:
        known = ", ".join(sorted(levels)) or _("none yet")
        raise Unreadable(_("Write a number from 1 to 10, or a word of your list (%s).") % known)
    return int(text[:3])


def rating(text: str) -> float:
    """A number from 1 to 5."""
    if NUMBER.fullmatch(text) is None or not RATING[0] <= float(text) <= RATING[1]:
        raise Unreadable(_("Write a number from 1 to 5, such as 3.5."))
    return float(text)


def places(text: str) -> int:
    """Seats from 1 to 20."""
    if not text.isascii() or not text.isdigit() or not PLACES[0] <= int(text[:3]) <= PLACES[1]:
        raise Unreadable(_("Write a number from 1 to 20."))
    return int(text[:3])


def day(text: str) -> date:
    """A day that exists, as YYYY-MM-DD."""
    try:
        found = date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or found.year < FIRST_YEAR:
        raise Unreadable(_("Write a date that exists as year-month-day, such as 2024-02-29."))
    return found


def status(text: str) -> PersonStatus:
    """active, leave or ended."""
    if text.upper() not in PersonStatus.__members__:
        raise Unreadable(_("Write active, leave or ended."))
    return PersonStatus(text.upper())


def role(text: str) -> ParticipantRole:
    """mentor, mentee, peer or facilitator."""
    if text.upper() not in ParticipantRole.__members__:
        raise Unreadable(_("Write mentor, mentee, peer or facilitator."))
    return ParticipantRole(text.upper())


def zone(text: str) -> str:
    """An IANA time zone."""
    if not is_zone(text):
        raise Unreadable(_("Write a time zone of the IANA list, such as Europe/Lisbon."))
    return text


def language(text: str) -> str:
    """One BCP 47 language tag."""
    if not is_language_tag(text):
        raise Unreadable(_("Write a language tag, such as en-GB."))
    return text


def languages(text: str) -> list[str]:
    """Language tags separated by `;`."""
    return [language(tag) for tag in listed(text)]


def tags(text: str) -> tuple[str, ...]:
    """Words separated by `;`, each once, at most 120 letters each."""
    return tuple(words(tag, TAG_LETTERS) for tag in listed(text))


def week(text: str) -> tuple[Block, ...]:
    """Blocks such as `Mon-09:00-12:00` and the words of day parts, separated by `;`."""
    try:
        return tuple(parse_week(listed(text)))
    except ValueError as error:
        raise Unreadable(
            _("Write times such as Mon-09:00-12:00, or mornings, lunchtimes, afternoons, evenings, with ; between.")
        ) from error


def listed(text: str) -> list[str]:
    """The parts between `;`, each once."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in text.split(";")))))


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    """The codes of ISO 3166-1, from the table that the time zone database carries."""
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
    return frozenset(line[:2] for line in table.splitlines() if line and not line.startswith("#"))
