"""A trial is erased after its day."""

from server.journey.trying.actions import ERASE, erase_old_trial
from server.kernel.actor import system_actor
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import on_due


@on_due(ERASE)
async def erase(action: ScheduledAction) -> None:
    """Erase files and result of a trial that is a day old."""
    await erase_old_trial(system_actor(action.organization_id), action.subject_id)
