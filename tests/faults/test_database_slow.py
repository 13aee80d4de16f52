"""PostgreSQL answers, but slowly, or holds a table for somebody else: people are answered or refused in words within
their deadline, nothing is stored twice, and all is as before once it is over.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import httpx2
import pytest

from server.access.actions import open_session
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.engines import away
from server.kernel.engines.away import ANSWERED_WITHIN_S, answering
from server.kernel.errors import Unavailable
from server.kernel.ids import new_id
from server.messaging.models import ThreadMessage
from tests.chance import LONG, seeded
from tests.conftest import environment
from tests.factories import Pair, active_match
from tests.faults.installation import KEY, PATIENCE_S, environ_of, installed
from tests.faults.report import is_quiet, tell
from tests.faults.test_crash_loop import every_mail_went_out_once, everything_is_there_once, some_more, until
from tests.faults.test_database_killed import nothing_waits_any_more
from tests.faults.wire import wired
from tests.faults.writers import WORD, Act, Journal, six_writers
from tests.server.kernel.jobs.test_durable import slow_server

DELAY_S, SLOW_FOR_S, HELD_FOR_S = 0.2, 20, 25
AT_ONCE = 20
"""More people than there are connections: those who wait for one have the same deadline."""
POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@asynccontextmanager
async def held(url: str, seconds: float) -> AsyncGenerator[None]:
    """Somebody holds the table of messages for so long, longer than anybody waits."""
    connection = await asyncpg.connect(url)
    words = f"BEGIN; LOCK TABLE thread_message IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({seconds}); ROLLBACK"
    holding = asyncio.create_task(connection.execute(words))
    try:
        await asyncio.sleep(0.1)
        yield
        await holding
    finally:
        connection.terminate()
        await asyncio.gather(holding, return_exceptions=True)


@POSTGRES
async def test_whoever_waits_for_an_answer_is_told_in_time_and_all_is_well_after(
    db: object, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(away, "ANSWERED_WITHIN_S", 0.05)
    async with held(database_url, 1):
        with answering(), pytest.raises(Unavailable):
            await ThreadMessage.all().count()
        with answering(), pytest.raises(Unavailable):
            async with unit_of_work(system_actor(new_id())):
                await ThreadMessage.all().count()
        assert await ThreadMessage.all().count() == 0, "a job waits for it"
    with answering():
        assert await ThreadMessage.all().count() == 0


@POSTGRES
@pytest.mark.skipif(not LONG, reason="a minute of waiting: runs in 'make chaos'")
async def test_slow_and_held_it_answers_or_says_so_and_stores_nothing_twice(
    db: object, database_url: str, tmp_path: Path
) -> None:
    journal, stop, quiet = Journal(), asyncio.Event(), is_quiet()
    with environment(ITHACA_SECRET_KEY=KEY):
        writers, pair = await six_writers(journal, seeded(), 400), await active_match()
        secret = await open_session(pair.mentee)
        async with wired(database_url) as wire, slow_server() as sink:
            environ = environ_of(tmp_path, wire.url, sink.port)
            async with installed(environ, "web", "worker") as here, visitor(here.url, secret) as http:
                writing = [asyncio.create_task(one.write(here.url, stop)) for one in writers]
                await until(partial(some_more, journal, 20))
                wire.delay_s = DELAY_S
                slow = await visits(http, pair, SLOW_FOR_S, 4)
                wire.delay_s = 0
                async with held(database_url, HELD_FOR_S):
                    waiting = await visits(http, pair, ANSWERED_WITHIN_S, AT_ONCE)
                    word = await kept_word(http, pair)
                over = time.monotonic()
                await until(partial(some_more, journal, len(journal.confirmed)))
                normal_after = time.monotonic() - over
                calm = await visits(http, pair, 5, 2)
                await sent_again(http, word, journal)
                stop.set()
                await asyncio.wait_for(asyncio.gather(*writing), PATIENCE_S)
                await until(nothing_waits_any_more)
        tell(
            "R5", delay_s=DELAY_S, slow_pages=len(slow), slow_refused=refused(slow), slow_at_most_s=longest(slow),
            held_pages=len(waiting), held_refused=refused(waiting), held_at_most_s=longest(waiting),
            normal_after_s=round(normal_after, 1), confirmed=len(journal.confirmed),
        )
        assert journal.surprises == []
        assert refused(waiting), "the lock held nobody up"
        assert refused(calm) == 0
        assert longest(waiting) <= 2 * ANSWERED_WITHIN_S or not quiet
        await everything_is_there_once(journal)
        await every_mail_went_out_once(journal, sink, 0)


@asynccontextmanager
async def visitor(url: str, secret: str) -> AsyncGenerator[httpx2.AsyncClient]:
    headers, cookies = {"Origin": url, "Accept": "text/html"}, {"ithaca": secret}
    async with httpx2.AsyncClient(base_url=url, headers=headers, cookies=cookies, timeout=PATIENCE_S) as http:
        yield http


async def visits(
    http: httpx2.AsyncClient, pair: Pair, seconds: float, visitors: int
) -> list[tuple[int, float]]:
    """So many people who look at their messages for so long: each answer's status, and the seconds it took."""
    ends = time.monotonic() + seconds

    async def visit() -> list[tuple[int, float]]:
        found = []
        while (began := time.monotonic()) < ends:
            answer = await http.get(f"/messages/{pair.match.id}")
            assert answer.status_code == 200 or is_told(answer), answer.text
            found.append((answer.status_code, time.monotonic() - began))
        return found

    return [one for each in await asyncio.gather(*(visit() for _ in range(visitors))) for one in each]


def is_told(answer: httpx2.Response) -> bool:
    """Whether it says in words that we are away, and when to come again."""
    in_words = "We are away for a moment" in answer.text and int(answer.headers["Retry-After"]) > 0
    return answer.status_code == 503 and in_words


async def kept_word(http: httpx2.AsyncClient, pair: Pair) -> Act:
    """A word that could not be stored: it comes back to whoever wrote it."""
    mark = f"A word of {new_id()}"
    word = Act(WORD, mark, f"/messages/{pair.match.id}", data={"body": mark, "form_key": str(new_id())})
    answer = await http.post(word.path, data=word.data)
    assert is_told(answer), answer.text
    assert mark in answer.text
    return word


async def sent_again(http: httpx2.AsyncClient, word: Act, journal: Journal) -> None:
    assert (await http.post(word.path, data=word.data)).status_code == 303
    journal.confirmed[word.mark] = word


def refused(found: list[tuple[int, float]]) -> int:
    return sum(status != 200 for status, _ in found)


def longest(found: list[tuple[int, float]]) -> float:
    return round(max(took for _, took in found), 1)
