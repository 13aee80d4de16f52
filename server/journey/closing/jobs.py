"""What falls due at the end of a group."""

from uuid import UUID

from server.journey.closing import actions
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import on_due, on_event


@on_due("cohort.close")
async def close_cohort(action: ScheduledAction) -> None:
    """Close a group whose time is over."""
    await actions.reach_cohort_end(system_actor(action.organization_id), action.subject_id)


@on_event(
    "match.completed", "match.ended", "match.member_left", "match.cancelled", "match.declined", "match.expired"
)
async def complete_learners(event: OutboxEvent) -> None:
    """Let the mentee of a match that ran its time have completed the programme, once nothing else of theirs goes on."""
    await actions.complete_learners(system_actor(event.organization_id), UUID(event.payload["match_id"]))
