"""Load the demonstration organisation, unless it is there already. Needs ITHACA_DEMO=1 and a migrated database."""

import argparse
import asyncio
from functools import partial

from server import demo
from server.kernel.db import database
from server.kernel.errors import Refused
from server.kernel.settings import Settings, settings
from server.kernel.shift import keep_shift


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the settings say which database."""


def run(args: argparse.Namespace) -> int:
    """Load it.

    Raises:
        Refused: this installation is not marked as a demonstration.
        Conflict: another process is loading it.
    """
    chosen = settings()
    if not chosen.demo:
        raise Refused("Set ITHACA_DEMO=1 first: made-up people belong in a demonstration only.")
    asyncio.run(_load(chosen))
    return 0


async def _load(chosen: Settings) -> None:
    async with database(chosen.database, alone=True):
        await keep_shift()
        await demo.load(chosen, partial(print, flush=True))
