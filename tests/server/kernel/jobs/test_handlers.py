"""Facts reach their handlers once, due actions run when due, and one bad row never stops the rest."""

import asyncio
import math
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

import server
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.facts import ActionState, OutboxEvent, ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs import JOB_MODULES, drain, lanes, load_handlers, on_due, on_event, on_parked
from server.people.models import Organization
from tests.factories import organization

SEEN: list[tuple[str, int]] = []
TROUBLE: dict[str, Exception] = {}
HOLDS: list[asyncio.Event] = []


class Died(BaseException):
    """As if the process were killed there."""


@on_event("test.told")
async def hear(event: OutboxEvent) -> None:
    if error := TROUBLE.get(str(event.payload["number"])):
        raise error
    SEEN.append(("first", event.payload["number"]))


@on_parked("test.told")
async def give_up(event: OutboxEvent, code: str) -> None:
    SEEN.append((code, event.payload["number"]))
    if error := TROUBLE.get(f"end {event.payload['number']}"):
        raise error


@on_event("test.told")
async def hear_too(event: OutboxEvent) -> None:
    if error := TROUBLE.get(f"second {event.payload.get('number')}"):
        raise error
    SEEN.append(("second", event.payload["number"]))


@on_event("test.long", long=True)
async def take_an_age(event: OutboxEvent) -> None:
    SEEN.append(("long", event.payload["number"]))


@on_event("test.held", long=True)
async def hold(event: OutboxEvent) -> None:
    await HOLDS[-1].wait()
    SEEN.append(("held", event.payload["number"]))


@on_due("test.due")
async def perform(action: ScheduledAction) -> str | None:
    if error := TROUBLE.get(str(action.payload.get("number"))):
        raise error
    SEEN.append(("due", action.payload["number"]))
    return str(action.payload["skip"]) if "skip" in action.payload else None


@pytest.fixture(autouse=True)
def quiet() -> None:
    SEEN.clear()
    TROUBLE.clear()


async def tell(org: Organization, *numbers: int, hold: timedelta = timedelta(), subject: UUID | None = None) -> None:
    async with unit_of_work(system_actor(org.id)) as unit:
        for number in numbers:
            await unit.publish("test.told", subject_id=subject, hold=hold, number=number)


async def plan(org: Organization, number: int, after: timedelta = timedelta(), **payload: object) -> None:
    async with unit_of_work(system_actor(org.id)) as unit:
        await unit.schedule("test.due", org, clock.now() + after, key=str(number), number=number, **payload)


async def test_every_handler_hears_a_fact_once(db: object) -> None:
    await tell(await organization(), 1)
    await drain()
    await drain()
    assert SEEN == [("first", 1), ("second", 1)]
    assert (await OutboxEvent.all())[0].delivered_at is not None


async def test_a_fact_that_nobody_waits_for_is_delivered(db: object) -> None:
    async with unit_of_work(system_actor((await organization()).id)) as unit:
        await unit.publish("test.unheard")
    await drain()
    assert not await OutboxEvent.filter(delivered_at=None).exists()


async def test_a_held_fact_waits_and_a_withdrawn_one_is_never_told(db: object) -> None:
    org = await organization()
    await tell(org, 1, 2, hold=timedelta(seconds=10))
    await drain()
    assert SEEN == []
    first = (await OutboxEvent.all().order_by("id"))[0]
    await OutboxEvent.filter(id=first.id).update(withdrawn_at=clock.now())
    clock.move(timedelta(seconds=11))
    await drain()
    assert {number for _, number in SEEN} == {2}


async def test_a_due_action_runs_when_its_moment_comes(db: object) -> None:
    await plan(await organization(), 1, timedelta(days=3), skip="already met")
    await drain()
    assert SEEN == []
    clock.move(timedelta(days=3, seconds=1))
    await drain()
    row = (await ScheduledAction.all())[0]
    assert (SEEN, row.state, row.reason) == ([("due", 1)], ActionState.SKIPPED, "already met")


async def test_a_failure_is_tried_again_after_1_5_15_60_minutes_and_loses_nothing(db: object) -> None:
    await tell(await organization(), 1)
    TROUBLE["1"] = OSError("away")
    for minutes in (1, 5, 15, 60, 60):
        with pytest.raises(ExceptionGroup):
            await drain()
        await drain()  # not due yet: nothing runs, nothing fails
        clock.move(timedelta(minutes=minutes * 1.1, seconds=1))
    row = (await OutboxEvent.all())[0]
    assert (row.attempts, row.last_error, row.delivered_at) == (5, "OSError", None)
    TROUBLE.clear()
    await drain()
    assert ("first", 1) in SEEN
    assert not await OutboxEvent.filter(delivered_at=None).exists()


