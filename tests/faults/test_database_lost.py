"""PostgreSQL goes away while people use the product: they are told, and once it is back all goes on, without a start.

ITHACA_CHAOS_AWAY_S says for how long. With ITHACA_CHAOS a server of the test's own is stopped for real as well.
"""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx2
import pytest

from server.access.actions import open_session
from server.kernel.db import database
from server.kernel.facts import OutboxEvent
from server.kernel.ids import new_id
from server.kernel.schema.guard import migrate
from server.messaging.models import ThreadMessage
from tests import postgres
from tests.chance import LONG
from tests.conftest import environment
from tests.factories import Pair, active_match
from tests.faults.installation import KEY, environ_of, installed
from tests.faults.report import is_quiet, tell
from tests.faults.wire import wired

AWAY_S = float(os.environ.get("ITHACA_CHAOS_AWAY_S", "2"))
NORMAL_WITHIN_S = 5
PATIENCE_S = 300
"""What a job was doing when the database went is tried again after a minute: the long run waits for that."""
Act = Callable[[], Awaitable[None]]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_while_the_way_to_it_is_cut(db: object, database_url: str, tmp_path: Path) -> None:
    async with wired(database_url) as wire:
        await it_is_told_and_all_goes_on(wire.url, tmp_path, wire.cut, wire.mend)


@pytest.mark.skipif(not LONG, reason="the server stays away for half a minute: runs in 'make chaos'")
async def test_while_the_server_itself_is_stopped(tmp_path: Path) -> None:
    with postgres.lasting() as server:
        await migrate(server.base, tmp_path)
        async with database(server.base):
            await it_is_told_and_all_goes_on(
                server.base, tmp_path, partial(asyncio.to_thread, server.down), partial(asyncio.to_thread, server.up)
            )


async def it_is_told_and_all_goes_on(url: str, folder: Path, lose: Act, give_back: Act) -> None:
    quiet = is_quiet()
    with environment(ITHACA_SECRET_KEY=KEY):
        pair = await active_match()
    async with installed(environ_of(folder, url), "serve") as here, member_of(pair, here.url) as http:
        assert await said(http) == [200, 303, 200, 200]
        await lose()
        await until(lambda: answers(http, [503, 503, 200, 503]))
        away = await http.get("/messages")
        assert int(away.headers["Retry-After"]) > 0
        assert "We are away for a moment" in away.text
        kept = await write(http, pair, "Nobody may lose these words, whatever happens to the database.")
        assert (kept.status_code, "Nobody may lose these words" in kept.text) == (503, True)
        await asyncio.sleep(AWAY_S)
        before = time.monotonic()
        await give_back()
        await until(lambda: answers(http, [200, 303, 200, 200]))
        normal_after = time.monotonic() - before
        tell("R5", away_s=AWAY_S, normal_after_s=round(normal_after, 1), starts=0)
        if LONG:
            await until(everything_is_told)
            assert normal_after <= NORMAL_WITHIN_S or not quiet
        assert here.processes[0].running is not None
        assert here.processes[0].running.returncode is None
    with environment(ITHACA_SECRET_KEY=KEY):
        words = [one.body for one in await ThreadMessage.all()]
    assert len(words) == len(set(words)), "sent again with its own key, it is there once"


@asynccontextmanager
async def member_of(pair: Pair, url: str) -> AsyncGenerator[httpx2.AsyncClient]:
    cookies = {"ithaca": await open_session(pair.mentee)}
    async with httpx2.AsyncClient(base_url=url, headers={"Origin": url}, cookies=cookies, timeout=60) as http:
        http.headers["X-Match"] = str(pair.match.id)
        yield http


async def write(http: httpx2.AsyncClient, pair: Pair, words: str) -> httpx2.Response:
    return await http.post(f"/messages/{pair.match.id}", data={"body": words, "form_key": str(new_id())})


async def said(http: httpx2.AsyncClient) -> list[int]:
    """What a page, a form, the process's pulse and its readiness are answered with."""
    form = {"body": str(new_id()), "form_key": str(new_id())}
    page = await http.get("/you")
    sent = await http.post(f"/messages/{http.headers['X-Match']}", data=form)
    watched = [await http.get(path) for path in ("/healthz", "/readyz")]
    return [one.status_code for one in (page, sent, *watched)]


async def answers(http: httpx2.AsyncClient, wanted: list[int]) -> bool:
    """Whether it answers like that now; nothing but these is ever answered, so nobody is shown a surprise."""
    found = await said(http)
    assert set(found) <= {200, 303, 503}, found
    return found == wanted


async def everything_is_told() -> bool:
    return not await OutboxEvent.filter(delivered_at=None).exists()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    patience = time.monotonic() + PATIENCE_S
    while not await condition():
        assert time.monotonic() < patience
        await asyncio.sleep(0.1)
