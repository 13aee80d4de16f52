"""Whose address was typed is found out here, after the answer was given; and a day later the request is forgotten."""

from uuid import UUID

from server.access.letters.actions import forget_request, write_letters
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import on_due, on_event


@on_event("sign_in.asked")
async def look_the_address_up(event: OutboxEvent) -> None:
    """Let everybody who has the address be written to."""
    await write_letters(system_actor(event.organization_id), UUID(str(event.payload["request_id"])))


@on_due("sign_in.forget")
async def forget(action: ScheduledAction) -> None:
    """Delete a request to sign in that is a day old."""
    await forget_request(system_actor(action.organization_id), action.subject_id)
