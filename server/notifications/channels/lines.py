"""Connections to mail servers, kept from one mail to the next while mails wait: a server is met, and signed in to, once
for many of them. None outlives the mails that wait, so nothing is left open that nobody closes."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import aiosmtplib
from aiosmtplib import errors

QUIT_S = 2.0
MOST_MAILS = 50
"""How many mails one connection takes at most: many servers allow a hundred."""


@dataclass(slots=True)
class Line:
    """A connection to a server, made or to be made. `way`: which server, and by what name we greet it; `began`: whether
    the server may have the mail that it carries now."""

    way: object
    client: aiosmtplib.SMTP
    carried: int = 0
    began: bool = False


class Lines:
    """What this process keeps: nothing, unless somebody says that mails wait."""

    def __init__(self) -> None:
        self._spare: defaultdict[object, list[Line]] = defaultdict(list)
        self._keepers = 0

    @asynccontextmanager
    async def kept(self) -> AsyncGenerator[None, None]:
        """Keep connections while the block is open; its end closes them."""
        self._keepers += 1
        try:
            yield
        finally:
            self._keepers -= 1
            if not self._keepers:
                await self._close_all()

    def spare(self, way: object) -> Line | None:
        """A kept connection that nobody uses and whose end nobody has noticed."""
        while self._spare[way]:
            line = self._spare[way].pop()
            if line.client.is_connected:
                return line
        return None

    def forget(self, way: object) -> None:
        """One of them turned out to be dead: the others are of the same age."""
        for line in self._spare.pop(way, []):
            line.client.close()

    @asynccontextmanager
    async def used(self, line: Line) -> AsyncGenerator[aiosmtplib.SMTP, None]:
        """Let one mail go by it. Then it is kept for the next one; after an error nobody knows where its words are."""
        line.began = False
        try:
            yield line.client
        except BaseException:
            line.client.close()
            raise
        line.carried += 1
        if self._keepers and line.carried < MOST_MAILS and line.client.is_connected:
            self._spare[line.way].append(line)
        else:
            await _leave(line)

    async def _close_all(self) -> None:
        lines = [line for spare in self._spare.values() for line in spare]
        self._spare.clear()
        await asyncio.gather(*map(_leave, lines))


async def _leave(line: Line) -> None:
    try:
        with suppress(errors.SMTPException, OSError):
            await line.client.quit(timeout=QUIT_S)
    finally:
        line.client.close()


LINES = Lines()
"""Those of this process."""
