"""The way to a PostgreSQL, which a test cuts, mends and makes slow: for the product that is a server that stopped and
came back, or one that is far away.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qsl, urlsplit

from tests.ports import free_port

CHUNK = 65_536


class Wire:
    """Listens on a port of its own and hands everything on to the server at `url`, until it is cut.

    `delay_s`: by so much each word to the server comes later, and with it each round trip.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = free_port()
        self.delay_s = 0.0

    @property
    def url(self) -> str:
        """The address of the same database by way of this wire."""
        user = self._parts.netloc.rpartition("@")[0]
        netloc = f"{user}@127.0.0.1:{self.port}" if user else f"127.0.0.1:{self.port}"
        return self._parts._replace(netloc=netloc, query="").geturl()

    async def mend(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def cut(self) -> None:
        """End every connection and refuse new ones."""
        assert self._server is not None
        self._server.close()
        for end in list(self._open):
            end.transport.abort()
        await asyncio.sleep(0)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await self._connect()
        ends = {writer, there_writer}
        self._open |= ends
        try:
            await asyncio.gather(_pour(reader, there_writer, self._wait), _pour(there_reader, writer))
        finally:
            self._open -= ends

    async def _wait(self) -> None:
        if self.delay_s:
            await asyncio.sleep(self.delay_s)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        folder = dict(parse_qsl(self._parts.query)).get("host", "")
        port = self._parts.port or 5432
        if folder.startswith("/"):
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{port}")
        return await asyncio.open_connection(self._parts.hostname or folder, port)


@asynccontextmanager
async def wired(url: str) -> AsyncGenerator[Wire, None]:
    """A wire to the server at `url` while the block is open."""
    wire = Wire(url)
    await wire.mend()
    try:
        yield wire
    finally:
        await wire.cut()


async def _at_once() -> None:
    pass


async def _pour(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, before: Callable[[], Awaitable[None]] = _at_once
) -> None:
    with suppress(ConnectionError, asyncio.CancelledError):
        while chunk := await source.read(CHUNK):
            await before()
            target.write(chunk)
            await target.drain()
    target.close()
