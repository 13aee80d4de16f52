"""Words in the language of the person who reads them.

Every text of the interface and of messages passes through here. The language in force is a context variable, so that
two requests on one loop never mix.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

from babel import Locale, UnknownLocaleError

from server.kernel.terms import NO_TERMS, Vocabulary, spoken

DEFAULT_LANGUAGE = "en-GB"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
_terms: ContextVar[Vocabulary] = ContextVar("terms", default=NO_TERMS)
_catalogues: list[Path] = []


def register_catalogue(folder: Path) -> None:
    """Let a face add its folder of compiled message catalogues (domain "messages")."""
    if folder not in _catalogues:
        _catalogues.append(folder)
        _translations.cache_clear()


def language() -> str:
    """The BCP 47 tag in force."""
    return _language.get()


def locale() -> Locale:
    """The language in force as Babel knows it, for dates and numbers; British English for a tag it doesn't know."""
    try:
        return Locale.parse(_language.get(), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LANGUAGE, sep="-")


def language_name(tag: str) -> str:
    """The name of a language in the language in force; the tag itself if it has none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def direction(tag: str) -> str:
    """"rtl" or "ltr" for a BCP 47 tag."""
    return "rtl" if tag.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


@contextmanager
def use_language(tag: str) -> Iterator[None]:
    """Speak `tag` within the block."""
    token = _language.set(tag or DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)


def set_language(tag: str) -> None:
    """Speak `tag` for the rest of this task."""
    _language.set(tag or DEFAULT_LANGUAGE)


def clean(typed: str) -> str:
    """Typed text without control characters (line breaks and tabs stay), with one kind of line break, trimmed."""
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter in "\n\t" or letter.isprintable()).strip()


def guarded(cell: str) -> str:
    """Text as a CSV file of ours holds it: what a spreadsheet would take for a formula gets a `'` (CWE-1236)."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as UTF-8 CSV with a byte order mark; cells that a spreadsheet would take for a formula are guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def unguarded(cell: str) -> str:
    """What `guarded` was given, for text without tabs and line breaks at its start."""
    return cell[1:] if cell.startswith(GUARDED) else cell


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
GUARDED = ("'=", "'+", "'-", "'@")


def folded(text: str) -> str:
    """`text` as search compares it: without case, accents, vowel points, direction marks and kinds of letters of one
    sound, so that every database finds "Łukasz Ólafsdóttir" by "lukasz olaf". What carries meaning (a Devanagari
    vowel, a Japanese voicing mark) stays.
    """
    apart = unicodedata.normalize("NFKD", text.casefold().translate(ALIKE))
    kept = (letter for letter in apart if not POINTS.match(letter) and unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", "".join(kept))


ALIKE = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ə": "a",
    "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "′": "'", "‐": "-", "‑": "-", "–": "-", "ـ": "",
})
"""Letters and marks that people type one for the other, and that Unicode does not take apart by itself."""
POINTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
"""Accents of Latin, Greek and Cyrillic letters, Hebrew points, Arabic vowels."""


@contextmanager
def use_terms(terms: Vocabulary) -> Iterator[None]:
    """Speak in the words of a programme within the block."""
    token = _terms.set(terms)
    try:
        yield
    finally:
        _terms.reset(token)


def set_terms(terms: Vocabulary) -> None:
    """Speak in the words of a programme for the rest of this task."""
    _terms.set(terms)


def gettext(message: str) -> str:
    """`message` in the language and words in force."""
    return _in_terms(_translations(_language.get()).gettext(message))


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form for `count` in the language and words in force."""
    return _in_terms(_translations(_language.get()).ngettext(singular, plural, count))


def pgettext(context: str, message: str) -> str:
    """`message` in the language and words in force, told apart by `context`."""
    return _in_terms(_translations(_language.get()).pgettext(context, message))


def _in_terms(text: str) -> str:
    terms = _terms.get()
    return spoken(text, terms, _language.get()) if terms else text


@lru_cache(maxsize=64)
def _translations(tag: str) -> NullTranslations:
    found = NullTranslations()
    for folder in _catalogues:
        name = tag.replace("-", "_")
        names = [name, name.partition("_")[0]]
        found.add_fallback(translation("messages", folder, names, fallback=True))
    return found
