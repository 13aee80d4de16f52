"""What the link says and proves: whose letter of which class it stood in, and from which day. Nothing of it is stored.

It is signed with the installation's key, so that nobody can make one; it is the same in a letter that goes twice. It
outlives address, message and session, because a letter does too (docs/decisions/0032-no-more-of-these.md).
"""

import base64
import struct
from dataclasses import dataclass
from datetime import date, timedelta
from hmac import compare_digest
from uuid import UUID

from server.kernel import clock
from server.kernel.errors import NotFound
from server.kernel.secrets import keyed_digest
from server.kernel.settings import settings
from server.notifications.states import MessageClass

SHAPE = ">cH16s"
"""A letter for the class, the number of the day, the person's id."""
PROOF_BYTES = 16
FIRST_DAY = date(2020, 1, 1)
"""Days are counted from here; two bytes reach to the year 2199."""
ONE_CLICK = "List-Unsubscribe=One-Click"
"""What a mail program posts to the address (RFC 8058), and a letter's header says so."""
LIVES = timedelta(days=365)
"""Laws ask for 30 and 60 days (CAN-SPAM, CASL)."""
CLASSES = {b"N": MessageClass.NUDGE, b"S": MessageClass.SURVEY, b"R": MessageClass.REPORT}
"""What may be switched off. What people do to each other, and signing in, may not (domain/lifecycle.md, 2)."""
LETTERS = {message_class: letter for letter, message_class in CLASSES.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says, once it is proved."""

    person_id: UUID
    message_class: MessageClass
    made_on: date

    @property
    def is_old(self) -> bool:
        """Whether it is too old to do anything."""
        return clock.today("UTC") - self.made_on > LIVES


def stop_url(person_id: UUID, message_class: MessageClass) -> str:
    """The address that ends letters of a class to somebody; "" for a class that always goes."""
    if message_class not in LETTERS:
        return ""
    day = (clock.today("UTC") - FIRST_DAY).days
    said = struct.pack(SHAPE, LETTERS[message_class], day, person_id.bytes)
    key = base64.urlsafe_b64encode(said + _proof(said)).rstrip(b"=").decode()
    return f"{settings().public_url}/unsubscribe?key={key}"


def read(key: str) -> Link:
    """What a link's key says.

    Raises:
        NotFound: nobody but this installation makes keys, and this one is none of its.
    """
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise NotFound from error
    said, proof = raw[:-PROOF_BYTES], raw[-PROOF_BYTES:]
    if len(said) != struct.calcsize(SHAPE) or not compare_digest(proof, _proof(said)):
        raise NotFound
    letter, day, person = struct.unpack(SHAPE, said)
    return Link(UUID(bytes=person), CLASSES[letter], FIRST_DAY + timedelta(days=day))


def _proof(said: bytes) -> bytes:
    return keyed_digest(said.hex(), "unsubscribe.link")[:PROOF_BYTES]
