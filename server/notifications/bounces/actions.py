"""What follows when a mail does not arrive: its message, its address, and what its reader gets from then on."""

from uuid import UUID

from server.access.queries import actor_for
from server.journey.roster.known import known_people
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import Json, Unit, unit_of_work
from server.kernel.errors import NotFound
from server.notifications.bounces import queries
from server.notifications.bounces.reading import OF_THE_ADDRESS, Report, Said
from server.notifications.deciding.actions import RETURNED, TOGETHER
from server.notifications.deciding.queries import carried_by
from server.notifications.models import MailboxState, Message
from server.notifications.optout.links import LETTERS
from server.notifications.queries import address_for, mark_of
from server.notifications.states import MAIL_MARK, MessageState
from server.notifications.ways.choosing import ONE_AFTER_THE_OTHER
from server.people import actions as people
from server.people.models import Person
from server.people.queries import profile_of
from server.people.states import PersonStatus

MOST_FAILURES = 3
"""After so many mails that came back for other reasons an address counts as one that does not work."""


async def take_report(report: Report) -> Message:
    """Note what became of a mail. The same report again changes nothing.

    Raises:
        NotFound: no such message, or not any more.
    """
    message = await queries.message_that_came_back(report.message_id)
    if message is None:
        raise NotFound
    actor = system_actor(message.organization_id)
    if report.said is Said.FAILED:
        address = await address_for(message, message.recipient)
        speaks_of_it = not report.recipients or address.casefold() in report.recipients
        came_back = f"came back {report.status}".strip()
        await note_failure(actor, message, address, report.status if speaks_of_it else "", came_back)
    elif report.said is Said.COMPLAINED:
        await _end_letters(actor, message)
    elif report.said is Said.ARRIVED:
        await _note_arrival(actor, message)
    return message


async def note_failure(actor: Actor, message: Message, address: str, status: str, reason: str) -> None:
    """A mail was refused, or came back: if its address is to blame, no other one goes there. Once for each mail.

    `status`: what is said of the address (RFC 3463); "" where nothing is, or of one that it was passed on to.
    """
    async with unit_of_work(actor) as unit:
        mail = Message.filter(organization_id=actor.organization_id, id=message.id, bounced_at=None)
        came_back: Json = {"reason": reason, "bounced_at": clock.now()}
        if message.message_class in ONE_AFTER_THE_OTHER and message.fallback is None:
            came_back["falls_back_at"] = clock.now()
        if await mail.update(state=MessageState.FAILED, **came_back):
            await _return_carried(actor, message)
            await unit.audit("mail.fail", message, status=status, person_id=message.recipient_id)
            await _count(unit, message.recipient_id, address, status)


async def try_again(actor: Actor, person_id: UUID) -> Person:
    """Let mail go to somebody's address again: it was put right, or was none of its doing. Twice is harmless.

    Raises:
        NotFound: absent, or neither oneself nor in a programme that the actor runs.
    """
    async with unit_of_work(actor) as unit:
        known = Person.filter(organization_id=actor.organization_id, id=person_id)
        person = await (known if person_id == actor.person_id else known_people(actor).filter(id=person_id)).first()
        if person is None:
            raise NotFound
        if await MailboxState.filter(organization_id=actor.organization_id, person_id=person.id).delete():
            await unit.audit("mail.try_again", person)
        return person


async def _return_carried(actor: Actor, message: Message) -> None:
    """What went in a letter did not arrive either: each goes another way once, on a day of its own."""
    carried = carried_by(actor, message).filter(reason=TOGETHER, fallback=None)
    await carried.update(reason=RETURNED, falls_back_at=clock.now())


async def _count(unit: Unit, person_id: UUID, address: str, status: str) -> None:
    """One more mail that did not arrive at an address of somebody."""
    mark = mark_of(address)
    state, _made = await MailboxState.get_or_create(
        organization_id=unit.actor.organization_id, person_id=person_id, address_mark=mark, defaults={"status": status},
    )
    state.failures, state.status, state.changed_at = state.failures + 1, status, clock.now()
    if state.dead_at is None and (status in OF_THE_ADDRESS or state.failures >= MOST_FAILURES):
        state.dead_at = clock.now()
        await unit.audit("mail.give_up", state, status=status, person_id=person_id)
    await state.save()


async def _end_letters(actor: Actor, message: Message) -> None:
    """Somebody called a letter unwanted: no more of its class, as if they had pressed its own button."""
    person, message_class = message.recipient, message.message_class
    if message_class not in LETTERS or person.status is PersonStatus.ENDED:
        return
    async with unit_of_work(actor) as unit:
        muted = {*(await profile_of(actor, person.id)).muted_kinds}
        if message_class + MAIL_MARK not in muted:
            await people.set_muted_kinds(await actor_for(person), muted | {message_class + MAIL_MARK})
            await unit.audit("mail.complaint", message, message_class=message_class, person_id=person.id)


async def _note_arrival(actor: Actor, message: Message) -> None:
    async with unit_of_work(actor) as unit:
        sent = Message.filter(organization_id=actor.organization_id, id=message.id, state=MessageState.SENT)
        if await sent.update(state=MessageState.DELIVERED):
            await MailboxState.filter(
                organization_id=actor.organization_id, person_id=message.recipient_id, dead_at=None
            ).delete()
            await unit.audit("mail.arrive", message)