async def test_after_a_day_of_failures_a_row_is_parked(db: object) -> None:
    await plan(await organization(), 1)
    TROUBLE["1"] = OSError("away")
    start = clock.now()
    while await ScheduledAction.filter(state=ActionState.PLANNED).exists():
        await drain(strict=False)
        clock.move(timedelta(minutes=5))
    row = (await ScheduledAction.all())[0]
    assert (row.state, row.reason) == (ActionState.PARKED, "OSError")
    assert timedelta(hours=24) <= clock.now() - start <= timedelta(hours=28)


@pytest.mark.parametrize(
    ("error", "state"),
    [(NotFound(), ActionState.SKIPPED), (Conflict("gone"), ActionState.SKIPPED), (Invalid({}), ActionState.PARKED)],
)
async def test_refusals_end_a_job_as_the_house_says(db: object, error: Exception, state: ActionState) -> None:
    await plan(await organization(), 1)
    TROUBLE["1"] = error
    await drain(strict=False)
    assert (await ScheduledAction.all())[0].state is state


async def test_a_fact_is_told_again_while_one_of_its_handlers_may_still_succeed(db: object) -> None:
    await tell(await organization(), 1)
    TROUBLE.update({"1": Invalid({}), "second 1": OSError("away")})
    await drain(strict=False)
    row = (await OutboxEvent.all())[0]
    assert (row.parked_at, row.last_error) == (None, "OSError")
    del TROUBLE["second 1"]
    clock.move(timedelta(minutes=2))
    await drain(strict=False)
    row = (await OutboxEvent.all())[0]
    assert (row.parked_at is not None, row.last_error) == (True, "INVALID")


async def test_a_rule_of_a_newer_release_waits_for_it(db: object) -> None:
    org = await organization()
    async with unit_of_work(system_actor(org.id)) as unit:
        await unit.schedule("test.nobody", org, clock.now())
    await drain(strict=False)
    row = (await ScheduledAction.all())[0]
    assert (row.state, row.reason, row.attempts) == (ActionState.PLANNED, "no handler", 0)
    assert row.lease_until is not None
    assert row.lease_until > clock.now()


async def test_what_is_too_early_falls_due_later_and_holds_up_nothing(db: object) -> None:
    org, mine = await organization(), new_id()
    later = clock.now() + timedelta(hours=9)
    TROUBLE["1"] = lanes.NotYet(later, "the night")
    await tell(org, 1, 2, subject=mine)
    await drain()
    assert [number for who, number in SEEN if who == "first"] == [2]
    row = await OutboxEvent.get(delivered_at=None)
    assert (row.not_before, row.attempts, row.lease_until, row.last_error) == (later, 0, None, "the night")
    TROUBLE.clear()
    clock.move(timedelta(hours=9))
    await drain()
    assert [number for who, number in SEEN if who == "first"] == [2, 1]


async def test_facts_of_one_subject_go_in_order_and_a_stuck_one_holds_only_its_own(db: object) -> None:
    org, mine, other = await organization(), new_id(), new_id()
    await tell(org, 1, 2, subject=mine)
    await tell(org, 3, subject=other)
    TROUBLE["1"] = OSError("away")
    await drain(strict=False)
    assert {number for _, number in SEEN if _ == "first"} == {3}
    assert 2 not in {number for _, number in SEEN}
    TROUBLE.clear()
    clock.move(timedelta(minutes=2))
    await drain()
    assert [number for who, number in SEEN if who == "first"] == [3, 1, 2]


async def test_more_rows_than_one_batch_are_all_done(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "AHEAD", 1)  # one look shows the first of those of one subject, and nobody else
    org = await organization()
    await tell(org, *range(30), subject=new_id())
    await tell(org, *range(30, 60))
    await drain()
    done = [number for who, number in SEEN if who == "first"]
    assert sorted(done) == list(range(60))
    assert [number for number in done if number < 30] == list(range(30))


