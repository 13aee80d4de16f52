"""The demonstration's mailbox: every mail that the sink caught, with why it was sent and when it would have stopped."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from uuid import UUID

from server.kernel.text import gettext as _
from server.notifications import queries
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import CaughtMail, Message
from server.people.models import Person


@dataclass(frozen=True, slots=True)
class Caught:
    """A mail as its reader sees it. `name`, `trigger`, `stops_when` are words; `calendar` is iCalendar text or ""."""

    id: UUID
    caught_at: datetime
    recipient: Person
    key: str
    name: str
    trigger: str
    stops_when: str
    subject: str
    text: str
    html: str
    calendar: str


async def mailbox(*, person_id: UUID | None = None, limit: int = 50) -> list[Caught]:
    """Every caught mail, or one person's, newest first. Empty unless this is a demonstration."""
    return [_read(mail, message) for mail, message in await queries.caught_mails(person_id=person_id, limit=limit)]


async def caught_mail(mail_id: UUID) -> Caught:
    """One caught mail.

    Raises:
        NotFound: no such mail, or this is no demonstration.
    """
    return _read(*await queries.one_caught_mail(mail_id))


def _read(caught: CaughtMail, message: Message) -> Caught:
    mail = message_from_bytes(caught.source.encode("latin-1"), policy=modern)
    assert isinstance(mail, EmailMessage)
    kind = CATALOGUE[message.kind]
    return Caught(
        id=caught.id, caught_at=caught.caught_at, recipient=message.recipient, key=kind.key, name=_(kind.name),
        trigger=_(kind.trigger), stops_when=_(kind.stops_when), subject=str(mail["Subject"]),
        text=_part(mail, "plain"), html=_part(mail, "html"), calendar=_part(mail, "calendar"),
    )


def _part(mail: EmailMessage, subtype: str) -> str:
    found = next((part for part in mail.walk() if part.get_content_subtype() == subtype), None)
    return str(found.get_content()) if found else ""
