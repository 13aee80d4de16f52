"""Browsers that ask to be told, by number, over a push service that knows some of them no more; and what must hold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from aiohttp import web

from server.access.actions import end_sessions, open_session
from server.kernel import clock
from server.kernel.secrets import fingerprint
from server.notifications.models import PushNotice, PushSubscription
from server.notifications.push.actions import subscribe, unsubscribe
from server.notifications.push.keys import current_key
from server.notifications.queries import OPEN_MESSAGES
from tests.server.notifications.push_service import PushService

if TYPE_CHECKING:
    from tests.server.machines.world import Act, Numbers, World


class Forgetful(PushService):
    """What it was asked to tell, by browser and message; browsers below /wake/gone are gone when they are told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: Counter[tuple[str, str]] = Counter()
        self.gone: set[str] = set()

    async def take(self, request: web.Request) -> web.Response:
        if request.path.startswith("/wake/gone"):
            self.gone.add(request.path)
            return web.Response(status=410)
        answer = await super().take(request)
        self.told[request.path, self.heard[-1]["tag"]] += 1
        return answer


SERVICE = Forgetful()
"""The one of this process; where none was started, whoever asks is refused."""


async def _ask(world: World, numbers: Numbers) -> object:
    person, actor = await world.person(numbers[0])
    secret, kind = await open_session(person), "gone" if numbers[2] else "here"
    address = SERVICE.address(f"{kind}/{world.organization_id}/{person.id}/{numbers[1]}")
    return await subscribe(actor, fingerprint(secret), address, (await current_key()).point)


async def _ask_no_more(world: World, numbers: Numbers) -> object:
    person, actor = await world.person(numbers[0])
    known = await PushSubscription.filter(person_id=person.id).order_by("-id").select_related("session").first()
    return await unsubscribe(actor, known.session.fingerprint) if known else None


async def _sign_out_everywhere(world: World, numbers: Numbers) -> object:
    person, actor = await world.person(numbers[0])
    return await end_sessions(actor, person.id)


PUSHES: dict[str, Act] = {
    "ask to be told": _ask, "ask no more": _ask_no_more, "sign out everywhere": _sign_out_everywhere,
}


async def check_at_rest(organization_id: UUID) -> None:
    """Once everything was told: to whom it is for, once, and who is gone or signed out is known no more."""
    known = await PushSubscription.filter(organization_id=organization_id).select_related("session")
    assert not {urlsplit(row.endpoint).path for row in known} & SERVICE.gone, "who is gone would be told again"
    assert all(row.session.revoked_at is None for row in known), "who signed out would be told"
    assert set(SERVICE.told.values()) <= {1}, "somebody was told twice"
    notices = await PushNotice.filter(organization_id=organization_id).select_related("message", "subscription")
    for notice in notices:
        assert notice.message.recipient_id == notice.subscription.person_id, "told to somebody else"
        waits = notice.state in OPEN_MESSAGES and notice.due_at <= clock.now()
        assert not waits, "a notice that is due and does not go"
