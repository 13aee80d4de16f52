"""A process that loads a short demonstration, as `ithaca demo` does a long one, for tests that kill it."""

import asyncio
from functools import partial

from server import demo
from server.kernel.db import database
from server.kernel.settings import settings

DAYS = 5


async def main() -> None:
    """Load it and tell."""
    async with database(settings().database):
        await demo.load(settings(), partial(print, flush=True), days=DAYS)


if __name__ == "__main__":
    asyncio.run(main())
