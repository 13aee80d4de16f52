"""What a setting of a document may hold: few kinds, each with its words for what it cannot take. Pure.

A kind is a function that reads what was given, puts what is wrong with it into `problems` under the setting's path, and
returns it as it is stored. `None` and the word "none" both say nothing: a file of TOML knows no null.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, NamedTuple

from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.kernel.typed import typed, web_link

Problems = dict[str, str]
Kind = Callable[[Problems, str, object], Any]
NONE = "none"
NEEDED = object()
"""Stands for the usual value of a setting that has none: it must be said."""


class Setting(NamedTuple):
    """One setting: how it is read, and what it is where a document does not name it."""

    kind: Kind
    usual: Any = NEEDED


Shape = Mapping[str, Setting]


def read(problems: Problems, given: object, shape: Shape, path: str = "") -> Json:
    """A table with every setting of a shape: as given, or as usual. A name that the shape lacks is a problem."""
    if not isinstance(given, dict):
        problems[path] = _("Here stands one value, and a table of settings is needed.")
        return {}
    for name in given:
        if name not in shape:
            problems[_below(path, str(name))] = _unknown(str(name), shape)
    return {name: _read_one(problems, _below(path, name), given, name, one) for name, one in shape.items()}


def whole(least: int, most: int) -> Kind:
    """A whole number between two."""
    def kind(problems: Problems, path: str, given: object) -> int:
        if isinstance(given, int) and not isinstance(given, bool) and least <= given <= most:
            return given
        problems[path] = _("Write a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
        return least
    return kind


def number(least: float, most: float) -> Kind:
    """Any number between two, as a whole one where it is one."""
    def kind(problems: Problems, path: str, given: object) -> float:
        if isinstance(given, int | float) and not isinstance(given, bool) and least <= given <= most:
            return int(given) if given == int(given) else given
        problems[path] = _("Write a number from %(least)s to %(most)s.") % {"least": least, "most": most}
        return least
    return kind


def yes_no(problems: Problems, path: str, given: object) -> bool:
    """Yes or no."""
    if not isinstance(given, bool):
        problems[path] = _("Write true or false.")
    return given is True


def one_of(choices: type[StrEnum]) -> Kind:
    """One of the values of an enum."""
    def kind(problems: Problems, path: str, given: object) -> str:
        if isinstance(given, str) and given in {choice.value for choice in choices}:
            return str(given)
        problems[path] = _("Write one of these: %s.") % ", ".join(choice.value for choice in choices)
        return next(iter(choices)).value
    return kind


def maybe(kind: Kind) -> Kind:
    """What a kind reads, or nothing."""
    return lambda problems, path, given: None if given in (None, NONE) else kind(problems, path, given)


def words(at_most: int, *, needed: bool = False) -> Kind:
    """A text of so many letters; with `needed`, not an empty one."""
    def kind(problems: Problems, path: str, given: str) -> str:
        return typed(problems, path, given, at_most=at_most, needed=_("Write something here.") if needed else "")
    return _text(kind)


def link(at_most: int) -> Kind:
    """The address of a page, or an empty text."""
    return _text(lambda problems, path, given: web_link(problems, path, given, at_most=at_most))


def many(kind: Kind, least: int, at_most: int) -> Kind:
    """A list of so many; the one at fault is told by its place, from 1."""
    def read_all(problems: Problems, path: str, given: object) -> list[Any]:
        if not isinstance(given, list) or not least <= len(given) <= at_most:
            problems[path] = _("Write a list of %(least)d to %(most)d.") % {"least": least, "most": at_most}
            return []
        return [kind(problems, f"{path}[{place}]", one) for place, one in enumerate(given, start=1)]
    return read_all


def table(shape: Shape) -> Kind:
    """A table of settings of its own."""
    return lambda problems, path, given: read(problems, given, shape, path)


def _text(kind: Callable[[Problems, str, str], Any]) -> Kind:
    def read_text(problems: Problems, path: str, given: object) -> Any:
        if isinstance(given, str):
            return kind(problems, path, given)
        problems[path] = _("Write a text, in quotes.")
        return ""
    return read_text


def _read_one(problems: Problems, path: str, given: Mapping[str, object], name: str, one: Setting) -> Any:
    if name in given:
        return one.kind(problems, path, given[name])
    if one.usual is NEEDED:
        problems[path] = _("This is missing.")
    return one.usual


def _unknown(name: str, shape: Shape) -> str:
    near = get_close_matches(name, shape, n=1)
    if near:
        return _("There is no such setting. Do you mean %s?") % str(near[0])
    return _("There is no such setting.")


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
