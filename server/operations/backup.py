"""`ithaca backup`: the database as it is at one moment, in one file, while everything runs."""

import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from server.kernel import clock, secrets
from server.kernel.settings import Settings
from server.operations import files, servers
from server.operations.archive import Manifest, pack

LATEST = "last-backup.json"


async def back_up(chosen: Settings, target: Path) -> tuple[Path, Manifest]:
    """Write a backup to `target`, or into it under a name with the time if it is a folder. Returns where, and what.

    The copy is made in the same folder first, so there must be room for the database twice.

    Raises:
        Refused: there is no database, there is such a file, or PostgreSQL's programs are missing.
        Unavailable: the database is away.
    """
    moment = clock.now() - clock.offset()
    target = _named(target, moment)
    engine = files if chosen.is_sqlite else servers
    with tempfile.TemporaryDirectory(prefix=".ithaca-", dir=target.parent) as folder:
        content = Path(folder) / "database"
        held = await engine.dump(chosen.database, content)
        manifest = pack(
            target, content, held, engine=engine_of(chosen), key_id=secrets.key_id(), made_at=moment.isoformat()
        )
    _remember(chosen, target, moment)
    return target, manifest


def engine_of(chosen: Settings) -> str:
    """What a backup calls the database it is of."""
    return "SQLite" if chosen.is_sqlite else "PostgreSQL"


def age(chosen: Settings) -> timedelta | None:
    """How long ago this installation's last backup was made from here; None if there was none."""
    try:
        made_at = json.loads((chosen.var_dir / LATEST).read_text())["made_at"]
    except (OSError, ValueError, KeyError):
        return None
    return clock.now() - clock.offset() - datetime.fromisoformat(made_at)


def _named(target: Path, moment: datetime) -> Path:
    return target / f"ithaca-{moment:%Y%m%dT%H%M%S}.backup" if target.is_dir() else target


def _remember(chosen: Settings, target: Path, moment: datetime) -> None:
    words = json.dumps({"made_at": moment.isoformat(), "file": str(target.resolve())})
    (chosen.var_dir / LATEST).write_text(words)
