"""A configuration as one document: its canonical text and digest, what two differ in, and one change over another."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from server.kernel.db import Json


class Change(NamedTuple):
    """One setting that two documents have otherwise, by its path (`rules.same_team`); a list is one setting."""

    path: str
    was: object
    now: object


def canonical(content: Mapping[str, object]) -> str:
    """The one text that a document has, whatever order its settings came in."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(content: Mapping[str, object]) -> str:
    """What a document is known by: SHA-256 of its canonical text, in hexadecimal."""
    return sha256(canonical(content).encode()).hexdigest()


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    """What one document sets otherwise than another, in the order of the first."""
    was, now = dict(_settings(before)), dict(_settings(after))
    return [
        Change(path, was.get(path), now.get(path)) for path in {**was, **now}
        if canonical({"": was.get(path)}) != canonical({"": now.get(path)})
    ]


def over(base: Mapping[str, object], mine: Mapping[str, object], theirs: Mapping[str, object]) -> Json:
    """Their document with what mine changed since the base of both; where both changed a setting, mine holds."""
    changed: Json = {}
    for name, value in theirs.items():
        own, before = mine.get(name, value), base.get(name, value)
        if isinstance(value, dict) and isinstance(own, dict) and isinstance(before, dict):
            changed[name] = over(before, own, value)
        else:
            changed[name] = value if own == before else own
    return changed


def _settings(content: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
