"""A time for a session: held by one side, agreed by both, moved, cancelled.

Every choice of a time first locks both people's calendars, then looks whether they are free: two choices of one hour
follow each other, and the second one is told the nearest free time.
"""

from datetime import datetime, timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matches.days import begins
from server.matches.models import Match
from server.matches.queries import visible_match
from server.matches.rules import member_of
from server.matches.states import AWAITING, MatchState
from server.sessions import queries, rules, steps
from server.sessions.actions.agenda import prepare_agenda
from server.sessions.models import Session
from server.sessions.states import TAKES_TIME, SessionState

GOES_ON = AWAITING | {MatchState.ACTIVE, MatchState.DURATION_COMPLETED}
"""In these states a match keeps what is booked or held for it."""


async def hold_slot(actor: Actor, match_id: UUID, starts_at: datetime) -> Session:
    """Choose a time for the first conversation, kept free for both until the other side agrees.

    The time that is held already changes nothing; another one takes its place.

    Raises:
        NotFound: not the actor's match.
        Refused: it is a circle, and somebody else leads it.
        Invalid: past, too far ahead, or not on a quarter hour.
        Conflict: the match takes no sessions; or `SlotTaken`.
    """
    async with unit_of_work(actor) as unit:
        match = await steps.own_match(actor, match_id)
        if match.state not in AWAITING and match.state is not MatchState.ACTIVE:
            raise Conflict(_("This match takes no sessions now."), kind="closed")
        before = await queries.hold_of(actor, match_id)
        if before and before.starts_at == starts_at:
            return before
        if before:
            await steps.call_off(unit, before)
        session = await _create(unit, match, starts_at, SessionState.PROPOSED)
        await unit.audit("session.hold", session, match_id=match.id, starts_at=starts_at)
        await steps.tell(unit, "session.held_slot", session)
        return session


async def confirm_hold(actor: Actor, match_id: UUID) -> Session:
    """Agree to the time that the other side holds: now it is booked. A match already booked stays as it is.

    The product agrees on somebody's behalf when they accepted the match with that time before their eyes.

    Raises:
        NotFound: not the actor's match, or nothing is held or booked.
        Refused: the actor holds it; the other side agrees.
        Conflict: the match is not active yet, or nobody agreed (`kind="not_agreed"`).
    """
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        hold = await queries.hold_of(actor, match_id)
        if hold is None:
            return await _booked_already(actor, match_id)
        if match.state is not MatchState.ACTIVE:
            raise Conflict(_("You can meet once both said yes."), kind="not_active")
        if not rules.is_agreed(hold):
            require(hold.proposed_by_id != actor.person_id, _("agree to a time for somebody else"))
            if member_of(match, actor) is None:
                raise Conflict(_("The other side has not agreed to this time yet."), kind="not_agreed")
        hold.number = await queries.number_of_next(match)
        hold.state, hold.booked_at = SessionState.SCHEDULED, clock.now()
        await hold.save(update_fields=["state", "booked_at", "number"])
        await steps.book(unit, hold)
        return hold


async def release_hold(actor: Actor, match_id: UUID) -> None:
    """Give back a time that is held for a match. Nothing held is nothing to do.

    Raises:
        NotFound: not the actor's match.
    """
    async with unit_of_work(actor) as unit:
        await visible_match(actor, match_id)
        hold = await queries.hold_of(actor, match_id)
        if hold is not None:
            require(rules.can_plan(actor, hold), _("give back this time"))
            await steps.call_off(unit, hold)


