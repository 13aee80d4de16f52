"""Faces and jobs in processes of their own, on PostgreSQL: real commands, workers killed in turn, web beside them."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import OutboxEvent, Worker
from server.notifications.models import Message
from server.notifications.states import MessageState
from tests.conftest import environment
from tests.factories import active_match
from tests.faults.report import tell
from tests.forked import Forked, begin
from tests.ports import free_port
from tests.server.kernel.jobs.test_durable import Slow, slow_server

MESSAGES = int(os.environ.get("ITHACA_CHAOS_MESSAGES", "60"))
PATIENCE_S = 120 + MESSAGES
KEY = "A" * 43 + "="
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What every process of one installation is given. This one writes with their key."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ITHACA_")}
    with environment(ITHACA_SECRET_KEY=KEY):
        yield {
            **own, "ITHACA_VAR_DIR": str(tmp_path), "ITHACA_DATABASE_URL": database_url, "ITHACA_SECRET_KEY": KEY,
            "ITHACA_PORT": str(free_port()),
        }


@asynccontextmanager
async def process(
    environ: dict[str, str], word: str, **values: str
) -> AsyncGenerator[Forked, None]:
    """`ithaca WORD`, in a group of its own; whatever is left of it at the end is killed."""
    started = await begin(word, environ={**environ, **values})
    try:
        yield started
    finally:
        if started.returncode is None:
            os.killpg(started.pid, signal.SIGKILL)
        _, rest = await started.communicate()
        print(rest.decode()[-3_000:])   # shown when a test fails


async def said(one: Forked, words: str) -> str:
    """Wait for a line of its standard error."""
    heard = b""
    async with asyncio.timeout(60):
        while line := await one.stderr.readline():
            heard += line
            if words.encode() in line:
                return line.decode()
    raise AssertionError(heard.decode())


def kill(one: Forked) -> None:
    os.killpg(one.pid, signal.SIGKILL)


def mailing(server: Slow) -> dict[str, str]:
    return {"ITHACA_SMTP_HOST": "127.0.0.1", "ITHACA_SMTP_PORT": str(server.port), "ITHACA_SMTP_TLS": "none"}


async def announce() -> None:
    """Two messages for each pair, once a worker looks."""
    for _ in range(MESSAGES // 2):
        pair = await active_match()
        async with unit_of_work(system_actor(pair.organization.id)) as unit:
            await unit.publish("match.activated", subject_id=pair.match.id, match_id=pair.match.id)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.02)


async def until_all_are_sent() -> None:
    """And all facts told: one whose teller was killed is told again when its mails are long on their way."""
    async with asyncio.timeout(PATIENCE_S):
        while await OutboxEvent.filter(delivered_at=None).exists():
            await asyncio.sleep(0.1)
        while await Message.filter(state=MessageState.SENT).count() < MESSAGES:
            await asyncio.sleep(0.1)


@on_postgres
async def test_workers_killed_in_turn_lose_nothing_and_a_living_one_takes_over(
    db: object, environ: dict[str, str]
) -> None:
    await announce()
    async with slow_server() as server:
        own = mailing(server)

        def worker(name: str) -> AbstractAsyncContextManager[Forked]:
            return process(environ, "worker", ITHACA_EXECUTOR_ID=name, **own)

        async with worker("w1") as first, worker("w2") as second:
            await said(first, "runs jobs as 'w1'")
            await said(second, "runs jobs as 'w2'")
            await until(lambda: len(server.mails) >= MESSAGES // 6)
            kill(first)
            assert '"executor": "w1"' in await said(second, "worker.adopted")
            await until(lambda: len(server.mails) >= MESSAGES // 3)
            async with worker("w3") as third:
                await said(third, "runs jobs as 'w3'")
                kill(second)
                assert '"executor": "w2"' in await said(third, "worker.adopted")
                await until_all_are_sent()
                assert await Worker.all().values_list("id", flat=True) == ["w3"]
    counts = Counter(server.ids)
    again = sum(counts.values()) - len(counts)
    tell("R3", messages=len(counts), repeated_under_their_id=again, kills=2)
    assert len(counts) == MESSAGES
    assert again <= 2


@on_postgres
async def test_web_answers_and_leaves_the_jobs_to_the_worker(db: object, environ: dict[str, str]) -> None:
    async with slow_server() as server, process(environ, "web", **mailing(server)) as web:
        await said(web, "Ithaca is at")
        assert await status(environ, "/healthz") == 200
        assert await status(environ, "/sign-in") == 200
        assert await status(environ, "/readyz") == 503
        assert not await Worker.all().exists()
        async with process(environ, "worker", **mailing(server)) as worker:
            await said(worker, "runs jobs as")
            assert await status(environ, "/readyz") == 200
            await announce()
            await until_all_are_sent()
            for one in (web, worker):
                one.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(asyncio.gather(web.wait(), worker.wait()), 15) == [0, 0]
        assert not await Worker.all().exists()
    assert len(server.ids) == len(set(server.ids)) == MESSAGES


@on_postgres
async def test_two_web_processes_answer_beside_each_other(db: object, environ: dict[str, str]) -> None:
    other = {**environ, "ITHACA_PORT": str(free_port())}
    async with process(environ, "web") as one, process(other, "web") as two:
        await said(one, "Ithaca is at")
        await said(two, "Ithaca is at")
        assert [await status(each, "/sign-in") for each in (environ, other)] == [200, 200]


@on_postgres
async def test_a_worker_whose_place_was_taken_ends_so_that_it_is_started_anew(
    db: object, environ: dict[str, str]
) -> None:
    async with process(environ, "worker") as worker:
        await said(worker, "runs jobs as")
        await Worker.filter(id="ithaca-1").update(process="other-machine/1/1")
        assert await asyncio.wait_for(worker.wait(), 30) == 1
    assert await Worker.filter(id="ithaca-1", process="other-machine/1/1").exists()


@pytest.mark.parametrize("word", ["web", "worker"])
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ITHACA_DATABASE_URL": ""}, "Run 'ithaca serve', which does both"),
        ({"ITHACA_DEMO": "1"}, "Run 'ithaca serve'"),
        ({"ITHACA_SECRET_KEY": ""}, "ITHACA_SECRET_KEY everywhere"),
    ],
)
@on_postgres
async def test_where_several_cannot_run_they_say_what_to_do(
    environ: dict[str, str], word: str, values: dict[str, str], words: str
) -> None:
    async with process({**environ, **values}, word) as refused:
        _, errors = await asyncio.wait_for(refused.communicate(), 60)
        assert refused.returncode == 1
    assert words in errors.decode()
    assert "Traceback" not in errors.decode()
    assert not (Path(environ["ITHACA_VAR_DIR"]) / "secret.key").exists()


async def status(environ: dict[str, str], path: str) -> int:
    """What a path is answered with, once the port is open."""
    async with asyncio.timeout(30):
        while True:
            with suppress(URLError, ConnectionError):
                return await asyncio.to_thread(_status, f"http://127.0.0.1:{environ['ITHACA_PORT']}{path}")
            await asyncio.sleep(0.1)


def _status(address: str) -> int:
    try:
        with urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as refusal:
        refusal.close()
        return refusal.code
