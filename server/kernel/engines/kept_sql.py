"""SQL text kept by the shape of a query (docs/decisions/0013-kept-sql.md).

Tortoise builds the text of every statement anew; for a page that takes longer than all that the database does. The text
depends on which columns are compared and how, never on the values: so it is kept, and only values are put in.

A text is kept only if the values that we would put in are, in their order, those that Tortoise itself put in. Whatever
has a shape that we do not know is built as before.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from tortoise import Model, filters
from tortoise.expressions import F, Q, Subquery
from tortoise.queryset import (
    AwaitableQuery,
    CountQuery,
    ExistsQuery,
    QuerySet,
    UpdateQuery,
    ValuesListQuery,
    ValuesQuery,
)

from server.kernel.engines import long_lists

MOST_SHAPES, MOST_IN_LIST = 2_000, 50
"""Texts kept, and how long a list of values may be for one: bounds of memory, since each length has its own text."""
ONE = (str, int, float, Decimal, UUID, Enum, date, time, timedelta, bytes, Model)
MANY = (list, tuple, set, frozenset)
COMPARING = {
    operator.eq, operator.gt, operator.ge, operator.lt, operator.le, filters.not_equal, filters.is_in, filters.not_in,
    long_lists.is_in, long_lists.not_in,
}
BY_VALUE = {filters.is_null, filters.not_null}
"""Operators whose text depends on a truth value, which is part of the shape."""
UNKNOWN = ("_select_for_update", "_group_bys", "_force_indexes", "_use_indexes")
"""Parts of a query with which it is built as before."""

SET = "="
"""What stands before the name of a column that is written, among the values of a query."""

Encode = Callable[[Any], Any]


class _Unknown(Exception):
    """Something whose text may depend on more than its shape."""


@dataclass(frozen=True, slots=True)
class _Kept:
    sql: str
    related: list[Any]
    encoders: list[Encode | None]


class _Ready:
    """What an awaited query holds instead of a builder: its text and values."""

    def __init__(self, sql: str, values: list[Any]) -> None:
        self._parts = sql, values

    def get_parameterized_sql(self) -> tuple[str, list[Any]]:
        """The same answer as a builder's."""
        return self._parts


_kept: dict[Hashable, _Kept | None] = {}


def install() -> None:
    """Let every query that reads or changes look for its text before it is built. Again does nothing."""
    for kind in (QuerySet, ValuesListQuery, ValuesQuery, CountQuery, ExistsQuery, UpdateQuery):
        kind.__await__ = _await  # type: ignore[method-assign, assignment]  # one way for all of them


def _await(query: AwaitableQuery[Any]) -> Generator[Any, None, Any]:
    query._choose_db_if_not_chosen(isinstance(query, UpdateQuery) or getattr(query, "_select_for_update", False))
    _make(query)
    return query._execute().__await__()


def _make(query: Any) -> None:
    """What `_make_query` does, from the kept text if there is one."""
    given: list[tuple[type[Model], str, Any]] = []
    try:
        shape = (query._db.capabilities.dialect, *_shape(query, given))
    except _Unknown:
        query._make_query()
        return
    if shape not in _kept:
        _build(query, shape, given)
    elif (kept := _kept[shape]) is None:
        query._make_query()
    else:
        query.query = _Ready(kept.sql, _values(kept.encoders, given))
        if isinstance(query, QuerySet):
            query._select_related_idx = kept.related


def _build(query: Any, shape: Hashable, given: list[tuple[type[Model], str, Any]]) -> None:
    query._make_query()
    sql, values = query.query.get_parameterized_sql()
    query.query = _Ready(sql, values)
    if len(_kept) >= MOST_SHAPES:
        _kept.clear()
    _kept[shape] = None
    try:
        encoders = [_encoder(model, key, value) for model, key, value in given]
    except _Unknown:
        return
    if _values(encoders, given) == values:
        _kept[shape] = _Kept(sql, getattr(query, "_select_related_idx", []), encoders)


def _values(encoders: Sequence[Encode | None], given: list[tuple[type[Model], str, Any]]) -> list[Any]:
    values: list[Any] = []
    for encode, (_model, _key, value) in zip(encoders, given, strict=True):
        if encode is not None:
            encoded = encode(value)
            values.extend(encoded) if isinstance(value, MANY) else values.append(encoded)
    return values


