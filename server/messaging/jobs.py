"""What the messaging room does by itself."""

from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.messaging import actions


@on_event("match.member_accepted", "match.member_left")
async def follow_members(event: OutboxEvent) -> None:
    """Let whoever came into a circle read its thread, and who left it no more."""
    await actions.follow_members(system_actor(event.organization_id), UUID(event.payload["match_id"]))
