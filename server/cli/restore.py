"""Put a backup in the database's place, after checking all of it. Stop Ithaca first. Anything wrong changes nothing."""

import argparse
import asyncio
from pathlib import Path

from server.kernel.settings import settings
from server.operations.restore import restore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which backup, and whether it may replace what is there."""
    parser.add_argument("file", type=Path, help="a file that 'ithaca backup' wrote")
    parser.add_argument("--replace", action="store_true", help="the database's present rows may go")


def run(args: argparse.Namespace) -> int:
    """Restore it and tell what is there now.

    Raises:
        Refused: something is not right; nothing was changed.
        MigrationFailed: the same, while bringing it up to date.
        Unavailable: the database is away.
    """
    manifest, migrated = asyncio.run(restore(settings(), args.file, replace=args.replace))
    print(f"Restored {manifest.count} rows of {len(manifest.rows)} tables, as they were on {manifest.made_at}.")
    if migrated:
        print(f"Applied {', '.join(migrated)}.")
    print("Everybody signs in again. Mails that went out since then may go out once more, as the same mail.")
    return 0
