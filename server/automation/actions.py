"""Skipping one message that would go by itself, and taking that back."""

from uuid import UUID

from tortoise.expressions import Q

from server.automation.queries import SKIP, kind_of, waiting_row, why_it_stays
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work, wake
from server.kernel.errors import Conflict
from server.kernel.facts import ActionState, ScheduledAction
from server.kernel.text import gettext as _
from server.notifications.models import Message
from server.notifications.queries import BY_HAND, waiting
from server.notifications.states import MessageState
from server.programs.rules import can_skip_messages


async def skip_message(actor: Actor, row_id: UUID) -> UUID:
    """Let one message go by that waits for its moment: a step of the timetable, or what waits for its hour. Nobody is
    told. What follows it, and what follows something new, goes as ever.

    Raises:
        NotFound: there is none in a programme whose matches the actor sees.
        Refused: the actor does not run that programme.
        Conflict: it always goes (`kind="always_goes"`), or has gone, or is on its way (`kind="not_waiting"`).
    """
    async with unit_of_work(actor) as unit:
        row = await waiting_row(actor, row_id)
        require(row.program_id is not None and can_skip_messages(actor, row.program_id), _("skip this message"))
        if stays := why_it_stays(row):
            raise Conflict(stays, kind="always_goes")
        if not await _hold_back(row):
            raise Conflict(_("It has gone, or is on its way."), kind="not_waiting")
        await _note(unit, SKIP, row)
    return row_id


async def unskip_message(actor: Actor, row_id: UUID) -> UUID:
    """Plan a message after all that somebody skipped, as long as its moment is ahead.

    Raises:
        NotFound: there is none in a programme whose matches the actor sees.
        Refused: the actor does not run that programme.
        Conflict: nobody skipped it, its moment has passed, or it is planned anew (`kind="not_skipped"`).
    """
    async with unit_of_work(actor) as unit:
        row = await waiting_row(actor, row_id)
        require(row.program_id is not None and can_skip_messages(actor, row.program_id), _("plan this message"))
        if await _is_planned_anew(row) or not await _let_go(row):
            raise Conflict(_("Its moment has passed, or it is planned for another one."), kind="not_skipped")
        unit.after_commit(wake)
        await _note(unit, "message.unskip", row)
    return row_id


async def _hold_back(row: ScheduledAction | Message) -> int:
    """Mark it, unless somebody works on it just now."""
    if isinstance(row, Message):
        return await waiting(row).update(state=MessageState.SUPPRESSED, reason=BY_HAND)
    free = Q(lease_owner="") | Q(lease_until__lte=clock.now())
    planned = ScheduledAction.filter(
        free, organization_id=row.organization_id, id=row.id, state=ActionState.PLANNED,
    )
    return await planned.update(state=ActionState.SKIPPED, reason=BY_HAND, done_at=clock.now())


async def _let_go(row: ScheduledAction | Message) -> int:
    skipped = {"id": row.id, "reason": BY_HAND, "due_at__gt": clock.now()}
    if isinstance(row, Message):
        held = Message.filter(organization_id=row.organization_id, **skipped, state=MessageState.SUPPRESSED)
        return await held.update(state=MessageState.PLANNED, reason="")
    steps = ScheduledAction.filter(organization_id=row.organization_id, **skipped, state=ActionState.SKIPPED)
    return await steps.update(state=ActionState.PLANNED, reason="", done_at=None)


async def _is_planned_anew(row: ScheduledAction | Message) -> bool:
    """Whether something that happened meanwhile has planned the same step for another moment."""
    if isinstance(row, Message):
        return False
    same = ScheduledAction.filter(
        organization_id=row.organization_id, subject_id=row.subject_id, rule=row.rule, recipient_id=row.recipient_id,
        state=ActionState.PLANNED,
    )
    return any(_place(one) == _place(row) for one in await same)


def _place(row: ScheduledAction) -> tuple[object, ...]:
    """Which moment it is of which step, survey or message of the programme's own."""
    return row.payload.get("form"), row.payload.get("own"), row.payload["number"]


async def _note(unit: Unit, act: str, row: ScheduledAction | Message) -> None:
    await unit.audit(act, row, kind=kind_of(row), person_id=row.recipient_id)