def _shape(query: Any, given: list[tuple[type[Model], str, Any]]) -> tuple[Hashable, ...]:
    """Everything that the text depends on; the values that go into it are added to `given` in their order."""
    model, selected = query.model, _SELECTED.get(type(query))
    if selected is None or query._annotations or any(getattr(query, name, None) for name in UNKNOWN):
        raise _Unknown
    written = _written(query, given) if isinstance(query, UpdateQuery) else ()
    wheres = tuple([_tree(model, node, given) for node in query._q_objects])
    return (type(query), model, written, wheres, *selected(query), *_ends(query, given))


def _written(query: UpdateQuery, given: list[tuple[type[Model], str, Any]]) -> Hashable:
    """The columns that are written, and which of them get nothing; of JSON objects shows nothing."""
    columns = query.model._meta.fields_db_projection
    for key, value in query.update_kwargs.items():
        if key not in columns or not (value is None or isinstance(value, (*ONE, dict))):
            raise _Unknown
        if value is not None:
            given.append((query.model, SET + key, value))
    return tuple([(key, value is None) for key, value in query.update_kwargs.items()])


def _tree(model: type[Model], node: Q, given: list[tuple[type[Model], str, Any]]) -> Hashable:
    compared = [(key, _kind(model, key, value, given)) for key, value in node.filters.items()]
    below = () if node.filters else tuple([_tree(model, child, given) for child in node.children])
    return node.join_type, node._is_negated, tuple(compared), below


def _kind(model: type[Model], key: str, value: Any, given: list[tuple[type[Model], str, Any]]) -> Hashable:
    """What of a value shows in the text: nothing of most, the truth of a truth value, the length of a list."""
    if value is None:
        return None
    if isinstance(value, F):
        return "column", value.name
    if isinstance(value, Subquery):
        return _shape(value.query, given)
    given.append((model, key, value))
    if isinstance(value, bool):
        return "is", value
    if isinstance(value, ONE):
        return "one"
    if isinstance(value, MANY) and len(value) <= MOST_IN_LIST:
        return "many", len(value)
    raise _Unknown


def _ends(query: Any, given: list[tuple[type[Model], str, Any]]) -> tuple[Hashable, ...]:
    if isinstance(query, CountQuery | UpdateQuery):
        return ()
    if isinstance(query, ExistsQuery):
        given.append((query.model, "", 1))
        return ()
    ends = [one for one in (query._limit, query._offset) if one is not None]
    if 0 in ends:
        raise _Unknown
    given.extend((query.model, "", one) for one in ends)
    return query._limit is None, query._offset is None, query._distinct, tuple(query._orderings)


def _encoder(model: type[Model], key: str, value: Any) -> Encode | None:
    """How Tortoise makes a filter's value ready for the database; None if the text takes none."""
    if not key:
        return _as_it_is
    meta = model._meta
    if key.startswith(SET):
        column: Any = meta.fields_map[key.removeprefix(SET)]
        return lambda value: column.to_db_value(value, None)
    if key in meta.fk_fields or key in meta.o2o_fields:
        field: Any = meta.fields_map[key]
        return _unwrapped(_encoder(model, field.source_field, value), field.to_field_instance.model_field_name)
    first, _, rest = key.partition("__")
    if key not in meta.filters and first in meta.fetch_fields:
        related: Any = meta.fields_map[first]
        return _encoder(related.related_model, rest, value)
    return _of_filter(model, key)


def _of_filter(model: type[Model], key: str) -> Encode | None:
    if key not in model._meta.filters:
        raise _Unknown
    info = model._meta.get_filter(key)
    if info["operator"] in BY_VALUE:
        return None
    if info["operator"] not in COMPARING:
        raise _Unknown
    encode = info.get("value_encoder")
    if "table" in info:
        return (lambda value: encode(value, model)) if encode else _as_it_is
    field = model._meta.fields_map[info["field"]]
    if encode:
        return lambda value: encode(value, model, field)
    return lambda value: field.to_db_value(value, model)


def _unwrapped(encode: Encode | None, attribute: str) -> Encode | None:
    if encode is None:
        return None
    return lambda value: encode(getattr(value, attribute) if isinstance(value, Model) else value)


def _as_it_is(value: Any) -> Any:
    return value


_SELECTED: dict[type[Any], Callable[[Any], tuple[Hashable, ...]]] = {
    QuerySet: lambda query: (tuple(query._fields_for_select), tuple(sorted(query._select_related))),
    ValuesListQuery: lambda query: (tuple(query.fields.items()),),
    ValuesQuery: lambda query: (tuple(query._fields_for_select.items()),),
    CountQuery: lambda query: (query._distinct,),
    ExistsQuery: lambda _query: (),
    UpdateQuery: lambda query: (query._limit, tuple(query._orderings)),
}
"""What each kind of query selects."""
