"""Whose address was typed is found out here, after the answer was given."""

from uuid import UUID

from server.access.letters.actions import write_letters
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event


@on_event("sign_in.asked")
async def look_the_address_up(event: OutboxEvent) -> None:
    """Let everybody who has the address be written to."""
    await write_letters(system_actor(event.organization_id), UUID(str(event.payload["request_id"])))
