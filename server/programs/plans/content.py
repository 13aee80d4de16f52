"""A configuration as one document: its canonical text and digest, what two differ in, and one change over another."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from server.kernel.db import Json

ABSENT = object()


class Change(NamedTuple):
    """One setting that two documents have otherwise, by its path (`rules.same_team`); a list is one setting."""

    path: str
    was: object
    now: object


def canonical(content: Mapping[str, object]) -> str:
    """The one text that a document has, whatever order its settings came in."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(content: Mapping[str, object]) -> str:
    """What a document is known by: SHA-256 of its canonical text, in hexadecimal.

    An empty table says nothing, so it counts for nothing: a part that a later release adds changes no digest.
    """
    return sha256(canonical({name: value for name, value in content.items() if value != {}}).encode()).hexdigest()


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    """What one document sets otherwise than another, in the order of the first."""
    was, now = dict(_settings(before)), dict(_settings(after))
    return [
        Change(path, was.get(path), now.get(path)) for path in {**was, **now}
        if canonical({"": was.get(path)}) != canonical({"": now.get(path)})
    ]


def over(base: Mapping[str, object], mine: Mapping[str, object], theirs: Mapping[str, object]) -> Json:
    """Their document with what mine changed since the base of both; where both changed a setting, mine holds.

    A table's settings may come and go. One that mine never had, nor the base, is one of a later release, and theirs.
    """
    changed: Json = {}
    for name in {**theirs, **mine}:
        before, own, value = (one.get(name, ABSENT) for one in (base, mine, theirs))
        if isinstance(own, dict) and isinstance(value, dict):
            changed[name] = over(before if isinstance(before, dict) else {}, own, value)
        elif (holds := value if own == before else own) is not ABSENT:
            changed[name] = holds
    return changed


def _settings(content: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
