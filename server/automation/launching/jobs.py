"""After which facts people are told of a programme, and what tells them."""

from uuid import UUID

from server.automation.launching.due import tell
from server.automation.launching.planning import CALL, LAUNCH, PREFIX, plan_launch
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_due, on_event


@on_event(
    "program.moved", "program.messages_set", "program.audience_set", "cohort.opened", "cohort.moved",
    "cohort.last_day_set",
)
async def begin(event: OutboxEvent) -> None:
    """Plan what tells of a programme, as what is in force and its groups have it by now."""
    await plan_launch(system_actor(event.organization_id), UUID(str(event.payload["program_id"])))


for kind in (*LAUNCH, CALL):
    on_due(f"{PREFIX}{kind}")(tell)
