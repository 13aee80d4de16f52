"""`ithaca restore`: a backup takes the place of the database, once everything about it was found right."""

import pkgutil
import tempfile
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from server.kernel import secrets
from server.kernel.db import MIGRATIONS, database
from server.kernel.errors import Refused
from server.kernel.schema.guard import migrate
from server.kernel.settings import Settings
from server.operations import files, queries, servers
from server.operations.archive import NEWER, Held, Manifest, unpack
from server.operations.backup import engine_of

NOBODYS = {"tortoise_migrations", "worker"}
"""Tables that an installation fills by itself: rows there are nothing that one could lose."""


class Restored(NamedTuple):
    """What was restored, and the migrations that brought it up to date."""

    manifest: Manifest
    migrated: list[str]


async def restore(chosen: Settings, source: Path, *, replace: bool) -> Restored:
    """Put a backup in the database's place; with `replace`, over one that holds rows. Everybody signs in again.

    Checksum, version, key, row counts and SQLite's integrity are checked, and missing migrations run, before the old
    database goes. On SQLite a copy of it stays in `backups` of the var folder.

    Raises:
        Refused: something is not right; the text says what. Nothing was changed.
        MigrationFailed: the same, while bringing it up to date.
        Unavailable: the database is away.
    """
    chosen.var_dir.mkdir(parents=True, exist_ok=True)
    engine = files if chosen.is_sqlite else servers
    backups = chosen.var_dir / "backups"
    with tempfile.TemporaryDirectory(prefix=".ithaca-", dir=chosen.var_dir) as folder:
        content = Path(folder) / "database"
        manifest = unpack(source, content)
        _require_fit(chosen, manifest)
        _require_room(await engine.present(chosen.database), replace)
        async with engine.place(chosen.database, backups) as url:
            _require_same(manifest, await engine.load(url, content))
            migrated = await migrate(url, backups)
            await _settle(url)
    return Restored(manifest, migrated)


def known_migrations() -> set[str]:
    """The migrations of this version."""
    return {module.name for module in pkgutil.iter_modules(import_module(MIGRATIONS).__path__)}


def _require_fit(chosen: Settings, manifest: Manifest) -> None:
    if set(manifest.migrations) - known_migrations():
        raise Refused(NEWER)
    if manifest.engine != engine_of(chosen):
        raise Refused(
            f"This is a backup of {manifest.engine}, and ITHACA_DATABASE_URL names {engine_of(chosen)}. "
            "Restore it to the kind of database it was made from. Nothing was changed."
        )
    if not secrets.has_key() or secrets.key_id() != manifest.key_id:
        raise Refused(
            f"Notes, messages and answers in this backup open only with the key '{manifest.key_id}', which was kept "
            "apart from it; nobody can read them without. Put that key into ITHACA_SECRET_KEY, or its 'secret.key' "
            "into the var folder, and run this again. Nothing was changed."
        )


def _require_room(present: Held, replace: bool) -> None:
    count = sum(rows for table, rows in present.rows.items() if table not in NOBODYS)
    if count and not replace:
        raise Refused(
            f"The database holds {count} rows, which would be gone. "
            "Add --replace if that is what you want. Nothing was changed."
        )


def _require_same(manifest: Manifest, held: Held) -> None:
    if held != Held(manifest.rows, manifest.migrations):
        raise Refused("What was restored is not what the backup says it holds. Nothing was changed.")


async def _settle(url: str) -> None:
    """Nobody is signed in by an old session that was ended since, and no process of then holds a place."""
    async with database(url):
        if columns := await queries.unreadable_columns():
            raise Refused(f"The key does not open {', '.join(columns)}. Nothing was changed.")
        await queries.forget_processes_and_sessions()
