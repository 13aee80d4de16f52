"""Asking to be told in a browser, and asking no more; sending what is on its way there."""

from collections import defaultdict
from uuid import UUID

from server.access.models import UserSession
from server.access.queries import actor_for
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Invalid, NotFound
from server.kernel.jobs.lanes import TryLater
from server.kernel.secrets import keyed_digest
from server.kernel.text import direction, language
from server.kernel.text import gettext as _
from server.notifications import texts
from server.notifications.catalogue import CATALOGUE, why_not
from server.notifications.channels import push
from server.notifications.channels.gate import PROBE_EVERY, Gate
from server.notifications.channels.push import Address, Button, Delivery, Fate, Notice
from server.notifications.deciding.windows import is_quiet
from server.notifications.models import Message, PushKey, PushNotice, PushSubscription
from server.notifications.push import keys, queries
from server.notifications.queries import OPEN_MESSAGES, message_by_id
from server.notifications.scene import Scene, scene_of
from server.notifications.states import MessageState
from server.notifications.taps.offering import taps_of, ticket_for
from server.notifications.told.links import from_message

MOST_BUTTONS = 2
"""What browsers show."""
GATES: defaultdict[str, Gate] = defaultdict(Gate)
"""The way from this process to each push service, by the operator's own name for it."""


async def subscribe(actor: Actor, fingerprint: str, address: Address, point: str) -> PushSubscription:
    """Tell the browser that holds this session from now on. `point`: the key of ours that it subscribed with.

    The same browser again, for whomever, puts the new subscription in the old one's place.

    Raises:
        NotFound: no such session of the actor.
        Invalid: not a push service that this installation writes to, keys that fit nothing, or an old key of ours.
    """
    _check(address)
    async with unit_of_work(actor) as unit:
        session = await queries.own_browser(actor, fingerprint)
        return await _put(unit, session, address, await _key(point), "subscribe")


async def renew(fingerprint: str, address: Address, point: str) -> PushSubscription:
    """Put the subscription that a browser was given anew in the old one's place, without anybody looking.

    The secret of its session says which browser it is. An idle one is told still, so it may go on; one that was told
    nothing gains nothing unless somebody is signed in there. Twice is harmless.

    Raises:
        NotFound: no such browser, signed out, unused for too long, or idle and never told.
        Invalid: as in `subscribe`.
    """
    _check(address)
    session = await queries.renewable_browser(fingerprint)
    actor = await actor_for(session.person)
    async with unit_of_work(actor) as unit:
        return await _put(unit, session, address, await _key(point), "renew")


async def unsubscribe(actor: Actor, fingerprint: str) -> None:
    """Tell the browser that holds this session no more. One that was never told stays as it is."""
    async with unit_of_work(actor) as unit:
        found = PushSubscription.filter(
            organization_id=actor.organization_id, person_id=actor.person_id, session__fingerprint=fingerprint
        )
        await _forget(unit, await found, "unsubscribe")


async def forget_session(actor: Actor, session_id: UUID, followed_by: UUID | None = None) -> None:
    """Let go of what a session that has ended subscribed to. The same person's next session there takes it over."""
    async with unit_of_work(actor) as unit:
        for row in await PushSubscription.filter(organization_id=actor.organization_id, session_id=session_id):
            if followed_by is None:
                await _forget(unit, [row], "signed_out")
                continue
            row.session_id = followed_by
            await row.save(update_fields=["session_id"])
            await unit.audit("push.carry_over", row, session_id=followed_by)


async def send_notice(actor: Actor, notice_id: UUID) -> MessageState:
    """Send a planned notice, unless it is not needed by now. Returns what became of it; once settled it stays so.

    Called again after a crash it has the same topic and the same tag, so that a browser shows it once.

    Raises:
        NotFound: no such notice, or its browser is gone.
        TryLater: the service is away, or said "not now".
    """
    notice = await queries.notice_by_id(actor, notice_id)
    if notice.state not in OPEN_MESSAGES:
        return notice.state
    message = await message_by_id(actor, notice.message_id)
    browser = await queries.subscription_by_id(actor, notice.subscription_id)
    scene, reason = await _scene_or_reason(actor, notice, message, browser)
    if scene is None:
        return await _settle(actor, notice, MessageState.SUPPRESSED, reason)
    delivery = await _hand_over(scene, notice, browser, await _buttons(actor, scene, notice, browser))
    if delivery.fate is Fate.SENT:
        return await _settle(actor, notice, MessageState.SENT, "")
    if delivery.fate is Fate.REFUSED:
        return await _settle(actor, notice, MessageState.FAILED, f"refused {delivery.code}")
    if delivery.fate is Fate.GONE:
        async with unit_of_work(actor) as unit:
            await _forget(unit, [browser], "gone")
        return MessageState.FAILED
    raise TryLater(delivery.code, counted=delivery.fate is Fate.LATER, after=delivery.after)


