"""What goes by itself, planned anew after a programme set some messages otherwise: in batches, never in a page."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.automation.planning import plan, plan_anew
from server.automation.protocol import RULES, About, Step
from server.automation.steps import STEPS
from server.automation.telling.groups import wait_anew
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import unit_of_work, wake
from server.kernel.errors import NotFound
from server.kernel.facts import ActionState, OutboxEvent, ScheduledAction
from server.notifications.catalogue.kinds import OFF
from server.notifications.models import Message
from server.notifications.queries import waiting
from server.notifications.states import MessageState
from server.programs.plans.queries import messages_of
from server.programs.plans.telling import own
from server.programs.queries import enrollments
from server.programs.states import MAY_SUBMIT

BATCH = 500
PAUSE_S = 0.05
"""After so many, others who write have their turn."""


async def replan(event: OutboxEvent) -> None:
    """Plan the steps of some kinds anew for all that they are about in a programme, and move what waits for its hour.
    Told twice it is the same."""
    actor, program_id = system_actor(event.organization_id), UUID(str(event.payload["program_id"]))
    by_subject = _by_subject(event.payload["changed"])
    messages = await messages_of(actor, program_id)
    for step in [step for steps in by_subject.values() for step in steps if not step.each]:
        await wait_anew(actor, program_id, step, messages)
    for about, steps in by_subject.items():
        for found, column in _subjects(actor, program_id, about, steps):
            async for batch in batches(found, column):
                for (subject_id,) in batch:
                    with suppress(NotFound):    # gone meanwhile
                        await plan_anew(actor, about, steps, UUID(str(subject_id)))
    there = Message.filter(
        organization_id=actor.organization_id, program_id=program_id, state=MessageState.PLANNED, fallback=None,
        trigger__in=[step.rule for steps in by_subject.values() for step in steps if step.each],
    )
    async for batch in batches(there, "id"):
        for message in await there.filter(id__in=[id for (id,) in batch]).select_related("recipient"):
            with suppress(NotFound):
                await _move(actor, message, STEPS[message.trigger])


async def _move(actor: Actor, message: Message, step: Step) -> None:
    """A message whose step was due, and that waits for its hour, waits for its new moment; where that has passed, for
    the next hour that is right."""
    assert message.subject_id, "what a step brings is about something"
    row = await step.about.load(actor, message.subject_id)
    since = await step.since(actor, row)
    messages, its_own = await messages_of(actor, step.about.program_id(row)), message.own_key
    if since is None or not own(messages, step.kind, its_own).is_on:
        return   # asked anew when it leaves
    going = {(one.number, one.own): one.moment for one in step.as_told(messages)}
    found = going.get((_number(message), its_own))
    moment = found.after(since, message.recipient.zone) if found else None
    async with unit_of_work(actor) as unit:
        await waiting(message).update(**_moved(moment))
        unit.after_commit(wake)


def _moved(moment: datetime | None) -> dict[str, Any]:
    """The new moment; or that there is none any more."""
    if moment is None:
        return {"state": MessageState.SUPPRESSED, "reason": OFF}
    return {"due_at": max(moment, clock.now())}


def _number(message: Message) -> int:
    """Which of its step's moments a message is of: the same occasion as that of its step (`due.perform`)."""
    return int(message.dedupe_key.split(":")[3])


async def replan_last_day(event: OutboxEvent) -> None:
    """Plan the last call anew for everybody of a group who may still join, after its last day was set."""
    actor, steps = system_actor(event.organization_id), [STEPS[f"{RULES}E06"]]
    asked = enrollments(actor).filter(cohort_id=UUID(str(event.payload["cohort_id"])), state__in=list(MAY_SUBMIT))
    async for batch in batches(asked, "id"):
        for (enrollment_id,) in batch:
            await plan(actor, steps[0].about, steps, UUID(str(enrollment_id)), event.at)


def _by_subject(kinds: Collection[str]) -> dict[About, list[Step]]:
    found: defaultdict[About, list[Step]] = defaultdict(list)
    for step in STEPS.values():
        if step.kind in kinds:
            found[step.about].append(step)
    return dict(found)


def _subjects(
    actor: Actor, program_id: UUID, about: About, steps: list[Step]
) -> list[tuple[QuerySet[Any], str]]:
    """What may still have such steps, and what has them though it is over: each with the column of its id."""
    still = about.open_in(actor, program_id)
    planned = ScheduledAction.filter(
        organization_id=actor.organization_id, program_id=program_id, rule__in=[step.rule for step in steps],
        state=ActionState.PLANNED,
    )
    over = planned.exclude(subject_id__in=Subquery(still.values("id"))).distinct()
    return [(still, "id"), (over, "subject_id")]


async def batches(found: QuerySet[Any], column: str) -> AsyncIterator[list[tuple[Any]]]:
    """The ids of rows in order, some at once, so that nobody waits for the others."""
    batch = await found.order_by(column).limit(BATCH).values_list(column)
    while batch:
        yield batch
        await asyncio.sleep(PAUSE_S)
        rest = found.filter(**{f"{column}__gt": batch[-1][0]})
        batch = await rest.order_by(column).limit(BATCH).values_list(column)
