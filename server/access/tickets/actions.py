"""Giving out a ticket, and spending it. Whoever holds its secret may do its one act, once, within seven days."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from server.access.models import Ticket, UserSession
from server.access.states import TicketPurpose
from server.access.tickets import queries
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import plain, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.secrets import fingerprint
from server.kernel.text import gettext as _
from server.people.rules import can_import_people

LIVES = timedelta(days=7)


async def issue_ticket(
    actor: Actor, person_id: UUID, secret: str, purpose: TicketPurpose, subject_id: UUID, *,
    device: UserSession | None = None, **facts: object,
) -> Ticket:
    """A ticket for one person, void once `device` is signed out. The same secret again is the same ticket.

    `secret` has 128 bits or more; only its fingerprint is kept. `facts` are ids and moments that the act is bound to.
    """
    async with unit_of_work(actor) as unit:
        known = await queries.ticket_by_fingerprint(fingerprint(secret))
        if known is not None:
            return known
        ticket = await Ticket.create(
            organization_id=actor.organization_id, person_id=person_id, session=device, purpose=purpose,
            subject_id=subject_id, facts={name: plain(value) for name, value in facts.items()},
            fingerprint=fingerprint(secret), expires_at=clock.now() + LIVES,
        )
        await unit.audit("ticket.issue", ticket, purpose=purpose, subject_id=subject_id)
        return ticket


async def void_mailed_tickets(actor: Actor, person_ids: Collection[UUID]) -> None:
    """Let nobody use what was mailed to people so far: their addresses are not theirs any more. Twice is harmless.

    Raises:
        Refused: the actor does not bring in the records.
    """
    require(can_import_people(actor), _("change addresses"))
    async with unit_of_work(actor) as unit:
        mailed = Ticket.filter(
            organization_id=actor.organization_id, person_id__in=list(person_ids), session_id=None, spent_at=None
        )
        tickets = await mailed.order_by("id")
        if tickets:
            await mailed.delete()
            await unit.audit_many("ticket.void", tickets)


async def spend_ticket(actor: Actor, ticket_id: UUID) -> Ticket:
    """Use a ticket up, in the transaction of its act: of two taps at once, one does it.

    Raises:
        NotFound: it is nobody's.
        Conflict: it was used, or is too old.
    """
    async with unit_of_work(actor) as unit:
        ticket = await queries.ticket_by_id(actor, ticket_id, lock=True)
        if ticket.spent_at is not None:
            raise Conflict(_("This was answered already."), kind="used")
        if clock.now() >= ticket.expires_at:
            raise Conflict(_("This is more than a week old."), kind="old")
        ticket.spent_at = clock.now()
        await ticket.save(update_fields=["spent_at"])
        await unit.audit("ticket.spend", ticket, purpose=ticket.purpose)
        return ticket
