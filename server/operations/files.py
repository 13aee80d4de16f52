"""Backing up and replacing the embedded database, a file of SQLite's."""

import os
import shutil
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from server.kernel import clock
from server.kernel.db import configuration
from server.kernel.errors import Refused
from server.kernel.schema.snapshot import SQLITE_TABLES
from server.operations.archive import Held

ENDINGS = ("", "-wal", "-shm", "-journal")


async def dump(url: str, target: Path) -> Held:
    """Copy the database as it is at one moment to `target`, while others read and write; what the copy holds.

    In one step: SQLite begins a copy anew whenever somebody writes between two. A reader of a write-ahead log keeps no
    writer waiting, and sees all that was confirmed before.

    Raises:
        Refused: there is no database, or its copy is not whole.
    """
    path = path_of(url)
    if not path.exists():
        raise Refused(f"There is no database at {path} yet. Check ITHACA_VAR_DIR, or run 'ithaca migrate'.")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    return held(target)


def held(path: Path) -> Held:
    """What the file holds.

    Raises:
        Refused: the file is not whole.
    """
    with closing(sqlite3.connect(path)) as file:
        if file.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise Refused(f"The database {path.name} is not whole: SQLite's integrity check fails.")
        tables = [name for (name,) in file.execute(SQLITE_TABLES)]
        rows = {name: file.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608  # from the catalogue
        seen = file.execute("SELECT name FROM tortoise_migrations ORDER BY id") if "tortoise_migrations" in rows else ()
        return Held(rows, [name for (name,) in seen])


async def present(url: str) -> Held:
    """What the database holds now; nothing where there is none."""
    path = path_of(url)
    return held(path) if path.exists() else Held({}, [])


async def load(url: str, content: Path) -> Held:
    """Put a copy where the address says, and tell what it holds."""
    shutil.copyfile(content, path_of(url))
    return held(path_of(url))


@asynccontextmanager
async def place(url: str, backups: Path) -> AsyncGenerator[str, None]:
    """The address of a new database, which takes the old one's place when the block ends well.

    The old file goes to `backups` first. An error leaves everything as it was.

    Raises:
        Refused: a process has the database open.
    """
    path = path_of(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.restoring")
    _remove(new)
    try:
        _close(path)
        yield f"sqlite://{new}"
        _close(new)
        new.chmod(0o600)
        _sync(new)
        _set_aside(path, backups)
        new.replace(path)
        _sync(path.parent)
    finally:
        _remove(new)


def path_of(url: str) -> Path:
    """The file of an address."""
    return Path(configuration(url)["connections"]["default"]["credentials"]["file_path"])


def _close(path: Path) -> None:
    """Fold the write-ahead log into the file: only possible while nobody else has it open."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=1)) as file:
        try:
            file.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise Refused("A process has the database open. Stop Ithaca first. Nothing was changed.") from error


def _set_aside(path: Path, backups: Path) -> None:
    if not path.exists():
        return
    _close(path)
    backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = backups / f"{path.stem}-{clock.now():%Y%m%dT%H%M%S}-before-restore.db"
    shutil.copyfile(path, copy)
    copy.chmod(0o600)


def _sync(path: Path) -> None:
    """Wait until the disk has a file, or a folder's list of files."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    for ending in ENDINGS:
        path.with_name(path.name + ending).unlink(missing_ok=True)
