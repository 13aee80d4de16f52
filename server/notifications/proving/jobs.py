"""Facts that messages ask for."""

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.notifications.proving.actions import note_act
from server.notifications.proving.acts import ACTS


@on_event(*ACTS)
async def note_what_was_done(event: OutboxEvent) -> None:
    """Somebody did what a message may have asked for."""
    await note_act(system_actor(event.organization_id), event)
