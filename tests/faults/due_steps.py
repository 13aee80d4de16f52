"""Steps of many people that are due at once, planned as the product plans them: reminders of sessions that are a day
ahead, which go at any hour."""

from datetime import timedelta

from tortoise.queryset import QuerySet

from server.automation.planning import plan
from server.automation.steps import STEPS
from server.automation.subjects import SESSION
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.facts import ActionState, ScheduledAction
from server.notifications.models import Message
from server.notifications.states import MessageState
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.factories import Pair, active_match

REMINDER = STEPS["message.S04"]
SESSIONS_EACH = 25
AHEAD = timedelta(hours=23)


async def plan_due_steps(count: int) -> None:
    """So many reminders that are due now: for both of each pair, of as many sessions as there have to be."""
    pairs = list[Pair]()
    for number in range(count // 2):
        if number % SESSIONS_EACH == 0:
            pairs.append(await active_match())
        pair, starts_at = pairs[-1], clock.now() + AHEAD + timedelta(minutes=number % SESSIONS_EACH)
        session = await Session.create(
            organization_id=pair.organization.id, match=pair.match, state=SessionState.SCHEDULED, number=number + 1,
            starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45), booked_at=clock.now(),
        )
        known_since = clock.now() - timedelta(days=1)
        await plan(system_actor(pair.organization.id), SESSION, [REMINDER], session.id, known_since)
    assert await due_steps().count() == count


def due_steps() -> QuerySet[ScheduledAction]:
    """Those that are due and not done."""
    return ScheduledAction.filter(rule=REMINDER.rule, state=ActionState.PLANNED, due_at__lte=clock.now())


async def steps_left() -> int:
    """How many are not done, or done and their mail has not gone.

    Raises:
        AssertionError: one was given up.
    """
    assert not await ScheduledAction.filter(state=ActionState.PARKED).count()
    assert not await Message.filter(state=MessageState.FAILED).count()
    unsent = Message.filter(kind=REMINDER.kind).exclude(state=MessageState.SENT)
    return await due_steps().count() + await unsent.count()


async def every_reminder_came(count: int, arrived: dict[str, int], kills: int) -> None:
    """One message for each step, each known to the mail server, and under its id again at most once for each kill."""
    own = await Message.filter(kind=REMINDER.kind)
    told = {(one.recipient_id, one.subject_id) for one in own}
    assert len(own) == len(told) == count
    by_row = {key.strip("<>").partition("@")[0]: times for key, times in arrived.items()}
    assert {str(one.id) for one in own} <= by_row.keys()
    assert sum(by_row.values()) - len(by_row) <= kills
