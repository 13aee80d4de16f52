"""Tortoise's SQLite client with five mends.

A connection keeps what it made of its statements, more than the usual 128 of them: making it anew takes ten times as
long as asking. What hangs below rows is read in turn: one connection does nothing side by side. A transaction takes the
write lock at once (BEGIN IMMEDIATE): two writers wait for each other, neither fails half-way. A transaction that fails
or is cancelled while it begins gives its place back: upstream keeps the lock for ever. A full disk, or another process
that holds the file too long, becomes `Unavailable`.
"""

import asyncio
import sqlite3
from collections.abc import Iterable
from typing import Any

import aiosqlite
from tortoise import Model
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.base.executor import CHUNK_SIZE
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.backends.sqlite.executor import SqliteExecutor
from tortoise.connection import get_connections
from tortoise.exceptions import BaseORMException, TransactionManagementError

from server.kernel.engines import reading
from server.kernel.engines.away import is_away, told

STATEMENTS_KEPT = 1_000


class Executor(SqliteExecutor):
    """Upstream's, with our way to read rows, and without a task for each kind of thing that hangs below them."""

    async def execute_select(
        self, sql: str, values: list[Any] | None = None, custom_fields: list[Any] | None = None
    ) -> list[Any]:
        """The objects of a statement's rows, with what was asked for below them."""
        related = self.select_related_idx or ()
        if custom_fields or not reading.are_whole(related):
            return await super().execute_select(sql, values, custom_fields)
        rows: Any = (await self.db.execute_query(sql, values))[1]
        if not rows:
            return []
        read, found = reading.reader(sql, rows[0], self.model, related), list[Any]()
        for begin in range(0, len(rows), CHUNK_SIZE):
            if begin:
                await asyncio.sleep(0)  # as upstream lets others have a turn
            found += [read(row) for row in rows[begin:begin + CHUNK_SIZE]]
        await self._execute_prefetch_queries(found)
        return found

    async def _execute_prefetch_queries(self, instance_list: Iterable[Model]) -> Iterable[Model]:
        if instance_list and (self.prefetch_map or self._prefetch_queries):
            self._make_prefetch_queries()
            for field, wanted in self._prefetch_queries.items():
                for one in wanted:
                    await self._do_prefetch(instance_list, field, one)
        return instance_list


class _ImmediateTransaction(SqliteTransactionWrapper):
    executor_class = Executor

    async def begin(self) -> None:
        try:
            if self._connection.in_transaction:
                await self._connection.commit()
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error


class _SafeContext(SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        with told():
            return await self._begin()

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        with told():
            await super().__aexit__(exc_type, exc_val, exc_tb)
            if isinstance(exc_val, BaseORMException) and is_away(exc_val):
                raise exc_val

    async def _begin(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        token: Any = None
        try:
            await self.ensure_connection()
            token = get_connections().set(self.connection_name, self.connection)
            self.token = token
            await self.connection.begin()
        except BaseException:
            if token is not None:
                get_connections().reset(token)
            if self.connection._connection:
                await self.connection._connection.rollback()
            self._trxlock.release()
            raise
        return self.connection  # type: ignore[no-any-return]  # upstream leaves the attribute untyped


class Client(SqliteClient):
    """The client that `server.kernel.db` names as its SQLite engine."""

    executor_class = Executor

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002  # as upstream has it
        """Open the file, unless it is open."""
        if self._connection:
            return
        self._connection = await self._opening()
        self._connection._conn.row_factory = sqlite3.Row
        for pragma, value in self.pragmas.items():
            await self._connection.execute(f"PRAGMA {pragma}={value}")
        await self._post_connect()

    def _opening(self) -> aiosqlite.Connection:
        return aiosqlite.connect(self.filename, isolation_level=None, cached_statements=STATEMENTS_KEPT)

    def _in_transaction(self) -> TransactionContext:
        return _SafeContext(_ImmediateTransaction(self), self._lock)


client_class = Client