async def _scene_or_reason(
    actor: Actor, notice: PushNotice, message: Message, browser: PushSubscription
) -> tuple[Scene | None, str]:
    """What the notice speaks of, or why it must not go any more."""
    if not queries.is_reachable(browser):
        return None, "signed out"
    if clock.now() >= notice.created_at + push.KEPT:
        return None, "too late"
    try:
        scene = await scene_of(actor, message)
    except NotFound:
        return None, "gone"
    reason = why_not(CATALOGUE[message.kind], scene, by_push=True)
    return (None, reason) if reason else (scene, "")


async def _buttons(
    actor: Actor, scene: Scene, notice: PushNotice, browser: PushSubscription
) -> tuple[Button, ...]:
    """What the notification says in full takes one tap, of two things either; everything else is decided on its
    page."""
    taps = [one for one in taps_of(scene) if one.short][:MOST_BUTTONS]
    acts = [
        Button(name, tap.short, await ticket_for(actor, scene, tap, notice.id, browser.session))
        for name, tap in zip(("accept", "decline"), taps, strict=False)
    ]
    with scene.voice():
        return tuple([*acts, Button("open", _("Look first"))][:MOST_BUTTONS]) if acts else ()


async def _hand_over(
    scene: Scene, notice: PushNotice, browser: PushSubscription, buttons: tuple[Button, ...]
) -> Delivery:
    gate = GATES[push.service_of(browser.endpoint)]
    if not gate.room():
        return Delivery(Fate.AWAY, "service away", PROBE_EVERY)
    delivery = await push.deliver(
        Address(browser.endpoint, browser.p256dh, browser.auth), notice_of(scene, buttons),
        await keys.private_key(browser.key_id), topic=notice.id.hex,
    )
    gate.failed() if delivery.fate is Fate.AWAY else gate.passed()
    return delivery


def notice_of(scene: Scene, buttons: tuple[Button, ...] = ()) -> Notice:
    """What a notification says in the recipient's language, and where it leads."""
    kind = CATALOGUE[scene.message.kind]
    title, body = texts.notification(kind, scene)
    with scene.voice():
        return Notice(
            title=title, body=body, lang=language(), direction=direction(language()), tag=str(scene.message.id),
            opens=from_message(kind.link(scene), scene.message.id), buttons=buttons,
            unsent=_("Not sent: no connection. Try again."), silent=is_quiet(clock.now(), scene.person.zone),
        )


def _check(address: Address) -> None:
    if not push.service_of(address.endpoint):
        raise Invalid({"": _("This browser's push service is not known here. Mails reach you as before.")})
    if not push.fits(address):
        raise Invalid({"": _("The browser gave no keys. Try again.")})


async def _put(unit: Unit, session: UserSession, address: Address, key: PushKey, act: str) -> PushSubscription:
    """Keep what a session's browser subscribed to, in the place of all that it did before."""
    mark = keyed_digest(address.endpoint, "push_subscription.endpoint").hex()
    await PushSubscription.filter(organization_id=session.organization_id, endpoint_mark=mark).delete()
    await PushSubscription.filter(organization_id=session.organization_id, session_id=session.id).delete()
    row = await PushSubscription.create(
        organization_id=session.organization_id, person_id=session.person_id, session=session, key=key,
        endpoint_mark=mark, endpoint=address.endpoint, p256dh=address.p256dh, auth=address.auth,
    )
    await unit.audit(f"push.{act}", row, session_id=session.id)
    return row


async def _key(point: str) -> PushKey:
    try:
        return await keys.key_by_point(point)
    except NotFound:
        raise Invalid({"": _("This page is older than our key. Open it again, then try once more.")}) from None


async def _forget(unit: Unit, rows: list[PushSubscription], why: str) -> None:
    for row in rows:
        await row.delete()
        await unit.audit("push.forget", row, why=why)


async def _settle(actor: Actor, notice: PushNotice, state: MessageState, reason: str) -> MessageState:
    async with unit_of_work(actor):
        row = await queries.notice_by_id(actor, notice.id, lock=True)
        if row.state in OPEN_MESSAGES:
            row.state, row.reason = state, reason
            row.sent_at = clock.now() if state is MessageState.SENT else None
            await row.save(update_fields=["state", "reason", "sent_at"])
        return row.state
