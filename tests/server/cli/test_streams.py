"""A thousand people look on at runs for minutes, over real connections, and hear of every step; the others are answered
as ever, and memory stays (reliability.md, R8 and R9). For 'make chaos', with figures."""

import asyncio
import json
import os
import re
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from graphql_schema.ids import global_id
from graphql_schema.watching import WATCHES
from server.access.actions import open_session
from server.access.models import RoleGrant
from server.access.states import Role
from server.kernel.db import database
from server.matchmaking.models import MatchRun
from tests import factories
from tests.conftest import environment
from tests.crowd import Visitor, at_share, peak_mb, steadily
from tests.faults.report import tell
from tests.server.cli.conftest import BESIDE_S, CALM_S, MEMORY_MB, Live, in_s, is_quiet

STREAMS = int(os.environ.get("ITHACA_CHAOS_STREAMS", "1000"))
STREAMED_S = int(os.environ.get("ITHACA_CHAOS_SECONDS", "60"))
RUNS, AT_ONCE, STEP_EVERY_S, HEARD_WITHIN_S = 4, 20, 15, 60
WATCH = "subscription ($id: ID!) { matchRunProgress(runId: $id) { state percent } }"
PERCENT = re.compile(rb'"percent":(\d+)')
pytestmark = pytest.mark.skipif("ITHACA_CHAOS" not in os.environ, reason="minutes of load: runs in 'make chaos'")


@dataclass
class Stream:
    """One client that looks on at a run, and asks again each time it is told to."""

    visitor: Visitor
    run_id: UUID
    statuses: Counter[int]
    heard: int = -1
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Until it is cancelled."""
        body = json.dumps({"query": WATCH, "variables": {"id": global_id("MatchRun", self.run_id)}}).encode()
        kinds = {"content_type": "application/json", "accept": "text/event-stream"}
        head = self.visitor.head("/graphql", "POST", **kinds, content_length=str(len(body)))
        while True:
            reader, writer = await self.visitor.connect()
            try:
                writer.write(head + body)
                self.statuses[int((await reader.readuntil(b"\r\n\r\n"))[9:12])] += 1
                while (line := await reader.readline()) and b"event: complete" not in line:
                    if found := PERCENT.search(line):
                        self.heard = int(found[1])
                        self.begun.set()
            finally:
                writer.close()


@asynccontextmanager
async def listening(streams: list[Stream]) -> AsyncGenerator[None]:
    """All of them, opened a few at a time, while the block is open."""
    turns, open_ones = asyncio.Semaphore(AT_ONCE), list[asyncio.Task[None]]()

    async def begin(one: Stream) -> None:
        async with turns:
            open_ones.append(asyncio.create_task(one.listen()))
            await asyncio.wait_for(one.begun.wait(), HEARD_WITHIN_S)

    try:
        await asyncio.gather(*(begin(one) for one in streams))
        yield
    finally:
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)


async def who_look_on(here: Live) -> list[Stream]:
    """Managers of the pair's programme, each with as many streams as one may have, at runs that are under way."""
    runs = [
        await MatchRun.create(
            organization_id=here.pair.organization.id, program_id=here.pair.program.id, cohort_id=here.pair.cohort.id,
            engine_version="1", weights_version="1", started_by="system", percent=0,
        )
        for _ in range(RUNS)
    ]
    statuses, found = Counter[int](), list[Stream]()
    for number in range(-(-STREAMS // WATCHES)):
        someone = await factories.person(here.pair.organization)
        await RoleGrant.create(
            organization_id=someone.organization_id, person=someone, role=Role.PROGRAM_MANAGER,
            program_id=here.pair.program.id,
        )
        visitor = Visitor(here.visitor.url, await open_session(someone))
        found += [Stream(visitor, runs[number % RUNS].id, statuses) for _ in range(WATCHES)]
    return found[:STREAMS]


async def test_a_thousand_who_look_on_hear_every_step_and_slow_nobody(live: Live) -> None:
    with environment(ITHACA_VAR_DIR=str(live.var)):
        async with database(f"sqlite://{live.var / 'ithaca.db'}"):
            streams = await who_look_on(live)
            calm = await steadily(live.page, visitors=2, seconds=CALM_S, pause=0.25)
            quiet = is_quiet(calm)
            async with listening(streams):
                asking = asyncio.create_task(steadily(live.page, visitors=2, seconds=STREAMED_S, pause=0.25))
                percent = 0
                while not asking.done():
                    percent += 1
                    await MatchRun.filter(organization_id=live.pair.organization.id).update(percent=percent)
                    await asyncio.wait([asking], timeout=STEP_EVERY_S)
                beside = await asking
                with suppress(TimeoutError):
                    async with asyncio.timeout(HEARD_WITHIN_S):
                        while any(one.heard != percent for one in streams):
                            await asyncio.sleep(0.2)
    behind = sum(one.heard != percent for one in streams)
    tell(
        "R9", streams=len(streams), seconds=STREAMED_S, steps=percent, answers=dict(streams[0].statuses), behind=behind,
        pages=len(beside), p50_s=in_s(beside, 0.5), p99_s=in_s(beside), before_p50_s=in_s(calm, 0.5),
        before_p99_s=in_s(calm), memory_mb=round(peak_mb(live.pid)),
    )
    assert {one.status for one in (*calm, *beside)} == {200}
    assert set(streams[0].statuses) == {200}
    assert behind == 0
    assert peak_mb(live.pid) <= MEMORY_MB
    if quiet:
        assert at_share(beside, 0.99) <= BESIDE_S
