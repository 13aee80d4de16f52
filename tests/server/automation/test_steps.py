"""When this happened, then that, unless: planned once, done once, and never on old news."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from server.access.models import RoleGrant
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid, Refused
from server.kernel.facts import ActionState, ScheduledAction
from server.kernel.jobs import drain
from server.matches.actions import running
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchState
from server.messaging.actions import send_message
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import Message
from server.notifications.scene import scene_of
from server.notifications.states import MessageState
from server.notifications.texts import letter
from server.programs.actions import joining, set_last_day_to_join
from server.programs.models import Program
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.factories import Pair, active_match
from tests.server.automation.conftest import MONDAY

pytestmark = pytest.mark.usefixtures("monday")
FIRST, LAST = "message.F01", "message.F03"


@pytest.fixture
async def pair(db: object) -> Pair:
    """Noor in Lisbon and Idris in Nairobi, matched now."""
    return await active_match(active_at=MONDAY)


async def happened(pair: Pair, kind: str = "match.activated", **ids: UUID) -> None:
    async with unit_of_work(system_actor(pair.organization.id)) as unit:
        await unit.publish(kind, subject_id=pair.match.id, match_id=pair.match.id, **ids)
    await drain()


async def rows(rule: str = FIRST) -> list[ScheduledAction]:
    return await ScheduledAction.filter(rule=rule).order_by("due_at", "id")


async def kinds() -> list[str]:
    return sorted([row.kind for row in await Message.filter(kind__startswith="F")])


async def test_who_is_matched_and_books_nothing_is_asked_in_the_morning_of_their_own_day(pair: Pair) -> None:
    await happened(pair)
    [row] = await rows()
    assert (row.recipient_id, row.program_id, row.due_at) == (
        pair.mentee.id, pair.program.id, datetime(2026, 6, 3, 8, tzinfo=UTC),
    )
    assert {one.recipient_id: one.due_at.hour for one in await rows(LAST)} == {pair.mentee.id: 8, pair.mentor.id: 6}
    clock.move(timedelta(days=2))
    await drain()
    assert await kinds() == ["F01"]
    [row] = await rows()
    assert row.state is ActionState.DONE


async def test_told_twice_it_is_planned_once_and_what_was_done_is_not_done_again(pair: Pair) -> None:
    await happened(pair)
    planned = [row.id for row in await rows(LAST)]
    clock.move(timedelta(days=2))
    await drain()
    await happened(pair)
    assert [row.id for row in await rows(LAST)] == planned
    assert await kinds() == ["F01"]


async def test_one_that_is_needless_by_then_is_skipped_with_its_reason(pair: Pair) -> None:
    await happened(pair)
    await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=SessionState.SCHEDULED,
        starts_at=MONDAY + timedelta(days=30), ends_at=MONDAY + timedelta(days=30, hours=1),
    )
    clock.move(timedelta(days=22))
    await drain()
    assert {(row.state, row.reason) for rule in (FIRST, LAST) for row in await rows(rule)} == {
        (ActionState.SKIPPED, "a time is booked"),
    }
    assert await kinds() == []


async def test_a_match_that_ends_takes_its_plans_with_it_and_nothing_comes_of_an_old_one(pair: Pair) -> None:
    await happened(pair)
    await Match.filter(id=pair.match.id).update(active_at=MONDAY + timedelta(hours=1))   # undone, and begun anew
    clock.move(timedelta(days=2))
    await drain()
    [row] = await rows()
    assert (row.state, row.reason) == (ActionState.SKIPPED, "no longer so")
    await running.end_match(pair.manager_actor, pair.match.id, ClosureReason.SCHEDULE)
    assert {row.state for row in await rows(LAST)} == {ActionState.CANCELLED}


async def test_who_moved_west_is_asked_in_the_morning_there(pair: Pair) -> None:
    await happened(pair)
    pair.mentee.zone = "America/Lima"
    await pair.mentee.save()
    clock.move(timedelta(days=2))
    await drain()
    [row] = await rows()
    assert (row.state, row.due_at) == (ActionState.PLANNED, datetime(2026, 6, 3, 14, tzinfo=UTC))
    clock.move(row.due_at - clock.now())
    await drain()
    assert await kinds() == ["F01"]


@pytest.mark.parametrize(("days", "messages"), [(21, {}), (35, {"F04": {"moments": [35]}})])
async def test_who_runs_the_programme_hears_in_one_letter_of_all_that_never_met(
    pair: Pair, days: int, messages: dict[str, Any]
) -> None:
    await Program.filter(id=pair.program.id).update(messages=messages)
    await runs_it(pair)
    other = await active_match(pair.organization, pair.program, pair.cohort, active_at=MONDAY)
    for one in (pair, other):
        await happened(one)
    clock.move(timedelta(days=days))
    await drain()
    [told] = await Message.filter(kind="F04")
    assert (told.recipient_id, told.subject_id, told.state) == (pair.manager.id, pair.cohort.id, MessageState.PLANNED)
    scene = await scene_of(system_actor(pair.organization.id), told)
    assert sorted(scene.pairs) == ["Idris Brightwater, Noor Saltmarsh"] * 2
    words = letter(CATALOGUE["F04"], scene)
    assert words.subject == "Rising Leads: 2 matches have not begun"
    assert "Idris Brightwater, Noor Saltmarsh" in words.text


async def test_a_session_moves_the_word_about_silence_and_after_one_the_next_silence_is_heard_too(pair: Pair) -> None:
    await runs_it(pair)
    await happened(pair)
    [first, *_] = await rows("message.I01")
    await met(pair, MONDAY + timedelta(days=10))
    [moved, *_] = await rows("message.I01")
    assert (moved.id, moved.due_at.date()) == (first.id, date(2026, 7, 2))
    await said_by(pair, 41, {"I01": 2, "I02": 2, "I03": 1})
    await met(pair, MONDAY + timedelta(days=40))
    assert len(await rows("message.I01")) == 4
    await said_by(pair, 71, {"I01": 4, "I02": 4, "I03": 2})


async def test_a_match_that_goes_on_after_a_long_pause_is_not_called_quiet_at_once(pair: Pair) -> None:
    await happened(pair)
    await Match.filter(id=pair.match.id).update(state=MatchState.PAUSED)
    await said_by(pair, 60, {"I01": 0, "I02": 0})
    await Match.filter(id=pair.match.id).update(state=MatchState.ACTIVE)
    await happened(pair, "match.resumed")
    await said_by(pair, 80, {"I01": 0, "I02": 0})
    await said_by(pair, 82, {"I01": 2, "I02": 0})


QUIET = ("I01", "I02", "I03", "I04", "I05")


async def silence_until(pair: Pair, day: int) -> list[str]:
    """Which words about silence were said until the noon of some day after they were matched, to whomever."""
    clock.move(MONDAY + timedelta(days=day, hours=2) - clock.now())
    await drain()
    return [kind for kind in QUIET if await Message.filter(kind=kind).exists()]


async def test_silence_is_told_on_days_21_28_42_and_60_and_then_it_ends_unless_they_go_on(pair: Pair) -> None:
    """Feature F72 by the clock, on one run: one pair says that it goes on, and is asked anew after two more months."""
    await runs_it(pair)
    await Program.filter(id=pair.program.id).update(messages={"I05": {"on": True}})
    await happened(pair)
    for day, said in ((20, 0), (21, 1), (27, 1), (28, 2), (29, 3), (41, 3), (42, 4), (59, 4), (60, 5)):
        assert await silence_until(pair, day) == list(QUIET[:said]), day
    clock.move(timedelta(days=5))
    await running.keep_match(pair.mentee_actor, pair.match.id)
    await silence_until(pair, 124)
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE
    assert await Message.filter(kind="I01").count() == 4
    await silence_until(pair, 126)
    assert await Message.filter(kind="I05").count() == 4
    await silence_until(pair, 132)
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE
    await silence_until(pair, 133)
    ended = await Match.get(id=pair.match.id)
    assert (ended.state, ended.closure_reason) == (MatchState.CONCLUDED, ClosureReason.UNRESPONSIVE)
    assert await Message.filter(kind="X01").count() == 2


async def test_a_word_a_booking_and_a_programme_that_wants_it_no_more_keep_a_quiet_match(pair: Pair) -> None:
    await happened(pair)
    await silence_until(pair, 61)
    assert not await Message.filter(kind="I05").exists()   # the programme has not asked for it
    for number, keep in enumerate((writes, books, wants_it_no_more)):
        other = await active_match(pair.organization, pair.program, pair.cohort, active_at=clock.now())
        await Program.filter(id=pair.program.id).update(messages={"I05": {"on": True}})
        await happened(other)
        clock.move(timedelta(days=60))
        await drain()
        clock.move(timedelta(days=1))
        await keep(other)
        clock.move(timedelta(days=7))
        await drain()
        assert (await Match.get(id=other.match.id)).state is MatchState.ACTIVE, number


async def writes(pair: Pair) -> None:
    await send_message(pair.mentor_actor, pair.match.id, "Next week?")


async def books(pair: Pair) -> None:
    at = clock.now() + timedelta(days=9)
    await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=SessionState.SCHEDULED, starts_at=at,
        ends_at=at + timedelta(hours=1),
    )


async def wants_it_no_more(pair: Pair) -> None:
    await Program.filter(id=pair.program.id).update(messages={})


async def said_by(pair: Pair, day: int, counts: dict[str, int]) -> None:
    """What was said about silence until some days after they were matched."""
    clock.move(MONDAY + timedelta(days=day) - clock.now())
    await drain()
    assert {kind: await Message.filter(kind=kind).count() for kind in counts} == counts


async def met(pair: Pair, at: datetime) -> None:
    held = await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=SessionState.HELD, starts_at=at,
        ends_at=at + timedelta(hours=1), held_at=at,
    )
    await happened(pair, "session.held", session_id=held.id)


async def runs_it(pair: Pair) -> None:
    """Rui runs the programme, and so hears of it."""
    await RoleGrant.create(
        organization_id=pair.organization.id, person=pair.manager, role=Role.PROGRAM_MANAGER,
        program_id=pair.program.id,
    )


async def test_an_invitation_a_form_and_a_request_are_brought_to_mind_until_they_are_answered(db: object) -> None:
    pair = await active_match(state=MatchState.AWAITING_BOTH, active_at=None, published_at=MONDAY)
    guest = await factories.enrollment(
        pair.cohort, await factories.person(pair.organization), ParticipantRole.MENTEE, state=EnrollmentState.INVITED,
        invited_at=MONDAY,
    )
    actor = system_actor(pair.organization.id)
    async with unit_of_work(actor) as unit:
        await unit.publish("enrollment.invited", subject_id=guest.id, enrollment_id=guest.id, person_id=guest.person_id)
        await unit.publish("match.published", subject_id=pair.match.id, match_id=pair.match.id)
    await drain()
    days: dict[str, set[date]] = {}
    for row in await ScheduledAction.filter(rule__startswith="message."):
        days.setdefault(row.rule, set()).add(row.due_at.date())
    assert days == {
        "message.E03": {date(2026, 6, 4)}, "message.E04": {date(2026, 6, 8)},
        "message.M04": {date(2026, 6, 3), date(2026, 6, 6)},
    }
    clock.move(timedelta(days=4))
    await drain()
    await joining.begin(factories.actor_of(guest.person), guest.id)
    clock.move(timedelta(days=6))
    await drain()
    assert await _fates() == {"E03": {""}, "E04": {"no longer so"}, "M04": {""}, "E05": {""}}


async def _fates() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in await ScheduledAction.filter(rule__startswith="message."):
        found.setdefault(row.rule.removeprefix("message."), set()).add(row.reason)
    return found


async def test_the_last_day_to_join_is_brought_to_mind_two_days_before_and_then_nobody_joins(db: object) -> None:
    pair = await active_match()
    guest, late = [
        await factories.enrollment(
            pair.cohort, await factories.person(pair.organization), ParticipantRole.MENTEE,
            state=EnrollmentState.INVITED, invited_at=MONDAY, submitted_at=None, active_at=None,
        ) for _each in range(2)
    ]
    begun = await joining.begin(factories.actor_of(late.person), late.id)
    last = MONDAY.date() + timedelta(days=9)
    manager = pair.manager_actor
    with pytest.raises(Invalid):
        await set_last_day_to_join(manager, pair.cohort.id, clock.today("UTC") - timedelta(days=1))
    with pytest.raises(Refused):
        await set_last_day_to_join(pair.stranger_actor, pair.cohort.id, last)
    await set_last_day_to_join(manager, pair.cohort.id, last - timedelta(days=3))
    await drain()
    await set_last_day_to_join(manager, pair.cohort.id, last)
    await drain()
    due = {row.due_at.date() for row in await ScheduledAction.filter(rule="message.E06")}
    assert due == {last - timedelta(days=2), last - timedelta(days=5)}
    clock.move(timedelta(days=8))
    await drain()
    assert (await _fates())["E06"] == {"", "no longer so"}, "the day it was before is no day any more"
    told = await Message.filter(kind="E06").values_list("recipient_id", flat=True)
    assert set(told) == {guest.person_id, late.person_id}
    clock.move(timedelta(days=3))
    with pytest.raises(Conflict) as closed:
        await joining.submit(factories.actor_of(begun.person), begun.id)
    assert (closed.value.kind, "The last day to join was" in closed.value.message) == ("closed", True)
    await set_last_day_to_join(manager, pair.cohort.id, None)
    await joining.submit(factories.actor_of(begun.person), begun.id)
