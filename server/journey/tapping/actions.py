"""Doing what a ticket is for. The ticket proves who taps; nobody need be signed in."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from server.access.models import Ticket
from server.access.queries import actor_for
from server.access.states import TicketPurpose
from server.access.tickets.actions import issue_ticket, spend_ticket
from server.access.tickets.queries import ticket_by_secret
from server.journey.meeting.actions import accept_and_book, undo_change
from server.journey.tapping.checks import day_of, require_open, session_of, time_of
from server.journey.tapping.queries import Told, told_of
from server.journey.tapping.states import Ended
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.secrets import token
from server.kernel.text import gettext as _
from server.kernel.text import use_language, use_terms
from server.matches import actions as matches
from server.matches.queries import is_circle, visible_match
from server.matches.states import RUNNING, MatchState
from server.matches.steps import UNDO_ONE
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.queries import visible_session


@dataclass(frozen=True, slots=True)
class Tapped:
    """What came of a tap: a refusal's words, and the secret with which it is undone, where it can be."""

    ended: Ended
    told: Told
    session: Session | None = None
    undo: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of an act, the session that it is about, and what takes it back."""

    ended: Ended
    session_id: UUID | None = None
    undo: TicketPurpose | None = None


Act = Callable[[Actor, Ticket], Awaitable[Came]]


async def tap(secret: str) -> Tapped:
    """Do the one act of a ticket. A second time it is only told that it was done; a refused act uses it up as well.

    Raises:
        NotFound: no such ticket, its device was signed out, or its person has left.
    """
    ticket = await ticket_by_secret(secret)
    actor = await actor_for(ticket.person)
    told = await told_of(actor, ticket)
    with use_language(told.language), use_terms(told.terms):
        try:
            came, undo = await _act(actor, ticket)
        except (Conflict, Invalid, NotFound) as refusal:
            with suppress(Conflict):
                await spend_ticket(actor, ticket.id)
            return Tapped(Ended.REFUSED, told, refusal=_words(refusal))
    session = await visible_session(actor, came.session_id) if came.session_id else None
    return Tapped(came.ended, told, session, undo)


async def _act(actor: Actor, ticket: Ticket) -> tuple[Came, str]:
    """The act, and the ticket that takes it back, in one transaction with the end of this ticket."""
    async with unit_of_work(actor):
        await spend_ticket(actor, ticket.id)
        came, undo = await ACTS[ticket.purpose](actor, ticket), ""
        if came.undo:
            undo = token()
            await issue_ticket(
                actor, ticket.person_id, undo, came.undo, ticket.subject_id, device=ticket.session,
                session_id=came.session_id,
            )
        return came, undo


def _words(refusal: Conflict | Invalid | NotFound) -> str:
    if isinstance(refusal, Invalid):
        return next(iter(refusal.fields.values()))
    return refusal.message if isinstance(refusal, Conflict) else _("This suggestion has passed.")


async def _accept(actor: Actor, ticket: Ticket) -> Came:
    """Say yes to a match with the time that stood in the message, and with no other: one to agree to, or to suggest."""
    match = await visible_match(actor, ticket.subject_id, lock=True)
    await require_open(actor, ticket)
    only_the_time = match.state in RUNNING and not is_circle(match)
    outcome = await accept_and_book(actor, match.id, time_of(ticket), undo_within=UNDO_ONE)
    if outcome.state is MatchState.CANCELLED:
        return Came(Ended.SEAT_TAKEN)
    if outcome.state is MatchState.DRAFT:
        return Came(Ended.PARTED)
    if outcome.booked:
        back = TicketPurpose.UNDO_BOOKING if only_the_time else TicketPurpose.UNDO_CHANGE
        return Came(Ended.BOOKED, outcome.session_id, back)
    return Came(Ended.MATCHED if outcome.state in RUNNING else Ended.ANSWERED, None, TicketPurpose.UNDO_CHANGE)


async def _agree_to_day(actor: Actor, ticket: Ticket) -> Came:
    """Agree to the later last day that stood in the message, and to no other."""
    await require_open(actor, ticket)
    ends_on = day_of(ticket)
    assert ends_on is not None, "its check compared the day"
    await matches.agree_extension(actor, ticket.subject_id, ends_on)
    return Came(Ended.AGREED, None, TicketPurpose.UNDO_CHANGE)


async def _undo_change(actor: Actor, ticket: Ticket) -> Came:
    """Take back what was done last to the match, while nobody was told."""
    if not (await undo_change(actor, ticket.subject_id)).done:
        raise Conflict(_("It is too late to undo this. It stays as it is."), kind="told")
    return Came(Ended.TAKEN_BACK)


async def _keep(actor: Actor, ticket: Ticket) -> Came:
    """Say that a match goes on."""
    await require_open(actor, ticket)
    await matches.keep_match(actor, ticket.subject_id)
    return Came(Ended.KEPT)


async def _confirm(actor: Actor, ticket: Ticket) -> Came:
    """Say that a session took place."""
    await require_open(actor, ticket)
    await sessions.confirm_session(actor, session_of(ticket))
    return Came(Ended.MET, session_of(ticket))


async def _miss(actor: Actor, ticket: Ticket) -> Came:
    """Say that it did not, or that they moved it."""
    await require_open(actor, ticket)
    moved = ticket.purpose is TicketPurpose.MOVE_SESSION
    await sessions.report_no_show(actor, session_of(ticket), moved=moved)
    return Came(Ended.MOVED if moved else Ended.MISSED, session_of(ticket), TicketPurpose.UNDO_MISSED)


async def _undo_missed(actor: Actor, ticket: Ticket) -> Came:
    """It took place after all, as long as nobody was told otherwise."""
    await sessions.undo_no_show(actor, session_of(ticket))
    return Came(Ended.HELD_AFTER_ALL, session_of(ticket))


async def _undo_booking(actor: Actor, ticket: Ticket) -> Came:
    """Take the booking back while nobody was told."""
    session = await sessions.undo_booking(actor, session_of(ticket))
    return Came(Ended.UNDONE, session.id)


ACTS: dict[TicketPurpose, Act] = {
    TicketPurpose.AGREE_TO_TIME: _accept, TicketPurpose.ACCEPT_MATCH: _accept,
    TicketPurpose.AGREE_TO_DAY: _agree_to_day, TicketPurpose.UNDO_BOOKING: _undo_booking,
    TicketPurpose.UNDO_CHANGE: _undo_change, TicketPurpose.CONFIRM_SESSION: _confirm,
    TicketPurpose.MISS_SESSION: _miss, TicketPurpose.MOVE_SESSION: _miss, TicketPurpose.UNDO_MISSED: _undo_missed,
    TicketPurpose.KEEP_MATCH: _keep,
}
