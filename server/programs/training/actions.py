"""Asking people for the training of their programme, and finishing a step."""

from collections.abc import Collection
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.models import TrainingTask
from server.programs.states import EnrollmentState
from server.programs.training.entries import steps_for
from server.programs.training.queries import LEARNING, open_steps, tasks_of


async def ask_for_training(actor: Actor, enrollment_ids: Collection[UUID]) -> list[TrainingTask]:
    """Ask some who take part for the steps that they were not asked for yet. Twice is harmless.

    Raises:
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("ask for training"))
    async with unit_of_work(actor) as unit:
        there = queries.enrollments(actor).filter(id__in=list(enrollment_ids), state=EnrollmentState.ACTIVE)
        rows = await there.order_by("id").select_for_update(no_key=True)
        theirs = await queries.programs(actor).filter(id__in=list({row.program_id for row in rows}))
        training = {one.id: one.training for one in theirs}
        asked = {row.id: steps_for(training[row.program_id], row.role) for row in rows}
        if not any(asked.values()):
            return []
        known = {(one.enrollment_id, one.step_key) for one in await tasks_of(actor, asked)}
        made = [
            TrainingTask(organization_id=actor.organization_id, enrollment_id=one, step_key=step.key)
            for one, steps in asked.items() for step in steps if (one, step.key) not in known
        ]
        if made:
            await TrainingTask.bulk_create(made, batch_size=200)
            await unit.audit_many("training.ask", made)
            told = list(dict.fromkeys(str(one.enrollment_id) for one in made))
            await unit.publish("training.asked", enrollment_ids=told)
        return made


async def finish_step(actor: Actor, enrollment_id: UUID, key: str) -> TrainingTask:
    """Say that one has done a step of one's training. Twice is harmless: the first moment stays.

    Raises:
        NotFound: not the actor's own enrolment, or no such step for it.
        Conflict: their part in the programme is over, or has not begun (`kind="not_now"`).
    """
    async with unit_of_work(actor) as unit:
        row = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        if not rules.is_self(actor, row) or key not in {one.key for one in steps_for(row.program.training, row.role)}:
            raise NotFound
        tasks = {one.step_key: one for one in await tasks_of(actor, [row.id])}
        task = tasks.get(key) or TrainingTask(
            organization_id=actor.organization_id, enrollment_id=row.id, step_key=key
        )
        if task.done_at is not None:
            return task
        if row.state not in LEARNING:
            raise Conflict(_("You do not take part in this programme just now."), kind="not_now")
        task.done_at = clock.now()
        await task.save()
        await unit.audit("training.finish", task, enrollment_id=row.id, step=key)
        await unit.publish(
            "training.done", subject_id=row.id, enrollment_id=row.id, person_id=row.person_id,
            program_id=row.program_id, cohort_id=row.cohort_id, key=key,
            left=len((await open_steps(actor, [row])).get(row.id, ())),
        )
        return task
