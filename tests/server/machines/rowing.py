"""One of several processes that act on one world at once; its words are URL, ORGANISATION, SEED, STEPS.

A refusal is an answer. Anything else, a deadlock or a broken rule of a table, ends the process with its trace.
"""

import asyncio
import random
from uuid import UUID

from server.kernel.db import database
from server.kernel.jobs import drain
from tests.server.machines.world import ACTS, COMMON, World

JOBS_EVERY = 12


async def row(url: str, organization_id: UUID, seed: int, steps: int) -> None:
    """Do that many random acts, and whatever falls due in between."""
    chance = random.Random(seed)  # the same seed, the same acts
    async with database(url):
        world = World(organization_id)
        for number in range(steps):
            act = chance.choice([*ACTS, *COMMON])
            await world.do(act, (chance.randrange(6), chance.randrange(6), chance.randrange(2)))
            if number % JOBS_EVERY == JOBS_EVERY - 1:
                await drain(strict=False)


def run(words: list[str]) -> int:
    """What a process of its own does. Returns its exit code."""
    url, organization_id, seed, steps = words
    asyncio.run(row(url, UUID(organization_id), int(seed), int(steps)))
    return 0
