"""What falls due in the matches room."""

from server.kernel.actor import system_actor
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import on_due
from server.matches import actions


@on_due("match.expire")
async def expire_match(action: ScheduledAction) -> None:
    """Let a suggestion pass that nobody answered."""
    await actions.expire_match(system_actor(action.organization_id), action.subject_id)


@on_due("match.end_date")
async def reach_end_date(action: ScheduledAction) -> None:
    """Begin the closing steps on the last day."""
    await actions.reach_end_date(system_actor(action.organization_id), action.subject_id)


@on_due("match.close")
async def close_match(action: ScheduledAction) -> None:
    """Close a match that ran its time, when its people did not."""
    await actions.reach_closing_end(system_actor(action.organization_id), action.subject_id)


@on_due("match.resume")
async def end_pause(action: ScheduledAction) -> None:
    """Go on with a match on the day its pause ends."""
    await actions.reach_pause_end(system_actor(action.organization_id), action.subject_id)
