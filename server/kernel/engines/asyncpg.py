"""Tortoise's PostgreSQL client with four mends.

Long lists of values travel as one. What the driver says of a server that is away becomes `Unavailable`. Where somebody
waits for an answer, statements have a short deadline; what is being committed has not. And a transaction that fails or
is cancelled while it begins gives its connection back: upstream loses one from the pool each time, until none is left.
"""

from typing import Any

from tortoise import filters
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.asyncpg.executor import AsyncpgExecutor
from tortoise.backends.base.client import (
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

from server.kernel.engines import long_lists
from server.kernel.engines.away import in_time, told


class Executor(AsyncpgExecutor):
    """Upstream's, with our way to compare with many values."""

    FILTER_FUNC_OVERRIDE = AsyncpgExecutor.FILTER_FUNC_OVERRIDE | {
        filters.is_in: long_lists.is_in, filters.not_in: long_lists.not_in,
    }


class _Translating:
    """Adds our reading of the driver's errors to upstream's, and the deadline of what somebody waits for."""

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        with told():
            async with in_time():
                return await super()._translate_exceptions(func, *args, **kwargs)  # type: ignore[misc]  # the client's own


class _Transaction(_Translating, TransactionWrapper):
    executor_class = Executor

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Transaction(self))


class _SafeContext(TransactionContextPooled):
    async def __aenter__(self) -> TransactionalDBClient:
        token: Any = None
        with told():
            await self.ensure_connection()
            async with in_time():
                self.client._connection = await self.client._parent._pool.acquire()
            try:
                token = get_connections().set(self.connection_name, self.client)
                self.token = token
                await self.client.begin()
            except BaseException:
                if token is not None:
                    get_connections().reset(token)
                await self.client._parent._pool.release(self.client._connection)
                raise
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        with told():
            await super().__aexit__(exc_type, exc_val, exc_tb)


class Client(_Translating, AsyncpgDBClient):
    """The client that `server.kernel.db` names as its PostgreSQL engine."""

    executor_class = Executor

    def _in_transaction(self) -> TransactionContext:
        return _SafeContext(_Transaction(self), self._pool_init_lock)


client_class = Client
