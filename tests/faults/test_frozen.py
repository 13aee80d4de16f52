"""A worker is stopped dead (SIGSTOP) while it holds messages, for longer than its lease, and then goes on as if nothing
had been. The other one has sent them by then: nothing is lost or goes out as another mail, and no mark is overwritten.

ITHACA_CHAOS_FREEZES says how often. On one machine the others see that it is there, and wait for its lease of two
minutes; on another machine they take it for dead after half a minute of silence, and it has to be started again.
"""

import asyncio
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import OutboxEvent
from server.notifications.models import Message
from server.notifications.states import MessageState
from tests.chance import LONG
from tests.conftest import environment
from tests.factories import Pair, active_match
from tests.faults.installation import KEY, PATIENCE_S, Process, environ_of, installed
from tests.faults.report import tell
from tests.server.kernel.jobs.test_durable import slow_server

FREEZES = int(os.environ.get("ITHACA_CHAOS_FREEZES", "3"))
PAIRS = 15
LEASE_S = 120
ELSEWHERE = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
"""Process numbers of its own: what others know of it is its heartbeat alone, as on another machine."""
pytestmark = [
    pytest.mark.skipif(not LONG, reason="each lease lasts two minutes: runs in 'make chaos'"),
    pytest.mark.parametrize("database_url", ["postgres"], indirect=True),
]


@pytest.mark.parametrize("before", [(), ELSEWHERE], ids=["on-this-machine", "on-another"])
async def test_what_a_frozen_worker_held_is_sent_by_another_and_stays_as_it_is(
    db: object, database_url: str, before: tuple[str, ...], tmp_path: Path
) -> None:
    if before and (os.geteuid() or shutil.which(before[0]) is None):
        pytest.skip("another machine is played by 'unshare', which needs root")
    taken_over: list[float] = []
    held = 0
    with environment(ITHACA_SECRET_KEY=KEY):
        async with slow_server() as sink:
            environ = environ_of(tmp_path, database_url, sink.port)
            async with installed(environ, "worker", "worker", before=before) as here:
                for _ in range(FREEZES):
                    await announce()
                    theirs = await frozen_while_it_holds(here.processes[0])
                    began, held = time.monotonic(), held + len(theirs)
                    await until(everything_is_sent)
                    taken_over.append(time.monotonic() - began)
                    marks = await marked()
                    await goes_on(here.processes[0], ends=bool(before))
                    assert await marked() == marks
    times = Counter(sink.ids)
    tell(
        "R3", frozen="elsewhere" if before else "here", freezes=FREEZES, held_messages=held, sent=len(times),
        twice_under_one_id=len(sink.ids) - len(times), taken_over_at_most_s=round(max(taken_over)),
    )
    assert len(times) == await Message.all().count() == 2 * PAIRS * FREEZES
    assert len(sink.ids) - len(times) <= held
    assert not await OutboxEvent.filter(delivered_at=None).exists()


async def announce() -> None:
    """Two messages for each pair, once a worker looks."""
    for _ in range(PAIRS):
        pair: Pair = await active_match()
        async with unit_of_work(system_actor(pair.organization.id)) as unit:
            await unit.publish("match.activated", subject_id=pair.match.id, match_id=pair.match.id)


async def frozen_while_it_holds(worker: Process) -> list[UUID]:
    """Stop this worker in the middle of messages that it has begun; which they are."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if await begun_by(worker):
                send(worker, signal.SIGSTOP)
                if found := await begun_by(worker):
                    return found
                send(worker, signal.SIGCONT)
            await asyncio.sleep(0.02)


async def begun_by(worker: Process) -> list[UUID]:
    mine = Message.filter(lease_owner=worker.environ["ITHACA_EXECUTOR_ID"], crashes__gt=0)
    return [one.id for one in await mine.exclude(state=MessageState.SENT)]


async def goes_on(worker: Process, *, ends: bool) -> None:
    """Let it go on, and see what it does; one that was taken for dead ends, and is started again."""
    send(worker, signal.SIGCONT)
    assert worker.running is not None
    if ends:
        assert await asyncio.wait_for(worker.running.wait(), PATIENCE_S) == 1
        await worker.start()
        await worker.wait_until_up()
    else:
        await asyncio.sleep(10)
        assert worker.running.returncode is None, "\n".join(worker.said)


async def marked() -> dict[UUID, tuple[MessageState, datetime | None, str, int, int]]:
    """What is written of each message."""
    return {one.id: (one.state, one.sent_at, one.lease_owner, one.crashes, one.attempts) for one in await Message.all()}


async def everything_is_sent() -> bool:
    waiting = await OutboxEvent.filter(delivered_at=None).exists()
    return not waiting and not await Message.exclude(state=MessageState.SENT, lease_owner="").exists()


def send(worker: Process, what: signal.Signals) -> None:
    assert worker.running is not None
    os.killpg(worker.running.pid, what)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Longer than a lease."""
    async with asyncio.timeout(LEASE_S + PATIENCE_S):
        while not await condition():
            await asyncio.sleep(0.2)
