"""Two real processes act on one database at once: whatever meets, what must hold, holds of what they leave."""

import asyncio
import os
import random

import pytest

from server.kernel.jobs import drain
from tests.forked import begin
from tests.server.machines.invariants import check
from tests.server.machines.rowing import run
from tests.server.machines.world import World

CHAOS = bool(os.environ.get("ITHACA_CHAOS"))
ROUNDS, STEPS = (25, 150) if CHAOS else (1, 40)
PATIENCE_S = 600
"""Only so that a process which hangs ends the test some day."""


async def rowed(url: str, world: World, seed: int) -> tuple[int, str]:
    """What became of one process: its code, and the trace it left."""
    process = await begin(url, str(world.organization_id), str(seed), str(STEPS), environ=os.environ, act=run)
    try:
        _out, trace = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    except TimeoutError:
        process.kill()
        raise
    return process.returncode or 0, trace.decode()


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_two_processes_break_nothing(db: object, database_url: str, round_: int) -> None:
    seed = random.SystemRandom().randrange(10**6) if CHAOS else 7
    world = await World.arrive()
    outcomes = await asyncio.gather(*(rowed(database_url, world, seed + number) for number in range(2)))
    assert [code for code, _trace in outcomes] == [0, 0], (seed, *(trace[-3000:] for _code, trace in outcomes))
    await drain(strict=False)
    await check(world.organization_id)
