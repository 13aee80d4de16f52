"""Looking on while a run is under way: many may, and together they cost two questions a second for each run."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from uuid import UUID

from server.access.queries import actor_now
from server.kernel.actor import Actor
from server.matchmaking.models import MatchRun
from server.matchmaking.queries import Stand, stand_of, visible_run
from server.matchmaking.states import RunState

LOOK_EVERY_S = 1.0
"""How often it is asked how far a run is: a run writes that down twice a second."""
WATCHED_S = 300.0
"""How long one looks on at most: whoever wants more asks again."""
TOLD_AT_ONCE = 4
"""A thousand who look on at one run would else be told in one breath, and nobody else be answered meanwhile."""


class _Look:
    """What all who look on at one run in this process share: how far it stood when it was asked last."""

    def __init__(self) -> None:
        self.watchers = 0
        self._asking, self._asked_at = asyncio.Lock(), -math.inf
        self._stand: Stand | None = None

    async def stand(self, actor: Actor, run_id: UUID) -> Stand | None:
        """How far the run is, at most half a look ago."""
        async with self._asking:
            if time.monotonic() - self._asked_at >= LOOK_EVERY_S / 2:
                self._stand = await stand_of(actor, run_id)
                self._asked_at = time.monotonic()
            return self._stand


async def progress_of(actor: Actor, run_id: UUID) -> AsyncGenerator[MatchRun, None]:
    """A run as it stands, and again each time it has come further, until it is over or WATCHED_S have passed.

    Whoever loses the right, or leaves, hears nothing more: it is looked up again before each word.

    Raises:
        NotFound: absent, of another organisation, or of a programme that the actor does not run, now or by then.
    """
    until, told = time.monotonic() + WATCHED_S, None
    with _looking_at(run_id) as look:
        while True:
            if told is None or await look.stand(actor, run_id) != told:
                async with _turns:
                    run = await visible_run(await actor_now(actor), run_id)
                told = (run.state, run.step, run.percent)
                yield run
                if run.state is not RunState.RUNNING:
                    return
            if time.monotonic() > until:
                return
            await asyncio.sleep(LOOK_EVERY_S)


@contextmanager
def _looking_at(run_id: UUID) -> Iterator[_Look]:
    look = _looks.setdefault(run_id, _Look())
    look.watchers += 1
    try:
        yield look
    finally:
        look.watchers -= 1
        if not look.watchers:
            del _looks[run_id]


_looks: dict[UUID, _Look] = {}
_turns = asyncio.Semaphore(TOLD_AT_ONCE)
