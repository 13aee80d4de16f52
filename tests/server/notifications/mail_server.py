"""A real SMTP server on the loopback, with the moods that real ones have."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Connection

from tests.conftest import environment


class MailServer:
    """What arrived, in order; `answers` maps a recipient to the line it is answered with instead of 250."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.port = 0
        self.connections = 0
        self._server: asyncio.Server | None = None

    async def handle_RCPT(  # noqa: N802  # aiosmtpd calls it by this name
        self, server: SMTP, session: Connection, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (answer := self.answers.get(address)) is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Connection, envelope: Envelope) -> str:  # noqa: N802  # and this one
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=modern)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    async def up(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def mute(self) -> None:
        """From now on take connections, and say no word."""
        await self.down()
        self._server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", self.port)

    def _protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="localhost")

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if address in str(mail["To"])]


@asynccontextmanager
async def mail_server() -> AsyncGenerator[MailServer, None]:
    """A running server, to which this process's mail goes."""
    server = MailServer()
    await server.up()
    with goes_to(server.port):
        try:
            yield server
        finally:
            await server.down()


@contextmanager
def goes_to(port: int) -> Iterator[None]:
    """Send this process's mail to a port of the loopback, without TLS."""
    with environment(
        ITHACA_SMTP_HOST="127.0.0.1", ITHACA_SMTP_PORT=str(port), ITHACA_SMTP_TLS="none",
        ITHACA_MAIL_FROM="Harbourline mentoring <mentoring@harbourline.example>", ITHACA_BASE_URL="https://ithaca.example",
    ):
        yield
