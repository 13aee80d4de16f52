"""Write the database as it is at this moment into one file, while everything runs. The key is not in it."""

import argparse
import asyncio
from pathlib import Path

from server.kernel.settings import settings
from server.operations.backup import back_up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where it goes."""
    parser.add_argument("file", type=Path, help="a new file, or a folder, where it is named after the moment")


def run(args: argparse.Namespace) -> int:
    """Write it and tell what is in it.

    Raises:
        Refused: there is no database, there is such a file, or PostgreSQL's programs are missing.
        Unavailable: the database is away.
    """
    target, manifest = asyncio.run(back_up(settings(), args.file))
    print(f"{target}: {manifest.count} rows of {len(manifest.rows)} tables, {target.stat().st_size / 1e6:.1f} MB.")
    print(
        f"The key '{manifest.key_id}' is not in it. Keep a copy of ITHACA_SECRET_KEY or secret.key in another place: "
        "without it nobody can read the notes, messages and answers of this backup."
    )
    return 0
