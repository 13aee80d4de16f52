"""Who is alone does what is due in batches, and what comes of each row is what a worker would have made of it."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import database, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.facts import ActionState, OutboxEvent, ScheduledAction, Worker
from server.kernel.jobs import on_due, on_event
from server.kernel.jobs.batches import next_due, run_due, without_workers
from server.kernel.jobs.lanes import NotYet, Park, TryLater
from server.people.models import Organization
from tests.factories import organization

SEEN: list[str] = []
LATER = timedelta(hours=3)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_event("batch.told")
async def hear(event: OutboxEvent) -> None:
    SEEN.append(event.payload["word"])


@on_due("batch.due")
async def perform(action: ScheduledAction) -> str | None:
    word = str(action.payload["word"])
    SEEN.append(word)
    async with unit_of_work(system_actor(action.organization_id)) as unit:
        if word == "calls off":
            await unit.unschedule(action.subject_id, "batch.due", reason="off")
        await unit.publish("batch.told", word=f"{word}, told")
    match word:
        case "not yet":
            raise NotYet(clock.now() + LATER, "hours")
        case "later":
            raise TryLater("away", after=LATER)
        case "park":
            raise Park("broken")
    return "needless" if word == "skip" else None


@pytest.fixture
async def alone(database_url: str) -> AsyncGenerator[None, None]:
    """An open, empty database, whose statements run in the loop itself."""
    async with database(database_url, alone=True):
        yield


async def plan(org: Organization, *words: str) -> None:
    async with unit_of_work(system_actor(org.id)) as unit:
        for number, word in enumerate(words):
            await unit.schedule("batch.due", org, clock.now() + timedelta(seconds=number), key=word, word=word)


async def states() -> dict[str, tuple[ActionState, str]]:
    return {row.payload["word"]: (row.state, row.reason) for row in await ScheduledAction.all()}


@on_sqlite
async def test_each_row_ends_as_a_worker_would_have_ended_it(alone: None) -> None:
    SEEN.clear()
    await plan(await organization(), "done", "skip", "not yet", "later", "park", "done too")
    begun = clock.now()
    clock.move(timedelta(minutes=1))
    await run_due()
    assert SEEN[:6] == ["done", "skip", "not yet", "later", "park", "done too"]
    assert sorted(SEEN[6:]) == sorted(f"{word}, told" for word in SEEN[:6])
    assert await states() == {
        "done": (ActionState.DONE, ""), "done too": (ActionState.DONE, ""), "skip": (ActionState.SKIPPED, "needless"),
        "not yet": (ActionState.PLANNED, "hours"), "later": (ActionState.PLANNED, "away"),
        "park": (ActionState.PARKED, "broken"),
    }
    assert not await OutboxEvent.filter(delivered_at=None).exists()
    await run_due()
    assert len(SEEN) == 12, "what waits for its hour, or for its next try, waits"
    due = await next_due()
    assert due is not None
    assert due < begun + LATER, "what is tried again stands at its old moment"
    clock.move(LATER)
    await run_due()
    assert SEEN[12:14] == ["later", "not yet"]


@on_sqlite
async def test_what_an_earlier_row_of_the_batch_called_off_is_not_done(alone: None) -> None:
    SEEN.clear()
    await plan(await organization(), "calls off", "called off")
    clock.move(timedelta(minutes=1))
    await run_due()
    assert SEEN == ["calls off", "calls off, told"]
    assert await states() == {"calls off": (ActionState.DONE, ""), "called off": (ActionState.CANCELLED, "off")}


@on_sqlite
async def test_nobody_works_in_batches_beside_a_worker(alone: None) -> None:
    await Worker.create(id="elsewhere", process="other/1/1", beat_at=clock.now())
    with pytest.raises(Conflict, match="'elsewhere'"):
        async with without_workers("ithaca-1"):
            pass
    await Worker.filter(id="elsewhere").update(beat_at=clock.now() - timedelta(minutes=5))
    async with without_workers("ithaca-1"):
        assert await Worker.filter(id="ithaca-1").exists()
    assert not await Worker.filter(id="ithaca-1").exists()
