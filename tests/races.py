"""Acts that meet: run at once on connections that are open already, so that on PostgreSQL they truly overlap."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from tortoise.transactions import in_transaction

T = TypeVar("T")
CONNECTIONS = 8
"""As many as a pool has (server.kernel.db.POOL)."""


async def at_once(*acts: Awaitable[T], return_exceptions: bool = False) -> list[Any]:
    """The outcomes of acts that begin together. Otherwise a pool opens its connections one by one, and acts queue."""
    together = asyncio.Barrier(CONNECTIONS)
    await asyncio.gather(*(_connected(together) for _ in range(CONNECTIONS)))
    return list(await asyncio.gather(*acts, return_exceptions=return_exceptions))


async def _connected(together: asyncio.Barrier) -> None:
    """On SQLite there is one connection, and waiting for the others would wait for ever."""
    async with in_transaction("default") as connection:
        if connection.capabilities.dialect != "sqlite":
            await together.wait()
