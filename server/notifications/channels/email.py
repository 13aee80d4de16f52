"""Mail by SMTP submission (contracts/email.md): one message to one recipient, and what became of it."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from functools import cache
from uuid import UUID

import aiosmtplib
from aiosmtplib import errors

from server.kernel.settings import Settings
from server.kernel.text import gettext as _
from server.notifications import sink
from server.notifications.channels.codes import NO_ADDRESS, NO_MAILBOX, OF_A_MAILBOX, status_in
from server.notifications.channels.lines import LINES, QUIT_S, Line
from server.notifications.optout.links import ONE_CLICK
from server.notifications.texts import Letter, one_line

TIMEOUT_S = 20.0
BY_ITSELF = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply"))
"""No machine answers: neither those that keep to RFC 3834 nor Exchange, which has a header of its own. What cannot be
delivered is still told."""
TO_BE_QUOTED = str.maketrans(dict.fromkeys('()<>@,:;"[]\\', " "))


class OneLine(UnstructuredHeader, BaseHeader):
    """A header that is never folded: Python would write a long address as encoded words, which no reader decodes."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it goes out."""
        return f"{self.name}: {self}{policy.linesep}"


class Headers(HeaderRegistry):
    """Python's, which makes a class anew for each header that is set or read: here one class for each name is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.map_to_type("list-unsubscribe", OneLine)
        self._kept = dict[str, type[BaseHeader]]()

    def __getitem__(self, name: str) -> type[BaseHeader]:
        """The class of a header's name, whatever the case of its letters."""
        if (known := self._kept.get(name.lower())) is None:
            known = self._kept[name.lower()] = super().__getitem__(name)
        return known


POLICY = SMTP.clone(header_factory=Headers())

_last_word = asyncio.Lock()


class Fate(StrEnum):
    """What became of a mail. AWAY: the server itself cannot be used, this mail is not to blame."""

    SENT = "SENT"
    REFUSED = "REFUSED"
    LATER = "LATER"
    AWAY = "AWAY"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a mail, and the server's code. `status`: what a refusal says of its recipient (RFC 3463)."""

    fate: Fate
    code: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signs a letter: their name, and the address to which answers go. It leaves from ours all the same: no server
    has to believe that we may write in their domain."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Target:
    """The server that takes mail. `tls`: "starttls", "tls" from the start, or "none". `returns`: where mail that cannot
    be delivered comes back to, "*" standing for the message's id; "" where the sender's own address is for that too."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = "none"
    returns: str = ""


def target_of(settings: Settings) -> Target | None:
    """The operator's server, else the demonstration's own sink if it runs; None when nothing takes mail."""
    if sink.in_hand():
        return Target("", 0)
    if settings.smtp_host:
        return Target(
            settings.smtp_host, settings.smtp_port, settings.smtp_user, settings.smtp_password, settings.smtp_tls,
            settings.bounce_address,
        )
    address = sink.address()
    return Target(*address) if address and settings.demo else None


def compose(
    letter: Letter, *, message_id: UUID, to: tuple[str, str], mail_from: str, at: datetime,
    calendar: tuple[str, str] | None = None, signed: Sender | None = None,
) -> EmailMessage:
    """The mail for a letter: text, HTML, the calendar's (method, text) if there is one. Its Message-ID is the row's.

    `signed`: in whose name it comes, in the language in force.

    Raises:
        ValueError: an address that no header can hold.
    """
    name, address = to
    from_name, from_address = parseaddr(mail_from)
    mail = EmailMessage(policy=POLICY)
    mail["Message-ID"] = message_id_header(message_id, mail_from)
    mail["Date"] = format_datetime(at)
    mail["From"] = Address(display_name=name_words(_from(signed, from_name)), addr_spec=from_address)
    if signed:
        mail["Reply-To"] = Address(display_name=name_words(signed.name), addr_spec=signed.address)
    mail["To"] = Address(display_name=name_words(name), addr_spec=address)
    mail["Subject"] = header_words(letter.subject)
    for header, value in (*BY_ITSELF, *_ends(letter)):
        mail[header] = value
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if calendar is not None:
        method, text = calendar
        mail.add_alternative(text, subtype="calendar", params={"method": method}, cte="base64")
    return mail


def _ends(letter: Letter) -> tuple[tuple[str, str], ...]:
    """The headers with which a mail program ends such letters by one tap (RFC 8058)."""
    if not letter.stop_url:
        return ()
    return ("List-Unsubscribe", f"<{letter.stop_url}>"), ("List-Unsubscribe-Post", ONE_CLICK)


def _from(signed: Sender | None, ours: str) -> str:
    """The name beside our address: somebody's own says that the letter came by us."""
    if signed is None:
        return ours
    return _("%(name)s via %(product)s") % {"name": signed.name, "product": ours} if ours else signed.name


