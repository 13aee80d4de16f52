"""Whose a ticket is. Nothing here changes one."""

from uuid import UUID

from server.access.models import Ticket
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.kernel.secrets import fingerprint
from server.people.states import PersonStatus


async def ticket_by_fingerprint(mark: str) -> Ticket | None:
    """The ticket with this fingerprint, with its person and session."""
    return await Ticket.get_or_none(fingerprint=mark).select_related("person", "session")


async def ticket_by_secret(secret: str) -> Ticket:
    """The ticket that a secret belongs to, with its person and session.

    Raises:
        NotFound: none, its device was signed out, or its person has left.
    """
    ticket = await ticket_by_fingerprint(fingerprint(secret))
    signed_out = ticket is not None and ticket.session is not None and ticket.session.revoked_at is not None
    if ticket is None or signed_out or ticket.person.status is PersonStatus.ENDED:
        raise NotFound
    return ticket


async def ticket_by_id(actor: Actor, ticket_id: UUID, *, lock: bool = False) -> Ticket:
    """A ticket of the actor's own.

    Raises:
        NotFound: absent, or somebody else's.
    """
    found = Ticket.filter(organization_id=actor.organization_id, person_id=actor.person_id, id=ticket_id)
    ticket = await (found.select_for_update() if lock else found).first()
    if ticket is None:
        raise NotFound
    return ticket
