"""A request's body, read whole before anything is done with it: up to its size, within its time, large ones on disk.

Who sends slowly holds nothing but a connection and a few kilobytes meanwhile.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from types import TracebackType

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from server.kernel.settings import settings

IN_MEMORY_BYTES = 65_536
"""What a body may have in memory while it comes: a thousand senders are 64 MB. The rest lies in a temporary file."""
ENVELOPE_BYTES = 100_000
"""What a form around a file may take: boundaries, names, its key."""
LISTEN_S, LISTEN_BYTES = 5, 20_000_000
"""How much of a body that is too large is read and thrown away: many clients listen only when they have sent all."""


class Body:
    """What was sent, as often as it is wanted. Close it, or use it as a block."""

    def __init__(self) -> None:
        self.size = 0
        self._kept = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115  # closed with the body

    def __enter__(self) -> Body:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kept.close()

    def add(self, part: bytes) -> None:
        """Keep what came next."""
        self.size += len(part)
        self._kept.write(part)

    def again(self, receive: Receive) -> Receive:
        """The body from its beginning, in parts that fit into memory, then whatever comes."""
        self._kept.seek(0)
        left, told = self.size, False

        async def receive_again() -> Message:
            nonlocal left, told
            if told:
                return await receive()
            part = self._kept.read(IN_MEMORY_BYTES)
            left -= len(part)
            told = not left
            return {"type": "http.request", "body": part, "more_body": not told}

        return receive_again

    async def fill(self, receive: Receive, most: int) -> bool:
        """Read to the end. False when the sender went away.

        Raises:
            HTTPException: 413, there are more than `most` bytes.
        """
        while (message := await receive())["type"] == "http.request":
            self.add(message.get("body", b""))
            if self.size > most:
                raise HTTPException(413)
            if not message.get("more_body", False):
                return True
        return False


async def read_whole(body: Body, receive: Receive, *, most: int, announced: int) -> bool:
    """Read a body to its end. False when the sender went away.

    Raises:
        HTTPException: 413, it has more than `most` bytes, or announced them; 408, it took too long in all, however
            steadily it came.
    """
    if announced > most:
        raise HTTPException(413)
    try:
        async with asyncio.timeout(settings().seconds_for_body(announced)):
            return await body.fill(receive, most)
    except TimeoutError as error:
        raise HTTPException(408) from error


async def hear_out(receive: Receive) -> None:
    """Throw away what still comes, up to a point."""
    heard = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(LISTEN_S):
            while heard < LISTEN_BYTES and (message := await receive()).get("more_body", False):
                heard += len(message.get("body", b""))


def announced_size(scope: Scope) -> int:
    """The size of its body in bytes, as a request says itself; 0 when it does not."""
    said = Headers(scope=scope).get("content-length", "")
    return int(said) if said.isascii() and said.isdecimal() else 0
