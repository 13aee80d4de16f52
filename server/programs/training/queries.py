"""What training somebody has still to do, and who may not be matched before it is done."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.kernel.actor import Actor
from server.programs.models import Enrollment, Program, TrainingTask
from server.programs.queries import Taking, visible_enrollment, visible_enrollments
from server.programs.states import EnrollmentState
from server.programs.training.entries import TrainingStep, steps_for

LEARNING = frozenset({
    EnrollmentState.PENDING_APPROVAL, EnrollmentState.WAITLISTED, EnrollmentState.ACTIVE, EnrollmentState.PAUSED,
})
"""The states of somebody who has joined and is not over: they can take steps."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One step for one person, and when they finished it; None: it is open."""

    step: TrainingStep
    done_at: datetime | None


async def training_of(actor: Actor, enrollment_id: UUID) -> list[Lesson]:
    """What the programme of an enrolment asks of them, in its order, with what is done.

    Raises:
        NotFound: not the actor's own, nor of a programme that the actor runs.
    """
    row = await visible_enrollment(actor, enrollment_id)
    return (await lessons(actor, [row]))[row.id]


async def lessons_by_enrollment(actor: Actor, enrollment_ids: Collection[UUID]) -> dict[UUID, list[Lesson]]:
    """The same of those among some enrolments that the actor may see."""
    return await lessons(
        actor, await visible_enrollments(actor).filter(id__in=list(enrollment_ids)).select_related("program")
    )


async def lessons(actor: Actor, rows: Collection[Enrollment]) -> dict[UUID, list[Lesson]]:
    """The same of enrolments that were fetched with their programmes. No statement where nothing is asked."""
    asked = {row.id: steps_for(row.program.training, row.role) for row in rows}
    tasks = await tasks_of(actor, asked) if any(asked.values()) else []
    done = {(one.enrollment_id, one.step_key): one.done_at for one in tasks}
    return {one: [Lesson(step, done.get((one, step.key))) for step in steps] for one, steps in asked.items()}


async def open_steps(actor: Actor, rows: Iterable[Enrollment]) -> dict[UUID, list[TrainingStep]]:
    """What some enrolments, fetched with their programmes, have still to do; one statement, and none where there is
    nothing. Who has nothing to do is left out."""
    asked = {
        row.id: steps for row in rows
        if row.state in LEARNING and (steps := steps_for(row.program.training, row.role))
    }
    done = await _done(actor, asked)
    left = {one: [step for step in steps if (one, step.key) not in done] for one, steps in asked.items()}
    return {one: steps for one, steps in left.items() if steps}


async def asked_at(actor: Actor, row: Enrollment) -> datetime | None:
    """Since when somebody who takes part, fetched with their programme, is asked for the step of theirs that was asked
    for last and is open; None where none is."""
    if row.state is not EnrollmentState.ACTIVE:
        return None
    keys = {step.key for step in steps_for(row.program.training, row.role)}
    tasks = await tasks_of(actor, [row.id]) if keys else []
    return max((one.asked_at for one in tasks if one.step_key in keys and one.done_at is None), default=None)


async def untrained(actor: Actor, program: Program, rows: Iterable[Enrollment | Taking]) -> set[UUID]:
    """Who of some enrolments of a programme has a required step open, and so is not matched. The one place that says
    so: every way into a match asks here. One statement, and none where no step is required."""
    required = {
        row.id: keys for row in rows
        if (keys := {step.key for step in steps_for(program.training, row.role) if step.required})
    }
    done = await _done(actor, required)
    return {one for one, keys in required.items() if any((one, key) not in done for key in keys)}


async def tasks_of(actor: Actor, ids: Iterable[UUID]) -> list[TrainingTask]:
    """What some enrolments of the organisation were asked for, done or not, still in the programme or not."""
    return await TrainingTask.filter(organization_id=actor.organization_id, enrollment_id__in=list(ids))


async def _done(actor: Actor, ids: Iterable[UUID]) -> set[tuple[UUID, str]]:
    asked = list(ids)
    tasks = await tasks_of(actor, asked) if asked else []
    return {(one.enrollment_id, one.step_key) for one in tasks if one.done_at is not None}
