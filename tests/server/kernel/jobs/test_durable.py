"""A real process with DBOS: killed at any moment it repeats nothing and loses nothing; asked to stop, it stops."""

import asyncio
import inspect
import os
import random
import signal
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import OutboxEvent, Worker
from server.kernel.jobs import durable, place
from server.kernel.jobs.place import PlaceTaken, beat, leave_place, take_place, this_process
from server.notifications.models import Message
from server.notifications.states import MessageState
from tests.factories import active_match
from tests.forked import Forked, begin
from tests.server.kernel.jobs.worker import run
from tests.server.notifications.mail_server import MailServer, mail_server

KILLS = 3
PATIENCE_S = 120
"""A killed worker's leases must end first, and the machine may be busy: these tests count, they do not time."""
PAIRS = 10


class Slow(MailServer):
    """A server that takes its time, so that kills fall into the middle of things."""

    pause_s = 0.05

    async def handle_DATA(self, *arguments: Any) -> str:  # noqa: N802  # aiosmtpd calls it by this name
        await asyncio.sleep(self.pause_s)
        answer = await super().handle_DATA(*arguments)
        await asyncio.sleep(self.pause_s)
        return answer


@asynccontextmanager
async def worker(
    url: str, server: MailServer, folder: Path, name: str = "ithaca-1"
) -> AsyncGenerator[Forked, None]:
    """A process of its own group; whatever is left of it at the end is killed."""
    jobs = f"sqlite:///{folder / 'jobs.db'}" if url.startswith("sqlite") else ""
    process = await begin(act=run, environ={
        **os.environ, "ITHACA_DATABASE_URL": url, "ITHACA_JOBS_URL": jobs, "ITHACA_EXECUTOR_ID": name,
        "ITHACA_SMTP_HOST": "127.0.0.1", "ITHACA_SMTP_PORT": str(server.port), "ITHACA_SMTP_TLS": "none",
    })
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def ready(process: Forked) -> None:
    """Wait until it runs jobs."""
    async with asyncio.timeout(PATIENCE_S):
        while (line := await process.stdout.readline()) and line.strip() != b"ready":
            pass
    assert line, (await process.stderr.read()).decode()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for `condition`; where it never comes, the failure shows the rows that are left."""
    patience = time.monotonic() + PATIENCE_S
    while not await condition():
        assert time.monotonic() < patience, await left_over()
        await asyncio.sleep(0.05)


async def left_over() -> list[object]:
    columns = ("id", "attempts", "crashes", "lease_owner", "lease_until", "not_before", "last_error")
    events = await OutboxEvent.filter(delivered_at=None).values(*columns, "kind", "parked_at")
    messages = await Message.exclude(state=MessageState.SENT).values(*columns[:5], "state", "reason", "due_at")
    return [clock.now(), *events, *messages]


async def announce_many() -> None:
    for _ in range(PAIRS):
        pair = await active_match()
        async with unit_of_work(system_actor(pair.organization.id)) as unit:
            await unit.publish("match.activated", subject_id=pair.match.id, match_id=pair.match.id)


async def all_sent() -> bool:
    """And all facts told: one whose teller was killed is told again when its mails are long on their way."""
    sent = await Message.filter(state=MessageState.SENT).count()
    return sent == 2 * PAIRS and not await OutboxEvent.filter(delivered_at=None).exists()


@asynccontextmanager
async def slow_server() -> AsyncGenerator[Slow, None]:
    server = Slow()
    await server.up()
    try:
        yield server
    finally:
        await server.down()


async def test_killed_three_times_every_message_is_sent_once(db: object, database_url: str, tmp_path: Path) -> None:
    seed = int(os.environ.get("ITHACA_TEST_SEED", time.time()))
    print(f"seed {seed}")
    moments = random.Random(seed)
    await announce_many()
    async with slow_server() as server:
        for _ in range(KILLS):
            before = len(server.mails)
            async with worker(database_url, server, tmp_path) as process:
                await ready(process)
                await until(partial(_some_more, server, before))
                await asyncio.sleep(moments.random() * 0.2)
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        async with worker(database_url, server, tmp_path) as process:
            await ready(process)
            await until(all_sent)
        assert len(set(server.ids)) == 2 * PAIRS
        assert len(server.ids) - len(set(server.ids)) <= KILLS


async def _some_more(server: MailServer, before: int) -> bool:
    return len(server.mails) >= before + 2 or await all_sent()


async def test_asked_to_stop_it_returns_its_work_in_time_and_another_goes_on(
    db: object, database_url: str, tmp_path: Path
) -> None:
    await announce_many()
    async with slow_server() as server:
        server.pause_s = 30
        async with worker(database_url, server, tmp_path) as process:
            await ready(process)
            await until(lambda: _connected(server))
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            output, errors = await asyncio.wait_for(process.communicate(), 15)
            assert time.monotonic() - started < 15
            assert (process.returncode, output.split()[-1]) == (0, b"stopped"), errors.decode()
        assert not await Worker.all().exists()
        assert set(await Message.all().values_list("lease_owner", flat=True)) == {""}
        server.pause_s = 0
        async with worker(database_url, server, tmp_path) as process:
            await ready(process)
            await until(all_sent)


async def _connected(server: MailServer) -> bool:
    return server.connections > 0


async def test_a_second_process_with_the_same_name_is_refused_with_what_to_do(
    db: object, database_url: str, tmp_path: Path
) -> None:
    async with mail_server() as server, worker(database_url, server, tmp_path) as first:
        await ready(first)
        async with worker(database_url, server, tmp_path) as second:
            _, errors = await asyncio.wait_for(second.communicate(), PATIENCE_S)
            assert second.returncode != 0
            assert b"ITHACA_EXECUTOR_ID" in errors
        assert first.returncode is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_its_life_counts_from_when_it_takes_rows(db: object, database_url: str, tmp_path: Path) -> None:
    """Else a busy machine's processes would be old enough for suspects as soon as they are up."""
    async with mail_server() as server, worker(database_url, server, tmp_path) as process:
        async with asyncio.timeout(PATIENCE_S):
            while not (line := await process.stdout.readline()).startswith(b"lived"):
                assert line
        assert int(line.split()[1]) < 3600


