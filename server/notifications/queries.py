"""What the notifications room reads: around a message, and for the demonstration's mailbox."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.kernel.secrets import keyed_digest
from server.kernel.settings import settings
from server.messaging.models import ReadMark, ThreadMessage
from server.notifications.models import CaughtMail, MailboxState, Message
from server.notifications.states import MessageState
from server.people.models import Person, PersonAttribute
from server.programs.models import Enrollment
from server.surveys.models import SurveyAnswer, SurveyInvitation

OPEN_MESSAGES = (MessageState.PLANNED, MessageState.QUEUED)
BY_HAND = "skipped by hand"
"""Why a message does not go that somebody skipped; the audit log says who."""


async def message_by_id(actor: Actor, message_id: UUID) -> Message:
    """A message of the actor's organisation.

    Raises:
        NotFound: absent, or another organisation's.
    """
    message = await Message.filter(organization_id=actor.organization_id, id=message_id).first()
    if message is None:
        raise NotFound
    return message


def unsettled(actor: Actor, message_id: UUID) -> QuerySet[Message]:
    """A message of the actor's organisation, unless it is settled."""
    return Message.filter(organization_id=actor.organization_id, id=message_id, state__in=OPEN_MESSAGES)


def waiting(message: Message) -> QuerySet[Message]:
    """A message as long as it waits for its moment, has gone no way yet, and nobody sends it just now."""
    free = Q(lease_owner="") | Q(lease_until__lte=clock.now())
    return Message.filter(
        free, organization_id=message.organization_id, id=message.id, state=MessageState.PLANNED, fallback=None,
    )


async def message_by_key(actor: Actor, dedupe_key: str) -> Message | None:
    """The message planned under a key, if there is one."""
    return await Message.filter(organization_id=actor.organization_id, dedupe_key=dedupe_key).first()


async def address_for(message: Message, person: Person) -> str:
    """Where a message to a person goes: to the address they have, or to the one that it says they had.

    Raises:
        NotFound: that one is gone.
    """
    if (held_id := message.facts.get("held_id")) is None:
        return person.email
    held = await PersonAttribute.get_or_none(
        organization_id=message.organization_id, person_id=person.id, id=UUID(str(held_id)), name="email"
    )
    if held is None:
        raise NotFound
    return held.value


async def dead_mailbox(actor: Actor, person_id: UUID, address: str) -> MailboxState | None:
    """Since when no mail goes to an address of somebody, and why; the caller knows why the actor may know it."""
    theirs = MailboxState.filter(organization_id=actor.organization_id, person_id=person_id, dead_at__isnull=False)
    return next((one for one in await theirs if one.address_mark == mark_of(address)), None)


def mark_of(address: str) -> str:
    """What an address is known by, whatever the case of its letters."""
    return keyed_digest(address.casefold(), "mailbox_state.address").hex()


async def sent_count(actor: Actor, program_ids: Iterable[UUID], since: datetime) -> int:
    """How many messages went out since then (aware) to people of some programmes, by either way, and did not come back;
    the caller knows why these."""
    arrived = Q(bounced_at=None) | Q(state__in=(MessageState.SENT, MessageState.DELIVERED))
    people = Enrollment.filter(organization_id=actor.organization_id, program_id__in=list(program_ids))
    return await Message.filter(
        arrived, organization_id=actor.organization_id, sent_at__gt=since,
        recipient_id__in=Subquery(people.values("person_id")),
    ).count()


async def messages_about(actor: Actor, subject_ids: Iterable[UUID], limit: int = 30) -> list[Message]:
    """What was and will be sent about some rows, the latest first, with recipients; the caller knows why these."""
    about = Message.filter(organization_id=actor.organization_id, subject_id__in=list(subject_ids))
    return await about.order_by("-due_at", "-id").limit(limit).select_related("recipient")


async def messages_to(actor: Actor, person_id: UUID, subject_ids: Iterable[UUID], limit: int = 30) -> list[Message]:
    """What was and will be sent to somebody about some rows, the latest first; the caller knows why these."""
    theirs = Message.filter(
        organization_id=actor.organization_id, recipient_id=person_id, subject_id__in=list(subject_ids)
    )
    return await theirs.order_by("-due_at", "-id").limit(limit).select_related("recipient")


