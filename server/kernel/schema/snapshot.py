"""What a database holds, as far as a migration may lose it: rows of each table, indexes, foreign keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tortoise import Model
from tortoise.backends.base.client import BaseDBAsyncClient

POSTGRES_INDEXES = """
SELECT t.relname AS table_name, ix.indisunique AS is_unique,
       (SELECT array_agg(a.attname::text ORDER BY k.place)
          FROM unnest(ix.indkey) WITH ORDINALITY AS k(number, place)
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) AS columns
  FROM pg_index ix JOIN pg_class t ON t.oid = ix.indrelid
 WHERE t.relnamespace = current_schema()::regnamespace"""
POSTGRES_KEYS = """
SELECT t.relname AS table_name, target.relname AS target_name, c.confdeltype::text AS on_delete,
       (SELECT array_agg(a.attname::text ORDER BY k.place)
          FROM unnest(c.conkey) WITH ORDINALITY AS k(number, place)
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) AS columns
  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class target ON target.oid = c.confrelid
 WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace"""
POSTGRES_TABLES = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


class Index(NamedTuple):
    """An index by what it does; engines name and rename it as they like."""

    table: str
    columns: tuple[str, ...]
    unique: bool


class ForeignKey(NamedTuple):
    """A foreign key: these columns of `table` point to a row of `target`."""

    table: str
    columns: tuple[str, ...]
    target: str
    on_delete: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What there is at one moment."""

    rows: dict[str, int]
    indexes: frozenset[Index]
    foreign_keys: frozenset[ForeignKey]


async def take(connection: BaseDBAsyncClient) -> Snapshot:
    """Count the rows of every table and list its indexes and foreign keys."""
    sqlite = connection.capabilities.dialect == "sqlite"
    tables = [str(row["name"]) for row in await _query(connection, SQLITE_TABLES if sqlite else POSTGRES_TABLES)]
    rows = {table: await _count(connection, table) for table in tables}
    if sqlite:
        return Snapshot(rows, await _sqlite_indexes(connection, tables), await _sqlite_keys(connection, tables))
    return Snapshot(rows, await _postgres_indexes(connection), await _postgres_keys(connection))


def promised(models: Iterable[type[Model]]) -> frozenset[Index]:
    """The indexes that the models declare: unique columns, `unique_together` and `Meta.indexes` (not primary keys)."""
    return frozenset(index for model in models for index in _declared(model))


def _declared(model: type[Model]) -> Iterable[Index]:
    meta = model._meta
    for name, column in meta.fields_db_projection.items():
        field = meta.fields_map[name]
        if field.unique and not field.pk:
            yield Index(meta.db_table, (column,), True)
    for names in meta.unique_together:
        yield Index(meta.db_table, _columns(model, names), True)
    for index in meta.indexes:
        names = tuple(index if isinstance(index, tuple) else index.fields)
        yield Index(meta.db_table, _columns(model, names), False)


def _columns(model: type[Model], names: Iterable[str]) -> tuple[str, ...]:
    fields = (model._meta.fields_map[name] for name in names)
    return tuple(field.source_field or field.model_field_name for field in fields)


async def _query(connection: BaseDBAsyncClient, sql: str) -> list[dict[str, Any]]:
    _, rows = await connection.execute_query(sql)
    return [dict(row) for row in rows]


async def _count(connection: BaseDBAsyncClient, table: str) -> int:
    (row,) = await _query(connection, f'SELECT count(*) AS n FROM "{table}"')  # noqa: S608  # a name from the catalogue
    return int(row["n"])


async def _sqlite_indexes(connection: BaseDBAsyncClient, tables: list[str]) -> frozenset[Index]:
    found = set()
    for table in tables:
        for index in await _query(connection, f'PRAGMA index_list("{table}")'):
            columns = await _query(connection, f'PRAGMA index_info("{index["name"]}")')
            found.add(Index(table, tuple(column["name"] for column in columns), bool(index["unique"])))
    return frozenset(found)


async def _sqlite_keys(connection: BaseDBAsyncClient, tables: list[str]) -> frozenset[ForeignKey]:
    found = set()
    for table in tables:
        for key in await _query(connection, f'PRAGMA foreign_key_list("{table}")'):
            found.add(ForeignKey(table, (key["from"],), key["table"], key["on_delete"]))
    return frozenset(found)


async def _postgres_indexes(connection: BaseDBAsyncClient) -> frozenset[Index]:
    rows = await _query(connection, POSTGRES_INDEXES)
    return frozenset(Index(row["table_name"], tuple(row["columns"] or ()), row["is_unique"]) for row in rows)


async def _postgres_keys(connection: BaseDBAsyncClient) -> frozenset[ForeignKey]:
    rows = await _query(connection, POSTGRES_KEYS)
    return frozenset(
        ForeignKey(row["table_name"], tuple(row["columns"]), row["target_name"], row["on_delete"]) for row in rows
    )
