"""Run the jobs, without pages: as many of these as are needed, on PostgreSQL, each with an ITHACA_EXECUTOR_ID."""

import argparse
import asyncio
import signal
import sys

from server.cli.starting import require_company, require_migrated
from server.kernel import log
from server.kernel.db import database
from server.kernel.jobs.durable import running
from server.kernel.settings import Settings, settings

STOPPED, DISPLACED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the settings say which database, and which name."""


def run(args: argparse.Namespace) -> int:
    """Run jobs until stopped. Returns 1 when others took this process for dead: whoever watches it starts it anew.

    Raises:
        Refused: SQLite, a demonstration, no key, or a migration is missing.
        PlaceTaken: another live process runs jobs under the same name.
    """
    chosen = settings()
    require_company(chosen)
    return asyncio.run(_work(chosen))


async def _work(chosen: Settings) -> int:
    await require_migrated(chosen)
    log.set_up(chosen.log_level)
    loop = asyncio.get_running_loop()
    end: asyncio.Future[int] = loop.create_future()
    for wish in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wish, _finish, end, STOPPED)
    async with database(chosen.database), running(chosen, displaced=lambda: _finish(end, DISPLACED)):
        print(f"Ithaca runs jobs as '{chosen.executor_id}' (Ctrl+C stops it)", file=sys.stderr, flush=True)
        return await end


def _finish(end: asyncio.Future[int], code: int) -> None:
    if not end.done():
        end.set_result(code)