async def is_planned(actor: Actor, kind: str, recipient_id: UUID, subject_id: UUID) -> bool:
    """Whether a message of this kind about this subject is still on its way to somebody."""
    return await Message.filter(
        organization_id=actor.organization_id, kind=kind, recipient_id=recipient_id, subject_id=subject_id,
        state__in=OPEN_MESSAGES,
    ).exists()


_TIMES = ("S01", "S02", "S02-place", "S01-series", "S02-rest")
_ENDS = ("S02-cancelled", "S02-rest-cancelled")
FOLLOWS = {
    "M02": ("M02",), "M05": ("M03",), "M06": ("M03",), "S01": _TIMES, "S02": _TIMES, **dict.fromkeys(_ENDS, _TIMES),
}
"""Kinds that ask whether another one got there first: nobody hears the end of something they never heard of, and
nobody hears of the same twice."""


def may_be_followed(moment: datetime) -> Q:
    """Messages that another one may follow, and that are not older than a moment (aware)."""
    followed = sorted({kind for kinds in FOLLOWS.values() for kind in kinds})
    return Q(kind__in=followed, created_at__gte=moment)


async def was_told(actor: Actor, message: Message) -> bool:
    """Whether the recipient got a message that this one follows: about the same subject, and about the same time of it.

    A cancellation follows every time that was told.
    """
    if message.kind not in FOLLOWS:
        return False
    subjects = [message.subject_id, *filter(None, [message.facts.get("series_id")])]
    told = await Message.filter(
        organization_id=actor.organization_id, kind__in=FOLLOWS[message.kind], subject_id__in=subjects,
        recipient_id=message.recipient_id, state__in=(MessageState.SENT, MessageState.DELIVERED),
    ).exclude(id=message.id)
    if message.kind in _ENDS:
        return bool(told)
    return any(one.facts.get("sequence") == message.facts.get("sequence") for one in told)


async def survey_by_id(actor: Actor, invitation_id: UUID) -> SurveyInvitation:
    """An invitation to answer, of the organisation.

    Raises:
        NotFound: absent, or another organisation's.
    """
    survey = await SurveyInvitation.filter(organization_id=actor.organization_id, id=invitation_id).first()
    if survey is None:
        raise NotFound
    return survey


async def asks_for_a_person(actor: Actor, invitation_id: UUID) -> bool:
    """Whether an answer waits for somebody who runs the programme."""
    return await SurveyAnswer.filter(
        organization_id=actor.organization_id, invitation_id=invitation_id, handled_at=None
    ).exists()


async def unread_words(actor: Actor, thread_id: UUID, person_id: UUID, since: datetime | None = None) -> int:
    """How many words of others in a thread somebody has not read; with `since` (aware), of those from then on."""
    mark = await ReadMark.filter(
        organization_id=actor.organization_id, thread_id=thread_id, person_id=person_id
    ).first()
    words = ThreadMessage.filter(organization_id=actor.organization_id, thread_id=thread_id)
    words = words.exclude(author_id=person_id)
    words = words if since is None else words.filter(sent_at__gte=since)
    return await (words.filter(sent_at__gt=mark.read_at) if mark else words).count()


async def caught_mails(*, person_id: UUID | None = None, limit: int = 50) -> list[tuple[CaughtMail, Message]]:
    """The demonstration's caught mails with their messages and recipients, newest first; nothing unless it is one."""
    if not settings().demo:
        return []
    theirs = Message.filter(recipient__organization__is_demo=True)
    theirs = theirs if person_id is None else theirs.filter(recipient_id=person_id)
    caught = CaughtMail.filter(message_id__in=Subquery(theirs.values("id")))
    return await _with_messages(await caught.order_by("-caught_at", "-id").limit(limit))


async def one_caught_mail(mail_id: UUID) -> tuple[CaughtMail, Message]:
    """One caught mail of the demonstration.

    Raises:
        NotFound: no such mail, or this is no demonstration.
    """
    found = await _with_messages(await CaughtMail.filter(id=mail_id)) if settings().demo else []
    if not found:
        raise NotFound
    return found[0]


async def _with_messages(mails: Iterable[CaughtMail]) -> list[tuple[CaughtMail, Message]]:
    listed = list(mails)
    ids = [mail.message_id for mail in listed if mail.message_id]
    rows = await Message.filter(id__in=ids, recipient__organization__is_demo=True).select_related("recipient")
    by_id = {row.id: row for row in rows}
    return [(mail, by_id[mail.message_id]) for mail in listed if mail.message_id in by_id]
