"""A database that goes away under a job: what was done is marked once it is back, and not done a second time."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta

import pytest
from tortoise.context import TortoiseContext

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import database, unit_of_work
from server.kernel.facts import ActionState, ScheduledAction
from server.kernel.jobs import lanes, load_handlers, on_due
from server.kernel.jobs.lanes import LANES, Claim, Ending, claim, work
from server.notifications.models import Message
from server.notifications.states import MessageState
from tests.factories import active_match, organization
from tests.faults.wire import Wire, wired
from tests.pools import Kept
from tests.server.notifications.conftest import happened
from tests.server.notifications.mail_server import MailServer, goes_to

AWAY_S = 0.5
"""Longer than a job waits here before it asks again; how much longer does not matter."""
POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Act = Callable[[], Awaitable[object]]
MEANWHILE: list[Act] = []
"""What happens while the job is at its work, once for each time."""


@on_due("test.away")
async def do(_action: ScheduledAction) -> None:
    await MEANWHILE.pop()()


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    load_handlers()
    monkeypatch.setattr(lanes, "AWAY_S", 0.1)


@pytest.fixture
async def wire(database_url: str, connections: Kept) -> AsyncGenerator[Wire, None]:
    """An empty database, open, at the other end of a wire."""
    await connections.empty()
    async with wired(database_url) as there, database(there.url):
        yield there


@POSTGRES
async def test_a_server_lost_while_the_job_works(wire: Wire) -> None:
    MEANWHILE[:] = [wire.cut]
    await is_done_once(await taken(), wire.mend)


@POSTGRES
async def test_a_server_lost_before_the_job_has_begun(wire: Wire) -> None:
    MEANWHILE[:] = [nothing]
    one = await taken()
    await wire.cut()
    await is_done_once(one, wire.mend)


async def test_an_answer_that_got_lost_after_the_row_was_begun(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    async def heard_the_second_time(act: Act) -> object:
        await act()
        return await act()

    MEANWHILE[:] = [nothing]
    one = await taken()
    monkeypatch.setattr(lanes, "once_back", heard_the_second_time)
    with clock.at(clock.now() + timedelta(seconds=1)):
        assert (await work(one)).ending is Ending.DONE
    assert (await ScheduledAction.get(id=one.row_id)).state is ActionState.DONE
    assert MEANWHILE == []


@SQLITE
async def test_a_file_that_another_process_holds_when_the_job_is_done(db: TortoiseContext, database_url: str) -> None:
    await db.connections.get("default").execute_script("PRAGMA busy_timeout = 50")
    holder = sqlite3.connect(database_url.removeprefix("sqlite://"))

    async def hold() -> None:
        holder.execute("BEGIN IMMEDIATE")

    async def let_go() -> None:
        holder.rollback()

    MEANWHILE[:] = [hold]
    await is_done_once(await taken(), let_go)
    holder.close()


@POSTGRES
async def test_a_server_lost_just_when_a_mail_was_taken_repeats_none(wire: Wire) -> None:
    server = Losing(wire.cut)
    await happened(await active_match(), "match.activated")
    (told,) = await claim(LANES["outbox"], "worker-1")
    await work(told)
    await server.up()
    with goes_to(server.port):
        first, _second = await claim(LANES["messages"], "worker-1")
        job = asyncio.create_task(work(first))
        await server.lost.wait()
        await is_back(job, wire.mend)
    await server.down()
    assert (await Message.get(id=first.row_id)).state is MessageState.SENT
    assert len(server.mails) == 1


class Losing(MailServer):
    """Takes a mail, and loses the product's database before it has said so."""

    def __init__(self, lose: Act) -> None:
        super().__init__()
        self._lose = lose
        self.lost = asyncio.Event()

    async def handle_DATA(self, *given: object) -> str:  # noqa: N802  # aiosmtpd calls it by this name
        await self._lose()
        self.lost.set()
        return await super().handle_DATA(*given)  # type: ignore[arg-type]  # as it was given


async def taken() -> Claim:
    org = await organization()
    async with unit_of_work(system_actor(org.id)) as unit:
        await unit.schedule("test.away", org, clock.now())
    (one,) = await claim(LANES["due"], "worker-1")
    return one


async def is_done_once(one: Claim, give_back: Act) -> None:
    await is_back(asyncio.create_task(work(one)), give_back)
    row = await ScheduledAction.get(id=one.row_id)
    assert (row.state, row.lease_owner, row.lease_until, row.crashes) == (ActionState.DONE, "", None, 0)
    assert MEANWHILE == []
    assert await claim(LANES["due"], "worker-1") == []


async def is_back(job: "asyncio.Task[lanes.Outcome]", give_back: Act) -> None:
    """The job is not done as long as nothing can be written, and is once it can."""
    await asyncio.sleep(AWAY_S)
    assert not job.done()
    await give_back()
    assert (await job).ending is Ending.DONE


async def nothing() -> None:
    pass
