"""What is known of somebody's nudges when another one is about to go."""

from datetime import date, datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.kernel.actor import Actor
from server.notifications.deciding.windows import WEEK
from server.notifications.models import Message, NudgeDay
from server.notifications.states import Channel, MessageClass, MessageState


async def days_of(actor: Actor, person_id: UUID, *, around: date) -> list[date]:
    """The days near one on which nudges went to somebody."""
    theirs = NudgeDay.filter(organization_id=actor.organization_id, person_id=person_id)
    return [row.day for row in await theirs.filter(day__gt=around - WEEK, day__lt=around + WEEK)]


def nudges_until(actor: Actor, person_id: UUID, moment: datetime) -> QuerySet[Message]:
    """What waits to nudge somebody by mail until a moment (aware), and has not left; not what came back from there."""
    by_mail = Q(fallback=None) | Q(fallback=Channel.EMAIL)
    return Message.filter(
        by_mail, organization_id=actor.organization_id, recipient_id=person_id, message_class=MessageClass.NUDGE,
        state=MessageState.PLANNED, due_at__lte=moment,
    )


def carried_by(actor: Actor, message: Message) -> QuerySet[Message]:
    """The nudges that go in the letter of another one."""
    return Message.filter(
        organization_id=actor.organization_id, recipient_id=message.recipient_id, digest_id=message.id
    )


def itself(actor: Actor, message: Message) -> QuerySet[Message]:
    """A message as long as it is on its way."""
    return Message.filter(organization_id=actor.organization_id, id=message.id, state=MessageState.QUEUED)
