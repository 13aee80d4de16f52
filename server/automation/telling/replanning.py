"""What goes by itself, planned anew after a programme set some messages otherwise: in batches, never in a page."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from uuid import UUID

from server.automation.planning import plan_anew
from server.automation.protocol import RULES, About, Step
from server.automation.steps import STEPS
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import NotFound
from server.kernel.facts import ActionState, OutboxEvent, ScheduledAction

BATCH = 500
PAUSE_S = 0.05
"""After so many, others who write have their turn."""


async def replan(event: OutboxEvent) -> None:
    """Plan the steps of some kinds anew for all that they are about in a programme. Told twice it is the same."""
    actor, program_id = system_actor(event.organization_id), UUID(str(event.payload["program_id"]))
    for about, steps in _by_subject(event.payload["changed"]).items():
        async for batch in _batches(actor, program_id, about, steps):
            for subject_id in batch:
                with suppress(NotFound):    # gone meanwhile
                    await plan_anew(actor, about, steps, subject_id)
            await asyncio.sleep(PAUSE_S)


def _by_subject(kinds: Iterable[str]) -> dict[About, list[Step]]:
    found: defaultdict[About, list[Step]] = defaultdict(list)
    for kind in kinds:
        if step := STEPS.get(f"{RULES}{kind}"):
            found[step.about].append(step)
    return dict(found)


async def _batches(
    actor: Actor, program_id: UUID, about: About, steps: list[Step]
) -> AsyncIterator[list[UUID]]:
    """The ids of what may still have such steps, in order; where nobody can say that, of what has them now."""
    planned = ScheduledAction.filter(
        organization_id=actor.organization_id, program_id=program_id, rule__in=[step.rule for step in steps],
        state=ActionState.PLANNED,
    ).distinct()
    found, column = (about.open_in(actor, program_id), "id") if about.open_in else (planned, "subject_id")
    batch = await found.order_by(column).limit(BATCH).values_list(column, flat=True)
    while batch:
        yield [UUID(str(one)) for one in batch]
        rest = found.filter(**{f"{column}__gt": batch[-1]})
        batch = await rest.order_by(column).limit(BATCH).values_list(column, flat=True)
