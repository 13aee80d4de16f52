"""What follows in the matchmaking room when a suggestion came to nothing."""

from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.matches.queries import sides, visible_match
from server.matchmaking import actions


@on_event("match.declined", "match.expired", "match.cancelled")
async def suggest_next(event: OutboxEvent) -> None:
    """Put the next best mentor for the mentee before the manager."""
    actor = system_actor(event.organization_id)
    match = await visible_match(actor, UUID(event.payload["match_id"]))
    await actions.suggest_next(actor, sides(match)[1].enrollment_id)
