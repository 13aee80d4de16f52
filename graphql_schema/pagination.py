"""Keyset connections: a cursor is a place in an order, so rows that arrive meanwhile shift nothing.

A cursor holds the sort key and the id of its row, closed with the installation's key: it may hold a name, and one that
we did not make for this very order does not open.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry
from tortoise import Model
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.kernel.errors import Invalid
from server.kernel.secrets import SecretUnreadable, decrypt, encrypt
from server.kernel.text import gettext as _

PAGE_SIZE = 25
PAGE_MAX = 100

M = TypeVar("M", bound=Model)
T = TypeVar("T")
Row = TypeVar("Row")
Key = tuple[Any, ...]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """By these attributes, the last of them unique, all in one direction. Columns of a query are never empty."""

    fields: tuple[str, ...] = ("id",)
    newest_first: bool = False

    @property
    def place(self) -> str:
        """The name that a cursor of this order is bound to."""
        return f"cursor:{','.join(self.fields)}:{self.newest_first}"

    def key(self, row: object) -> Key:
        """The sort key of a row."""
        return tuple(getattr(row, name) for name in self.fields)


@strawberry.type(description="One place of a page.")
class Edge(Generic[T]):
    order: strawberry.Private[Order]
    key: strawberry.Private[Key]
    node: T

    @strawberry.field(description="Where it lies in the list.")
    def cursor(self) -> str:
        return cursor_of(self.order, self.key)


@strawberry.type(description="A page of a list. At most 100 at a time, 25 unless told otherwise.")
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="How many there are in all. It costs a count of its own: ask only when it is shown.")
    async def total_count(self) -> int:
        return await self.count()


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: `size` rows after one place and before another, from the start or from the end."""

    size: int
    after: str | None
    before: str | None
    from_end: bool

    @classmethod
    def of(cls, first: int | None, after: str | None, last: int | None, before: str | None) -> Window:
        """The window that Relay's four arguments ask for.

        Raises:
            Invalid: both ends at once, or a size outside 1 to 100.
        """
        if first is not None and last is not None:
            raise Invalid({"last": _("Ask for the first or the last, not for both.")})
        name, size = ("first", first) if last is None else ("last", last)
        if size is not None and not 1 <= size <= PAGE_MAX:
            raise Invalid({name: _("Ask for 1 to %(most)s at a time.") % {"most": PAGE_MAX}})
        return cls(size or PAGE_SIZE, after, before, from_end=last is not None)


async def page_of(rows: QuerySet[M], order: Order, window: Window, show: Callable[[M], T]) -> Connection[T]:
    """One page of a query.

    Raises:
        Invalid: a cursor that is not of this list.
    """
    found = await _from_database(rows, order, window, *_places(order, window))

    async def count() -> int:
        return await rows.count()

    return _connection(found, order, window, show, count)


def page_of_list(rows: Sequence[Row], order: Order, window: Window, show: Callable[[Row], T]) -> Connection[T]:
    """One page of a list that is at hand already, because it is short or was worked out as a whole.

    Raises:
        Invalid: a cursor that is not of this list.
    """
    found = _from_list(rows, order, window, *_places(order, window))

    async def count() -> int:
        return len(rows)

    return _connection(found, order, window, show, count)


def _connection(
    found: Sequence[Row], order: Order, window: Window, show: Callable[[Row], T], count: Callable[[], Awaitable[int]]
) -> Connection[T]:
    more, kept = len(found) > window.size, list(found[: window.size])
    if window.from_end:
        kept.reverse()
    edges = [Edge(order=order, key=order.key(row), node=show(row)) for row in kept]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=window.before is not None if window.from_end else more,
            has_previous_page=more if window.from_end else window.after is not None,
            start_cursor=cursor_of(order, edges[0].key) if edges else None,
            end_cursor=cursor_of(order, edges[-1].key) if edges else None,
        ),
        count=count,
    )


async def _from_database(
    rows: QuerySet[M], order: Order, window: Window, after: Key | None, before: Key | None
) -> list[M]:
    if after is not None:
        rows = rows.filter(_beyond(order.fields, after, "lt" if order.newest_first else "gt"))
    if before is not None:
        rows = rows.filter(_beyond(order.fields, before, "gt" if order.newest_first else "lt"))
    sign = "-" if order.newest_first is not window.from_end else ""
    return await rows.order_by(*(f"{sign}{name}" for name in order.fields)).limit(window.size + 1)


def _beyond(fields: tuple[str, ...], key: Key, than: str) -> Q:
    """(a, b) > (x, y), spelled out: a > x, or a = x and b > y."""
    steps = [
        Q(**{f"{name}__{than}": value}, **dict(zip(fields[:index], key[:index], strict=True)))
        for index, (name, value) in enumerate(zip(fields, key, strict=True))
    ]
    return Q(*steps, join_type=Q.OR)


def _from_list(
    rows: Sequence[Row], order: Order, window: Window, after: Key | None, before: Key | None
) -> list[Row]:
    ordered = sorted(rows, key=lambda row: _comparable(order.key(row)), reverse=order.newest_first)
    start = 0 if after is None else _passed(ordered, order, after, or_at=True)
    end = len(ordered) if before is None else _passed(ordered, order, before, or_at=False)
    between = ordered[start:end]
    return between[::-1] if window.from_end else between


def _passed(ordered: Sequence[Row], order: Order, place: Key, *, or_at: bool) -> int:
    """How many rows lie before a place, or at it."""
    there = _comparable(place)

    def lies_before(key: Key) -> bool:
        return (or_at and key == there) or (key > there if order.newest_first else key < there)

    return sum(lies_before(_comparable(order.key(row))) for row in ordered)


def _comparable(key: Key) -> Key:
    """A key that compares even where a value is missing: those come last with the newest first."""
    return tuple((value is not None, value) for value in key)


def cursor_of(order: Order, key: Key) -> str:
    """The cursor of a place in an order."""
    return encrypt(json.dumps([_write(value) for value in key]), order.place)[1:]


def _places(order: Order, window: Window) -> tuple[Key | None, Key | None]:
    return _place(order, "after", window.after), _place(order, "before", window.before)


def _place(order: Order, name: str, cursor: str | None) -> Key | None:
    if cursor is None:
        return None
    try:
        return tuple(_read(*value) for value in json.loads(decrypt(f"\x01{cursor}", order.place)))
    except (SecretUnreadable, ValueError) as error:
        raise Invalid({name: _("This cursor is not of this list. Begin again without one.")}) from error


def _write(value: object) -> tuple[str, object]:
    if value is None:
        return "none", None
    kind = next(kind for kind in (datetime, date, UUID, int, str) if isinstance(value, kind))
    return kind.__name__, value if kind in (int, str) else str(value)


def _read(kind: str, value: Any) -> object:
    readers: dict[str, Callable[[Any], object]] = {
        "datetime": datetime.fromisoformat, "date": date.fromisoformat, "UUID": UUID, "int": int, "str": str,
        "none": lambda _: None,
    }
    return readers[kind](value)
