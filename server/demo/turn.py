"""One process at a time loads the demonstration: else a second would take the first one's work for left over."""

import fcntl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tortoise.connection import get_connection

from server.kernel.errors import Conflict
from server.kernel.settings import Settings

TAKE = "SELECT pg_try_advisory_lock(7448355)"


@asynccontextmanager
async def alone(settings: Settings) -> AsyncGenerator[None, None]:
    """Be the only one while the block is open. The system frees the place of a process that was killed.

    Raises:
        Conflict: another process is at it.
    """
    among = _on_this_machine if settings.is_sqlite else _on_the_server
    async with among(settings):
        yield


@asynccontextmanager
async def _on_this_machine(settings: Settings) -> AsyncGenerator[None, None]:
    with (settings.var_dir / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken() from None
        yield


@asynccontextmanager
async def _on_the_server(_: Settings) -> AsyncGenerator[None, None]:
    """Held by one connection of the pool; the driver frees it when the connection goes back."""
    async with get_connection("default").acquire_connection() as connection:
        if not await connection.fetchval(TAKE):
            raise _taken()
        yield


def _taken() -> Conflict:
    return Conflict("Another process is loading the demonstration. Wait until it is done.")