async def book_session(actor: Actor, match_id: UUID, starts_at: datetime) -> Session:
    """Book the next session of an active match; a time that was only held is given back.

    A booking of that time that is there already changes nothing.

    Raises:
        NotFound: not the actor's match.
        Refused: it is a circle, and somebody else leads it.
        Invalid: past, too far ahead, or not on a quarter hour.
        Conflict: the match is not active (`kind="not_active"`); or `SlotTaken`.
    """
    async with unit_of_work(actor) as unit:
        match = await steps.own_match(actor, match_id)
        same = await queries.sessions(actor).filter(
            match_id=match_id, starts_at=starts_at, state=SessionState.SCHEDULED
        ).first()
        if same is not None:
            return await queries.visible_session(actor, same.id)
        if match.state is not MatchState.ACTIVE:
            raise Conflict(_("You can book while the match is active."), kind="not_active")
        hold = await queries.hold_of(actor, match_id)
        if hold is not None:
            await steps.call_off(unit, hold)
        session = await _create(unit, match, starts_at, SessionState.SCHEDULED)
        await steps.book(unit, session)
        return session


async def undo_booking(actor: Actor, session_id: UUID) -> Session:
    """Take a booking back while nobody was told of it. Twice is harmless.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: it was told already: cancel or move it instead (`kind="told"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.can_set_times(actor, session.match), _("undo this booking"))
        if session.state is SessionState.CANCELLED:
            return session
        if not await steps.withdraw(actor, session.id, "session.booked"):
            raise Conflict(_("They know of it already. Move it or cancel it instead."), kind="told")
        await steps.call_off(unit, session)
        return session


async def move_session(actor: Actor, session_id: UUID, starts_at: datetime) -> Session:
    """Give a booked session another time. The time it has changes nothing.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor does not choose its times.
        Invalid: past, too far ahead, or not on a quarter hour.
        Conflict: it is not booked, or over (`kind="over"`); or `SlotTaken`.
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.can_set_times(actor, session.match), _("move this session"))
        if session.starts_at == starts_at:
            return session
        if session.state is not SessionState.SCHEDULED or session.ends_at <= clock.now():
            raise Conflict(_("This session is over. Book another one."), kind="over")
        before, ends_at = session.starts_at, starts_at + (session.ends_at - session.starts_at)
        await steps.require_free(actor, session.match, [(starts_at, ends_at)], besides=[session.id])
        await steps.give_time(unit, session, starts_at)
        await unit.audit("session.move", session, before=before, now=starts_at)
        await steps.tell(
            unit, "session.moved", session, hold=steps.UNDO, before=before, sequence=session.sequence
        )
        return session


async def cancel_session(actor: Actor, session_id: UUID) -> Session:
    """Call off a session that is booked or held. Twice is harmless.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: it is over (`kind="over"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.can_plan(actor, session), _("cancel this session"))
        if session.state is SessionState.CANCELLED:
            return session
        if session.state not in TAKES_TIME or session.ends_at <= clock.now():
            raise Conflict(_("This session is over. If it didn’t happen, say so here."), kind="over")
        await steps.call_off(unit, session, tells=session.state is SessionState.SCHEDULED)
        return session


async def clear_calendar(actor: Actor, match_id: UUID) -> list[Session]:
    """Call off everything ahead of a match that is over, and of one that rests what lies before the day it goes on.

    A match in GOES_ON keeps what it has. Twice is harmless.

    Raises:
        NotFound: no such match.
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("clear this calendar"))
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        if match.state in GOES_ON:
            return []
        found = queries.sessions(actor).filter(
            match_id=match_id, state__in=list(TAKES_TIME), ends_at__gt=clock.now()
        )
        if match.paused_until is not None:
            found = found.filter(starts_at__lt=begins(match, match.paused_until))
        ahead = await found
        await steps.call_off_many(unit, ahead)
        return ahead


async def _create(unit: Unit, match: Match, starts_at: datetime, state: SessionState) -> Session:
    ends_at = starts_at + timedelta(minutes=match.program.session_minutes)
    await steps.require_free(unit.actor, match, [(starts_at, ends_at)])
    session = await steps.new_session(unit, match, (starts_at, ends_at), state)
    await prepare_agenda(unit.actor, session.id)
    return session


async def _booked_already(actor: Actor, match_id: UUID) -> Session:
    session = await queries.next_session(actor, match_id)
    if session is None or session.state is not SessionState.SCHEDULED:
        raise NotFound
    return session
