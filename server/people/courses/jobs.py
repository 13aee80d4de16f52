"""What follows for courses when the framework changes."""

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.people.courses import actions


@on_event("framework.imported")
async def read_anew(event: OutboxEvent) -> None:
    """Courses teach what the framework now calls by name."""
    await actions.read_anew(system_actor(event.organization_id))
