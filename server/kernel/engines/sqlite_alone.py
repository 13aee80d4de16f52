"""Our SQLite client without a thread of its own: statements run where they are asked for, and the loop stands still.

For a process in which nobody else waits, as when months of a programme are lived through: half of what a small
statement costs is waking that thread, and being woken by it. After a power failure the last of what was committed may
be gone; the file stays whole.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from typing import Any

from aiosqlite.core import Connection

from server.kernel.engines import sqlite


class _Here(Connection):
    """aiosqlite's connection, whose work is done at once by who asks."""

    def __await__(self) -> Generator[Any, None, Connection]:
        return self._connect().__await__()

    async def _connect(self) -> Connection:
        self._connection = self._connector()
        return self

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    def stop(self) -> asyncio.Future[Any] | None:
        self._running = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return None


class Client(sqlite.Client):
    """The client that `server.kernel.db` names for who is alone."""

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002  # as upstream has it
        """Open the file here, as upstream does in a thread."""
        if self._connection:
            return
        self._connection = await _Here(lambda: sqlite3.connect(self.filename, isolation_level=None), 64)
        self._connection._conn.row_factory = sqlite3.Row
        for pragma, value in self.pragmas.items():
            await self._connection.execute(f"PRAGMA {pragma}={value}")
        await self._post_connect()


client_class = Client
