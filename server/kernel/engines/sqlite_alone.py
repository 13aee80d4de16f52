"""Our SQLite client without a thread of its own: statements run where they are asked for, and the loop stands still.

For a process in which nobody else waits, as when months of a programme are lived through: half of what a small
statement costs is waking that thread, and being woken by it. After a power failure the last of what was committed may
be gone; the file stays whole.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Iterable
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

    async def execute_fetchall(  # type: ignore[override]  # awaited, as upstream's answer is
        self, sql: str, parameters: Iterable[Any] | None = None
    ) -> Iterable[sqlite3.Row]:
        return self._execute_fetchall(sql, parameters or ())

    def stop(self) -> asyncio.Future[Any] | None:
        self._running = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return None


class Client(sqlite.Client):
    """The client that `server.kernel.db` names for who is alone."""

    def _opening(self) -> Connection:
        """Opened here, where upstream does it in a thread."""
        return _Here(
            lambda: sqlite3.connect(self.filename, isolation_level=None, cached_statements=sqlite.STATEMENTS_KEPT), 64
        )



client_class = Client
