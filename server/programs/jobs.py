"""What falls due in the programs room."""

from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import on_due, on_event
from server.programs import actions
from server.programs.states import ProgramState

REACHED = {"matching.finished": ProgramState.MATCHING, "match.activated": ProgramState.RUNNING}
"""What happened in a group, and the state that it is in from then on (domain/lifecycle.md, P3 and P4)."""


@on_due("enrollment.expire")
async def expire_invitation(action: ScheduledAction) -> None:
    """Let an invitation run out on its day."""
    await actions.expire_invitation(system_actor(action.organization_id), action.subject_id)


@on_event(*REACHED)
async def follow_matching(event: OutboxEvent) -> None:
    """Bring the group forward to where its matching is."""
    if cohort_id := event.payload.get("cohort_id"):
        await actions.advance_cohort(system_actor(event.organization_id), UUID(cohort_id), REACHED[event.kind])


@on_due("cohort.closing")
async def begin_closing(action: ScheduledAction) -> None:
    """Begin the closing phase of a group on its day."""
    await actions.advance_cohort(system_actor(action.organization_id), action.subject_id, ProgramState.CLOSING)
