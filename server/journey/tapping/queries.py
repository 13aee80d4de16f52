"""What a ticket would do, for the page that asks before it is done. Looking changes nothing, however often."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server.access.models import Ticket
from server.access.queries import actor_for
from server.access.states import TicketPurpose
from server.access.tickets.queries import ticket_by_secret
from server.journey.tapping.checks import day_of, require_open, time_of
from server.journey.tapping.states import Stands
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import Conflict, NotFound
from server.kernel.terms import Vocabulary
from server.matches.company import Company, company_of
from server.matches.queries import is_circle, matches
from server.matches.states import AWAITING
from server.people.models import Organization, Person
from server.people.queries import organization_of
from server.programs.terms.setup import terms_of


@dataclass(frozen=True, slots=True)
class Told:
    """What a ticket is about, in the language of whoever it is for. `partner`: with whom they are in the match;
    `awaits_manager`: after them a manager has the last word."""

    ticket_id: UUID
    purpose: TicketPurpose
    person: Person
    organization: Organization
    language: str
    terms: Vocabulary
    match_id: UUID
    partner: Company
    is_circle: bool
    awaits_manager: bool
    starts_at: datetime | None
    ends_on: date | None


async def look(secret: str) -> tuple[Told, Stands]:
    """What a ticket would do, and whether it still can.

    Raises:
        NotFound: no such ticket, its device was signed out, or its person has left.
    """
    ticket = await ticket_by_secret(secret)
    actor = await actor_for(ticket.person)
    return await told_of(actor, ticket), await _stands(actor, ticket)


async def told_of(actor: Actor, ticket: Ticket) -> Told:
    """What a ticket of the actor's is about.

    Raises:
        NotFound: its match is gone.
    """
    about = matches(actor).filter(id=ticket.subject_id).select_related("program")
    match = await about.prefetch_related("members__person").first()
    if match is None:
        raise NotFound
    organization = await organization_of(actor)
    return Told(
        ticket.id, ticket.purpose, ticket.person, organization, ticket.person.language or organization.language,
        terms_of(match.program),
        match.id, company_of(match, ticket.person_id), is_circle(match),
        match.state in AWAITING and match.program.admin_approves_matches, time_of(ticket), day_of(ticket),
    )


async def _stands(actor: Actor, ticket: Ticket) -> Stands:
    if ticket.spent_at is not None:
        return Stands.USED
    if clock.now() >= ticket.expires_at:
        return Stands.OLD
    try:
        await require_open(actor, ticket)
    except (Conflict, NotFound):
        return Stands.PASSED
    return Stands.OPEN
