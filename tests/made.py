"""Databases with every table, made once a run as an operator gets them; each worker copies them.

The first worker that needs it makes it; the others wait for it meanwhile.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from server.kernel.schema.guard import migrate


def shared_folder(factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that all workers of the run share."""
    own = factory.getbasetemp()
    return own if worker_id == "master" else own.parent


async def sqlite_file(folder: Path) -> Path:
    """The file in the run's folder, closed: copy it."""
    with _alone(folder / "sqlite"):
        path, unready = folder / "ithaca.db", folder / "unready" / "ithaca.db"
        if not path.exists():
            await migrate(f"sqlite://{unready}", folder)
            unready.rename(path)
    return path


async def postgres_copy(base: str, folder: Path, name: str) -> str:
    """The address of a new database of this name on the server at `base`, which the run shares."""
    connection = await asyncpg.connect(base)
    with _alone(folder / "postgres"):
        noted = folder / "postgres-template"
        if not noted.exists():
            template = f"{name}_template"
            await connection.execute(f'CREATE DATABASE "{template}"')
            await migrate(address(base, template), folder)
            noted.write_text(template)
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{noted.read_text()}"')
    await connection.close()
    return address(base, name)


def address(base: str, name: str) -> str:
    """Of another database on the same server."""
    return urlsplit(base)._replace(path=f"/{name}").geturl()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
