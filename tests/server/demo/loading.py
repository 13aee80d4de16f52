"""A process that loads a short demonstration, as `ithaca demo` does a long one, for tests that kill it."""

import asyncio
from functools import partial

from server import demo
from server.kernel.db import database
from server.kernel.settings import settings

DAYS = 5


def run(words: list[str]) -> int:
    """Load it and tell."""
    asyncio.run(_load())
    return 0


async def _load() -> None:
    async with database(settings().database, alone=True):
        await demo.load(settings(), partial(print, flush=True), days=DAYS)
