"""Messages that wait are sent: rendered, handed to a real SMTP server in a process of its own, and marked, one by one
through DBOS as a worker does it, on SQLite and on PostgreSQL; and what the steps of a match that begins cost, planned
and done.

    python -m benchmarks.delivery [messages]
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Engine
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.sqlite.client import SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.log import db_client_logger
from tortoise.transactions import in_transaction

from benchmarks.figures import Figure, table
from benchmarks.ground import var_folder
from server.automation.due import perform
from server.automation.planning import plan, steps_by_fact
from server.automation.subjects import MATCH
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import database, wake
from server.kernel.facts import ScheduledAction
from server.kernel.jobs.durable import running
from server.kernel.schema.guard import migrate
from server.kernel.settings import settings
from server.notifications.models import Message
from server.notifications.queries import OPEN_MESSAGES
from server.notifications.states import MessageClass
from tests import postgres
from tests.conftest import environment
from tests.factories import Pair, active_match
from tests.queries import queries_run
from tests.server.notifications.mail_server import MailServer, goes_to

MESSAGES, COUNTED, WARM = 200, 20, 4
BEGAN, FIRST = "match.activated", "message.F01"
Thing = TypeVar("Thing")


class Asked(logging.Handler):
    """What a block asked of the databases: statements, and how often something was stored, by us and by DBOS in the
    notes that it keeps of its own. `looks`: statements by which the benchmark itself looked whether it is over."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.statements = self.commits = self.of_dbos = self.looks = 0

    def emit(self, record: logging.LogRecord) -> None:
        """A write outside a transaction is a commit of its own."""
        statement = str(record.args[0]) if isinstance(record.args, tuple) and record.args else ""
        alone = not isinstance(get_connections().get("default"), TransactionalDBClient)
        self.commits += alone and statement.startswith(("INSERT", "UPDATE", "DELETE"))

    def noted(self, _: object) -> None:
        """DBOS stored something."""
        self.of_dbos += 1

    def counting(self, commit: Any) -> Any:
        """The end of a transaction, counted."""

        async def counted(wrapper: Any) -> None:
            self.commits += 1
            await commit(wrapper)

        return counted

    def each(self, of: int) -> str:
        """In words, for each of so many things."""
        told = f"{(self.statements - self.looks) / of:.1f} statements and {self.commits / of:.1f} commits"
        return f"{told}, {self.of_dbos / of:.1f} commits of DBOS" if self.of_dbos else told


@contextmanager
def asked() -> Iterator[Asked]:
    """Count what a block asks."""
    found = Asked()
    wrappers: tuple[Any, ...] = (SqliteTransactionWrapper, TransactionWrapper)
    before = [one.commit for one in wrappers]
    for one in wrappers:
        one.commit = found.counting(one.commit)
    db_client_logger.addHandler(found)
    event.listen(Engine, "commit", found.noted)
    try:
        with queries_run() as ran:
            yield found
    finally:
        event.remove(Engine, "commit", found.noted)
        db_client_logger.removeHandler(found)
        for one, commit in zip(wrappers, before, strict=True):
            one.commit = commit
    found.statements = len(ran)


def takes_mail(told: Connection) -> None:
    """A mail server that takes everything, until its process is ended."""

    async def run() -> None:
        server = MailServer()
        await server.up()
        told.send(server.port)
        await asyncio.Event().wait()

    asyncio.run(run())


@contextmanager
def mail_server() -> Iterator[None]:
    """This process's mail goes to a server in another one while the block is open."""
    forking = get_context("fork")
    here, there = forking.Pipe()
    process = forking.Process(target=takes_mail, args=(there,), daemon=True)
    process.start()
    try:
        with goes_to(here.recv()):
            yield
    finally:
        process.kill()
        process.join()


async def pairs(count: int) -> list[Pair]:
    """So many matches of one programme that have just begun."""
    async with in_transaction("default"):
        first = await active_match()
        more = [await active_match(first.organization, first.program, first.cohort) for _ in range(count - 1)]
    return [first, *more]


async def tell_all(matched: Sequence[Pair]) -> int:
    """Send the word of each match to both, and wait until the last one is on its way; how often that was looked at."""
    told = [(pair, person) for pair in matched for person in (pair.mentor, pair.mentee)]
    await Message.bulk_create([
        Message(
            organization_id=pair.organization.id, kind="M08", message_class=MessageClass.TRANSACTIONAL,
            recipient_id=person.id, subject_id=pair.match.id, facts={"match_id": str(pair.match.id)},
            trigger=BEGAN, dedupe_key=f"M08:{person.id}",
        )
        for pair, person in told
    ])
    wake()
    looks = 2  # with the one that makes the rows
    while await Message.filter(state__in=OPEN_MESSAGES).exists():  # rows ring no bell
        await asyncio.sleep(0.05)
        looks += 1
    return looks


async def sending(name: str, count: int) -> Figure:
    """Messages a second through a worker of this process; what each asks is counted with others before."""
    first, matched = await pairs(COUNTED // 2), await pairs(count // 2)
    async with running(settings()):
        await tell_all(first[:WARM])
        with asked() as found:
            found.looks = await tell_all(first[WARM:])
        began, spent = time.perf_counter(), time.process_time()
        await tell_all(matched)
        seconds, spent = time.perf_counter() - began, time.process_time() - spent
    shown = f"{count / seconds:.1f} a second, {spent / count * 1000:.0f} ms CPU each; {found.each(COUNTED - 2 * WARM)}"
    return Figure(f"messages sent, {name}", shown)


async def steps(name: str) -> list[Figure]:
    """What planning the steps of a match costs, and doing one of them when it is due."""
    matched, wanted = await pairs(COUNTED), steps_by_fact()[BEGAN][MATCH]
    actor = system_actor(matched[0].organization.id)
    planned = await each(matched, lambda pair: plan(actor, MATCH, wanted, pair.match.id, clock.now()))
    clock.move(timedelta(days=3))
    due = await ScheduledAction.filter(organization_id=actor.organization_id, rule=FIRST)
    done = await each(due, perform)
    return [
        Figure(f"a match's {len(wanted)} steps planned, {name}", planned), Figure(f"a step done, {name}", done),
    ]


async def each(things: Sequence[Thing], act: Callable[[Thing], Awaitable[object]]) -> str:
    """What an act asks of the database, and processor time, for each of some things: the first half warms it up."""
    half = len(things) // 2
    with asked() as found:
        for one in things[:half]:
            await act(one)
    spent = time.process_time()
    for one in things[half:]:
        await act(one)
    return f"{(time.process_time() - spent) / (len(things) - half) * 1000:.0f} ms CPU; {found.each(half)}"


async def measure(databases: dict[str, str], count: int) -> list[Figure]:
    """All of it on each database."""
    found = list[Figure]()
    for name, url in databases.items():
        with var_folder() as folder, environment(ITHACA_DATABASE_URL=url):
            await migrate(settings().database, folder / "backups")
            async with database(settings().database):
                found += [await sending(name, count), *await steps(name)]
            clock.reset()
    return found


def figures(count: int = MESSAGES) -> list[Figure]:
    """The lines of `make bench`."""
    with mail_server(), postgres.lasting() as server:
        return asyncio.run(measure({"SQLite": "", "PostgreSQL": server.base}, count))


if __name__ == "__main__":
    print(table(figures(*map(int, sys.argv[1:2]))))
