"""Letters to whoever runs a programme that wait for their hour: each tells of all of a group that were due on a day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise.queryset import QuerySet

from server.automation.planning import zone_of_all
from server.automation.protocol import Step
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import Json, unit_of_work, wake
from server.kernel.errors import NotFound
from server.kernel.facts import ActionState, ScheduledAction
from server.notifications.catalogue.kinds import OFF
from server.notifications.models import Message
from server.notifications.states import MessageState
from server.programs.plans.telling import own

DAY = timedelta(days=1)
UNTOLD = (MessageState.PLANNED, MessageState.SUPPRESSED)


async def wait_anew(actor: Actor, program_id: UUID, step: Step, messages: Json) -> None:
    """Let what such letters of a step would tell of, and what has a later moment by now, wait for that. A letter with
    nothing left is gone, as if its day had not come; one that somebody has got tells of its day for good. Twice it is
    the same.
    """
    if not own(messages, step.kind).is_on:
        return  # asked anew when it leaves
    there = Message.filter(
        organization_id=actor.organization_id, program_id=program_id, trigger=step.rule, state=MessageState.PLANNED,
        fallback=None,
    )
    for subject_id, day in {(one.subject_id, one.dedupe_key.rpartition(":")[2]) for one in await there}:
        assert subject_id, "what a step brings is about something"
        await _take_back(actor, program_id, step, messages, subject_id, day)


async def _take_back(actor: Actor, program_id: UUID, step: Step, messages: Json, cohort_id: UUID, day: str) -> None:
    async with unit_of_work(actor) as unit:
        letters = Message.filter(
            organization_id=actor.organization_id, kind=step.kind, subject_id=cohort_id, dedupe_key__endswith=f":{day}"
        )
        found = await letters.order_by("id").select_for_update(no_key=True)
        if not all(_is_untold(one) for one in found):
            return
        rows = await _told_of(actor, program_id, step, cohort_id, day)
        zone = await zone_of_all(actor)
        changed = [(row, columns) for row in rows if (columns := _otherwise(row, step, messages, zone))]
        for row, columns in changed:
            await _rows(actor).filter(id=row.id, state=ActionState.DONE).update(**columns)
        if rows and len(changed) == len(rows):
            await letters.delete()      # its key is that of its day, on which it may be due again
        unit.after_commit(wake)


def _rows(actor: Actor) -> QuerySet[ScheduledAction]:
    return ScheduledAction.filter(organization_id=actor.organization_id)


def _is_untold(letter: Message) -> bool:
    """Whether nobody has got it, on any way, or is just getting it."""
    is_held = letter.lease_until is not None and letter.lease_until > clock.now()
    return letter.state in UNTOLD and letter.fallback is None and not is_held


async def _told_of(actor: Actor, program_id: UUID, step: Step, cohort_id: UUID, day: str) -> Sequence[ScheduledAction]:
    """What a letter of a day was planned for."""
    zone, first = ZoneInfo(await zone_of_all(actor)), date.fromisoformat(day)
    begins, ends = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (first, first + DAY))
    done = _rows(actor).filter(
        program_id=program_id, rule=step.rule, state=ActionState.DONE, done_at__gte=begins, done_at__lt=ends,
    )
    return [row for row in await done.order_by("id") if await _cohort_id(actor, step, row) == cohort_id]


async def _cohort_id(actor: Actor, step: Step, row: ScheduledAction) -> UUID | None:
    try:
        return step.about.cohort_id(await step.about.load(actor, row.subject_id))
    except NotFound:
        return None     # gone meanwhile


def _otherwise(row: ScheduledAction, step: Step, messages: Json, zone: str) -> dict[str, Any]:
    """What becomes of it where its moment is ahead by now, or there is none any more; nothing where it is due."""
    going, number = step.as_told(messages), row.payload["number"]
    if number >= len(going):
        return {"state": ActionState.CANCELLED, "reason": OFF}
    moment = going[number].moment.after(datetime.fromisoformat(row.payload["since"]), zone)
    if moment <= clock.now():
        return {}
    return {"state": ActionState.PLANNED, "reason": "", "due_at": moment, "done_at": None}
