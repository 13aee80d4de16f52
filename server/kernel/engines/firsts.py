"""The first value of each of several questions in one statement: asking six tables in turn costs six times as much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.connection import get_connection
from tortoise.fields.base import Field
from tortoise.queryset import QuerySet


@dataclass(frozen=True, slots=True)
class Firsts:
    """A statement for the earliest moment of each question, written once and asked often."""

    sql: str
    given: list[Any]
    fields: list[Field[Any]]

    async def now(self) -> list[datetime | None]:
        """What it comes to now, in the order of the questions; None where there is nothing."""
        if not self.fields:
            return []
        _, [row] = await get_connection("default").execute_query(self.sql, self.given)
        return [field.to_python_value(value) for field, value in zip(self.fields, tuple(row), strict=True)]


def firsts(asked: Sequence[tuple[QuerySet[Any], str]]) -> Firsts:
    """For the earliest moment in a column of each of some querysets."""
    connection = get_connection("default")
    inner = [_first(rows.using_db(connection), column) for rows, column in asked]
    sql, given = connection.query_class.select(*inner).get_parameterized_sql()
    return Firsts(sql, given, [rows.model._meta.fields_map[column] for rows, column in asked])


def _first(rows: QuerySet[Any], column: str) -> Any:
    first = rows.order_by(column).limit(1).values_list(column)
    first._make_query()
    return first.query
