"""What follows when the employer's records change, and when a break is over."""

from uuid import UUID

from server.journey.leaving import actions
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import on_due, on_event


@on_event("person.status_changed")
async def follow_status(event: OutboxEvent) -> None:
    """Pause, resume or end what somebody takes part in, by what the records say of them now."""
    await actions.follow_status(system_actor(event.organization_id), UUID(event.payload["person_id"]))


@on_due("enrollment.resume")
async def end_break(action: ScheduledAction) -> None:
    """End a break on its day."""
    await actions.reach_break_end(system_actor(action.organization_id), action.subject_id)


@on_due("enrollment.eligibility")
async def end_grace(action: ScheduledAction) -> None:
    """Take somebody out for whom the programme's conditions did not hold again in time."""
    await actions.remove_from_program(system_actor(action.organization_id), action.subject_id, eligibility_lost=True)
