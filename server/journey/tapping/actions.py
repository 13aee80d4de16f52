"""Doing what a ticket is for. The ticket proves who taps; nobody need be signed in."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.access.models import Ticket
from server.access.queries import actor_for
from server.access.states import TicketPurpose
from server.access.tickets.actions import issue_ticket, spend_ticket
from server.access.tickets.queries import ticket_by_secret
from server.journey.meeting.actions import accept_and_book
from server.journey.tapping.states import Ended
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.secrets import token
from server.kernel.text import gettext as _
from server.kernel.text import use_language
from server.matches.queries import partner_of, visible_match
from server.matches.states import MatchState
from server.people.models import Person
from server.people.queries import organization_of
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.queries import visible_session
from server.sessions.states import SessionState


@dataclass(frozen=True, slots=True)
class Tapped:
    """What came of a tap: a refusal's words, and the secret with which a booking is undone, where there are any."""

    ended: Ended
    ticket_id: UUID
    person: Person
    partner: Person
    language: str
    match_id: UUID
    session: Session
    undo: str = ""
    refusal: str = ""


async def tap(secret: str) -> Tapped:
    """Do the one act of a ticket. A second time it is only told that it was done; a refused act uses it up as well.

    Raises:
        NotFound: no such ticket, its device was signed out, or its person has left.
    """
    ticket = await ticket_by_secret(secret)
    actor = await actor_for(ticket.person)
    language = ticket.person.language or (await organization_of(actor)).language
    session = await visible_session(actor, UUID(ticket.facts["session_id"]))
    with use_language(language):
        ended, undo, refusal = await _act(actor, ticket, session)
    return Tapped(
        ended, ticket.id, ticket.person, partner_of(session.match, ticket.person_id), language, session.match_id,
        session, undo, refusal,
    )


async def _act(actor: Actor, ticket: Ticket, session: Session) -> tuple[Ended, str, str]:
    try:
        async with unit_of_work(actor):
            await spend_ticket(actor, ticket.id)
            return *await ACTS[ticket.purpose](actor, ticket, session), ""
    except Conflict as refusal:
        with suppress(Conflict):
            await spend_ticket(actor, ticket.id)
        return Ended.REFUSED, "", refusal.message


async def _agree(actor: Actor, ticket: Ticket, session: Session) -> tuple[Ended, str]:
    """Accept the match with the time that stood in the notification, and with no other."""
    match = await visible_match(actor, session.match_id, lock=True)
    now = await visible_session(actor, session.id)
    shown = datetime.fromisoformat(ticket.facts["starts_at"])
    if now.state is not SessionState.PROPOSED or now.starts_at != shown:
        raise Conflict(_("That time is no longer on the table."), kind="moved")
    outcome = await accept_and_book(actor, match.id, shown)
    if outcome.state is MatchState.CANCELLED:
        return Ended.SEAT_TAKEN, ""
    if not outcome.booked:
        return Ended.ANSWERED, ""
    undo = token()
    await issue_ticket(
        actor, ticket.session, undo, TicketPurpose.UNDO_BOOKING, session.match_id, session_id=session.id
    )
    return Ended.BOOKED, undo


async def _undo(actor: Actor, _ticket: Ticket, session: Session) -> tuple[Ended, str]:
    """Take the booking back while nobody was told."""
    await sessions.undo_booking(actor, session.id)
    return Ended.UNDONE, ""


ACTS: dict[TicketPurpose, Callable[[Actor, Ticket, Session], Awaitable[tuple[Ended, str]]]] = {
    TicketPurpose.AGREE_TO_TIME: _agree, TicketPurpose.UNDO_BOOKING: _undo,
}
