"""What follows when somebody chooses, comes, goes, or is matched: other lists to choose from."""

from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.matchmaking.queue.actions import suggest_next
from server.matchmaking.wishes import actions
from server.programs.queries import open_cohorts


@on_event("preference.set_aside")
async def part(event: OutboxEvent) -> None:
    """No draft of the two stays, once it can no longer be undone; the next one follows."""
    assert event.subject_id is not None
    actor = system_actor(event.organization_id)
    for enrollment_id in await actions.part(actor, event.subject_id):
        await suggest_next(actor, enrollment_id)


@on_event(
    "preference.set_aside", "preference.taken_back", "enrollment.activated", "matching.finished", "match.ended",
    "match.declined", "match.banned", "match.ban_lifted", "training.done",
)
async def want_shortlists(event: OutboxEvent) -> None:
    """Other people can be chosen now."""
    await actions.want_shortlists(system_actor(event.organization_id), UUID(event.payload["cohort_id"]))


@on_event("program.changed", "program.training_set", "program.permissions_set")
async def follow_settings(event: OutboxEvent) -> None:
    """Who may choose has to be shown somebody; training that came or went changes who can be chosen."""
    actor = system_actor(event.organization_id)
    for cohort in await open_cohorts(actor, UUID(event.payload["program_id"])):
        await actions.want_shortlists(actor, cohort.id)


@on_event("shortlists.wanted", long=True)
async def make_shortlists(event: OutboxEvent) -> None:
    """Draw them up, for everybody at once."""
    actor = system_actor(event.organization_id)
    await actions.make_shortlists(actor, UUID(event.payload["cohort_id"]), wanted_at=event.at)
