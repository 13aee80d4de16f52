"""Web push: a few words, encrypted for one browser, handed to its push service (RFC 8030, 8291, 8292)."""

import base64
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from enum import StrEnum
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush_async

from server.kernel.outbound.errand import errand
from server.kernel.outbound.hosts import is_listed
from server.kernel.settings import settings

MOST_BYTES = 3_993
"""What a push service must take, less the encryption's own (RFC 8291, section 4)."""
KEPT = timedelta(hours=12)
"""How long a service keeps it for a phone that is off: what asks for an answer today is no news tomorrow."""
LONGEST_WAIT = timedelta(hours=1)
DECLARATIVE = 8030
"""The member by which a browser knows a notification that it may show by itself (W3C Push API, declarative)."""
LONGEST_TITLE, LONGEST_BODY = 120, 240
AUTH_BYTES = 16


class Fate(StrEnum):
    """What became of it. GONE: the browser has taken its subscription back, or lost it. AWAY: nobody answered."""

    SENT = "SENT"
    GONE = "GONE"
    REFUSED = "REFUSED"
    LATER = "LATER"
    AWAY = "AWAY"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a notice, the service's code, and how long it asked us to wait."""

    fate: Fate
    code: str = ""
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a notification: "open", or an act with the secret of the ticket for it."""

    action: str
    words: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notification says and opens. A later one with the same tag takes its place on the screen.

    At most two buttons, the most important first; a browser without them opens the page. `unsent` is said when a
    button was tapped without a network.
    """

    title: str
    body: str
    lang: str
    direction: str
    tag: str
    opens: str
    buttons: tuple[Button, ...] = ()
    unsent: str = ""
    silent: bool = False

    def payload(self) -> str:
        """As our worker and declarative push read it; what is too long for a small screen is cut."""
        said: dict[str, Any] = {
            "title": self.title[:LONGEST_TITLE], "body": self.body[:LONGEST_BODY], "lang": self.lang,
            "dir": self.direction, "tag": self.tag, "navigate": self.opens,
        }
        if self.silent:
            said["silent"] = True
        if self.buttons:
            said["actions"] = [
                {"action": one.action, "title": one.words, "navigate": self.opens} for one in self.buttons
            ]
            tickets = {one.action: one.ticket for one in self.buttons if one.ticket}
            said["data"] = {"tickets": tickets, "unsent": self.unsent}
        return json.dumps({"web_push": DECLARATIVE, "notification": said}, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Address:
    """Where a browser is reached, and the two keys that only it can open with, in base64url."""

    endpoint: str
    p256dh: str
    auth: str


def service_of(endpoint: str) -> str:
    """The push service of an address, as the operator listed it; "" when it is none of theirs."""
    loopback = settings().push_loopback
    if loopback and endpoint.startswith(f"{loopback}/"):
        return loopback
    return next((one for one in settings().push_services.split() if is_listed(endpoint, [one])), "")


def fits(address: Address) -> bool:
    """Whether a browser's keys are a point of P-256 and 16 bytes, so that something can be encrypted for it."""
    with suppress(ValueError):
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(address.p256dh))
        return len(unpacked(address.auth)) == AUTH_BYTES
    return False


async def deliver(address: Address, notice: Notice, key: ec.EllipticCurvePrivateKey, *, topic: str) -> Delivery:
    """Hand a notice to a browser's push service. Never raises for what service or network do.

    A notice that waits there is replaced by the next one with its `topic` (at most 32 letters of base64url).
    """
    payload = notice.payload()
    if not service_of(address.endpoint):
        return Delivery(Fate.REFUSED, "address")
    if len(payload.encode()) > MOST_BYTES:
        return Delivery(Fate.REFUSED, "size")
    try:
        async with errand(besides=settings().push_loopback) as session:
            await webpush_async(
                {"endpoint": address.endpoint, "keys": {"p256dh": address.p256dh, "auth": address.auth}}, payload,
                vapid_private_key=Vapid02(key), vapid_claims={"sub": _contact()}, ttl=int(KEPT.total_seconds()),
                headers={"Urgency": "normal", "Topic": topic}, aiohttp_session=session,
            )
    except WebPushException as refused:
        return _answer(refused)
    except (aiohttp.ClientError, TimeoutError, OSError) as failed:
        return Delivery(Fate.AWAY, type(failed).__name__)
    return Delivery(Fate.SENT)


def point_of(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half as browsers want it to subscribe: an uncompressed point in base64url."""
    return packed(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def packed(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """The bytes of base64url with or without padding.

    Raises:
        ValueError: it is none.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _answer(refused: WebPushException) -> Delivery:
    """404 and 410: gone (RFC 8030, 7.3). 429 and 5xx pass. The rest stays: key, size, form."""
    code = refused.status_code or 0
    if code in (404, 410):
        return Delivery(Fate.GONE, str(code))
    if code == 429 or code >= 500:
        return Delivery(Fate.LATER, str(code), _wait(refused.retry_after or ""))
    return Delivery(Fate.REFUSED, str(code))


def _wait(asked: str) -> timedelta | None:
    """What a service asks for in seconds, an hour at most; a date is answered by our own steps."""
    return min(timedelta(seconds=int(asked)), LONGEST_WAIT) if asked.isdecimal() and len(asked) < 9 else None


def _contact() -> str:
    """Whom a push service may write to about us."""
    return f"mailto:{parseaddr(settings().mail_from)[1]}"
