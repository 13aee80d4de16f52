"""Whether what a ticket is for can still be done: asked before a page offers it, and again in the act."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from uuid import UUID

from server.access.models import Ticket
from server.access.states import TicketPurpose
from server.kernel.actor import Actor
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches.queries import is_circle, visible_match
from server.matches.rules import member_of
from server.matches.states import AWAITING_PARTICIPANTS, RUNNING, Approval
from server.matches.steps import ends_quietly
from server.sessions import rules
from server.sessions.queries import visible_session
from server.sessions.states import SessionState

Check = Callable[[Actor, Ticket], Awaitable[None]]


def time_of(ticket: Ticket) -> datetime | None:
    """The time that a ticket is bound to."""
    told = ticket.facts.get("starts_at")
    return datetime.fromisoformat(told) if told else None


def day_of(ticket: Ticket) -> date | None:
    """The last day that a ticket is bound to."""
    told = ticket.facts.get("ends_on")
    return date.fromisoformat(told) if told else None


def session_of(ticket: Ticket) -> UUID:
    """The session that a ticket is bound to."""
    return UUID(ticket.facts["session_id"])


async def require_open(actor: Actor, ticket: Ticket) -> None:
    """Whether the act of a ticket can still be done.

    Raises:
        NotFound: what it is about is not there for its person any more.
        Conflict: it was decided already, or is about another time or day by now.
    """
    check = CHECKS.get(ticket.purpose)
    if check is not None:
        await check(actor, ticket)


async def _is_asked(actor: Actor, ticket: Ticket) -> None:
    """A yes is waited for, also to a circle that has begun."""
    match = await visible_match(actor, ticket.subject_id)
    me = member_of(match, actor)
    if me is not None and me.approval is Approval.ACCEPTED:
        raise Conflict(_("You have said yes already."), kind="answered")
    waits = match.state in AWAITING_PARTICIPANTS or (is_circle(match) and match.state in RUNNING)
    if me is None or me.approval is not Approval.PENDING or not waits:
        raise Conflict(_("This suggestion has passed."), kind="closed")


async def _is_on_the_table(actor: Actor, ticket: Ticket) -> None:
    session = await visible_session(actor, session_of(ticket))
    if session.state is not SessionState.PROPOSED or session.starts_at != time_of(ticket):
        raise Conflict(_("That time is no longer on the table."), kind="moved")


async def _is_proposed(actor: Actor, ticket: Ticket) -> None:
    match = await visible_match(actor, ticket.subject_id)
    if match.proposed_end_on != day_of(ticket):
        raise Conflict(_("That day is no longer proposed."), kind="changed")


async def _would_end(actor: Actor, ticket: Ticket) -> None:
    if not await ends_quietly(await visible_match(actor, ticket.subject_id)):
        raise Conflict(_("It goes on already, or it is over."), kind="settled")


async def _can_be_missed(actor: Actor, ticket: Ticket) -> None:
    if not rules.can_be_missed(await visible_session(actor, session_of(ticket))):
        raise Conflict(_("It is settled already what became of it."), kind="settled")


async def _can_be_confirmed(actor: Actor, ticket: Ticket) -> None:
    if not rules.can_be_confirmed(await visible_session(actor, session_of(ticket))):
        raise Conflict(_("It is settled already what became of it."), kind="settled")


CHECKS: dict[TicketPurpose, Check] = {
    TicketPurpose.ACCEPT_MATCH: _is_asked, TicketPurpose.AGREE_TO_TIME: _is_on_the_table,
    TicketPurpose.AGREE_TO_DAY: _is_proposed, TicketPurpose.CONFIRM_SESSION: _can_be_confirmed,
    TicketPurpose.KEEP_MATCH: _would_end,
    TicketPurpose.MISS_SESSION: _can_be_missed, TicketPurpose.MOVE_SESSION: _can_be_missed,
}
"""What has no check here says itself that it is too late."""
