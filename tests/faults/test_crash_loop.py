"""Killed at random moments while people write and mails go out: nothing confirmed is lost, nothing happens twice.

ITHACA_CHAOS_KILLS says how often; ITHACA_TEST_SEED repeats a run's moments.
"""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext

from server.kernel.facts import OutboxEvent
from server.notifications.models import Message
from server.notifications.states import MessageState
from tests.chance import LONG, seeded
from tests.conftest import environment
from tests.faults.due_steps import every_reminder_came, plan_due_steps, steps_left
from tests.faults.installation import KEY, PATIENCE_S, Installation, environ_of, installed
from tests.faults.report import middle, tell
from tests.faults.writers import INVITATION, Journal, six_writers, stored
from tests.server.kernel.jobs.test_durable import Slow, slow_server

KILLS = int(os.environ.get("ITHACA_CHAOS_KILLS", "3"))
STEPS = 20
"""Reminders that are due while it begins."""
SCALES_S = (0.05, 0.2, 0.7, 2.0)
"""Moments come from several scales, or only ever the same line would be killed."""
WHILE_STARTING = 0.2
"""The share of kills that meet a process that has not come up yet."""
WAYS = [
    pytest.param("sqlite", ("serve",), KILLS, id="sqlite-serve"),
    pytest.param("postgres", ("web", "worker", "worker"), KILLS, id="postgres-web-and-two-workers"),
    *([pytest.param("postgres", ("serve",), KILLS // 4, id="postgres-serve")] if LONG else []),
]


@pytest.fixture
def chance() -> random.Random:
    return seeded()


@pytest.fixture
async def sink() -> AsyncGenerator[Slow, None]:
    """Takes its time over each mail, and outlives what is killed."""
    async with slow_server() as server:
        server.pause_s = 0.01
        yield server


@pytest.mark.parametrize(("database_url", "words", "kills"), WAYS, indirect=["database_url"])
async def test_what_was_confirmed_is_there_once(
    db: TortoiseContext, database_url: str, words: tuple[str, ...], kills: int, tmp_path: Path, chance: random.Random,
    sink: Slow,
) -> None:
    journal, stop = Journal(), asyncio.Event()
    with environment(ITHACA_SECRET_KEY=KEY):
        writers = await six_writers(journal, chance, 20 + 12 * kills)
        await plan_due_steps(STEPS)
        async with installed(environ_of(tmp_path, database_url, sink.port), *words) as here:
            writing = [asyncio.create_task(one.write(here.url, stop)) for one in writers]
            for number in range(kills):
                await kill_one(here, chance)
                if number % 20 == 19:
                    print(f"{number + 1} kills, {len(journal.confirmed)} confirmed", flush=True)
            for one in here.processes:
                await one.wait_until_up()
            await until(partial(some_more, journal, len(journal.confirmed)))
            stop.set()
            await asyncio.wait_for(asyncio.gather(*writing), PATIENCE_S)
            await until(nothing_waits)
            for one in here.processes:
                await one.end(signal.SIGTERM)
                assert one.running is not None
                assert one.running.returncode == 0, "\n".join(one.said)
        report(kills, here, journal, sink)
        assert journal.surprises == []
        await everything_is_there_once(journal)
        await every_mail_went_out_once(journal, sink, kills)
        await every_reminder_came(STEPS, Counter(sink.ids), kills)
    await the_database_is_whole(db)


async def kill_one(here: Installation, chance: random.Random) -> None:
    """Kill a process without warning, and start it again at once, as whoever watches it does."""
    victim = chance.choice(here.processes)
    if chance.random() > WHILE_STARTING:
        await victim.wait_until_up()
    await asyncio.sleep(chance.choice(SCALES_S) * chance.random())
    await victim.end(signal.SIGKILL)
    await victim.start()


async def some_more(journal: Journal, before: int) -> bool:
    return len(journal.confirmed) > before


async def nothing_waits() -> bool:
    """Every fact is delivered and every mail that is due is sent. What crashed twice waits for some minutes."""
    assert not await OutboxEvent.filter(parked_at__not_isnull=True).count()
    assert not await Message.filter(state=MessageState.FAILED).count()
    open_facts = await OutboxEvent.filter(delivered_at=None).count()
    if open_facts or await steps_left():
        return False
    return not await Message.filter(kind="E02").exclude(state=MessageState.SENT).count()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    patience = time.monotonic() + 5 * PATIENCE_S
    while not await condition():
        assert time.monotonic() < patience
        await asyncio.sleep(0.1)


async def everything_is_there_once(journal: Journal) -> None:
    """Nothing confirmed is missing, and nothing is there that was not asked for, or twice."""
    for kind, rows in (await stored()).items():
        marks = journal.marks(kind)
        twice = [one for one, times in Counter(rows).items() if times > 1]
        lost = [one for one in marks if one not in rows]
        assert marks
        assert (lost, twice, len(rows)) == ([], [], len(marks)), kind


async def every_mail_went_out_once(journal: Journal, sink: Slow, kills: int) -> None:
    """One Message-ID for each mail that is due; the same one again at most as often as something was killed."""
    times = Counter(sink.ids)
    sent = await Message.filter(state=MessageState.SENT)
    assert {str(one.recipient_id) for one in sent} >= journal.marks(INVITATION)
    assert len(times) == len(sent)
    assert sum(times.values()) - len(times) <= kills


async def the_database_is_whole(db: TortoiseContext) -> None:
    connection = db.connections.get("default")
    if connection.capabilities.dialect == "sqlite":
        _, rows = await connection.execute_query("PRAGMA integrity_check")
        assert [dict(row) for row in rows] == [{"integrity_check": "ok"}]
        assert (await connection.execute_query("PRAGMA foreign_key_check"))[1] == []


def report(kills: int, here: Installation, journal: Journal, sink: Slow) -> None:
    back = [seconds for one in here.processes for seconds in one.came_back_s]
    lived = [seconds for one in here.processes for seconds in one.lived_s]
    tell(
        "R1 to R3", kills=kills, confirmed=len(journal.confirmed), times_in_doubt=journal.in_doubt,
        mails=len(set(sink.ids)), mails_twice_under_one_id=len(sink.ids) - len(set(sink.ids)),
        up_again_s=round(middle(back), 1), up_again_at_most_s=round(max(back), 1), worked_s=round(middle(lived), 1),
        worked_at_most_s=round(max(lived), 1),
    )
