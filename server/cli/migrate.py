"""Bring the database up to date. Running it again does nothing. With SQLite, stop 'ithaca serve' first."""

import argparse
import asyncio

from server.kernel.schema.guard import migrate
from server.kernel.settings import settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the settings say which database."""


def run(args: argparse.Namespace) -> int:
    """Run what is missing and tell what was run."""
    chosen = settings()
    done = asyncio.run(migrate(chosen.database, chosen.var_dir / "backups"))
    print(f"Applied {', '.join(done)}." if done else "The database is up to date.")
    return 0
