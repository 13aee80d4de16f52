"""PostgreSQL itself is killed under those who write: one connection's process, which takes all others along, or the
whole server. Nothing confirmed is lost, nothing happens twice, and no process of ours has to be started again (R5).

ITHACA_CHAOS_DATABASE_KILLS says how often; ITHACA_TEST_SEED repeats a run's moments.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from server.kernel.db import database
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.schema.guard import migrate
from server.notifications.models import Message
from tests import postgres
from tests.chance import LONG, seeded
from tests.conftest import environment
from tests.faults.installation import KEY, PATIENCE_S, Installation, environ_of, installed
from tests.faults.report import is_quiet, middle, tell
from tests.faults.test_crash_loop import (
    SCALES_S,
    every_mail_went_out_once,
    everything_is_there_once,
    nothing_waits,
    some_more,
    until,
)
from tests.faults.writers import Journal, six_writers
from tests.server.kernel.jobs.test_durable import slow_server

KILLS = int(os.environ.get("ITHACA_CHAOS_DATABASE_KILLS", "20"))
NORMAL_WITHIN_S, WORDS_BETWEEN = 5, 10
WAYS = [pytest.param(("web", "worker", "worker"), id="web-and-two-workers"), pytest.param(("serve",), id="serve")]
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
pytestmark = pytest.mark.skipif(not LONG, reason="a server of its own, killed twenty times: runs in 'make chaos'")


@asynccontextmanager
async def a_server(folder: Path) -> AsyncGenerator[postgres.Server]:
    """A PostgreSQL of this test's own with every table, open."""
    with postgres.lasting() as server:
        await migrate(server.base, folder)
        async with database(server.base):
            yield server


@pytest.mark.parametrize("words", WAYS)
async def test_postgresql_is_killed_and_all_goes_on_without_a_start(words: tuple[str, ...], tmp_path: Path) -> None:
    journal, stop, chance, quiet = Journal(), asyncio.Event(), seeded(), is_quiet()
    normal_after: list[float] = []
    with environment(ITHACA_SECRET_KEY=KEY):
        async with a_server(tmp_path) as server, slow_server() as sink:
            writers = await six_writers(journal, chance, 20 + 12 * KILLS)
            async with installed(environ_of(tmp_path, server.base, sink.port), *words) as here:
                writing = [asyncio.create_task(one.write(here.url, stop)) for one in writers]
                for number in range(KILLS):
                    await asyncio.sleep(chance.choice(SCALES_S) * chance.random())
                    back = await (killed_whole(server) if number % 2 else killed_in_part(server, chance))
                    await until(partial(some_more, journal, len(journal.confirmed)))
                    normal_after.append(time.monotonic() - back)
                    await until(partial(some_more, journal, len(journal.confirmed) + WORDS_BETWEEN))
                stop.set()
                await asyncio.wait_for(asyncio.gather(*writing), PATIENCE_S)
                await until(nothing_waits_any_more)
                none_was_started_again(here)
            tell(
                "R5", database_kills=KILLS, confirmed=len(journal.confirmed), times_in_doubt=journal.in_doubt,
                mails=len(sink.ids), mails_twice=len(sink.ids) - len(set(sink.ids)),
                normal_after_s=round(middle(normal_after), 1), normal_after_at_most_s=round(max(normal_after), 1),
            )
            assert journal.surprises == []
            await everything_is_there_once(journal)
            await every_mail_went_out_once(journal, sink, 0)
    assert max(normal_after) <= NORMAL_WITHIN_S or not quiet


async def killed_in_part(server: postgres.Server, chance: random.Random) -> float:
    """Kill the process behind one connection: PostgreSQL ends all others and begins anew. When it is back."""
    connection = await asyncpg.connect(server.base)
    found = [row["pid"] for row in await connection.fetch(BACKENDS)]
    os.kill(chance.choice(found), signal.SIGKILL)
    with suppress(asyncpg.PostgresError, OSError):
        await connection.close(timeout=1)
    return await is_back(server)


async def killed_whole(server: postgres.Server) -> float:
    """Kill the server's first process, and start it again, as whoever watches it does. When it is back."""
    os.kill(int((Path(f"{server.folder}/data/postmaster.pid")).read_text().split()[0]), signal.SIGKILL)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(RuntimeError):    # its orphans have not all noticed yet
                await asyncio.to_thread(server.up)
                return await is_back(server)
            await asyncio.sleep(0.1)


async def is_back(server: postgres.Server) -> float:
    """The moment at which it takes connections again."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(asyncpg.PostgresError, OSError):
                await (await asyncpg.connect(server.base)).close()
                return time.monotonic()
            await asyncio.sleep(0.05)


async def nothing_waits_any_more() -> bool:
    """Nothing is left to do. The minutes that a row rests after a failure are over: an hour of tests would go there."""
    for model in (OutboxEvent, Message, ScheduledAction):
        await model.filter(lease_owner="", lease_until__not_isnull=True).update(lease_until=None)
    return await nothing_waits()


def none_was_started_again(here: Installation) -> None:
    for one in here.processes:
        assert one.running is not None
        assert (one.running.returncode, len(one.came_back_s)) == (None, 1), "\n".join(one.said)
