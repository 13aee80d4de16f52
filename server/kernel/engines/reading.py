"""Rows made into objects by a plan that is kept for each statement.

Tortoise looks at every column of every row anew: by its name, and for how it is read. Which columns a statement gives,
and to which objects they belong, is the same each time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from tortoise import Model
from tortoise.fields import UUIDField
from tortoise.fields.base import Field

MOST_KEPT, IDS_KEPT = 2_000, 20_000
Convert = Callable[[Any], Any]
Path = tuple[Any, ...]

id_of = lru_cache(IDS_KEPT)(UUID)
"""The same few ids come again and again."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns that make one object: where each stands, its attribute, and how it is read. `key`: where its id
    stands, without which there is none. `path`: as what it hangs below which other one."""

    model: type[Model]
    columns: tuple[tuple[int, str, Convert | None], ...]
    key: int
    path: Path

    def made(self, row: Sequence[Any]) -> Model:
        """The object of a row."""
        one = self.model.__new__(self.model)
        meta = self.model._meta
        one.__dict__ = {
            "_partial": False, "_saved_in_db": True, "_await_when_save": {},
            "_custom_generated_pk": meta.db_pk_column not in meta.generated_db_fields,
            **{name: row[at] if convert is None else convert(row[at]) for at, name, convert in self.columns},
        }
        return one


Read = Callable[[Sequence[Any]], Model]
_kept: dict[str, Read] = {}


def are_whole(related: Sequence[Any]) -> bool:
    """Whether each model of a statement, as Tortoise lists them, comes with all its columns."""
    return all(one[1] == len(one[0]._meta.db_fields) for one in related)


def reader(sql: str, row: sqlite3.Row, model: type[Model], related: Sequence[Any]) -> Read:
    """What makes the objects of a statement's rows, of which this is one.

    `related`: what comes with the model, as Tortoise lists it, itself first.
    """
    if sql not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[sql] = _reader(list(row.keys()), model, related)
    return _kept[sql]


def _reader(names: Sequence[str], model: type[Model], related: Sequence[Any]) -> Read:
    if len(related) > 1:
        return partial(_joined, list(_parts(names, related)))
    if set(names) != set(model._meta.db_fields):
        return lambda row: model._init_from_db(**dict(zip(names, row, strict=True)))
    return _part(model, names, 0, ()).made


def _joined(parts: Sequence[_Part], row: Sequence[Any]) -> Model:
    """The object of a row, with those that come with it."""
    first = parts[0].made(row)
    found = {parts[0].path: first}
    for part in parts[1:]:
        *above, name = part.path
        if (holder := found.get(tuple(above))) is not None:
            below = None if row[part.key] is None else part.made(row)
            object.__setattr__(holder, f"_{name}", below)
            if below is not None:
                found[part.path] = below
    return first


def _parts(names: Sequence[str], related: Sequence[Any]) -> Iterator[_Part]:
    first = 0
    for model, width, *_, path in related:
        own = [name.rpartition(".")[2] for name in names[first:first + width]]
        yield _part(model, own, first, tuple(path))
        first += width


def _part(model: type[Model], names: Sequence[str], first: int, path: Path) -> _Part:
    meta = model._meta
    read: dict[str, tuple[str, Convert | None]] = {
        **{key: (name, None) for key, name, _ in meta.db_native_fields},
        **{key: (name, _typed(field)) for key, name, field in meta.db_default_fields},
        **{key: (name, _own(field)) for key, name, field in meta.db_complex_fields},
    }
    columns = tuple((first + at, *read[name]) for at, name in enumerate(names))
    return _Part(model, columns, first + list(names).index(meta.db_pk_column), path)


def _typed(field: Field[Any]) -> Convert:
    kind: Convert = field.field_type
    return lambda value: None if value is None else kind(value)


def _own(field: Field[Any]) -> Convert:
    if type(field) is UUIDField:
        return lambda value: None if value is None else id_of(value)
    return field.to_python_value
