"""What falls due among many pairs: 2,000 actions of 200,000 open pairs, found and claimed as a worker does it, beside
SQL written by hand that takes as many at a time; and what looking and planning cost alone and among all of them, and
how many rows PostgreSQL reads for it.

    python -m benchmarks.tick [pairs]
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg

from benchmarks.figures import Figure, at_most, table
from benchmarks.ground import cpu_ms, var_folder
from server.automation.planning import plan, steps_by_fact
from server.automation.subjects import MATCH
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import database
from server.kernel.facts import ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs.handlers import load_handlers
from server.kernel.jobs.lanes import BATCH, LANES, claim
from server.kernel.schema.guard import migrate
from server.kernel.settings import settings
from tests import postgres
from tests.conftest import environment
from tests.factories import Pair, active_match
from tests.many import more_pairs
from tests.queries import rows_read

PAIRS, DUE, RUNS, MOST = 200_000, 2_000, 3, 3.0
WORKER, BY_HAND, BEGAN = "bench:worker", "bench:hand", "match.activated"
Hand = Callable[[str, list[Any]], Awaitable[list[Any]]]
FREE = "state = 'PLANNED' AND due_at <= {now} AND (lease_until IS NULL OR lease_until <= {now})"
FIRST = f"SELECT id FROM scheduled_action WHERE {FREE} ORDER BY due_at, id LIMIT {BATCH}"
SQL = {
    "SQLite": f"UPDATE scheduled_action SET lease_owner = ?2, lease_until = ?3 WHERE id IN "
              f"({FIRST.format(now='?1')}) RETURNING id",
    "PostgreSQL": f"UPDATE scheduled_action SET lease_owner = $2, lease_until = $3 WHERE id IN "
                  f"({FIRST.format(now='$1')} FOR UPDATE SKIP LOCKED) RETURNING id",
}


async def fall_due(pair: Pair) -> None:
    """So many actions whose moment has passed, spread over the last day."""
    moment = clock.now()
    await ScheduledAction.bulk_create([
        ScheduledAction(
            organization_id=pair.organization.id, rule="message.F01", subject_kind="Match", subject_id=new_id(),
            due_at=moment - timedelta(seconds=40 * number), dedupe_key=f"due:{number}",
        )
        for number in range(1, DUE + 1)
    ], batch_size=500)


async def claimed() -> int:
    """Everything that is due, taken as a worker takes it."""
    found = 0
    while taken := await claim(LANES["due"], WORKER):
        found += len(taken)
    return found


@asynccontextmanager
async def hand(name: str, url: str) -> AsyncGenerator[Hand, None]:
    """What runs a statement by hand, over a connection that does nothing else."""
    if name == "PostgreSQL":
        connection = await asyncpg.connect(url)
        try:
            yield lambda sql, values: connection.fetch(sql, *values)
        finally:
            await connection.close()
        return
    file = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)
    file.execute("PRAGMA synchronous = FULL")

    async def run(sql: str, values: list[Any]) -> list[Any]:
        return file.execute(sql, values).fetchall()

    try:
        yield run
    finally:
        file.close()


async def by_hand(run: Hand, sql: str) -> int:
    """The same by a statement for each batch."""
    found, moment = 0, clock.now()
    while taken := await run(sql, [moment, BY_HAND, moment + timedelta(minutes=2)]):
        found += len(taken)
    return found


async def timed(act: Callable[[], Awaitable[int]], owner: str) -> float:
    """Seconds in which all was taken; then it is given back."""
    began = time.perf_counter()
    count = await act()
    seconds = time.perf_counter() - began
    assert count == DUE, f"{count} of {DUE} were taken"
    await ScheduledAction.filter(lease_owner=owner).update(lease_owner="", lease_until=None)
    return seconds


async def beside_hand(name: str, url: str) -> list[Figure]:
    """Finding and claiming, ours and the hand's by turns; the best of each counts."""
    ours, peer = list[float](), list[float]()
    async with hand(name, url) as run:
        for _ in range(RUNS):
            peer.append(await timed(lambda: by_hand(run, SQL[name]), BY_HAND))
            ours.append(await timed(claimed, WORKER))
    told = f"{min(ours) / DUE * 1e6:.0f} us a row; by hand {min(peer) / DUE * 1e6:.0f} us"
    return [
        Figure(f"{DUE} due actions claimed, {name}", told),
        at_most(f"claiming beside SQL by hand, {name}", min(ours) / min(peer), MOST, " times"),
    ]


async def look() -> object:
    """What a worker does every two seconds."""
    return await claim(LANES["due"], WORKER)


async def plan_steps(pair: Pair) -> None:
    """The steps of a match that begins."""
    actor, wanted = system_actor(pair.organization.id), steps_by_fact()[BEGAN][MATCH]
    await plan(actor, MATCH, wanted, pair.match.id, clock.now())


async def quiet(pair: Pair, name: str) -> list[str]:
    """What looking while nothing is due takes, and planning: of the processor, and of rows where that can be seen."""
    acts: list[Callable[[], Awaitable[object]]] = [look, lambda: plan_steps(pair)]
    told = [f"{await cpu_ms(act):.2f} ms CPU" for act in acts]
    if name == "PostgreSQL":
        told = [f"{words} and {await rows_read(act)} rows" for words, act in zip(told, acts, strict=True)]
    return told


async def measure(databases: dict[str, str], pairs: int) -> list[Figure]:
    """All of it on each database."""
    found = list[Figure]()
    load_handlers()
    for name, url in databases.items():
        with var_folder() as folder, environment(ITHACA_DATABASE_URL=url):
            await migrate(settings().database, folder / "backups")
            async with database(settings().database):
                pair = await active_match()
                few = await quiet(pair, name)
                await more_pairs(name, pair, pairs)
                among_all = await quiet(pair, name)
                for what, before, after in zip(("looking", "planning a match"), few, among_all, strict=True):
                    told = f"{before} alone, {after} among {pairs} pairs"
                    found.append(Figure(f"{what}, nothing due, {name}", told))
                await fall_due(pair)
                found += await beside_hand(name, settings().database)
    return found


def figures(pairs: int = PAIRS) -> list[Figure]:
    """The lines of `make bench`."""
    with postgres.lasting() as server:
        return asyncio.run(measure({"SQLite": "", "PostgreSQL": server.base}, pairs))


if __name__ == "__main__":
    print(table(figures(*map(int, sys.argv[1:2]))))
