"""Answer pages and GraphQL, without the jobs: as many of these as are needed, on PostgreSQL. SIGTERM stops it."""

import argparse
import asyncio

from server.cli.serve import answer
from server.cli.starting import require_company
from server.kernel.settings import settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the settings say where to listen, so that links in mails agree."""


def run(args: argparse.Namespace) -> int:
    """Answer until stopped.

    Raises:
        Refused: SQLite, a demonstration, no key, or a migration is missing.
    """
    chosen = settings()
    require_company(chosen)
    return asyncio.run(answer(chosen, jobs=False))
