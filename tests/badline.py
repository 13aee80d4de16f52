"""A bad line between a browser and the product: it can be cut, and it can lose the answers of what arrived."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit

State = Literal["good", "cut", "deaf"]
CHUNK = 65_536


class BadLine:
    """Passes on what two ends say while it is good. Cut: nothing arrives. Deaf: requests arrive, answers do not."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.state: State = "good"
        self.lost = 0
        self._open: set[asyncio.StreamWriter] = set()

    def turn(self, state: State) -> None:
        """From now on; who is connected loses the connection, as with a tunnel."""
        self.state = state
        for end in list(self._open):
            end.transport.abort()

    async def carry(self, asks: asyncio.StreamReader, hears: asyncio.StreamWriter) -> None:
        """One connection of the browser's, from its first byte to its last."""
        if self.state == "cut":
            hears.transport.abort()
            return
        answers, told = await asyncio.open_connection(self.host, self.port)
        ends = {hears, told}
        self._open |= ends
        with suppress(ConnectionError):
            await asyncio.gather(self._pass(asks, told, is_answer=False), self._pass(answers, hears, is_answer=True))
        self._open -= ends

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, is_answer: bool) -> None:
        while said := await source.read(CHUNK):
            if is_answer and self.state == "deaf":
                self.lost += 1
                target.transport.abort()
                return
            target.write(said)
            await target.drain()
        target.close()


@asynccontextmanager
async def bad_line(site: str) -> AsyncGenerator[tuple[str, BadLine], None]:
    """The address of the line's near end, and the line."""
    far = urlsplit(site)
    line = BadLine(far.hostname or "127.0.0.1", far.port or 80)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", line
        line.turn("cut")
