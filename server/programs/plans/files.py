"""A document as a file that people read, compare and move: TOML, or JSON. Written and read it is the same. Pure."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from server.kernel.db import Json
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.programs.plans.fields import NONE

FORMAT = 1
LETTERS_MOST = 1_000_000
DEEP = 3
HEAD = "# The configuration of a programme. 'ithaca program import' reads it; see docs/operate.md."


def written(content: Mapping[str, Any], *, as_json: bool = False) -> str:
    """A document as the text of a file."""
    if as_json:
        return json.dumps({"format": FORMAT, **content}, ensure_ascii=False, indent=2) + "\n"
    return "\n".join([HEAD, f"format = {FORMAT}", *_lines(content)]) + "\n"


def parsed(text: str, *, as_json: bool = False) -> Json:
    """What a file says, not checked yet.

    Raises:
        Invalid: it cannot be read (with line and column), or is of a format that this release does not know.
    """
    if len(text) > LETTERS_MOST:
        raise Invalid({"": _("This file is too large for the configuration of a programme.")})
    try:
        found = _from_json(text) if as_json else tomllib.loads(text)
    except RecursionError as error:
        raise Invalid({"": _("This file cannot be read: it is too deep.")}) from error
    except ValueError as error:     # both kinds of file: the message tells line and column
        raise Invalid({"": _("This file cannot be read: %s") % error}) from error
    if not isinstance(found, dict):
        raise Invalid({"": _("This file holds one value, and a table of settings is needed.")})
    if found.pop("format", None) != FORMAT:
        raise Invalid({"format": _("This release reads format %d. Write it into the first line.") % FORMAT})
    return found


def in_words(value: object) -> str:
    """One value as a file of TOML has it, in one line."""
    if value is None:
        return _string(NONE)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(in_words(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name} = {in_words(one)}' for name, one in value.items())}}}"
    return _string(value) if isinstance(value, str) else str(value)


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    """Single values first: in TOML whatever follows the head of a table belongs to the table."""
    tables = {name: value for name, value in content.items() if isinstance(value, dict)}
    for name, value in content.items():
        if name not in tables:
            yield from _setting(name, value)
    for name, table in tables.items():
        yield from _table(name, table)


def _table(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    """A table; what in it goes as deep as a message with its words is a table of its own, not a line without end."""
    deep = {name: value for name, value in table.items() if _depth(value) >= DEEP}
    if len(deep) < len(table) or not table:
        yield from ("", f"[{path}]")
    for name, value in table.items():
        if name not in deep:
            yield from _setting(name, value)
    for name, value in deep.items():
        yield from _table(f"{path}.{name}", value)


def _depth(value: object) -> int:
    return 1 + max(map(_depth, value.values()), default=0) if isinstance(value, dict) else 0


def _setting(name: str, value: object) -> Iterator[str]:
    """A setting; a list of texts or tables has a line for each, so that a comparison shows which one changed."""
    if isinstance(value, list) and any(isinstance(one, str | dict) for one in value):
        yield from (f"{name} = [", *(f"  {in_words(one)}," for one in value), "]")
    else:
        yield f"{name} = {in_words(value)}"


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _from_json(text: str) -> object:
    return json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)


def _once_each(pairs: list[tuple[str, object]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for place, (name, _value) in enumerate(pairs) if name in dict(pairs[:place]))
        raise ValueError(_("%s stands there twice.") % twice)
    return found


def _no_number(name: str) -> object:
    raise ValueError(_("%s is no number here.") % name)
