"""What was told long ago is forgotten by night, in small steps, and nothing that a later word follows."""

from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Refused
from server.kernel.facts import ActionState, AuditEvent, ScheduledAction
from server.kernel.jobs import drain
from server.notifications.models import Message, NudgeDay
from server.notifications.states import MessageState
from server.notifications.told import actions
from tests import factories
from tests.factories import Pair

OLD, OLDEST = timedelta(days=181), timedelta(days=401)


async def told(pair: Pair, kind: str, age: timedelta, state: MessageState = MessageState.SENT) -> Message:
    row = await factories.told(pair.mentee, kind)
    await row.update_from_dict({"created_at": clock.now() - age, "state": state, "due_at": clock.now() + OLD}).save()
    return row


async def test_by_night_old_messages_go_in_small_steps_and_each_night_plans_the_next(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    pair, other = await factories.active_match(), await factories.person(await factories.organization())
    system = system_actor(pair.organization.id)
    gone = [await told(pair, kind, OLD) for kind in ("F01", "M08", "A02")] + [await told(pair, "S01", OLDEST)]
    stays = {
        await told(pair, "F01", timedelta(days=177)), await told(pair, "S01", OLD),
        await told(pair, "F02", OLD, MessageState.PLANNED), await factories.told(other, "M08"),
    }
    await Message.filter(recipient_id=other.id).update(created_at=clock.now() - OLD)
    await NudgeDay.create(
        organization_id=system.organization_id, person=pair.mentee, day=clock.today("UTC") - OLD, message_id=gone[0].id,
    )
    async with unit_of_work(system) as unit:
        await unit.publish("cohort.opened", program_id=pair.program.id, cohort_id=pair.cohort.id)
    await drain()
    clock.move(timedelta(days=1, hours=2))
    await drain(strict=False)
    there = {row.id for row in await Message.all()}
    assert [row.kind for row in stays if row.id not in there] == []
    assert [row.kind for row in gone if row.id in there] == []
    assert not await NudgeDay.all().exists()
    forgotten = await AuditEvent.filter(action="messages.forget").order_by("id")
    assert [one.detail["count"] for one in forgotten] == [2, 2]
    assert await ScheduledAction.filter(rule="messages.forget", state=ActionState.PLANNED).count() == 1


async def test_a_demonstration_forgets_nothing_and_nobody_but_the_product_forgets(db: None) -> None:
    pair = await factories.active_match()
    row = await told(pair, "F01", OLD)
    pair.organization.is_demo = True
    await pair.organization.save()
    assert not await actions.forget_told(system_actor(pair.organization.id))
    assert await Message.filter(id=row.id).exists()
    with pytest.raises(Refused):
        await actions.forget_told(pair.mentee_actor)
