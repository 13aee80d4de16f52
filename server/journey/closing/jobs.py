"""What falls due at the end of a group."""

from server.journey.closing import actions
from server.kernel.actor import system_actor
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import on_due


@on_due("cohort.close")
async def close_cohort(action: ScheduledAction) -> None:
    """Close a group whose time is over."""
    await actions.reach_cohort_end(system_actor(action.organization_id), action.subject_id)
