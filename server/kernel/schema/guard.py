"""Runs the migrations so that none can lose anything unnoticed.

Tortoise's own migrations rebuild a SQLite table by dropping the old one. With foreign keys on, the drop deletes every
row that points to it, and the rebuilt table has lost its indexes (both seen by tests/server/kernel/schema). So the
migrating connection has foreign keys off, the file is backed up first, lost indexes are made again, and what was there
before is compared with what is there after. PostgreSQL changes its tables in one transaction: a loss rolls it back.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tortoise import Model
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor
from tortoise.transactions import in_transaction

from server.kernel import clock
from server.kernel.db import MIGRATIONS, configuration
from server.kernel.schema import snapshot, whole
from server.kernel.schema.short_lived import many_models
from server.kernel.schema.snapshot import Index, Snapshot

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7448354)"


class MigrationFailed(Exception):
    """A migration failed or would have lost something; the database is as it was before. The text says what and why."""


async def migrate(url: str, backups: Path, *, migrations: str = MIGRATIONS) -> list[str]:
    """Bring the database at `url` up to date and return the names of the migrations that ran, in order.

    SQLite: a copy of the file goes to `backups` before anything changes, and comes back if anything is lost.
    No other process may have a SQLite database open meanwhile.

    Raises:
        MigrationFailed: nothing was changed, or everything was put back.
    """
    config = _migrating_configuration(url, migrations)
    async with TortoiseContext() as context:
        try:
            await context.init(config=config)
            pending = await _plan(get_connection("default"), config["apps"])
            if not pending:
                return []
            if url.startswith("sqlite"):
                await _migrate_file(context, config, backups, pending)
            else:
                await _migrate_server(context, config)
        finally:
            await context.close_connections()
    return pending


async def pending(context: TortoiseContext, *, migrations: str = MIGRATIONS) -> list[str]:
    """The names of the migrations that the open database still lacks."""
    return await _plan(context.connections.get("default"), {"models": {"migrations": migrations}})


async def _migrate_file(context: TortoiseContext, config: dict[str, Any], backups: Path, names: list[str]) -> None:
    path = Path(config["connections"]["default"]["credentials"]["file_path"])
    connection = get_connection("default")
    before = await snapshot.take(connection)
    backup = _back_up(path, backups, names[0]) if before.rows else None
    try:
        await _apply(config, connection, new=not before.rows)
        await _make_indexes_again(context, connection, before)
        _compare(context, before, await snapshot.take(connection))
        await _check_references(connection)
    except Exception as error:
        await context.close_connections()
        where = _put_back(backup, path)
        raise MigrationFailed(f"{_in_words(error)} {where}") from error


async def _migrate_server(context: TortoiseContext, config: dict[str, Any]) -> None:
    try:
        async with in_transaction("default") as connection:
            await connection.execute_query(ONE_AT_A_TIME)
            before = await snapshot.take(connection)
            await _apply(config, connection, new=not before.rows)
            _compare(context, before, await snapshot.take(connection))
    except Exception as error:
        raise MigrationFailed(f"{_in_words(error)} Everything was rolled back.") from error


def _migrating_configuration(url: str, migrations: str) -> dict[str, Any]:
    config = configuration(url)
    config["apps"]["models"]["migrations"] = migrations
    if url.startswith("sqlite"):
        credentials = config["connections"]["default"]["credentials"]
        credentials["foreign_keys"] = "OFF"
        Path(credentials["file_path"]).parent.mkdir(parents=True, exist_ok=True)
    return config


async def _plan(connection: BaseDBAsyncClient, apps: dict[str, dict[str, Any]]) -> list[str]:
    await connection.execute_query("SELECT 1")  # upstream takes a database that is away for one without migrations
    return [step.migration.name for step in await MigrationExecutor(connection, apps).plan()]


async def _apply(config: dict[str, Any], connection: BaseDBAsyncClient, *, new: bool) -> None:
    if new:
        await whole.make(connection, config["apps"]["models"]["migrations"])
    executor = MigrationExecutor(get_connection("default"), config["apps"])
    # The executor looks for its table first, and on PostgreSQL a failed look would end the transaction.
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    with many_models():
        await executor.migrate(direction="forward")


async def _make_indexes_again(context: TortoiseContext, connection: BaseDBAsyncClient, before: Snapshot) -> None:
    after = await snapshot.take(connection)
    for index in sorted(_still_wanted(context, before) - after.indexes):
        if index.table not in after.rows:
            continue
        kind, columns = ("UNIQUE INDEX" if index.unique else "INDEX"), ", ".join(f'"{name}"' for name in index.columns)
        name = "_".join(("ux" if index.unique else "ix", index.table, *index.columns))
        await connection.execute_query(f'CREATE {kind} "{name}" ON "{index.table}" ({columns})')


def _compare(context: TortoiseContext, before: Snapshot, after: Snapshot) -> None:
    losses = [*_lost_rows(before, after), *_lost_indexes(context, before, after), *_lost_keys(context, before, after)]
    if losses:
        raise MigrationFailed(f"The migration would lose data. {'; '.join(sorted(losses))}.")


def _lost_rows(before: Snapshot, after: Snapshot) -> list[str]:
    left = {table: after.rows.get(table, 0) for table in before.rows}
    lost = [(table, count) for table, count in before.rows.items() if left[table] < count]
    return [f"{table}: {count} rows before, {left[table]} after" for table, count in lost]


def _lost_indexes(context: TortoiseContext, before: Snapshot, after: Snapshot) -> list[str]:
    lost = _still_wanted(context, before) - after.indexes
    return [f"{index.table}: index on {', '.join(index.columns)}" for index in lost]


def _lost_keys(context: TortoiseContext, before: Snapshot, after: Snapshot) -> list[str]:
    columns = {model._meta.db_table: set(model._meta.fields_db_projection.values()) for model in _models(context)}
    gone = before.foreign_keys - after.foreign_keys
    lost = [key for key in gone if set(key.columns) <= columns.get(key.table, set())]
    return [f"{key.table}: foreign key {', '.join(key.columns)} to {key.target}" for key in lost]


def _still_wanted(context: TortoiseContext, before: Snapshot) -> frozenset[Index]:
    return before.indexes & snapshot.promised(_models(context))


def _models(context: TortoiseContext) -> list[type[Model]]:
    return list(context.apps.get_models_iterable()) if context.apps else []


async def _check_references(connection: BaseDBAsyncClient) -> None:
    _, rows = await connection.execute_query("PRAGMA foreign_key_check")
    if rows:
        tables = sorted({str(row["table"]) for row in rows})
        raise MigrationFailed(f"Rows would point to rows that are gone, in: {', '.join(tables)}.")


def _back_up(path: Path, backups: Path, first: str) -> Path:
    backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = backups / f"{path.stem}-{clock.now():%Y%m%dT%H%M%S}-before-{first}.db"
    _copy(path, copy)
    copy.chmod(0o600)
    return copy


def _put_back(backup: Path | None, path: Path) -> str:
    if backup is None:
        return "The database was new; nothing was in it."
    _copy(backup, path)
    return f"The database was put back as it was; the copy stays in {backup}."


def _copy(source: Path, target: Path) -> None:
    """SQLite's own backup: a plain copy of the file would miss what still lies in its write-ahead log."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _in_words(error: Exception) -> str:
    return str(error) if isinstance(error, MigrationFailed) else f"A migration failed: {error}."