async def test_claimers_that_race_never_hold_the_same_row(db: object) -> None:
    await tell(await organization(), *range(15))
    for _ in range(5):
        batches = await asyncio.gather(*(lanes.claim(lanes.LANES["outbox"], f"worker-{n}") for n in range(8)))
        rows = [taken.row_id for batch in batches for taken in batch]
        assert len(rows) == len(set(rows)) == 15
        for number in range(8):
            await lanes.give_back(f"worker-{number}")


async def test_a_row_that_kills_its_process_is_parked_and_those_beside_it_are_done(
    db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "BORN", -math.inf)   # each life is a long one
    org = await organization()
    for number in range(6):
        await plan(org, number)
    deadly = (await ScheduledAction.all().order_by("id"))[2].id
    for _ in range(20):
        await one_life(deadly)
    states = {row.id: row.state for row in await ScheduledAction.all()}
    assert states.pop(deadly) is ActionState.PARKED
    assert set(states.values()) == {ActionState.DONE}


async def one_life(deadly: object) -> None:
    """A process that works until it takes `deadly`, which ends it in the middle of everything it has begun."""
    lane = lanes.LANES["due"]
    await lanes.give_back("w1")
    while taken := await lanes.claim(lane, "w1"):
        crashes = (await ScheduledAction.get(id=deadly)).crashes
        dies = deadly in {one.row_id for one in taken} and crashes < lanes.MOST_CRASHES
        for one in taken:
            await (lanes._begin(lane, one) if dies else lanes.work(one))
        if dies:
            return


@pytest.mark.parametrize("trouble", [{}, {"end 1": RuntimeError("also this")}])
async def test_who_waits_for_a_fact_hears_that_it_is_parked(db: object, trouble: dict[str, Exception]) -> None:
    TROUBLE.update(trouble, **{"1": Invalid({})})
    await tell(await organization(), 1)
    await drain(strict=False)
    assert SEEN == [("second", 1), ("INVALID", 1)]
    assert (await OutboxEvent.all())[0].parked_at is not None, "whatever came of telling"


async def test_who_dies_before_the_mark_leaves_it_to_be_told_again(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dies(*_: object) -> None:
        raise Died

    monkeypatch.setattr(lanes, "BORN", -math.inf)
    await tell(await organization(), 1)
    await OutboxEvent.filter(parked_at=None).update(crashes=lanes.MOST_CRASHES)
    with monkeypatch.context() as patch, pytest.raises(Died):
        patch.setattr(lanes, "_end", dies)
        await drain()
    await OutboxEvent.filter(parked_at=None).update(lease_until=None)
    await drain()
    assert SEEN == [("crashed", 1)] * 2


def test_one_rule_has_one_handler() -> None:
    with pytest.raises(ValueError, match=r"test\.due"):
        on_due("test.due")(perform)


def test_every_room_with_jobs_is_named() -> None:
    rooms = Path(server.__file__).parent
    found = {".".join(path.relative_to(rooms.parent).with_suffix("").parts) for path in rooms.rglob("jobs.py")}
    assert found == set(JOB_MODULES)
    load_handlers()


async def test_what_may_take_an_hour_has_a_lane_of_its_own(db: object) -> None:
    org = await organization()
    async with unit_of_work(system_actor(org.id)) as unit:
        await unit.publish("test.long", number=1)
        await unit.publish("test.told", number=2)
    ordinary, long = lanes.LANES["outbox"], lanes.LANES["long"]
    (quick,), (slow,) = await lanes.claim(ordinary, "w1"), await lanes.claim(long, "w1")
    assert slow.until - quick.until > timedelta(hours=1), "nobody else takes it up while it is at work"
    await asyncio.gather(lanes.work(quick), lanes.work(slow))
    assert sorted(SEEN) == [("first", 2), ("long", 1), ("second", 2)]
    assert await OutboxEvent.filter(delivered_at=None).count() == 0


async def test_one_of_these_is_enough_for_a_process(db: object) -> None:
    org = await organization()
    HOLDS.append(asyncio.Event())
    async with unit_of_work(system_actor(org.id)) as unit:
        for number in (1, 2):
            await unit.publish("test.held", number=number)
    lane = lanes.LANES["long"]
    (first,) = await lanes.claim(lane, "w1")
    work = asyncio.create_task(lanes.work(first))
    while lane.room():
        await asyncio.sleep(0.01)
    assert await lanes.claim(lane, "w1") == []
    HOLDS[-1].set()
    await work
    await drain()
    assert SEEN == [("held", 1), ("held", 2)]
