"""Planning the steps that follow a fact: one row of the timetable for each person and moment."""

from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import UUID

from server.automation.protocol import Step
from server.automation.steps import STEPS
from server.kernel.actor import Actor
from server.kernel.db import Due, unit_of_work
from server.kernel.facts import ActionState, ScheduledAction


def steps_by_fact() -> dict[str, list[Step]]:
    """Which steps are planned after which facts."""
    found: defaultdict[str, list[Step]] = defaultdict(list)
    for step in STEPS.values():
        for kind in step.on:
            found[kind].append(step)
    return dict(found)


async def plan(actor: Actor, step: Step, subject_id: UUID) -> None:
    """Plan a step for a subject as it stands now. Planned again it is the same rows; what was done is not done again.

    Raises:
        NotFound: the subject is gone.
    """
    wanted = [due async for due in _due(actor, step, subject_id)]
    if wanted:
        async with unit_of_work(actor) as unit:
            await unit.schedule_all(wanted)


async def _due(actor: Actor, step: Step, subject_id: UUID) -> AsyncIterator[Due]:
    row = await step.about.load(actor, subject_id)
    since = await step.since(actor, row)
    if since is None:
        return
    people = [(one.id, one.zone) for one in await step.to(actor, row)] if step.each else [(None, "UTC")]
    for number, moment in enumerate(step.moments):
        for person_id, zone in people:
            which = await _round(actor, step, subject_id, person_id) if step.moves else since.isoformat()
            yield Due(
                step.rule, row, moment.after(since, zone), f"{person_id or 'all'}:{number}:{which}",
                recipient_id=person_id, program_id=step.about.program_id(row),
                payload={"number": number, "since": since, "round": which},
            )


async def _round(actor: Actor, step: Step, subject_id: UUID, person_id: UUID | None) -> str:
    """How often a step that moves was done for somebody: what is not done yet is moved, not planned beside it."""
    before = ScheduledAction.filter(
        organization_id=actor.organization_id, subject_id=subject_id, rule=step.rule, recipient_id=person_id,
    )
    return str(await before.exclude(state__in=[ActionState.PLANNED, ActionState.CANCELLED]).count())
