"""What is due, done here in order and marked in batches: for the demonstration and the simulator, which live through
months of a programme in minutes.

A worker takes each row under a lease and marks it by itself, so that a crash repeats one mail at most (`lanes`). Who
works in batches begins anew after a crash, and is alone meanwhile.
"""

from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.engines.firsts import Firsts, firsts
from server.kernel.errors import Conflict
from server.kernel.facts import Worker
from server.kernel.jobs.handlers import load_handlers
from server.kernel.jobs.lanes import LANES, Lane, Outcome, attempt, heads, marks_of, say
from server.kernel.jobs.place import is_alive, leave_place, take_place

MARKED_AT_ONCE = 200
"""Rows that ran and are not marked yet, at most."""


@asynccontextmanager
async def without_workers(executor_id: str) -> AsyncGenerator[None, None]:
    """Keep workers away while the block is open, by holding the place of one. It needs the clock as it is.

    Raises:
        Conflict: a worker is alive.
        PlaceTaken: one with this name is.
    """
    for there in await Worker.exclude(id=executor_id):
        if is_alive(there):
            raise Conflict(f"A worker ('{there.id}') runs jobs on this database. Stop it first.")
    me = await take_place(executor_id)
    try:
        yield
    finally:
        await leave_place(executor_id, me)


async def run_due() -> list[Outcome]:
    """Do everything that is due now, until nothing is. What is done together is done at one moment; what fails is tried
    again when it is due.
    """
    load_handlers()
    outcomes = list[Outcome]()
    with clock.at(clock.now()):
        async with AsyncExitStack() as stack:
            for lane in list(LANES.values()):
                await stack.enter_async_context(lane.meanwhile())
            while done := await _run_round():
                outcomes += done
    return outcomes


async def next_due() -> datetime | None:
    """When the first row of all lanes falls due, or fell due and waits for its next try; None while nothing is planned.
    """
    return min((moment for moment in (await _first_due()).values() if moment), default=None)


async def _first_due() -> dict[str, datetime | None]:
    """By lane, as far as they have room."""
    names = tuple(lane.name for lane in LANES.values() if lane.room())
    return dict(zip(names, await _question(get_connection("default").capabilities.dialect, names).now(), strict=True))


@cache
def _question(dialect: str, names: Sequence[str]) -> Firsts:  # noqa: ARG001  # each has a text of its own
    lanes = [LANES[name] for name in names]
    return firsts([(lane.model.filter(**lane.open), lane.due) for lane in lanes])


async def _run_round() -> list[Outcome]:
    """Lane by lane: those in which something is due, and all that come after one in which something was done: what that
    led to may be due in them."""
    due, done, moment = await _first_due(), list[Outcome](), clock.now()
    for lane in list(LANES.values()):
        first = due.get(lane.name)
        if done or (first and first <= moment):
            done += await _run_lane(lane)
    return done


async def _run_lane(lane: Lane) -> list[Outcome]:
    """The first row of each group, as far as they are due."""
    moment = clock.now()
    if not lane.room():
        return []
    due: QuerySet[Any] = lane.model.filter(**lane.open, **{f"{lane.due}__lte": moment})
    rows = {row.id: row for row in await due.order_by(lane.due, "id")}
    waiting = ((row.id, getattr(row, lane.group), row.lease_until, row.crashes) for row in rows.values())
    chosen = [rows[row_id] for row_id, _ in heads(waiting, moment)]
    batches = [chosen[begin:begin + MARKED_AT_ONCE] for begin in range(0, len(chosen), MARKED_AT_ONCE)]
    return [outcome for batch in batches for outcome in await _run_batch(lane, due, batch)]


async def _run_batch(lane: Lane, due: QuerySet[Any], rows: Sequence[Any]) -> list[Outcome]:
    """Each row as it stands when its turn comes: one before it may have called it off. Then the marks of all."""
    ran = list[tuple[Any, Outcome]]()
    for row in rows:
        if (now := await due.filter(id=row.id).first() if ran else row) is not None:
            ran.append((now, await attempt(lane, now)))
    alike = defaultdict[tuple[tuple[str, Any], ...], list[UUID]](list)
    for row, outcome in ran:
        alike[tuple(marks_of(lane, row, outcome).items())].append(row.id)
        say(lane, row, outcome)
    for values, ids in alike.items():
        if values:
            await lane.model.filter(id__in=ids).update(**dict(values))
    return [outcome for _, outcome in ran]
