"""What falls due in the programs room."""

from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import on_due, on_event
from server.programs import actions
from server.programs.queries import enrollments
from server.programs.states import EnrollmentState, ProgramState
from server.programs.training.actions import ask_for_training

REACHED = {"matching.finished": ProgramState.MATCHING, "match.activated": ProgramState.RUNNING}
"""What happened in a group, and the state that it is in from then on (domain/lifecycle.md, P3 and P4)."""

ASKED_AT_ONCE = 200
"""So many people are asked for their training in one unit: others who write have their turn after it."""


@on_due("enrollment.expire")
async def expire_invitation(action: ScheduledAction) -> None:
    """Let an invitation run out on its day."""
    await actions.expire_invitation(system_actor(action.organization_id), action.subject_id)


@on_event("enrollment.activated", "enrollment.seat_freed")
async def ask_who_came(event: OutboxEvent) -> None:
    """Ask somebody who takes part now for their training."""
    await ask_for_training(system_actor(event.organization_id), [UUID(str(event.payload["enrollment_id"]))])


@on_event("program.training_set", long=True)
async def ask_who_is_there(event: OutboxEvent) -> None:
    """Ask everybody who takes part already for what is new in their training."""
    actor, batch = system_actor(event.organization_id), [UUID(int=0)]
    there = enrollments(actor).filter(program_id=event.subject_id, state=EnrollmentState.ACTIVE).order_by("id")
    while batch := [row.id for row in await there.filter(id__gt=batch[-1]).limit(ASKED_AT_ONCE).only("id")]:
        await ask_for_training(actor, batch)


@on_event(*REACHED)
async def follow_matching(event: OutboxEvent) -> None:
    """Bring the group forward to where its matching is."""
    if cohort_id := event.payload.get("cohort_id"):
        await actions.advance_cohort(system_actor(event.organization_id), UUID(cohort_id), REACHED[event.kind])


@on_due("cohort.closing")
async def begin_closing(action: ScheduledAction) -> None:
    """Begin the closing phase of a group on its day."""
    await actions.advance_cohort(system_actor(action.organization_id), action.subject_id, ProgramState.CLOSING)
