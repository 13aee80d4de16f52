"""What follows when somebody takes back a consent."""

from uuid import UUID

from server.journey.you.actions import stop_matching
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.people.states import ConsentPurpose


@on_event("consent.recorded")
async def follow_consent(event: OutboxEvent) -> None:
    """Take back what waits for somebody who does not agree to be matched any more."""
    if event.payload["purpose"] == ConsentPurpose.MATCHING:
        await stop_matching(system_actor(event.organization_id), UUID(event.payload["person_id"]))
