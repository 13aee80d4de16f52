"""A database that goes away, fills up or is held by somebody else is told as such, and used again once it is back."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from tortoise.context import TortoiseContext

from server.kernel.actor import system_actor
from server.kernel.db import POOL, _connections, database, unit_of_work
from server.kernel.errors import Unavailable
from server.kernel.facts import OutboxEvent
from server.kernel.ids import new_id
from tests.conftest import SERVER_VARIABLE
from tests.pools import Kept
from tests.ports import free_port

ACTOR = system_actor(new_id())
POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Cut = Callable[[], Awaitable[None]]


@pytest.fixture
async def cut(db: TortoiseContext, database_url: str, connections: Kept) -> AsyncGenerator[Cut, None]:
    """Ends every connection of the product to its PostgreSQL, as a server does that stops."""
    outside = await asyncpg.connect(os.environ[SERVER_VARIABLE])
    name = urlsplit(database_url).path[1:]

    async def now() -> None:
        await outside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)

    yield now
    await outside.close()
    await connections.forget()


async def write(between: Cut | None = None) -> None:
    async with unit_of_work(ACTOR) as unit:
        await unit.publish("told")
        if between:
            await between()
        await unit.publish("told again")


@POSTGRES
async def test_a_server_lost_in_the_middle_is_told_and_nothing_is_stored(cut: Cut) -> None:
    with pytest.raises(Unavailable):
        await write(cut)
    for _ in range(POOL["maxsize"]):    # each other connection of the lost server may still have to be found out
        with suppress(Unavailable):
            await OutboxEvent.all().count()
    assert await OutboxEvent.filter(organization_id=ACTOR.organization_id).count() == 0


@POSTGRES
async def test_losing_it_often_costs_no_connection(cut: Cut) -> None:
    for _ in range(POOL["maxsize"] + 2):
        with pytest.raises(Unavailable):
            await write(cut)
    async with asyncio.timeout(10):
        while not await wrote():
            pass
    assert await OutboxEvent.filter(organization_id=ACTOR.organization_id).count() == 2


@POSTGRES
async def test_a_transaction_cancelled_while_it_begins_costs_no_connection(db: TortoiseContext) -> None:
    for tenths_of_ms in [*range(1, 16)] * POOL["maxsize"]:  # one of them falls into the beginning
        task = asyncio.create_task(write())
        await asyncio.sleep(tenths_of_ms / 10_000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(10):
        await asyncio.gather(*(write() for _ in range(POOL["maxsize"])))


async def test_a_server_that_is_not_there_is_told_to_readers_and_writers() -> None:
    async with database(f"postgresql://postgres@127.0.0.1:{free_port()}/nowhere"):
        with pytest.raises(Unavailable):
            await OutboxEvent.filter(organization_id=ACTOR.organization_id).count()
        with pytest.raises(Unavailable):
            await write()


@POSTGRES
async def test_an_address_may_hold_any_name_and_any_password(database_url: str) -> None:
    outside = await asyncpg.connect(os.environ[SERVER_VARIABLE])
    await outside.execute('DROP ROLE IF EXISTS "ithaca@north"')
    await outside.execute("""CREATE ROLE "ithaca@north" LOGIN SUPERUSER PASSWORD 'p@ss/word'""")
    await outside.close()
    given = urlsplit(database_url)
    place = given.netloc.rpartition("@")[2]
    address = urlunsplit(given._replace(netloc=f"ithaca%40north:p%40ss%2Fword@{place}"))
    assert _connections(address, alone=False)[0]["credentials"]["password"] == "p@ss/word"
    async with database(address) as there:
        _, rows = await there.connections.get("default").execute_query("SELECT current_user AS who")
        assert [dict(row) for row in rows] == [{"who": "ithaca@north"}]


@SQLITE
async def test_a_full_disk_is_told_and_reading_goes_on(db: TortoiseContext) -> None:
    writer = db.connections.get("default")
    _, rows = await writer.execute_query("PRAGMA page_count")
    await writer.execute_script(f"PRAGMA max_page_count = {rows[0]['page_count']}")
    with pytest.raises(Unavailable):
        await fill()
    assert await OutboxEvent.filter(organization_id=ACTOR.organization_id).count() == 0
    await writer.execute_script("PRAGMA max_page_count = 1073741823")
    await write()


@SQLITE
async def test_a_file_that_another_process_holds_is_told(db: TortoiseContext, database_url: str) -> None:
    await db.connections.get("default").execute_script("PRAGMA busy_timeout = 50")
    holder = sqlite3.connect(database_url.removeprefix("sqlite://"))
    try:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            await write()
        holder.rollback()
        await write()
    finally:
        holder.close()


async def test_a_mistake_of_ours_stays_a_mistake(db: TortoiseContext) -> None:
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work(ACTOR):
            raise ZeroDivisionError
    with pytest.raises(FileNotFoundError):
        async with unit_of_work(ACTOR):
            raise FileNotFoundError


async def wrote() -> bool:
    """A connection that was cut while nobody used it may cost one more try."""
    try:
        await write()
    except Unavailable:
        return False
    return True


async def fill() -> None:
    async with unit_of_work(ACTOR) as unit:
        for _ in range(200):
            await unit.publish("told", words="x" * 2000)
