"""Old code on new tables: this version goes on while the tables of the next one are there already.

The next version's migration is made up here: a new table, and on every table a column that may be empty and one with a
default. That real migrations do no more than that is seen by tests/architecture/test_migrations.py.
"""

import asyncio
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tortoise.context import TortoiseContext

from server.kernel.db import database
from server.kernel.ids import new_id
from server.kernel.schema.guard import migrate, pending
from tests.chance import seeded
from tests.conftest import environment
from tests.faults.installation import KEY, PATIENCE_S, environ_of, installed
from tests.faults.test_crash_loop import everything_is_there_once, nothing_waits, some_more, until
from tests.faults.writers import Journal, six_writers
from tests.graphql.everything import everything
from tests.server.kernel.jobs.test_durable import slow_server
from tests.server.operations.conftest import on_server


@pytest.fixture
async def of_the_next_version(postgres_database: str, tmp_path: Path) -> AsyncGenerator[str, None]:
    """The address of a database as the next version's `ithaca migrate` leaves it."""
    name = f"upgraded_{new_id().hex}"
    await on_server(f'CREATE DATABASE "{name}"')
    url = urlsplit(postgres_database)._replace(path=f"/{name}").geturl()
    await migrate(url, tmp_path)
    async with database(url) as context:
        await expand(context)
    yield url
    await on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


async def expand(context: TortoiseContext) -> None:
    connection = context.connections.get("default")
    assert context.apps is not None
    for model in context.apps.get_models_iterable():
        columns = "ADD COLUMN next_empty VARCHAR(20), ADD COLUMN next_default INT NOT NULL DEFAULT 7"
        await connection.execute_script(f'ALTER TABLE "{model._meta.db_table}" {columns}')
    await connection.execute_script("CREATE TABLE next_table (id UUID PRIMARY KEY, words TEXT NOT NULL)")
    await connection.execute_script(
        "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('models', '9999_next', now())"
    )


async def test_this_version_goes_on_when_the_next_ones_tables_are_there(
    of_the_next_version: str, tmp_path: Path
) -> None:
    journal, stop = Journal(), asyncio.Event()
    with environment(ITHACA_SECRET_KEY=KEY):
        async with database(of_the_next_version) as context, slow_server() as sink:
            assert await pending(context) == []
            await everything()
            writers = await six_writers(journal, seeded(), 40)
            environ = environ_of(tmp_path, of_the_next_version, sink.port)
            async with installed(environ, "web", "worker") as here:
                writing = [asyncio.create_task(one.write(here.url, stop)) for one in writers]
                await until(lambda: some_more(journal, 20))
                await here.processes[1].end(signal.SIGTERM)  # workers are replaced first, while people go on
                await here.processes[1].start()
                await here.processes[1].wait_until_up()
                await until(lambda: some_more(journal, 30))
                stop.set()
                await asyncio.wait_for(asyncio.gather(*writing), PATIENCE_S)
                await until(nothing_waits)
            assert journal.surprises == []
            await everything_is_there_once(journal)
