"""What falls due in the programs room."""

from server.kernel.actor import system_actor
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import on_due
from server.programs import actions


@on_due("enrollment.expire")
async def expire_invitation(action: ScheduledAction) -> None:
    """Let an invitation run out on its day."""
    await actions.expire_invitation(system_actor(action.organization_id), action.subject_id)
