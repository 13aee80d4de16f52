"""Words in the language of the person who reads them.

Every text of the interface and of messages passes through here. The language in force is a context variable, so that
two requests on one loop never mix.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

from babel import Locale, UnknownLocaleError

DEFAULT_LANGUAGE = "en-GB"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
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


def gettext(message: str) -> str:
    """`message` in the language in force."""
    return _translations(_language.get()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form for `count` in the language in force."""
    return _translations(_language.get()).ngettext(singular, plural, count)


def pgettext(context: str, message: str) -> str:
    """`message` in the language in force, told apart by `context`."""
    return _translations(_language.get()).pgettext(context, message)


@lru_cache(maxsize=64)
def _translations(tag: str) -> NullTranslations:
    found = NullTranslations()
    for folder in _catalogues:
        name = tag.replace("-", "_")
        names = [name, name.partition("_")[0]]
        found.add_fallback(translation("messages", folder, names, fallback=True))
    return found
