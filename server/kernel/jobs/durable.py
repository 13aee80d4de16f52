"""The process that runs jobs: DBOS inside the running loop, fed from our own rows (docs/decisions/0004-jobs.md).

Every lane has a loop that takes what is due and hands it to a short workflow, named after the taking. It wakes
after every commit of this process, every two seconds, and once a minute by a schedule that DBOS keeps.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from dbos import DBOS, DBOSConfig, SetWorkflowID

from server.kernel.db import forget_receipts, on_commit
from server.kernel.jobs import lanes
from server.kernel.jobs.adoption import Watch
from server.kernel.jobs.handlers import load_handlers
from server.kernel.jobs.lanes import LANES, Claim, Lane, claim, give_back, work
from server.kernel.jobs.place import BEAT_S, beat, leave_place, take_place
from server.kernel.log import note
from server.kernel.settings import Settings

TICK_S = 2.0
GRACE_S = 6.0  # of the 15 seconds that a stop may take, for work that has begun
KEPT = timedelta(days=1)
VERSION = "ithaca-1"  # fixed: DBOS leaves work of another version lying (docs/decisions/0004-jobs.md)


@asynccontextmanager
async def running(
    settings: Settings, *, displaced: Callable[[], None] = lambda: None
) -> AsyncGenerator[None, None]:
    """Run jobs in this process while the block is open. The database must be open already.

    Leaving it finishes what has begun, for six seconds at most, and gives back the rest. `displaced` is called when
    this process was taken for dead and its work went to another: it takes nothing more, and should end.

    Raises:
        PlaceTaken: another live process runs jobs under the same ITHACA_EXECUTOR_ID.
    """
    load_handlers()
    me = await take_place(settings.executor_id)
    try:
        await give_back(settings.executor_id)
        _launch(settings)
        lanes.BORN = time.monotonic()
        await DBOS.apply_schedules_async([
            {"schedule_name": "sweep", "workflow_fn": sweep, "schedule": "* * * * *", "context": None},
        ])
        loops = [asyncio.create_task(_keep_taking(lane, settings.executor_id)) for lane in LANES.values()]
        loops.append(asyncio.create_task(_keep_beating(settings.executor_id, me, loops, displaced)))
        note("worker.started", executor=settings.executor_id)
        try:
            yield
        finally:
            await _stop(loops)
            if await beat(settings.executor_id, me):  # else the name, and what was taken under it, is another's
                await give_back(settings.executor_id)
    finally:
        await leave_place(settings.executor_id, me)
        note("worker.stopped", executor=settings.executor_id)


def wake() -> None:
    """Make every loop of this process look at once: something was stored, or the clock was moved."""
    for bell in _bells:
        bell.set()


@DBOS.workflow(name="run_row")  # as it is called in the notes of releases that ran one each
async def run_rows(lane: str, row_ids: list[str], owner: str, until: str) -> list[str]:
    """Run what was taken at once. Played again after a crash, it finds that the taking is over and does nothing."""
    return await run_taken(lane, row_ids, owner, until)


@DBOS.step(name="run_taken")
async def run_taken(lane: str, row_ids: list[str], owner: str, until: str) -> list[str]:
    """The work of `run_rows`, side by side; a stop of the process ends it in order."""
    taken = [Claim(lane, UUID(row_id), owner, datetime.fromisoformat(until)) for row_id in row_ids]
    tasks = [_kept(asyncio.create_task(work(one)), _working) for one in taken]
    await asyncio.wait(tasks)  # unlike awaiting them one by one, our own end leaves them running
    return ["RETURNED" if task.cancelled() else str(task.result().ending) for task in tasks]


@DBOS.workflow(name="sweep")
async def sweep(scheduled_at: datetime, context: Any) -> None:  # noqa: ARG001  # the shape that DBOS asks for
    """Once a minute: look for due rows, and forget old receipts, and workflows of over a day ago: ended, or left by a
    dead worker.
    """
    wake()
    await forget_receipts()
    before = (datetime.now(UTC) - KEPT).isoformat()  # DBOS keeps the system's time, not ours
    old = await DBOS.list_workflows_async(completed_before=before, limit=500, load_input=False, load_output=False)
    old += await DBOS.list_workflows_async(
        end_time=before, status="PENDING", name="run_row", limit=500, load_input=False, load_output=False
    )
    if old:
        await DBOS.delete_workflows_async([workflow.workflow_id for workflow in old])


def _launch(settings: Settings) -> None:
    """Start DBOS in this loop, quiet, with fixed names and without any connection to the outside."""
    if settings.jobs_database.startswith("sqlite"):
        path = settings.jobs_database.removeprefix("sqlite:///")
        with sqlite3.connect(path) as file:
            file.execute("PRAGMA journal_mode=WAL")
        file.close()
    config: DBOSConfig = {
        "name": "ithaca",
        "system_database_url": settings.jobs_database,
        "application_version": VERSION,
        "executor_id": settings.executor_id,
        "log_level": "WARNING",
        "enable_otlp": False,
        "sys_db_pool_size": 5,
    }
    DBOS(config=config)
    library = logging.getLogger("dbos")
    library.handlers, library.propagate = [], True
    DBOS.launch()


async def _keep_taking(lane: Lane, owner: str) -> None:
    bell = asyncio.Event()
    _bells.add(bell)
    try:
        while True:
            async with lane.meanwhile():
                bell.clear()
                while await _take(lane, owner):
                    bell.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), TICK_S)
    finally:
        _bells.discard(bell)


async def _take(lane: Lane, owner: str) -> int:
    """Take and run one batch; how many there were. A database that is away is met again at the next tick."""
    try:
        taken = await claim(lane, owner)
        if taken:
            run = _kept(asyncio.create_task((await _start(taken)).get_result()), _runs)
            await asyncio.wait([run])  # as in `run_taken`
            run.result()
        return len(taken)
    except Exception as error:
        note("worker.failed", level=logging.ERROR, caught=error, lane=lane.name)
        return 0


async def _start(taken: list[Claim]) -> Any:
    first = taken[0]
    with SetWorkflowID(first.key):
        return await DBOS.start_workflow_async(
            run_rows, first.lane, [str(one.row_id) for one in taken], first.owner, first.until.isoformat()
        )


async def _keep_beating(
    executor_id: str, me: str, loops: list[asyncio.Task[None]], displaced: Callable[[], None]
) -> None:
    watch = Watch(executor_id)
    while True:
        await asyncio.sleep(BEAT_S)
        try:
            ours = await beat(executor_id, me)
            if ours and await watch.adopt():
                wake()
        except Exception as error:
            note("worker.failed", level=logging.ERROR, caught=error, executor=executor_id)
            continue
        if not ours:
            note("worker.displaced", level=logging.ERROR, executor=executor_id)
            for loop in loops[:-1]:
                loop.cancel()
            displaced()
            return


async def _stop(loops: list[asyncio.Task[None]]) -> None:
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    if _working:
        await asyncio.wait(set(_working), timeout=GRACE_S)
    for task in list(_working):
        task.cancel()
    if _runs:
        await asyncio.wait(set(_runs), timeout=1)  # what DBOS has to write down about them
    with ThreadPoolExecutor(1) as pool:
        await asyncio.get_running_loop().run_in_executor(pool, DBOS.destroy)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())  # DBOS had put its own there


def _kept(task: asyncio.Task[Any], among: set[asyncio.Task[Any]]) -> asyncio.Task[Any]:
    among.add(task)
    task.add_done_callback(among.discard)
    return task


_bells: set[asyncio.Event] = set()
_working: set[asyncio.Task[Any]] = set()
_runs: set[asyncio.Task[Any]] = set()
on_commit(wake)
