"""Killed again and again while thousands of steps are due: after the restarts each has led to its one mail, counted at
a server that outlives what is killed. `make test` has some in the crash loop (test_crash_loop.py).

ITHACA_CHAOS_STEPS says how many steps, ITHACA_CHAOS_STEP_KILLS how often.
"""

import asyncio
import os
import time
from collections import Counter
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext

from tests.chance import LONG, seeded
from tests.conftest import environment
from tests.faults.due_steps import every_reminder_came, plan_due_steps, steps_left
from tests.faults.installation import KEY, environ_of, installed
from tests.faults.report import tell
from tests.faults.test_crash_loop import kill_one, the_database_is_whole
from tests.server.kernel.jobs.test_durable import slow_server

pytestmark = pytest.mark.skipif(not LONG, reason="thousands of mails and fifty kills: runs in 'make chaos'")

STEPS = int(os.environ.get("ITHACA_CHAOS_STEPS", "5000"))
KILLS = int(os.environ.get("ITHACA_CHAOS_STEP_KILLS", "50"))
PATIENCE_S = 600 + STEPS


@pytest.mark.parametrize(
    ("database_url", "words"),
    [
        pytest.param("sqlite", ("serve",), id="sqlite-serve"),
        pytest.param("postgres", ("worker", "worker"), id="postgres-two-workers"),
    ],
    indirect=["database_url"],
)
async def test_each_due_step_leads_to_one_mail(
    db: TortoiseContext, database_url: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    chance = seeded()
    with environment(ITHACA_SECRET_KEY=KEY):
        await plan_due_steps(STEPS)
        async with slow_server() as server:
            server.pause_s = 0.01
            began, left = time.monotonic(), [STEPS]
            async with installed(environ_of(tmp_path, database_url, server.port), *words) as here:
                for _ in range(KILLS):
                    await kill_one(here, chance)
                    left.append(await steps_left())
                await until_none_is_left()
            arrived = Counter(server.ids)
            tell(
                "R3", steps=STEPS, kills=KILLS, met_steps_due=sum(count > 0 for count in left[1:]),
                mails=len(arrived), twice_under_one_id=sum(arrived.values()) - len(arrived),
                seconds=round(time.monotonic() - began),
            )
            await every_reminder_came(STEPS, arrived, KILLS)
        await the_database_is_whole(db)


async def until_none_is_left() -> None:
    """What crashed twice waits for a minute of calm."""
    patience = time.monotonic() + PATIENCE_S
    while left := await steps_left():
        assert time.monotonic() < patience, f"{left} are left"
        await asyncio.sleep(0.2)
