"""Whatever fails, in whatever order, for however long: every row is done, refused or parked, none is forgotten."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound, TooMany
from server.kernel.facts import ActionState, OutboxEvent, ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs import drain, on_due, on_event
from tests.factories import organization

PASSING = (OSError("away"), ZeroDivisionError(), TooMany("later", retry_after_s=90))
FINAL = (NotFound(), Conflict("gone"), Invalid({"": "no"}))
PLANS: dict[int, list[Exception]] = {}
"""What each row meets, try by try; afterwards it succeeds."""
DONE: Counter[int] = Counter()

failures = st.lists(st.sampled_from((*PASSING, *FINAL)), max_size=4)
plans = st.lists(failures, min_size=1, max_size=8)


def attempt(number: int) -> None:
    if PLANS[number]:
        raise PLANS[number].pop(0)
    DONE[number] += 1


@on_event("test.never_lost")
async def hear(event: OutboxEvent) -> None:
    attempt(event.payload["number"])


@on_due("test.never_lost")
async def perform(action: ScheduledAction) -> None:
    attempt(action.payload["number"])


def ends_well(met: list[Exception]) -> bool:
    """Whether nothing final comes before it succeeds."""
    return not any(isinstance(one, NotFound | Conflict | Invalid) for one in met)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(planned=plans, subjects=st.lists(st.integers(0, 2), min_size=8, max_size=8))
async def test_every_row_is_done_once_or_ends_with_a_reason(
    db: object, planned: list[list[Exception]], subjects: list[int]
) -> None:
    org, about, begun = await organization(), [new_id() for _ in range(3)], clock.now()
    PLANS.clear()
    DONE.clear()
    async with unit_of_work(system_actor(org.id)) as unit:
        for number, met in enumerate(planned):
            PLANS[2 * number], PLANS[2 * number + 1] = list(met), list(met)
            await unit.publish("test.never_lost", subject_id=about[subjects[number]], number=2 * number)
            await unit.schedule("test.never_lost", org, begun, key=str(number), number=2 * number + 1)
    for minutes in range(0, 600, 20):
        await drain(strict=False)
        clock.move(timedelta(minutes=20))
        if minutes and not await waiting(org.id):
            break
    assert not await waiting(org.id)
    for number, met in enumerate(planned):
        assert DONE[2 * number + 1] == ends_well(met)
        assert DONE[2 * number] == ends_well(met)
    for action in await ScheduledAction.filter(organization_id=org.id):
        met = planned[action.payload["number"] // 2]
        assert (action.state is ActionState.DONE) == ends_well(met)
        assert bool(action.reason) or ends_well(met)
    for fact in await OutboxEvent.filter(organization_id=org.id):
        assert (fact.delivered_at is None) != (fact.parked_at is None)
        assert (fact.lease_owner, fact.crashes) == ("", 0)
    clock.reset()


async def waiting(organization_id: Any) -> int:
    facts = OutboxEvent.filter(organization_id=organization_id, delivered_at=None, parked_at=None)
    actions = ScheduledAction.filter(organization_id=organization_id, state=ActionState.PLANNED)
    return await facts.count() + await actions.count()
