"""What the sessions room does by itself."""

from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import on_due, on_event
from server.sessions import actions


@on_due("session.held")
async def mark_held(action: ScheduledAction) -> None:
    """Record a session whose planned end has passed."""
    await actions.mark_held(system_actor(action.organization_id), action.subject_id)


@on_due("session.agenda")
async def prepare_agenda(action: ScheduledAction) -> None:
    """Draw an agenda that nobody touched again, two days before."""
    await actions.prepare_agenda(system_actor(action.organization_id), action.subject_id)


@on_event("match.activated")
async def confirm_hold(event: OutboxEvent) -> None:
    """Book the time both had agreed to, if a manager's yes was what was missing."""
    await actions.confirm_hold(system_actor(event.organization_id), UUID(event.payload["match_id"]))


@on_event(
    "match.declined", "match.expired", "match.cancelled", "match.sent_back", "match.ended", "match.completed",
    "match.paused",
)
async def clear_calendar(event: OutboxEvent) -> None:
    """Give back what was booked or held for a match that is over, or for the time in which it rests."""
    await actions.clear_calendar(system_actor(event.organization_id), UUID(event.payload["match_id"]))
