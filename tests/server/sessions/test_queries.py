"""Proposed times respect both weeks and every other session; lists cost the same for one and for thirty."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.kernel import clock
from server.people.models import AvailabilityBlock
from server.programs.models import Program
from server.sessions import actions, queries, times
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.factories import active_match, actor_of, enrollment, match, person
from tests.queries import queries_run

SUNDAY = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")


@pytest.fixture(autouse=True)
def sunday_morning() -> Any:
    with clock.at(SUNDAY):
        yield


async def test_three_slots_in_the_hours_of_both_on_three_days(db: object) -> None:
    pair = await active_match()
    found = await times.slots_for_match(pair.mentee_actor, pair.match.id)
    assert [slot.starts_at.astimezone(LISBON).strftime("%a %H:%M") for slot in found] == [
        "Mon 10:00", "Tue 11:00", "Wed 12:00",
    ]


async def test_a_session_with_anybody_else_is_in_the_way_of_both(db: object) -> None:
    pair = await active_match()
    (first, *_rest) = await times.slots_for_match(pair.mentee_actor, pair.match.id)
    ada = await person(pair.organization)
    learning = await enrollment(pair.cohort, ada, pair.mentee_enrollment.role)
    other = await match(pair.mentor_enrollment, learning)
    held = await actions.hold_slot(actor_of(ada), other.id, first.starts_at)
    after = await times.slots_for_match(pair.mentee_actor, pair.match.id, 40)
    assert not [slot for slot in after if slot.starts_at < held.ends_at and held.starts_at < slot.ends_at]


async def test_the_session_to_be_moved_is_not_in_its_own_way(db: object) -> None:
    pair = await active_match()
    (first, *_rest) = await times.slots_for_match(pair.mentee_actor, pair.match.id)
    session = await actions.book_session(pair.mentee_actor, pair.match.id, first.starts_at)
    assert first not in await times.slots_for_match(pair.mentee_actor, pair.match.id)
    assert first in await times.slots_for_match(pair.mentee_actor, pair.match.id, besides=[session.id])


async def test_who_said_no_hours_is_taken_to_work_from_nine_to_five(db: object) -> None:
    pair = await active_match()
    before = await times.slots_for_match(pair.mentee_actor, pair.match.id)
    for block in await AvailabilityBlock.all():
        await block.delete()
    assert await times.slots_for_match(pair.mentee_actor, pair.match.id) == before


async def test_the_next_session_is_proposed_two_weeks_later_at_the_same_hour(db: object) -> None:
    pair = await active_match()
    session = await actions.book_session(pair.mentee_actor, pair.match.id, THURSDAY)
    first, *others = await times.suggest_next_slots(pair.mentee_actor, session.id)
    assert first.starts_at == THURSDAY + timedelta(days=14)
    assert len({slot.starts_at.date() for slot in (first, *others)}) == 3


async def test_without_shared_time_in_two_weeks_three_may_have_some(db: object) -> None:
    pair = await active_match()
    session = await actions.book_session(pair.mentee_actor, pair.match.id, THURSDAY)
    busy_until = datetime(2026, 12, 19, tzinfo=UTC)
    await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=SessionState.SCHEDULED, booked_at=SUNDAY,
        starts_at=THURSDAY + timedelta(hours=2), ends_at=busy_until,
    )
    assert await times.suggest_next_slots(pair.mentee_actor, session.id) == []
    assert await times.suggest_next_slots(pair.mentee_actor, session.id, weeks=3)


@pytest.mark.parametrize(("a_month", "days"), [(1, 28), (2, 14), (4, 7)])
async def test_the_rhythm_of_the_programme_says_when(db: object, a_month: int, days: int) -> None:
    pair = await active_match()
    await Program.filter(id=pair.program.id).update(sessions_per_month=a_month)
    session = await actions.book_session(pair.mentee_actor, pair.match.id, THURSDAY)
    first = (await times.suggest_next_slots(pair.mentee_actor, session.id))[0]
    assert first.starts_at == THURSDAY + timedelta(days=days)


async def test_the_next_session_is_the_booked_one_before_the_held_one(db: object) -> None:
    pair = await active_match()
    assert await queries.next_session(pair.mentee_actor, pair.match.id) is None
    booked = await actions.book_session(pair.mentee_actor, pair.match.id, THURSDAY)
    await actions.hold_slot(pair.mentee_actor, pair.match.id, THURSDAY - timedelta(days=1))
    found = await queries.next_session(pair.mentor_actor, pair.match.id)
    assert found is not None
    assert found.id == booked.id
    clock.move(booked.ends_at - SUNDAY)
    assert await queries.next_session(pair.mentor_actor, pair.match.id) is None


@pytest.mark.parametrize("count", [1, 30])
async def test_lists_of_sessions_cost_the_same_for_one_and_for_thirty(db: object, count: int) -> None:
    pair = await active_match()
    for number in range(count):
        starts_at = THURSDAY + timedelta(days=number)
        await Session.create(
            organization_id=pair.organization.id, match=pair.match, state=SessionState.SCHEDULED, booked_at=SUNDAY,
            starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45),
        )
    with queries_run() as mine:
        assert len(await queries.my_next_sessions(pair.mentee_actor)) == count
    with queries_run() as of_match:
        assert len(await queries.sessions_of(pair.mentor_actor, pair.match.id)) == count
    with queries_run() as slots:
        await times.slots_for_match(pair.mentee_actor, pair.match.id)
    assert (len(mine), len(of_match)) == (5, 1)
    assert len(slots) <= 9


async def test_held_sessions_are_counted_by_match(db: object) -> None:
    pair = await active_match()
    for days in (1, 2):
        starts_at = SUNDAY - timedelta(days=days)
        await Session.create(
            organization_id=pair.organization.id, match=pair.match, state=SessionState.HELD, booked_at=starts_at,
            starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45),
        )
    assert await queries.held_counts(pair.manager_actor, [pair.match.id]) == {pair.match.id: 2}
    assert await queries.held_counts(pair.stranger_actor, [pair.match.id]) == {}
