"""Old code on new tables: this version goes on while the tables of the next one are there already.

The next version's migration is made up here: a new table, and on every table a column that may be empty and one with a
default. That real migrations do no more than that is seen by tests/architecture/test_migrations.py.
"""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext

from server.kernel.schema.guard import pending
from tests.chance import seeded
from tests.conftest import environment
from tests.faults.installation import KEY, PATIENCE_S, environ_of, installed
from tests.faults.test_crash_loop import everything_is_there_once, nothing_waits, some_more, until
from tests.faults.writers import Journal, six_writers
from tests.graphql.everything import everything
from tests.pools import Kept
from tests.server.kernel.jobs.test_durable import slow_server


@pytest.fixture
async def of_the_next_version(db: TortoiseContext, connections: Kept) -> AsyncGenerator[None, None]:
    """The database is as the next version's `ithaca migrate` leaves it, until the test is over."""
    await to_every_table(db, "ADD COLUMN next_empty VARCHAR(20), ADD COLUMN next_default INT NOT NULL DEFAULT 7")
    connection = db.connections.get("default")
    await connection.execute_script(
        "CREATE TABLE next_table (id UUID PRIMARY KEY, words TEXT NOT NULL);"
        "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('models', '9999_next', now())"
    )
    yield
    await connection.execute_script("DROP TABLE next_table; DELETE FROM tortoise_migrations WHERE name = '9999_next'")
    await to_every_table(db, "DROP COLUMN next_empty, DROP COLUMN next_default")
    await connections.forget()


async def to_every_table(context: TortoiseContext, change: str) -> None:
    assert context.apps is not None
    for model in context.apps.get_models_iterable():
        await context.connections.get("default").execute_script(f'ALTER TABLE "{model._meta.db_table}" {change}')


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_this_version_goes_on_when_the_next_ones_tables_are_there(
    db: TortoiseContext, of_the_next_version: None, database_url: str, tmp_path: Path
) -> None:
    journal, stop = Journal(), asyncio.Event()
    with environment(ITHACA_SECRET_KEY=KEY):
        assert await pending(db) == []
        await everything()
        writers = await six_writers(journal, seeded(), 40)
        async with slow_server() as sink:
            environ = environ_of(tmp_path, database_url, sink.port)
            async with installed(environ, "web", "worker") as here:
                writing = [asyncio.create_task(one.write(here.url, stop)) for one in writers]
                await until(lambda: some_more(journal, 30))
                stop.set()
                await asyncio.wait_for(asyncio.gather(*writing), PATIENCE_S)
                await until(nothing_waits)
        assert journal.surprises == []
        await everything_is_there_once(journal)
