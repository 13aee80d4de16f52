"""A run told as it happens: by server-sent events, to whom it may be told, few at a time, while anybody looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import orjson
import pytest
from starlette.types import Message

from graphql_schema.watching import WATCHES, watched
from server.access.models import RoleGrant
from server.kernel.actor import Actor, system_actor
from server.matchmaking.engine import Step
from server.matchmaking.models import MatchRun
from server.matchmaking.runs import watching
from server.matchmaking.runs.actions import cancel_run, start_run
from tests import factories
from tests.graphql.ask import SignedIn, gid, send
from tests.queries import queries_run
from tests.web.console.market import Market, market

WATCH = "subscription ($id: ID!) { matchRunProgress(runId: $id) { state step percent } }"
WAITED_S = 30
"""A ceiling for what comes at once on an idle machine."""


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY_S", 0.02)


class Stream:
    """What a client hears of one subscription, event by event; `heads` is how the answer begins."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Message] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.heads: dict[str, str] = {}

    async def next(self) -> dict[str, Any] | None:
        """The data of the next event; None at the end."""
        while True:
            message = await asyncio.wait_for(self.heard.get(), WAITED_S)
            if message["type"] == "http.response.start":
                self.heads = {name.decode(): value.decode() for name, value in message["headers"]}
            elif message.get("body", b"").startswith(b"event: next"):
                found: dict[str, Any] = orjson.loads(message["body"].partition(b"data: ")[2])
                return found
            elif b"event: complete" in message.get("body", b"") or not message.get("more_body"):
                return None


@asynccontextmanager
async def subscribed(actor: Actor, run: MatchRun) -> AsyncGenerator[Stream, None]:
    """A client that looks on; it is gone when the block is left."""
    stream, body = Stream(), orjson.dumps({"query": WATCH, "variables": {"id": gid(run)}})
    heads = {"content-type": "application/json", "accept": "text/event-stream", "host": "ithaca.test"}
    scope = {
        "type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
        "root_path": "", "scheme": "http", "server": ("ithaca.test", 80), "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in heads.items()], "asgi": {"spec_version": "2.3"},
    }
    parts = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        part = next(parts, None)
        if part is None:
            await stream.gone.wait()
            return {"type": "http.disconnect"}
        return part

    answering = asyncio.create_task(SignedIn(actor)(scope, receive, stream.heard.put))
    try:
        yield stream
    finally:
        stream.gone.set()
        await asyncio.wait_for(answering, WAITED_S)


@pytest.fixture
async def found(db: object) -> Market:
    return await market()


async def run_of(found: Market) -> MatchRun:
    return await start_run(system_actor(found.organization.id), found.cohort.id)


async def test_each_step_is_told_until_it_is_over(found: Market) -> None:
    run, manager = await run_of(found), factories.manager_of(found.manager, found.program)
    async with subscribed(manager, run) as stream:
        assert await stream.next() == {
            "data": {"matchRunProgress": {"state": "RUNNING", "step": None, "percent": None}},
            "extensions": {"cost": {"asked": 201, "budget": 5000}},
        }
        assert stream.heads["content-type"].startswith("text/event-stream")
        assert "content-length" not in stream.heads
        await MatchRun.filter(id=run.id).update(step=Step.SEARCHING, percent=40)
        told = await stream.next()
        assert told is not None
        assert told["data"]["matchRunProgress"] == {"state": "RUNNING", "step": "SEARCHING", "percent": 40}
        await cancel_run(manager, run.id)
        over = await stream.next()
        assert over is not None
        assert over["data"]["matchRunProgress"]["state"] == "CANCELLED"
        assert await stream.next() is None
    assert not watched


async def test_whom_it_is_not_for_hears_the_same_as_of_nothing(found: Market) -> None:
    run, elsewhere = await run_of(found), await factories.active_match()
    for actor in (factories.actor_of(found.stranger), elsewhere.manager_actor):
        async with subscribed(actor, run) as stream:
            told = await stream.next()
            assert told is not None
            assert [one["extensions"]["code"] for one in told["errors"]] == ["NOT_FOUND"]
            assert await stream.next() is None
    assert (await send(None, WATCH, id=gid(run))).status_code == 401
    plain = await send(factories.manager_of(found.manager, found.program), WATCH, id=gid(run))
    assert (plain.status_code, "data" in plain.json()) == (400, False), "a subscription needs its media type"
    assert not watched


async def test_one_person_looks_at_few_at_once_and_who_left_costs_nothing(found: Market) -> None:
    run, manager = await run_of(found), factories.manager_of(found.manager, found.program)
    async with AsyncExitStack() as open_ones:
        for _ in range(WATCHES - 1):
            assert await (await open_ones.enter_async_context(subscribed(manager, run))).next()
        async with subscribed(manager, run) as last:
            assert await last.next()
            assert watched[manager.id] == WATCHES
            async with subscribed(manager, run) as one_more:
                told = await one_more.next()
                assert told is not None
                assert told["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert watched[manager.id] == WATCHES - 1, "whoever hung up is not counted any more"
    assert not watched


async def test_many_look_on_at_the_cost_of_one(found: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY_S", 0.1)
    run, manager = await run_of(found), factories.manager_of(found.manager, found.program)
    async with AsyncExitStack() as open_ones:
        streams = [await open_ones.enter_async_context(subscribed(manager, run)) for _ in range(WATCHES)]
        for stream in streams:
            assert await stream.next()
        with queries_run() as ran:
            await asyncio.sleep(0.5)
        assert 0 < len(ran) <= 12, "two questions a look, however many look on"
        await MatchRun.filter(id=run.id).update(step=Step.SEARCHING, percent=40)
        assert all([await stream.next() for stream in streams])
    assert not watching._looks


async def test_who_loses_the_role_hears_nothing_more(found: Market) -> None:
    run = await run_of(found)
    async with subscribed(factories.manager_of(found.manager, found.program), run) as stream:
        assert await stream.next()
        await RoleGrant.filter(organization_id=found.organization.id, person_id=found.manager.id).delete()
        await MatchRun.filter(id=run.id).update(step=Step.SEARCHING, percent=40)
        told = await stream.next()
        assert told is not None
        assert [one["extensions"]["code"] for one in told["errors"]] == ["NOT_FOUND"]
        assert await stream.next() is None
    assert not watched


async def test_it_ends_by_itself(found: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "WATCHED_S", -1.0)
    async with subscribed(factories.manager_of(found.manager, found.program), await run_of(found)) as stream:
        assert await stream.next()
        assert await stream.next() is None
