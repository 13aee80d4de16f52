"""What the goals room does when something happened elsewhere."""

from uuid import UUID

from server.goals import actions
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event


@on_event("match.activated", "match.member_accepted")
async def attach_goals(event: OutboxEvent) -> None:
    """Bring the members' open goals into their match."""
    await actions.attach_goals(system_actor(event.organization_id), UUID(event.payload["match_id"]))
