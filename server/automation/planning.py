"""Planning the steps that follow a fact: one row of the timetable for each person and moment."""

from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import UUID

from server.automation.protocol import Step, occasion
from server.automation.steps import STEPS
from server.kernel.actor import Actor
from server.kernel.db import Due, unit_of_work


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
        which = occasion(number, since)
        for person_id, zone in people:
            yield Due(
                step.rule, row, moment.after(since, zone), f"{person_id or 'all'}:{which}", recipient_id=person_id,
                program_id=step.about.program_id(row), payload={"number": number, "occasion": which},
            )
