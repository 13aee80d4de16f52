"""What follows when somebody takes back a consent."""

from uuid import UUID

from server.journey.you.actions import drop_talent, stop_matching
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.matchmaking.queue.actions import suggest_next
from server.matchmaking.wishes.actions import want_shortlists
from server.people.states import ConsentPurpose


@on_event("consent.recorded")
async def follow_consent(event: OutboxEvent) -> None:
    """Take back what waits for somebody who does not agree to be matched any more. After a no to talent data: other
    drafts and other lists; a yes to it counts from the next run on."""
    actor, person_id = system_actor(event.organization_id), UUID(event.payload["person_id"])
    if event.payload["purpose"] == ConsentPurpose.MATCHING:
        await stop_matching(actor, person_id)
    if event.payload["purpose"] == ConsentPurpose.TALENT:
        left, cohorts = await drop_talent(actor, person_id)
        for enrollment_id in left:
            await suggest_next(actor, enrollment_id)
        for cohort_id in sorted(cohorts):
            await want_shortlists(actor, cohort_id)
