"""Counting what a block asks of the database, the same on both engines; and what PostgreSQL reads for it."""

import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tortoise.connection import get_connection
from tortoise.log import db_client_logger

STATEMENT = "%s: %s"
"""The form in which Tortoise's clients log a statement with its values; everything else is about connections."""


@contextmanager
def queries_run() -> Iterator[list[str]]:
    """The statements that the block runs, in order: `with queries_run() as ran: ...; assert len(ran) == 2`."""
    ran: list[str] = []
    with _heard(lambda statement, _: ran.append(statement)):
        yield ran


async def rows_read(act: Callable[[], Awaitable[object]]) -> int:
    """How many rows PostgreSQL takes from tables and indexes for what an act asks, also those it then leaves out."""
    asked = list[tuple[str, Any]]()
    with _heard(lambda statement, values: asked.append((statement, values))):
        await act()
    return sum([await _rows_of(*one) for one in asked if one[0].startswith("SELECT")])


async def _rows_of(statement: str, values: Any) -> int:
    explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    _, [row] = await get_connection("default").execute_query(explained, values)
    return _scanned(json.loads(row["QUERY PLAN"])[0]["Plan"])


def _scanned(node: dict[str, Any]) -> int:
    taken = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    own = taken * node["Actual Loops"] if node["Node Type"].endswith("Scan") else 0
    return int(own) + sum(_scanned(below) for below in node.get("Plans", []))


@contextmanager
def _heard(hear: Callable[[str, Any], object]) -> Iterator[None]:
    listener = _Listener(hear)
    before = db_client_logger.level
    db_client_logger.addHandler(listener)
    db_client_logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        db_client_logger.setLevel(before)
        db_client_logger.removeHandler(listener)


class _Listener(logging.Handler):
    def __init__(self, hear: Callable[[str, Any], object]) -> None:
        super().__init__(logging.DEBUG)
        self._hear = hear

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == STATEMENT and isinstance(record.args, tuple):
            statement, values = record.args
            self._hear(str(statement), values)
