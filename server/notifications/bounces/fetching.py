"""Reports that wait in a mailbox of their own, read by IMAP: for whoever's mail server cannot hand them over."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from server.kernel.errors import Refused
from server.kernel.settings import Settings
from server.notifications.bounces.reading import MOST_BYTES

TIMEOUT_S = 20.0
AT_ONCE = 200
"""So many mails at most each time: the others wait unread for the next."""


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox. `tls`: "tls" from the start, "starttls", or "none"."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    folder: str


def box_of(chosen: Settings) -> Box:
    """The operator's.

    Raises:
        Refused: there is none.
    """
    if not chosen.imap_host:
        raise Refused("No mailbox is set. Set ITHACA_IMAP_HOST, and ITHACA_IMAP_USER and ITHACA_IMAP_PASSWORD.")
    return Box(
        chosen.imap_host, chosen.imap_port, chosen.imap_user, chosen.imap_password, chosen.imap_tls, chosen.imap_folder
    )


@contextmanager
def opened(box: Box) -> Iterator[imaplib.IMAP4]:
    """The mailbox while the block is open.

    Raises:
        Refused: the server lets nobody in, or does not know the folder.
        OSError: the server is away.
    """
    try:
        with _connected(box) as server:
            server.login(box.user, box.password)
            kind, said = server.select(_quoted(box.folder))
            if kind != "OK":
                raise Refused(f"The mailbox has no folder {box.folder}: {said!r}.")
            yield server
    except imaplib.IMAP4.error as error:
        raise Refused(f"The mailbox cannot be read: {error}.") from error


def unread(server: imaplib.IMAP4) -> Iterator[tuple[str, bytes]]:
    """The mails that nobody has read, each with its number, as they came. Reading them here marks none."""
    _kind, found = server.uid("SEARCH", "UNSEEN")
    for number in str((found[0] or b"").decode()).split()[:AT_ONCE]:
        _kind, parts = server.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
        source = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if source is not None:
            yield number, source


def mark_read(server: imaplib.IMAP4, number: str) -> None:
    """What a mail says is noted: it is not looked at again."""
    server.uid("STORE", number, "+FLAGS", r"(\Seen)")


def _connected(box: Box) -> imaplib.IMAP4:
    if box.tls == "tls":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=TIMEOUT_S)
    server = imaplib.IMAP4(box.host, box.port, timeout=TIMEOUT_S)
    if box.tls == "starttls":
        server.starttls(ssl.create_default_context())
    return server


def _quoted(folder: str) -> str:
    """A name as the protocol wants it, where it holds a space."""
    return '"' + folder.replace("\\", r"\\").replace('"', r"\"") + '"'
