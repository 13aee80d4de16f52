"""One message that waits for its moment is skipped by hand, and planned again while there is time."""

from datetime import timedelta
from uuid import UUID

import pytest

from server.automation.actions import skip_message, unskip_message
from server.automation.planning import plan
from server.automation.queries import course_of
from server.automation.steps import STEPS
from server.automation.subjects import MATCH
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import ActionState, AuditEvent, ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.notifications.actions import plan_message
from server.notifications.models import Message
from server.notifications.states import MessageState
from tests.factories import Pair, active_match, actor_of
from tests.server.automation.conftest import MONDAY

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
async def pair(db: object) -> Pair:
    pair = await active_match(active_at=MONDAY)
    steps = [STEPS[f"message.{kind}"] for kind in ("F01", "I01")]
    await plan(system_actor(pair.organization.id), MATCH, steps, pair.match.id, MONDAY)
    return pair


async def row(rule: str = "message.F01", **of: object) -> ScheduledAction:
    found = await ScheduledAction.filter(rule=rule, **of).order_by("created_at", "id").first()
    assert found
    return found


async def test_a_step_is_skipped_comes_back_and_goes_and_both_are_noted_with_who_it_was(pair: Pair) -> None:
    step, about = await row(), {pair.match.id}
    await skip_message(pair.manager_actor, step.id)
    with pytest.raises(Conflict):
        await skip_message(pair.manager_actor, step.id)
    course = await course_of(pair.manager_actor, about, pair.mentee.id)
    assert [(one.kind, one.is_skipped) for one in course.coming] == [("F01", True), ("I01", False)]
    assert course.hands == {step.id: pair.manager}
    await unskip_message(pair.manager_actor, step.id)
    [entry] = await AuditEvent.filter(action="message.skip")
    assert entry.detail == {"kind": "F01", "person_id": str(pair.mentee.id)}
    assert await AuditEvent.filter(action="message.unskip", target_id=step.id).count() == 1
    clock.move(timedelta(days=2))
    await drain()
    assert await Message.filter(kind="F01").count() == 1


async def test_once_its_moment_has_passed_it_stays_skipped_with_who_did_it(pair: Pair) -> None:
    step = await row()
    await skip_message(pair.manager_actor, step.id)
    await plan(system_actor(pair.organization.id), MATCH, [STEPS["message.F01"]], pair.match.id, MONDAY)
    clock.move(timedelta(days=2))
    await drain()
    assert await Message.filter(kind="F01").count() == 0
    with pytest.raises(Conflict):
        await unskip_message(pair.manager_actor, step.id)
    course = await course_of(pair.manager_actor, {pair.match.id})
    assert [one.id for one in course.skipped] == [step.id]
    assert course.hands[step.id] == pair.manager


async def test_new_silence_is_told_anew_and_the_skipped_one_does_not_come_beside_it(pair: Pair) -> None:
    quiet = await row("message.I01", recipient_id=pair.mentee.id)
    await skip_message(pair.manager_actor, quiet.id)
    later = MONDAY + timedelta(days=3)
    async with unit_of_work(system_actor(pair.organization.id)):
        await type(pair.match).filter(id=pair.match.id).update(active_at=later)
        await plan(system_actor(pair.organization.id), MATCH, [STEPS["message.I01"]], pair.match.id, later)
    rows = await ScheduledAction.filter(rule="message.I01", recipient_id=pair.mentee.id).order_by("due_at")
    assert [one.state for one in rows] == [ActionState.SKIPPED, ActionState.PLANNED]
    with pytest.raises(Conflict):
        await unskip_message(pair.manager_actor, quiet.id)


async def waiting(pair: Pair, kind: str) -> UUID:
    """A message that waits for its hour: it is night."""
    with clock.at(MONDAY.replace(hour=22)):
        made = await plan_message(
            system_actor(pair.organization.id), kind, pair.mentee.id, pair.match.id, {"match_id": pair.match.id},
            trigger="test", due_at=MONDAY + timedelta(days=1),
        )
    return made.id


async def test_what_waits_for_its_hour_is_skipped_too_and_what_always_goes_is_not(pair: Pair) -> None:
    waits = await waiting(pair, "F02")
    await skip_message(pair.manager_actor, waits)
    told = await Message.get(id=waits)
    assert (told.state, told.reason) == (MessageState.SUPPRESSED, "skipped by hand")
    course = await course_of(pair.manager_actor, {pair.match.id}, pair.mentee.id)
    assert (waits, True) in {(one.id, one.is_skipped) for one in course.coming}
    assert course.messages == []
    await unskip_message(pair.manager_actor, waits)
    assert (await Message.get(id=waits)).state is MessageState.PLANNED
    always = await waiting(pair, "M08")
    with pytest.raises(Conflict) as refused:
        await skip_message(pair.manager_actor, always)
    assert refused.value.kind == "always_goes"
    await Message.filter(id=waits).update(lease_owner="w1", lease_until=clock.now() + timedelta(minutes=1))
    with pytest.raises(Conflict) as refused:
        await skip_message(pair.manager_actor, waits)
    assert refused.value.kind == "not_waiting"


async def test_only_who_runs_the_programme_skips_and_nobody_else_learns_of_it(pair: Pair) -> None:
    step, stranger = await row(), await active_match()
    for actor in (actor_of(pair.mentee), stranger.manager_actor):
        with pytest.raises((NotFound, Refused)):
            await skip_message(actor, step.id)
    with pytest.raises(NotFound):
        await skip_message(pair.manager_actor, new_id())
    assert (await row()).state is ActionState.PLANNED
