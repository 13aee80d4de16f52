"""Forgetting old messages: every night a look, in small steps."""

from datetime import UTC, date, datetime, time, timedelta

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import on_due, on_event
from server.kernel.jobs.lanes import NotYet
from server.notifications.told.actions import forget_told
from server.people.queries import organization_of

RULE = "messages.forget"
AT = time(2, tzinfo=UTC)
STEPS = 20
"""So many small steps before others have their turn."""
REST, MORE = timedelta(minutes=1), "more to forget"


@on_event("program.created", "cohort.opened", "matching.finished")
async def begin(event: OutboxEvent) -> None:
    """Plan the next night of an organisation in which something goes on; each night plans the one after it."""
    await _plan(system_actor(event.organization_id), clock.today("UTC"))


@on_due(RULE)
async def forget(action: ScheduledAction) -> None:
    """Forget what is old enough.

    Raises:
        NotYet: there is more of it.
    """
    actor = system_actor(action.organization_id)
    await _plan(actor, clock.today("UTC"))
    for _step in range(STEPS):
        if not await forget_told(actor):
            return
    raise NotYet(clock.now() + REST, MORE)


async def _plan(actor: Actor, after: date) -> None:
    night = after + timedelta(days=1)
    async with unit_of_work(actor) as unit:
        await unit.schedule(RULE, await organization_of(actor), datetime.combine(night, AT), key=night.isoformat())
