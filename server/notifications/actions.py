"""Planning a message, and sending it: PLANNED, QUEUED, then SENT, FAILED or SUPPRESSED with a reason (glossary, 5)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import plain, unit_of_work, wake
from server.kernel.ids import new_id
from server.kernel.jobs.lanes import TryLater, once_back
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.notifications import queries, texts
from server.notifications.bounces.actions import note_failure
from server.notifications.catalogue import CATALOGUE
from server.notifications.catalogue.stops import still_told
from server.notifications.channels import email, invitations
from server.notifications.channels.codes import NO_ADDRESS
from server.notifications.channels.email import Delivery, Fate
from server.notifications.channels.gate import SMTP_GATE
from server.notifications.channels.protocol import HandOver
from server.notifications.deciding.actions import give_back, take_day, wait_for_its_hour
from server.notifications.deciding.queries import carried_by
from server.notifications.models import Message
from server.notifications.proving.arms import arm_of, unit_of
from server.notifications.proving.queries import Belongs, belongs
from server.notifications.push.planning import plan_notices
from server.notifications.scene import SHOWN_AS, Scene
from server.notifications.senders.queries import sender_of
from server.notifications.states import Arm, Channel, MessageClass, MessageState
from server.notifications.taps.offering import Tap, taps_of, ticket_for
from server.notifications.texts import Link
from server.notifications.ways.reasons import scene_and_reason, scene_and_way
from server.people.models import Person

HELD_OUT = "held out"
"""Why a reminder does not go that is left out to find out whether it helps."""
RETRY_SERVER = timedelta(seconds=5)
UNOPENED = timedelta(days=1)
"""How long somebody has to open what came one way before it goes the other (domain/lifecycle.md, 2)."""


async def plan_message(
    actor: Actor, kind: str, recipient_id: UUID, subject_id: UUID, facts: Mapping[str, object], *, trigger: str,
    occurrence: str = "", due_at: datetime | None = None,
) -> Message:
    """Plan one message of `kind` to one person about one subject. The same occurrence again returns the first one.

    `facts` are the ids that its words are made from when it is sent. Due at once unless `due_at` says later, and sent
    in the hours of its class. Browsers that asked for it are told at once, or in those hours, by kinds for that.

    Raises:
        Refused: only the product plans messages.
    """
    require(actor.kind is ActorKind.SYSTEM, _("plan messages"))
    key = ":".join((kind, str(recipient_id), str(subject_id), occurrence))
    async with unit_of_work(actor) as unit:
        if (known := await queries.message_by_key(actor, key)) is not None:
            return known
        unit.after_commit(wake)
        message_class, whose = CATALOGUE[kind].message_class, await belongs(actor, facts)
        arm = _arm(message_class, whose, facts)
        message = await Message.create(
            organization_id=actor.organization_id, kind=kind, message_class=message_class,
            recipient_id=recipient_id, subject_id=subject_id, trigger=trigger, own=str(facts.get("own", "")),
            dedupe_key=key,
            facts={name: plain(value) for name, value in facts.items()}, due_at=due_at or clock.now(),
            program_id=whose.program_id, arm=arm,
            state=MessageState.SUPPRESSED if arm is Arm.HELD_OUT else MessageState.PLANNED,
            reason=HELD_OUT if arm is Arm.HELD_OUT else "",
        )
        if message.message_class is MessageClass.TRANSACTIONAL:
            await plan_notices(actor, message)
        return message


async def plan_test(
    actor: Actor, kind: str, tester_id: UUID, program_id: UUID, person_id: UUID, facts: Mapping[str, object]
) -> Message:
    """Plan a mail that shows somebody what another person would get, in the words that are being prepared. It goes at
    once, is marked as a test, has no taps, and counts in nobody's caps; it is about the programme, and so in the
    history of nobody else.

    Raises:
        Refused: only the product plans messages.
    """
    require(actor.kind is ActorKind.SYSTEM, _("plan messages"))
    async with unit_of_work(actor) as unit:
        unit.after_commit(wake)
        shown = {name: plain(value) for name, value in {**facts, SHOWN_AS: person_id}.items()}
        return await Message.create(
            organization_id=actor.organization_id, kind=kind, message_class=MessageClass.TRANSACTIONAL,
            recipient_id=tester_id, subject_id=program_id, trigger="test", dedupe_key=f"test:{new_id()}", facts=shown,
        )


def _arm(message_class: MessageClass, whose: Belongs, facts: Mapping[str, object]) -> Arm:
    """Whether a reminder is left out, where its programme finds out whether reminders help."""
    unit = unit_of(facts)
    if message_class is not MessageClass.NUDGE or whose.program_id is None or unit is None:
        return Arm.NONE
    return arm_of(whose.program_id, unit, whose.held_out_percent)


async def send_message(actor: Actor, message_id: UUID) -> Message:
    """Send a planned message, unless its stop condition holds by now. One that is settled stays as it is.

    Called again after a crash it repeats the mail with the same Message-ID, never with another.

    Raises:
        NotFound: no such message.
        NotYet: its hour is later.
        TryLater: the server is away, or said "not now".
    """
    message = await queries.message_by_id(actor, message_id)
    if message.state not in queries.OPEN_MESSAGES:
        return message
    scene, way, reason = await scene_and_way(actor, message)
    if scene is None or way is None:
        await give_back(actor, message)
        return await _settle(actor, message, MessageState.SUPPRESSED, reason)
    await wait_for_its_hour(actor, message, scene.person)
    await _let_go(actor, message, scene.person, way.channel)
    taken = partial(once_back, partial(_settle, actor, message, MessageState.SENT, ""))   # or a lost database
    delivery = await HAND_OVER[way.channel](actor, scene, taken)                         # would repeat the mail
    if delivery.fate is Fate.SENT:
        return message
    if delivery.fate is Fate.REFUSED:
        await note_failure(actor, message, scene.address, delivery.status, f"refused {delivery.code}")
        return await queries.message_by_id(actor, message.id)
    raise TryLater(
        delivery.code, counted=delivery.fate is Fate.LATER, after=RETRY_SERVER if delivery.fate is Fate.AWAY else None
    )


async def _let_go(actor: Actor, message: Message, person: Person, channel: Channel) -> None:
    """Mark a message as being on its way; what goes to browsers is on its way there from then on."""
    if message.message_class is MessageClass.TRANSACTIONAL:
        await _settle(actor, message, MessageState.QUEUED, "")
        return
    first = channel if message.fallback is None else message.channel
    async with unit_of_work(actor):
        if message.state is MessageState.PLANNED and channel is Channel.PUSH:
            await plan_notices(actor, message)
        if message.state is MessageState.PLANNED and message.message_class is MessageClass.NUDGE:
            await take_day(actor, message, person, by_mail=channel is Channel.EMAIL)
        if first is not message.channel:
            await queries.unsettled(actor, message.id).update(channel=first)
            message.channel = first
        await _settle(actor, message, MessageState.QUEUED, "")


async def _carried(actor: Actor, message: Message) -> list[Link]:
    """What else goes in a nudge's letter: what each asks for, and the screen it opens. What is done by now is left
    out, and noted as such."""
    if message.message_class is not MessageClass.NUDGE:
        return []
    found = list[Link]()
    for other in await carried_by(actor, message).order_by("created_at", "id"):
        scene, reason = await scene_and_reason(actor, other)
        if scene is None or reason:
            await Message.filter(organization_id=actor.organization_id, id=other.id).update(reason=reason)
            continue
        found.append(texts.line(CATALOGUE[other.kind], scene))
    return found


async def _taps(actor: Actor, scene: Scene) -> list[Link]:
    """What the letter lets its reader answer by one tap: pages that open for whoever holds it."""
    offered = [] if scene.tester else taps_of(scene)
    if not offered:
        return []
    async with unit_of_work(actor):
        return [Link(tap.words, await _page_of(actor, scene, tap)) for tap in offered]


async def _page_of(actor: Actor, scene: Scene, tap: Tap) -> str:
    secret = await ticket_for(actor, scene, tap, scene.message.id)
    chosen = "" if tap.chosen is None else f"&choice={tap.chosen}"
    return f"{settings().public_url}{tap.page}?ticket={secret}{chosen}"


async def _hand_over(actor: Actor, scene: Scene, taken: Callable[[], Awaitable[object]]) -> Delivery:
    target = email.target_of(settings())
    if target is None:
        return Delivery(Fate.AWAY, "no mail server")
    kind, person = CATALOGUE[scene.message.kind], scene.person
    letter = texts.letter(kind, scene, await _taps(actor, scene), await _carried(actor, scene.message))
    signed = await sender_of(actor, scene)
    try:
        with scene.voice():
            mail = email.compose(
                letter, message_id=scene.message.id, to=((scene.tester or person).full_name, scene.address),
                mail_from=settings().mail_from, at=clock.now(), signed=signed,
                calendar=_calendar(scene) if kind.invites and not scene.tester else None,
            )
    except ValueError:
        return Delivery(Fate.REFUSED, "address", NO_ADDRESS)
    return _weighed(await email.deliver(mail, target, taken), scene.address)


def _weighed(delivery: Delivery, address: str) -> Delivery:
    """What a delivery tells of the server: "not now" to everybody blames no message."""
    if delivery.fate is Fate.LATER:
        return Delivery(Fate.AWAY, delivery.code) if SMTP_GATE.put_off(address) else delivery
    SMTP_GATE.failed() if delivery.fate is Fate.AWAY else SMTP_GATE.passed()
    return delivery


def _calendar(scene: Scene) -> tuple[str, str]:
    """The invitation that goes along: its method and its text."""
    told = [scene.session] if scene.session else list(scene.sessions)
    with scene.voice():
        summary = _("Your circle, %(program)s") % {"program": scene.program.name} if scene.circle else (
            _("Mentoring with %(name)s") % {"name": scene.partner.full_name})
    words = invitations.Words(summary, f"{settings().public_url}/session/{told[0].id}", settings().mail_from)
    if scene.message.kind == "S01-series":
        weeks = int(scene.message.facts["every_weeks"])
        in_order = sorted(told, key=lambda one: one.occurs_at or one.starts_at)
        text = invitations.series(in_order, scene.person, words, every_weeks=weeks)
        return invitations.Method.REQUEST.value, text
    told = [scene.session] if scene.session else still_told(scene)
    return invitations.method_of(told[0]).value, invitations.changes(told, scene.person, words)


async def _to_browsers(
    actor: Actor, scene: Scene, taken: Callable[[], Awaitable[object]]  # noqa: ARG001  # as the protocol has it
) -> Delivery:
    """Its notices are planned: their lane takes them from here."""
    await taken()
    return Delivery(Fate.SENT)


HAND_OVER: Mapping[Channel, HandOver] = MappingProxyType({Channel.EMAIL: _hand_over, Channel.PUSH: _to_browsers})


async def _settle(actor: Actor, message: Message, state: MessageState, reason: str) -> Message:
    """Mark a message, unless somebody has settled it meanwhile. Returns it as it is stored then."""
    sent_at = clock.now() if state is MessageState.SENT else message.sent_at    # it may have gone another way before
    values = {"state": state, "reason": reason, "sent_at": sent_at}
    if state is MessageState.SENT and message.channel is Channel.PUSH and message.fallback is None:
        values["falls_back_at"] = clock.now() + UNOPENED
    if await queries.unsettled(actor, message.id).update(**values):
        message.state, message.reason, message.sent_at = state, reason, sent_at
        return message
    stored = await queries.message_by_id(actor, message.id)
    message.state, message.reason, message.sent_at = stored.state, stored.reason, stored.sent_at
    return message