def can_be_written(address: str) -> bool:
    """Whether a header can hold an address as it is."""
    try:
        return address.isascii() and bool(Address(addr_spec=address).domain)
    except (ValueError, HeaderParseError, IndexError):
        return False


def header_words(text: str) -> str:
    """Text for a header: one line, in which nothing looks like an encoded word (RFC 2047).

    Python decodes what is encoded when a header is set, line breaks too, and writes them out: "=?utf-8?q?=0D=0ABcc:..."
    as somebody's name would be a header of its own.
    """
    return one_line(text).replace("=?", "= ?")


def name_words(text: str) -> str:
    """A name for an address: without the signs that would have to be quoted. Python loses the quotes of a name that is
    folded, and what stood between them would be read as addresses."""
    return " ".join(header_words(text).translate(TO_BE_QUOTED).split())


def message_id_header(message_id: UUID, mail_from: str) -> str:
    """The Message-ID of a row, always the same: a mail sent twice by a crash is one mail to its reader."""
    return f"<{message_id}@{_domain(mail_from)}>"


async def deliver(mail: EmailMessage, target: Target, taken: Callable[[], Awaitable[object]]) -> Delivery:
    """Hand a mail to the server and call `taken` once it has it. Never raises for what server or network do.

    Between the server's yes and `taken` stands one mail of this process at a time: a crash just there repeats one mail.
    A kept connection that is over before the server can have the mail is no failure: another one is made at once.
    """
    if take := sink.in_hand():
        await take(mail)
        await taken()
        return Delivery(Fate.SENT)
    way = target, _domain(str(mail["From"]))
    if kept := LINES.spare(way):
        delivery = await _by(kept, mail, taken, _comes_back_to(mail, target))
        if delivery.fate is not Fate.AWAY or kept.began:
            return delivery
        LINES.forget(way)
    return await _by(Line(way, _client(*way)), mail, taken, _comes_back_to(mail, target))


async def knock(target: Target) -> str:
    """Meet the server as for a mail - connection, TLS, sign-in - and send nothing. Empty, or what went wrong."""
    client = _client(target, "localhost")
    try:
        await client.connect()
        await client.quit(timeout=QUIT_S)
    except errors.SMTPResponseException as refused:
        return str(refused.code)
    except (errors.SMTPException, OSError) as failed:
        return type(failed).__name__
    finally:
        client.close()
    return ""


def _comes_back_to(mail: EmailMessage, target: Target) -> str:
    """The envelope's sender: the same for all mails, or one for each by its id, which no server leaves out (VERP)."""
    own_id = str(mail["Message-ID"]).strip("<>").partition("@")[0]
    return target.returns.replace("*", own_id) or mail["From"].addresses[0].addr_spec


async def _by(
    line: Line, mail: EmailMessage, taken: Callable[[], Awaitable[object]], comes_back_to: str
) -> Delivery:
    """Hand a mail over by a connection, new or kept."""
    try:
        async with LINES.used(line) as client:
            if not line.carried:
                await client.connect()
            await client.mail(comes_back_to)
            await client.rcpt(mail["To"].addresses[0].addr_spec)
            async with _last_word:
                line.began = client.is_connected
                await client.data(mail.as_bytes())
                await taken()
    except (errors.SMTPRecipientRefused, errors.SMTPDataError) as refused:
        line.began = False  # it says no, so it has nothing
        return _answer(refused)
    except errors.SMTPResponseException as refused:
        return Delivery(Fate.AWAY, str(refused.code))
    except (errors.SMTPException, OSError) as failed:
        return Delivery(Fate.AWAY, type(failed).__name__)
    except UnicodeEncodeError:
        return Delivery(Fate.REFUSED, "address", NO_ADDRESS)
    return Delivery(Fate.SENT)


def _client(target: Target, from_host: str) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=target.host, port=target.port, username=target.user or None, password=target.password or None,
        use_tls=target.tls == "tls", start_tls=target.tls == "starttls", timeout=TIMEOUT_S, local_hostname=from_host,
        tls_context=None if target.tls == "none" else _trusted(),
    )


@cache
def _trusted() -> ssl.SSLContext:
    """The system's certificates, read once: reading them holds the loop for a moment."""
    return ssl.create_default_context()


def _answer(refused: errors.SMTPResponseException) -> Delivery:
    """4xx passes, 5xx stays (RFC 5321, 4.2.1); 421 closes the whole server."""
    code = refused.code
    if code == 421:
        return Delivery(Fate.AWAY, str(code))
    if code < 500:
        return Delivery(Fate.LATER, str(code))
    no_mailbox = NO_MAILBOX if isinstance(refused, errors.SMTPRecipientRefused) and code in OF_A_MAILBOX else ""
    return Delivery(Fate.REFUSED, str(code), status_in(str(refused.message)) or no_mailbox)


def _domain(mail_from: str) -> str:
    return parseaddr(mail_from)[1].rpartition("@")[2] or "localhost"
