"""Looking on while a run is under way."""

import asyncio
import time
from collections.abc import AsyncGenerator
from uuid import UUID

from server.access.queries import actor_now
from server.kernel.actor import Actor
from server.matchmaking.models import MatchRun
from server.matchmaking.queries import visible_run
from server.matchmaking.states import RunState

LOOK_EVERY_S = 1.0
"""How often it is asked how far a run is: a run writes that down twice a second."""
WATCHED_S = 300.0
"""How long one looks on at most: whoever wants more asks again."""


async def progress_of(actor: Actor, run_id: UUID) -> AsyncGenerator[MatchRun, None]:
    """A run as it stands, and again each time it has come further, until it is over or WATCHED_S have passed.

    Whoever loses the right, or leaves, hears nothing more: it is looked up again each time.

    Raises:
        NotFound: absent, of another organisation, or of a programme that the actor does not run, now or by then.
    """
    until, seen = time.monotonic() + WATCHED_S, None
    while True:
        run = await visible_run(await actor_now(actor), run_id)
        stands = (run.state, run.step, run.percent)
        if stands != seen:
            seen = stands
            yield run
        if run.state is not RunState.RUNNING or time.monotonic() > until:
            return
        await asyncio.sleep(LOOK_EVERY_S)
