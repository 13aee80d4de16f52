"""Whose work is taken over: a process that is gone, a silent one elsewhere; never one that lives."""

import asyncio
import time
from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import OutboxEvent, Worker
from server.kernel.jobs import lanes, place
from server.kernel.jobs.adoption import Watch, _bury
from server.kernel.jobs.lanes import LANES, claim, give_back
from server.kernel.jobs.place import this_process
from tests.factories import organization

GONE = f"{place._machine()}/999999/1"


async def taken_by(owner: str) -> OutboxEvent:
    """A fact that `owner` has taken."""
    org = await organization()
    async with unit_of_work(system_actor(org.id)) as unit:
        event = await unit.publish("test.adopted")
    assert [one.row_id for one in await claim(LANES["outbox"], owner)] == [event.id]
    return event


async def leased_to(event: OutboxEvent) -> str:
    await event.refresh_from_db()
    return event.lease_owner


async def test_what_a_dead_neighbour_had_taken_is_free_at_once(db: object) -> None:
    await Worker.create(id="dead", process=GONE, beat_at=clock.now())
    event = await taken_by("dead")
    assert await Watch("me").adopt() == ["dead"]
    assert await leased_to(event) == ""
    assert not await Worker.all().exists()
    assert [one.row_id for one in await claim(LANES["outbox"], "me")] == [event.id]


@pytest.mark.parametrize(
    ("crashes", "lived_s", "taken"),
    [(0, 0, True), (1, 5, False), (1, 11, True), (2, 20, False), (2, 61, True), (3, 20, False)],
)
async def test_a_suspect_waits_for_a_process_that_has_lived_a_while(
    db: object, monkeypatch: pytest.MonkeyPatch, crashes: int, lived_s: int, taken: bool
) -> None:
    """Else whoever stands first when a machine goes down again and again is parked for it."""
    event = await taken_by("dead")
    await OutboxEvent.filter(id=event.id).update(crashes=crashes)
    await give_back("dead")
    monkeypatch.setattr(lanes, "BORN", time.monotonic() - lived_s)
    assert bool(await claim(LANES["outbox"], "me")) is taken


async def test_a_living_neighbour_keeps_its_work_however_long_it_is_silent(db: object) -> None:
    await Worker.create(id="busy", process=this_process(), beat_at=clock.now() - timedelta(hours=1))
    event = await taken_by("busy")
    watch = Watch("me", silent_s=0)
    assert [await watch.adopt(), await watch.adopt()] == [[], []]
    assert await leased_to(event) == "busy"


async def test_one_elsewhere_is_dead_when_it_was_silent_while_we_listened_whatever_its_clock_says(db: object) -> None:
    behind = clock.now() - timedelta(hours=1)
    await Worker.create(id="elsewhere", process="other-machine/1/1", beat_at=behind)
    event = await taken_by("elsewhere")
    watch = Watch("me", silent_s=0.05)
    assert await watch.adopt() == []
    await asyncio.sleep(0.06)
    await Worker.filter(id="elsewhere").update(beat_at=behind + timedelta(seconds=5))
    assert await watch.adopt() == []
    assert await leased_to(event) == "elsewhere"
    await asyncio.sleep(0.06)
    assert await watch.adopt() == ["elsewhere"]
    assert await leased_to(event) == ""


async def test_nobody_adopts_himself_and_two_adopt_once(db: object) -> None:
    await Worker.create(id="dead", process=GONE, beat_at=clock.now())
    assert await Watch("dead").adopt() == []
    both = await asyncio.gather(Watch("one").adopt(), Watch("two").adopt())
    assert sorted(both) == [[], ["dead"]]


async def test_a_successor_that_came_first_keeps_its_place(db: object) -> None:
    await Worker.create(id="again", process=GONE, beat_at=clock.now())
    (seen,) = await Worker.all()
    assert await place.take_place("again") == this_process()
    event = await taken_by("again")
    assert not await _bury(seen)
    assert await leased_to(event) == "again"
