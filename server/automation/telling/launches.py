"""What tells of a programme and waits for its day or hour follows when that day moves: in batches, never in a page."""

from datetime import date
from uuid import UUID

from server.automation.launching.planning import AT, DAYS, PREFIX, day_of_letter, plan_calls
from server.automation.telling.replanning import batches
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import unit_of_work, wake
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.notifications.models import Message
from server.notifications.queries import waiting
from server.notifications.states import MessageState
from server.programs.models import Program
from server.programs.plans.telling import own
from server.programs.queries import program_by_id


async def move_launch(event: OutboxEvent) -> None:
    """Let calls and letters wait for the day that the programme has for them by now; where that has passed, they go at
    the next hour that is right. Told twice it is the same. (What opens it moves in `plan_launch`.)"""
    actor, program_id = system_actor(event.organization_id), UUID(str(event.payload["program_id"]))
    await plan_calls(actor, program_id)
    program = await program_by_id(actor, program_id)
    for kind in sorted({*event.payload["changed"]} & {*DAYS}):
        if own(program.messages, kind).is_on:    # else asked anew when it leaves
            await _move(actor, program, kind)


async def _move(actor: Actor, program: Program, kind: str) -> None:
    rule = f"{PREFIX}{kind}"
    rows = ScheduledAction.filter(organization_id=actor.organization_id, program_id=program.id, rule=rule)
    days = {row.subject_id: day_of_letter(program, kind, row.payload["since"]) for row in await rows.order_by("id")}
    there = Message.filter(
        organization_id=actor.organization_id, program_id=program.id, trigger=rule, state=MessageState.PLANNED,
        fallback=None,
    )
    async for batch in batches(there, "id"):
        for message in await there.filter(id__in=[id for (id,) in batch]).select_related("recipient"):
            assert message.subject_id, "what tells of a programme is about it, or about its group"
            if day := days.get(message.subject_id):
                await _wait_for(actor, message, day)


async def _wait_for(actor: Actor, message: Message, day: date) -> None:
    async with unit_of_work(actor) as unit:
        await waiting(message).update(due_at=max(AT.after(day, message.recipient.zone), clock.now()))
        unit.after_commit(wake)
