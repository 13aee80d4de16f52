"""What the surveys room does by itself."""

from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import on_due, on_event
from server.surveys import actions
from server.surveys.forms.actions import close_form
from server.surveys.states import InvitationState


@on_event("match.activated")
async def plan_check_in(event: OutboxEvent) -> None:
    """Plan the half-way check-in."""
    await actions.plan_check_in(system_actor(event.organization_id), UUID(event.payload["match_id"]))


@on_event("match.member_accepted", "match.member_left")
async def follow_members(event: OutboxEvent) -> None:
    """Ask who is in a circle, and no longer who left it."""
    await actions.follow_members(system_actor(event.organization_id), UUID(event.payload["match_id"]))


@on_event("match.duration_completed", "match.ended")
async def ask_at_the_end(event: OutboxEvent) -> None:
    """Ask how it was, on the last day, or as soon as a match ended before it."""
    await actions.ask_at_the_end(system_actor(event.organization_id), UUID(event.payload["match_id"]))


@on_due("survey.open")
async def open_check_in(action: ScheduledAction) -> str | None:
    """Ask, now that it is half-way."""
    invitation = await actions.open_check_in(system_actor(action.organization_id), action.subject_id)
    return "match over" if invitation.state is InvitationState.EXPIRED else None


@on_due("survey.close")
async def close_check_in(action: ScheduledAction) -> str | None:
    """Close what nobody answered."""
    invitation = await actions.close_check_in(system_actor(action.organization_id), action.subject_id)
    return "answered" if invitation.state is InvitationState.ANSWERED else None


@on_event("match.ended", "match.completed")
async def end_check_ins(event: OutboxEvent) -> None:
    """Ask nobody any more about a match that is over."""
    await actions.end_check_ins(system_actor(event.organization_id), UUID(event.payload["match_id"]))


@on_due("form.close")
async def close_a_form(action: ScheduledAction) -> str | None:
    """Close a form that nobody answered in time."""
    invitation = await close_form(system_actor(action.organization_id), action.subject_id)
    return "answered" if invitation.state is InvitationState.ANSWERED else None
