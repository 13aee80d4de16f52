"""Make a new key for push notifications, when the old one may be known to somebody. Every browser has to ask again."""

import argparse
import asyncio

from server.cli.starting import require_migrated
from server.kernel.db import database
from server.kernel.settings import Settings, settings
from server.notifications.push.keys import renew_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the settings say which installation."""


def run(args: argparse.Namespace) -> int:
    """Renew it, and tell what that ended. Running processes notice by themselves.

    Raises:
        Refused: the database is not up to date.
    """
    ended = asyncio.run(_renew(settings()))
    print(f"There is a new key. Subscriptions that ended: {ended}. People are asked again on their page 'You'.")
    return 0


async def _renew(chosen: Settings) -> int:
    await require_migrated(chosen)
    async with database(chosen.database):
        return await renew_key()
