"""What a mail that came back says: a delivery report (RFC 3464) or a complaint (RFC 5965). Pure; it takes any bytes.

Whose mail it was stands there twice: in the Message-ID of what is sent back, and in the address that it came back to,
where an operator chose one with a place for it. Either is the message's own id, which only its reader can know.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message as Mail
from email.policy import compat32
from email.utils import getaddresses
from enum import StrEnum
from uuid import UUID

from server.kernel.ids import parse_id
from server.notifications.channels.codes import status_in

MOST_BYTES = 5_000_000
"""A report with the whole mail in it is much shorter. What follows is not read."""
MOST_PARTS = 50
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)
SENT_BACK = ("message/rfc822", "text/rfc822-headers")
CAME_BACK_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
OF_THE_ADDRESS = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
"""Nobody has this address, or nobody reads there (RFC 3463). Others speak of the mail, of a full box or of us."""


class Said(StrEnum):
    """What a report says of a mail. LATE: its server keeps trying."""

    FAILED = "FAILED"
    LATE = "LATE"
    ARRIVED = "ARRIVED"
    COMPLAINED = "COMPLAINED"


Verdict = tuple[Said, str, frozenset[str]]
ACTIONS = {"failed": Said.FAILED, "delayed": Said.LATE, "delivered": Said.ARRIVED}
"""What a report's field Action says. "relayed" and "expanded" promise nothing."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one of our mails. `status`: the enhanced code, "5.1.1"; "" where none was given. `recipients`: of
    which addresses it speaks, in small letters; of others than ours where a mail was passed on."""

    message_id: UUID
    said: Said
    status: str = ""
    recipients: frozenset[str] = frozenset()


def read_report(source: bytes) -> Report | None:
    """What a mail reports of one of ours; None if it is no report, or not about a mail that says which it was."""
    try:
        mail = message_from_bytes(source[:MOST_BYTES], policy=compat32)
        parts = list(_parts(mail))
    except RecursionError:   # parts within parts within parts: nobody's report
        return None
    verdict, message_id = _verdict(parts), _which(mail, parts)
    return Report(message_id, *verdict) if verdict and message_id else None


def _parts(mail: Mail) -> Iterator[Mail]:
    for number, part in enumerate(mail.walk()):
        if number >= MOST_PARTS:
            return
        yield part


def _verdict(parts: Iterable[Mail]) -> Verdict | None:
    """Of several recipients the one that failed: each of our mails has one, so others are where it was passed on."""
    found = [*_verdicts(parts)]
    return next((one for wanted in Said for one in found if one[0] is wanted), None)


def _verdicts(parts: Iterable[Mail]) -> Iterator[Verdict]:
    within = False
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/feedback-report":
            if "abuse" in _fields(part).get("feedback-type", "").casefold():
                yield Said.COMPLAINED, "", frozenset()
        elif kind == "message/delivery-status":
            within = True
        elif kind in SENT_BACK:
            within = False
        elif within:   # one block of fields for the mail, then one for each recipient
            action = str(part.get("Action", "")).strip().casefold()
            if action in ACTIONS:
                yield ACTIONS[action], status_in(str(part.get("Status", ""))), frozenset(_recipients(part))


def _recipients(block: Mail) -> Iterator[str]:
    for name in ("Original-Recipient", "Final-Recipient"):
        _type, _semicolon, address = str(block.get(name, "")).partition(";")
        if address.strip():
            yield address.strip().strip("<>").casefold()


def _fields(part: Mail) -> dict[str, str]:
    """The fields of a part whose content is itself made of headers: Python reads it as text, or as a mail."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else message_from_string(str(payload or ""))
    return {name.casefold(): str(value) for name, value in inner.items()} if isinstance(inner, Mail) else {}


def _which(mail: Mail, parts: Iterable[Mail]) -> UUID | None:
    """The message's id, from what was sent back or from the address that it came back to."""
    return next(filter(None, map(_id_in, [*_sent_back(parts), *_came_back_to(mail)])), None)


def _sent_back(parts: Iterable[Mail]) -> Iterator[str]:
    for part in parts:
        if part.get_content_type() in SENT_BACK:
            yield _fields(part).get("message-id", "")


def _came_back_to(mail: Mail) -> Iterator[str]:
    for name in CAME_BACK_TO:
        listed = [str(value) for value in mail.get_all(name, [])]
        yield from (address for _name, address in getaddresses(listed))


def _id_in(words: str) -> UUID | None:
    local = words.strip().lstrip("<").partition("@")[0]
    found = ID.search(local)
    return parse_id(found.group()) if found else None
