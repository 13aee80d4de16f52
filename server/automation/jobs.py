"""Which facts steps are planned after, and what does them when they are due."""

from functools import partial
from uuid import UUID

from server.automation.due import perform
from server.automation.planning import plan, steps_by_fact
from server.automation.protocol import About, Step
from server.automation.steps import STEPS
from server.automation.telling.launches import move_launch
from server.automation.telling.replanning import replan, replan_last_day
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_due, on_event

ENDS_QUIETLY = "message.I05"
"""The one step that has something else follow (silence/jobs.py)."""


async def _plan(steps: dict[About, list[Step]], event: OutboxEvent) -> None:
    for about, found in steps.items():
        for subject_id in _subjects(event, about):
            await plan(system_actor(event.organization_id), about, found, subject_id, event.at)


def _subjects(event: OutboxEvent, about: About) -> list[UUID]:
    """What a fact is about: one thing, or all that one act did."""
    named = event.payload.get(f"{about.name}s") or [event.payload[about.name]]
    return [UUID(str(one)) for one in named]


for kind, steps in steps_by_fact().items():
    on_event(kind)(partial(_plan, steps))
for rule in STEPS.keys() - {ENDS_QUIETLY}:
    on_due(rule)(perform)
on_event("program.messages_set", long=True)(replan)
on_event("program.messages_set", long=True)(move_launch)
on_event("cohort.last_day_set", long=True)(replan_last_day)