async def test_two_processes_with_names_of_their_own_share_the_work_and_repeat_nothing(
    db: object, database_url: str, tmp_path: Path
) -> None:
    async with slow_server() as server:
        first, second = (worker(database_url, server, tmp_path, name) for name in ("w1", "w2"))
        async with first as one, second as two:
            await ready(one)
            await ready(two)
            await announce_many()
            await until(all_sent)
        assert len(server.ids) == len(set(server.ids)) == 2 * PAIRS


async def test_it_connects_to_its_own_servers_only_and_logs_no_line_that_is_not_ours(
    db: object, database_url: str, tmp_path: Path
) -> None:
    await announce_many()
    async with slow_server() as server:
        async with worker(database_url, server, tmp_path) as process:
            await ready(process)
            await until(all_sent)
            process.send_signal(signal.SIGTERM)
            output, errors = await asyncio.wait_for(process.communicate(), 15)
    places = {line for line in output.decode().splitlines() if line.startswith("connects")}
    assert all("127.0.0.1" in line or ".s.PGSQL" in line for line in places), places
    lines = errors.decode().splitlines()
    assert [line for line in lines if '"event": "worker.' not in line] == []
    assert not any(name in errors.decode() for name in ("Noor", "Idris", "@example"))


async def test_the_place_of_a_dead_neighbour_is_free_at_once_and_of_a_silent_one_after_30_seconds(db: object) -> None:
    machine = place._machine()
    await Worker.create(id="here", process=f"{machine}/999999/1", beat_at=clock.now())
    await take_place("here")
    await Worker.create(id="elsewhere", process="other-machine/1/1", beat_at=clock.now())
    with pytest.raises(PlaceTaken, match="elsewhere"):
        await take_place("elsewhere")
    clock.move(timedelta(seconds=31))
    me = await take_place("elsewhere")
    assert me == this_process()


async def test_who_was_replaced_notices_and_does_not_free_anothers_place(db: object) -> None:
    me = await take_place("w1")
    assert await beat("w1", me)
    await Worker.filter(id="w1").update(process="other-machine/1/1")
    assert not await beat("w1", me)
    await leave_place("w1", me)
    assert await Worker.filter(id="w1").exists()


async def test_two_that_start_together_never_both_get_the_place(db: object) -> None:
    taken = await asyncio.gather(*(take_place("w1") for _ in range(4)), return_exceptions=True)
    assert len([one for one in taken if isinstance(one, str)]) == 1
    assert all(isinstance(one, str | PlaceTaken) for one in taken)


def test_receipts_are_forgotten_by_what_runs_each_minute() -> None:
    assert "forget_receipts" in inspect.unwrap(durable.sweep).__code__.co_names
