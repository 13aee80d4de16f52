"""A process that runs jobs, as an operator's does, for tests that kill it. Every connection it opens is printed."""

import asyncio
import signal
import sys
import time

from server.kernel import log
from server.kernel.db import database
from server.kernel.jobs import durable, lanes
from server.kernel.settings import settings


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Print where a socket connects to."""
    if event in ("socket.connect", "socket.getaddrinfo"):
        print("connects", arguments[-1] if event == "socket.connect" else arguments[0], flush=True)


def run(words: list[str]) -> int:
    """Run until SIGTERM."""
    sys.addaudithook(watch)
    asyncio.run(_work())
    return 0


async def _work() -> None:
    log.set_up()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    lanes.BORN -= 3600  # as if to come up had taken it an hour
    async with database(settings().database):
        async with durable.running(settings()):
            print(f"lived {time.monotonic() - lanes.BORN:.0f}\nready", flush=True)
            await stop.wait()
    print("stopped", flush=True)
