"""The demonstration's own mail server: it takes what Ithaca sends, on the loopback, and shows it in the mailbox.

It is a real SMTP server, so that the demonstration runs the same code as production. It accepts only mails whose
Message-ID and recipient belong to a message of this installation. Who lives through months in minutes hands them over
without a connection instead (`hands_to`).
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default as modern
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Connection

from server.kernel.ids import parse_id
from server.kernel.log import note
from server.kernel.settings import Settings
from server.notifications.models import CaughtMail, Message
from server.notifications.queries import address_for

LONGEST_MAIL = 2_000_000
HEADERS = BytesHeaderParser(policy=modern)
"""Whose a mail is stands in its headers: what it holds is not read."""

Take = Callable[[EmailMessage], Awaitable[None]]

_address: tuple[str, int] | None = None
_take: Take | None = None


def in_hand() -> Take | None:
    """Who takes mails here without a connection, while somebody does."""
    return _take


@contextmanager
def hands_to(take: Take) -> Iterator[None]:
    """Give each mail of this process to `take` while the block is open, instead of to a server."""
    global _take  # noqa: PLW0603  # as below
    before, _take = _take, take
    try:
        yield
    finally:
        _take = before


async def keep(mail: EmailMessage) -> None:
    """Put a mail into the mailbox, as the sink does with one that came by SMTP."""
    await _kept(mail.as_bytes(), [mail["To"].addresses[0].addr_spec])


def address() -> tuple[str, int] | None:
    """Where the sink of this process listens; None when it does not run."""
    return _address


@asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[tuple[str, int] | None, None]:
    """Catch mail while the block is open: only in a demonstration without an SMTP server of its own."""
    if settings.smtp_host or not settings.demo:
        yield None
        return
    global _address  # noqa: PLW0603  # one sink a process, and the channel asks where it is
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_protocol, "127.0.0.1", 0)
    _address = server.sockets[0].getsockname()[:2]
    note("sink.started", port=_address[1])
    try:
        yield _address
    finally:
        _address = None
        server.close()
        await server.wait_closed()


def _protocol() -> SMTP:
    return SMTP(Catcher(), hostname="localhost", data_size_limit=LONGEST_MAIL, enable_SMTPUTF8=True)


class Catcher:
    """What the sink does with a mail: look whose it is, and keep it. aiosmtpd calls it by the name of the command."""

    async def handle_DATA(self, server: SMTP, session: Connection, envelope: Envelope) -> str:  # noqa: ARG002, N802  # aiosmtpd asks for it so
        """Keep a mail of ours, once; refuse any other."""
        content: Any = envelope.content
        return await _kept(bytes(content), envelope.rcpt_tos)


async def _kept(source: bytes, recipients: Sequence[str]) -> str:
    message = await _message_of(source)
    recipient = recipients[0] if len(recipients) == 1 else ""
    if message is None or (await address_for(message, message.recipient)).casefold() != recipient.casefold():
        return "550 5.7.1 Not a mail of this installation"
    if not await CaughtMail.filter(organization_id=message.organization_id, message_id=message.id).exists():
        await CaughtMail.create(
            organization_id=message.organization_id, message_id=message.id, recipient=recipient,
            source=source.decode("latin-1"),
        )
    return "250 2.0.0 Kept"


def message_id_of(mail: EmailMessage) -> UUID | None:
    """Whose row a mail is, by its header; None when it is none of ours."""
    return parse_id(str(mail["Message-ID"] or "").strip("<>").partition("@")[0])


async def _message_of(source: bytes) -> Message | None:
    row_id = message_id_of(HEADERS.parsebytes(source))
    return await Message.filter(id=row_id).select_related("recipient").first() if row_id else None
