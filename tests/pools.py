"""PostgreSQL's connections, kept from test to test: opening them costs the server more than most tests do.

Only those to the worker's own database, straight to its server, and only when no test holds on to one of them. What a
session could carry from one test to the next (settings, locks, cursors, listening) the driver resets each time that a
connection goes back to its pool.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest

from server.kernel.db import configuration
from server.kernel.engines.asyncpg import Client

USED = """SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
AND relname <> 'tortoise_migrations' AND pg_relation_size(oid) > 0"""
UNCOUNTED = """UPDATE pg_class SET relpages = 0, reltuples = -1
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relpages = 0 AND reltuples = 0"""
"""What a table that never held a row is known by: the planner chooses for it as after TRUNCATE."""
LOST = (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, OSError)


class Kept:
    """The pools that nobody uses just now, and a connection that empties the database."""

    def __init__(self, url: str) -> None:
        self.url = url
        given = configuration(url)["connections"]["default"]["credentials"]
        self._place = {name: given[name] for name in ("host", "port", "user", "password", "database")}
        self._idle: list[asyncpg.Pool] = []
        self._ours: set[asyncpg.Pool] = set()
        self._emptier: asyncpg.Connection | None = None

    async def pool(self, client: Client, **given: Any) -> asyncpg.Pool:
        """A pool for this client: one that was given back, if it is for our database."""
        if any(given[name] != value for name, value in self._place.items()):
            return await _open(client, **given)
        if self._idle:
            return self._idle.pop()
        pool = await _open(client, **given)
        self._ours.add(pool)
        return pool

    async def take_back(self, client: Client) -> None:
        """What a client does with its pool at the end."""
        pool = client._pool
        if pool is None or pool not in self._ours or pool.get_size() != pool.get_idle_size():
            self._ours.discard(pool)
            await _close(client)
            return
        client._pool = None
        self._idle.append(pool)

    async def empty(self) -> None:
        """Leave no row, and every table as if it were new.

        To delete a few rows and to give their pages back takes a tenth of what it takes to truncate every table.
        """
        with suppress(*LOST):       # a test may have ended every connection there was
            return await self._empty()
        await self.forget()
        return await self._empty()

    async def forget(self) -> None:
        """Keep none of today's connections: a test has broken them, or changed the tables."""
        for pool in self._idle:
            await pool.close()
        self._idle.clear()
        self._ours.clear()
        if self._emptier:
            self._emptier.terminate()
            self._emptier = None

    async def _empty(self) -> None:
        if self._emptier is None:
            self._emptier = await asyncpg.connect(self.url, server_settings={"session_replication_role": "replica"})
        if used := [row[0] for row in await self._emptier.fetch(USED)]:
            await self._emptier.execute(";".join(f"DELETE FROM {table}" for table in used))
            await self._emptier.execute(f"VACUUM {', '.join(used)}")
            await self._emptier.execute(UNCOUNTED)


@asynccontextmanager
async def kept(url: str) -> AsyncGenerator[Kept, None]:
    """Keep the connections to this database while the block is open."""
    pools = Kept(url)

    async def create_pool(client: Client, **given: Any) -> asyncpg.Pool:
        return await pools.pool(client, **given)

    async def close(client: Client) -> None:
        await pools.take_back(client)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "create_pool", create_pool)
        patch.setattr(Client, "_close", close)
        yield pools
        await pools.forget()


_open, _close = Client.create_pool, Client._close
