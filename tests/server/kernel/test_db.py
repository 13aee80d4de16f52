"""One transaction holds the change, its audit entry, its fact and its receipt."""

import asyncio
from datetime import timedelta

import pytest
from tortoise.context import TortoiseContext

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import RECEIPTS_KEPT, Json, forget_receipts, once, outcome_of, unit_of_work
from server.kernel.facts import ActionState, AuditEvent, OutboxEvent, Receipt, ScheduledAction
from server.kernel.ids import new_id
from server.people.models import Organization


async def an_organization() -> Organization:
    return await Organization.create(key=str(new_id()), name="Harbourline")


async def test_change_audit_and_fact_are_stored_together(db: object) -> None:
    org = await an_organization()
    async with unit_of_work(system_actor(org.id)) as unit:
        await unit.audit("organization.rename", org, to=3)
        await unit.publish("organization.renamed", subject_id=org.id, organization_id=org.id)
    assert [entry.action for entry in await AuditEvent.all()] == ["organization.rename"]
    assert [fact.payload for fact in await OutboxEvent.all()] == [{"organization_id": str(org.id)}]


async def test_a_failure_takes_everything_back(db: object) -> None:
    org = await an_organization()
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work(system_actor(org.id)) as unit:
            await unit.audit("organization.rename", org)
            await unit.publish("organization.renamed")
            await unit.schedule("remind", org, clock.now())
            raise ZeroDivisionError
    assert not await AuditEvent.all().exists()
    assert not await OutboxEvent.all().exists()
    assert not await ScheduledAction.all().exists()


async def test_an_action_within_an_action_joins_its_transaction(db: object) -> None:
    org = await an_organization()
    actor = system_actor(org.id)
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work(actor):
            async with unit_of_work(actor) as inner:
                await inner.publish("inner")
            raise ZeroDivisionError
    assert not await OutboxEvent.all().exists()


async def test_the_same_key_twice_acts_once_and_answers_alike(db: object) -> None:
    org = await an_organization()
    actor, calls = system_actor(org.id), []

    async def act() -> Json:
        calls.append(1)
        return {"id": new_id()}

    first, second = await once(actor, "key", act), await once(actor, "key", act)
    assert first == second
    assert len(calls) == 1


async def test_two_racers_with_one_key_get_one_outcome(db: object) -> None:
    org = await an_organization()
    actor = system_actor(org.id)

    async def act() -> Json:
        await asyncio.sleep(0.01)
        made = await Organization.create(key=str(new_id()), name="Twice?")
        return {"id": made.id}

    outcomes = await asyncio.gather(*(once(actor, "key", act) for _ in range(4)))
    assert len({outcome["id"] for outcome in outcomes}) == 1
    assert await Organization.filter(name="Twice?").count() == 1


async def test_a_receipt_is_not_readable_in_the_database(db: TortoiseContext) -> None:
    org = await an_organization()

    async def act() -> Json:
        return {"secret": "canary"}

    await once(system_actor(org.id), "key", act)
    _, rows = await db.connections.get("default").execute_query("SELECT outcome FROM receipt")
    assert "canary" not in rows[0]["outcome"]
    assert (await Receipt.all())[0].outcome == '{"secret": "canary"}'


async def test_many_writers_at_once_lose_nothing(db: object) -> None:
    org = await an_organization()
    actor = system_actor(org.id)

    async def write(number: int) -> None:
        async with unit_of_work(actor) as unit:
            seen = await OutboxEvent.all().count()
            await unit.publish("counted", number=number, seen=seen)

    await asyncio.gather(*(write(number) for number in range(20)))
    assert await OutboxEvent.all().count() == 20


async def test_a_writer_cancelled_while_it_begins_gives_its_place_back(db: object) -> None:
    org = await an_organization()
    actor = system_actor(org.id)
    started = asyncio.Event()

    async def slow() -> None:
        async with unit_of_work(actor):
            started.set()
            await asyncio.sleep(0.2)

    async def waiting() -> None:
        async with unit_of_work(actor):
            pass

    first = asyncio.create_task(slow())
    await started.wait()
    second = asyncio.create_task(waiting())
    await asyncio.sleep(0.05)
    second.cancel()
    await first
    async with asyncio.timeout(5):
        await waiting()


async def test_scheduling_again_moves_what_is_planned(db: object) -> None:
    org = await an_organization()
    async with unit_of_work(system_actor(org.id)) as unit:
        await unit.schedule("remind", org, clock.now())
        later = clock.now()
        await unit.schedule("remind", org, later)
    planned = await ScheduledAction.all()
    assert [action.due_at for action in planned] == [later]


@pytest.mark.parametrize("state", [ActionState.DONE, ActionState.SKIPPED, ActionState.PARKED])
async def test_what_ran_runs_again_under_another_key_alone(db: object, state: ActionState) -> None:
    org = await an_organization()
    async with unit_of_work(system_actor(org.id)) as unit:
        await unit.schedule("remind", org, clock.now())
        await ScheduledAction.filter(organization_id=org.id).update(state=state)
        await unit.schedule("remind", org, clock.now())
        await unit.schedule("remind", org, clock.now(), key="another occasion")
    states = await ScheduledAction.all().order_by("created_at", "id").values_list("state", flat=True)
    assert states == [state, ActionState.PLANNED]


async def test_receipts_are_forgotten_after_two_weeks_a_thousand_at_once(
    db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act() -> Json:
        return {"done": 1}

    actor = system_actor((await an_organization()).id)
    for key in ("one", "two", "three"):
        await once(actor, key, act)
    assert await forget_receipts() == 0
    clock.move(RECEIPTS_KEPT - timedelta(hours=1))
    await once(actor, "young", act)
    clock.move(timedelta(hours=2))
    monkeypatch.setattr("server.kernel.db.FORGOTTEN_AT_ONCE", 2)
    assert [await forget_receipts() for _ in range(3)] == [2, 1, 0]
    assert await outcome_of(actor, "young") == {"done": 1}
    assert await outcome_of(actor, "one") is None
