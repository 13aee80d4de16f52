"""A backup as one file: a zip of the database's copy and of a manifest that says what must be in it.

The installation's key is never part of it: a stolen backup shows no note and no message, and without the key they
cannot be read again by anybody.
"""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, NamedTuple

from server.kernel.errors import Refused

FORMAT = 1
MANIFEST, CONTENT = "manifest.json", "database"
PIECE = 1 << 20
NEWER = "This backup was made by a newer Ithaca. Install that version, or a later one. Nothing was changed."
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, NotImplementedError, RuntimeError)


class Held(NamedTuple):
    """What a database holds: rows of each table, and the migrations it has seen, in order."""

    rows: dict[str, int]
    migrations: list[str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself. `made_at` is ISO 8601 in UTC, `sha256` that of the database's copy."""

    format: int
    made_at: str
    engine: str
    key_id: str
    migrations: list[str]
    rows: dict[str, int]
    sha256: str

    @property
    def count(self) -> int:
        """All its rows."""
        return sum(self.rows.values())


def pack(target: Path, content: Path, held: Held, *, engine: str, key_id: str, made_at: str) -> Manifest:
    """Write a backup of `content` to `target`, whole or not at all, readable by its owner alone.

    Raises:
        Refused: there is such a file already.
    """
    if target.exists():
        raise Refused(f"{target} is there already. Name a new file: a backup replaces none.")
    manifest = Manifest(FORMAT, made_at, engine, key_id, held.migrations, held.rows, _sha256(content))
    unfinished = target.with_name(f"{target.name}.unfinished")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as box:
            box.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
            box.write(content, CONTENT)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(target)
    return manifest


def unpack(source: Path, content: Path) -> Manifest:
    """Put the database's copy of a backup into `content`, checked against its checksum.

    Raises:
        Refused: no backup, a damaged one, or one of a later form than this version knows.
    """
    if not source.is_file():
        raise Refused(f"There is no file {source}.")
    with _told(source), zipfile.ZipFile(source) as box:
        manifest = _manifest(box)
        with box.open(CONTENT) as packed, content.open("wb") as file:
            _copy(packed, file)
    if _sha256(content) != manifest.sha256:
        raise _damaged(source)
    return manifest


def _manifest(box: zipfile.ZipFile) -> Manifest:
    values = json.loads(box.read(MANIFEST))
    if values["format"] > FORMAT:
        raise Refused(NEWER)
    return Manifest(**values)


@contextmanager
def _told(source: Path) -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        raise _damaged(source) from error


def _damaged(source: Path) -> Refused:
    return Refused(f"{source} is damaged, or no backup of Ithaca. Nothing was changed. Take an earlier backup.")


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while piece := source.read(PIECE):
        target.write(piece)
    target.flush()
    os.fsync(target.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
