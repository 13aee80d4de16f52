"""Sessions that repeat: one act, one hour on the wall across every change, each one a session like any other."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.models import Person
from server.sessions import actions
from server.sessions.models import AgendaItem, Session
from server.sessions.states import SessionState
from tests.factories import Pair, active_match
from tests.races import at_once

SUNDAY = datetime(2027, 3, 7, 8, 0, tzinfo=UTC)
TUESDAY = datetime(2027, 3, 9, 10, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def three_weeks_before_the_clocks_change() -> Any:
    with clock.at(SUNDAY):
        yield


async def a_series(every_weeks: int = 1, times: int = 5) -> tuple[Pair, list[Session]]:
    pair = await active_match()
    made = await actions.book_series(
        pair.mentee_actor, pair.match.id, TUESDAY, every_weeks=every_weeks, times=times
    )
    return pair, made


async def told() -> list[str]:
    facts = await OutboxEvent.filter(withdrawn_at=None).order_by("id")
    return [fact.kind for fact in facts if fact.kind.startswith("session.")]


async def hours(zone: str) -> list[str]:
    booked = await Session.filter(state=SessionState.SCHEDULED).order_by("starts_at")
    return [session.starts_at.astimezone(ZoneInfo(zone)).strftime("%d %b %H:%M") for session in booked]


async def test_a_series_keeps_the_bookers_hour_across_the_change(db: object) -> None:
    _pair, made = await a_series()
    assert await hours("Europe/Lisbon") == [
        "09 Mar 10:00", "16 Mar 10:00", "23 Mar 10:00", "30 Mar 10:00", "06 Apr 10:00",
    ]
    assert (await hours("Africa/Nairobi"))[2:4] == ["23 Mar 13:00", "30 Mar 12:00"]
    assert [session.number for session in made] == [1, 2, 3, 4, 5]
    assert await told() == ["session.series_booked"]
    assert await AuditEvent.filter(action="session.book").count() == 5
    due = await ScheduledAction.filter(rule="session.held", state="PLANNED")
    assert sorted(one.due_at for one in due) == [session.ends_at for session in made]
    assert {item.session_id for item in await AgendaItem.all()} == {made[0].id}, "the others get theirs in time"


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu"])
async def test_the_hour_is_that_of_whoever_books(db: object, zone: str) -> None:
    pair = await active_match()
    await Person.filter(id=pair.mentor.id).update(zone=zone)
    await Match.filter(id=pair.match.id).update(ends_on=None)
    made = await actions.book_series(pair.mentor_actor, pair.match.id, TUESDAY, every_weeks=4, times=12)
    assert len({session.starts_at.astimezone(ZoneInfo(zone)).time() for session in made}) == 1
    assert len({session.starts_at for session in made}) == 12


async def test_a_double_tap_books_one_series(db: object) -> None:
    pair = await active_match()
    taps = [
        actions.book_series(pair.mentee_actor, pair.match.id, TUESDAY, every_weeks=2, times=3) for _ in range(3)
    ]
    assert len({tuple(session.id for session in made) for made in await at_once(*taps)}) == 1
    assert await Session.all().count() == 3


async def test_one_time_that_is_taken_refuses_them_all(db: object) -> None:
    pair = await active_match()
    await actions.book_session(pair.mentor_actor, pair.match.id, TUESDAY + 2 * WEEK)
    with pytest.raises(actions.SlotTaken):
        await actions.book_series(pair.mentee_actor, pair.match.id, TUESDAY, every_weeks=1, times=3)
    assert await Session.all().count() == 1


@pytest.mark.parametrize(("weeks", "times", "field"), [
    (3, 5, "every_weeks"), (1, 1, "times"), (1, 13, "times"), (4, 8, "times"),
])
async def test_only_rhythms_that_end_before_the_last_day(db: object, weeks: int, times: int, field: str) -> None:
    pair = await active_match()
    with pytest.raises(Invalid) as refusal:
        await actions.book_series(pair.mentee_actor, pair.match.id, TUESDAY, every_weeks=weeks, times=times)
    assert list(refusal.value.fields) == [field]
    assert not await Session.all().exists()


async def test_each_one_is_moved_and_called_off_alone(db: object) -> None:
    pair, made = await a_series(times=4)
    await actions.move_session(pair.mentor_actor, made[1].id, TUESDAY + WEEK + timedelta(hours=1))
    await actions.cancel_session(pair.mentor_actor, made[2].id)
    assert await hours("Europe/Lisbon") == ["09 Mar 10:00", "16 Mar 11:00", "30 Mar 10:00"]
    assert await told() == ["session.series_booked", "session.moved", "session.cancelled"]


async def test_this_and_the_following_move_together_and_keep_the_wall(db: object) -> None:
    pair, made = await a_series()
    await actions.cancel_session(pair.mentor_actor, made[3].id)
    moved = await actions.move_following(pair.mentor_actor, made[2].id, TUESDAY + 2 * WEEK + timedelta(days=1, hours=2))
    assert [session.id for session in moved] == [made[2].id, made[4].id]
    assert await hours("Europe/Lisbon") == ["09 Mar 10:00", "16 Mar 10:00", "24 Mar 12:00", "07 Apr 12:00"]
    assert [session.sequence for session in moved] == [1, 1]
    again = await actions.move_following(pair.mentor_actor, made[2].id, moved[0].starts_at)
    assert [session.sequence for session in again] == [1, 1]
    assert (await told())[-1] == "session.rest_moved"
    assert await OutboxEvent.filter(kind="session.rest_moved").count() == 1


async def test_this_and_the_following_are_called_off_in_one_word(db: object) -> None:
    pair, made = await a_series()
    gone = await actions.cancel_following(pair.mentee_actor, made[1].id)
    assert await actions.cancel_following(pair.mentee_actor, made[1].id) == []
    assert [session.id for session in gone] == [session.id for session in made[1:]]
    assert await hours("Europe/Lisbon") == ["09 Mar 10:00"]
    assert await told() == ["session.series_booked", "session.rest_cancelled"]


async def test_a_series_is_undone_while_nobody_was_told(db: object) -> None:
    pair, made = await a_series()
    for _ in range(2):
        await actions.undo_series(pair.mentee_actor, made[2].id)
    assert await hours("UTC") == []
    assert await told() == []
    _other, told_of = await a_series()
    clock.move(timedelta(seconds=11))
    with pytest.raises(Conflict) as refusal:
        await actions.undo_series(_other.mentor_actor, told_of[0].id)
    assert refusal.value.kind == "told"


async def test_a_match_that_ends_calls_the_series_off_in_one_word(db: object) -> None:
    pair, _made = await a_series()
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    await actions.clear_calendar(system_actor(pair.organization.id), pair.match.id)
    await drain()
    assert await told() == ["session.series_booked", "session.rest_cancelled"]


async def test_what_is_no_series_or_over_has_no_following(db: object) -> None:
    pair = await active_match()
    single = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY)
    made = await actions.book_series(pair.mentee_actor, pair.match.id, TUESDAY + WEEK, every_weeks=1, times=2)
    clock.move(timedelta(days=10))
    await drain()
    for one in (single, made[0]):
        for act in (
            actions.move_following(pair.mentee_actor, one.id, TUESDAY + 3 * WEEK),
            actions.cancel_following(pair.mentee_actor, one.id),
        ):
            with pytest.raises(Conflict):
                await act


async def test_a_series_is_its_members_alone(db: object) -> None:
    pair, made = await a_series(times=2)
    for act in (actions.undo_series, actions.cancel_following):
        with pytest.raises(Refused):
            await act(pair.manager_actor, made[0].id)
        for actor, at in ((pair.stranger_actor, made[0].id), (pair.mentee_actor, new_id())):
            with pytest.raises(NotFound):
                await act(actor, at)
    with pytest.raises(NotFound):
        await actions.book_series(pair.manager_actor, pair.match.id, TUESDAY + WEEK, every_weeks=1, times=2)
    assert len(await hours("UTC")) == 2
