"""Tortoise's SQLite client with three mends.

A transaction takes the write lock at once (BEGIN IMMEDIATE): two writers wait for each other, neither fails half-way.
A transaction that fails or is cancelled while it begins gives its place back: upstream keeps the lock for ever. A full
disk, or another process that holds the file too long, becomes `Unavailable`.
"""

import sqlite3
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import BaseORMException, TransactionManagementError

from server.kernel.engines.away import is_away, told


class _ImmediateTransaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
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

    def _in_transaction(self) -> TransactionContext:
        return _SafeContext(_ImmediateTransaction(self), self._lock)


client_class = Client
