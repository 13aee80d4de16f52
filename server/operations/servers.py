"""Backing up and replacing a database on a PostgreSQL server, by its own programs `pg_dump` and `pg_restore`."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import asyncpg

from server.kernel.db import configuration
from server.kernel.engines.away import told
from server.kernel.errors import Refused
from server.kernel.schema.snapshot import POSTGRES_TABLES
from server.operations.archive import Held

ASIDE = "ithaca_before_restore"
OTHERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
   AND backend_type = 'client backend'"""


async def dump(url: str, target: Path) -> Held:
    """Copy the database as it is at one moment to `target`, while others read and write; what the copy holds.

    The rows are counted in the very snapshot that `pg_dump` writes down.

    Raises:
        Refused: `pg_dump` is missing, or failed.
        Unavailable: the server is away.
    """
    async with _connected(url) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        moment = await connection.fetchval("SELECT pg_export_snapshot()")
        schema = await connection.fetchval("SELECT current_schema()")
        await _run(
            "pg_dump", url, "--format=custom", f"--schema={schema}", f"--snapshot={moment}", f"--file={target}"
        )
        return await _held(connection)


async def present(url: str) -> Held:
    """What the database holds now.

    Raises:
        Unavailable: the server is away.
    """
    async with _connected(url) as connection:
        await _put_back(connection)
        return await _held(connection)


async def load(url: str, content: Path) -> Held:
    """Put a copy into the empty schema, in one transaction, and tell what it holds.

    Raises:
        Refused: `pg_restore` is missing, or failed.
    """
    async with _connected(url) as connection:
        schema = await connection.fetchval("SELECT current_schema()")
        await _run(
            "pg_restore", url, "--no-owner", "--no-privileges", "--single-transaction", f"--schema={schema}",
            str(content),
        )
        return await _held(connection)


@asynccontextmanager
async def place(url: str, backups: Path) -> AsyncGenerator[str, None]:  # noqa: ARG001  # the shape of files.place
    """An empty schema in the place of the present one, which is dropped when the block ends well.

    An error puts the present one back; a process that is killed meanwhile leaves that to the next restore.

    Raises:
        Refused: others are connected to the database.
    """
    async with _connected(url) as connection:
        if count := await connection.fetchval(OTHERS):
            raise Refused(f"{count} connections to the database are open. Stop Ithaca first. Nothing was changed.")
        schema = await connection.fetchval("SELECT current_schema()")
        async with connection.transaction():
            await connection.execute(f'ALTER SCHEMA "{schema}" RENAME TO {ASIDE}')
            await connection.execute(f'CREATE SCHEMA "{schema}"')
        try:
            yield url
        except BaseException:
            await _put_back(connection)
            raise
        await connection.execute(f"DROP SCHEMA {ASIDE} CASCADE")


async def _put_back(connection: asyncpg.Connection) -> None:
    schema = await connection.fetchval("SELECT current_schema()")
    if await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", ASIDE):
        async with connection.transaction():
            await connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
            await connection.execute(f'ALTER SCHEMA {ASIDE} RENAME TO "{schema}"')


async def _held(connection: asyncpg.Connection) -> Held:
    tables = sorted(row["name"] for row in await connection.fetch(POSTGRES_TABLES))
    rows = {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for name in tables}  # noqa: S608  # from the catalogue
    seen = await connection.fetch("SELECT name FROM tortoise_migrations ORDER BY id") if rows else []
    return Held(rows, [row["name"] for row in seen])


@asynccontextmanager
async def _connected(url: str) -> AsyncGenerator[asyncpg.Connection, None]:
    known = configuration(url)["connections"]["default"]["credentials"]
    with told():
        connection = await asyncpg.connect(**{name: known[name] for name in _WHO_AND_WHERE})
    try:
        yield connection
    finally:
        await connection.close()


async def _run(program: str, url: str, *words: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Refused(
            f"'{program}' is not on the PATH. Install your PostgreSQL's client programs, "
            "of the server's version or newer (Debian: postgresql-client)."
        )
    with _address(url) as address:
        process = await asyncio.create_subprocess_exec(
            found, f"--dbname={address}", *words, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        _, errors = await process.communicate()
    if process.returncode:
        first = errors.decode(errors="replace").partition("\n")[0]
        raise Refused(f"{program} failed: {first}")


@contextmanager
def _address(url: str) -> Iterator[str]:
    """The address as the programs read it. The password goes by a file of ours: anybody can see a process's words."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    who, _, where = parts.netloc.rpartition("@")
    with TemporaryDirectory(prefix="ithaca-") as folder:
        if parts.password:
            file = Path(folder) / "password"
            file.touch(0o600)
            file.write_text("*:*:*:*:" + unquote(parts.password).replace("\\", "\\\\").replace(":", "\\:"))
            options["passfile"] = str(file)
        netloc = f"{who.partition(':')[0] or 'postgres'}@{where}"
        yield parts._replace(scheme="postgresql", netloc=netloc, query=urlencode(options)).geturl()


_WHO_AND_WHERE = ("host", "port", "user", "password", "database")
