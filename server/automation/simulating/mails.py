"""The mails of a simulation as their readers got them."""

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from hashlib import sha256
from uuid import UUID

from server.kernel import clock
from server.notifications import sink


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail as somebody got it: when, which, to whom, and its words as a digest."""

    at: datetime
    message_id: UUID
    to: str
    subject: str
    digest: str


@dataclass(slots=True)
class Mails:
    """All of them, in order."""

    sent: list[Sent] = field(default_factory=list)

    async def keep(self, mail: EmailMessage) -> None:
        """Note a mail that arrives."""
        message_id, body = sink.message_id_of(mail), mail.get_body(("plain",))
        assert message_id is not None, "every mail of ours has its row's id"
        assert body is not None, "every mail of ours has a text"
        self.sent.append(Sent(
            clock.now(), message_id, mail["To"].addresses[0].addr_spec, str(mail["Subject"]),
            sha256(body.get_content().encode()).hexdigest(),
        ))
