"""Whether a session took place: presumed, denied, moved on, or entered afterwards."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.typed import check
from server.matches.models import Match
from server.sessions import queries, rules, steps
from server.sessions.actions.booking import book_session, undo_booking
from server.sessions.actions.outcome import WRITABLE, write_note
from server.sessions.models import Session
from server.sessions.states import NoteVisibility, SessionState

LOG_WITHIN = timedelta(days=366)
MINUTES = range(5, 481)


async def mark_held(actor: Actor, session_id: UUID) -> Session:
    """Record that a booked session's end has passed: it is presumed held (F63). Twice is harmless.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is not the product.
        Conflict: it was called off, or is not over (`kind="not_over"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(actor.kind is ActorKind.SYSTEM, _("record this session"))
        if session.state is SessionState.HELD:
            return session
        if session.state is not SessionState.SCHEDULED or session.ends_at > clock.now():
            raise Conflict(_("This session is not over yet, or was called off."), kind="not_over")
        session.state, session.held_at = SessionState.HELD, clock.now()
        await session.save(update_fields=["state", "held_at"])
        await unit.audit("session.mark_held", session, match_id=session.match_id)
        await steps.tell(unit, "session.held", session)
        return session


async def confirm_session(actor: Actor, session_id: UUID) -> Session:
    """Say that a session took place, as one who was there. Twice, or after the other one, is harmless.

    Nobody has to: its end alone makes it held. Either side may still say within the week that it did not take place.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: it is not over, was called off, or is said not to have taken place (`kind="not_over"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.is_member(actor, session), _("confirm this session"))
        if session.state is not SessionState.LOGGED and not rules.is_presumed_held(session):
            raise Conflict(_("This session is not over yet, or was called off."), kind="not_over")
        await steps.confirm(unit, session)
        return session


async def report_no_show(actor: Actor, session_id: UUID, *, moved: bool = False) -> Session:
    """Say that a session did not take place, without saying whose doing it was. Twice is harmless.

    The other side is told once it cannot be undone any more; not if they `moved` it, which both know.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: it is not over or was called off (`kind="not_over"`), or it ended more than rules.NO_SHOW_WITHIN ago
            (`kind="too_late"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.can_set_times(actor, session.match), _("change this session"))
        if session.state is SessionState.NO_SHOW:
            return session
        if not rules.is_presumed_held(session):
            raise Conflict(_("This session is not over yet, or was called off."), kind="not_over")
        if not rules.can_be_missed(session):
            raise Conflict(_("That was more than a week ago. It stays as it is."), kind="too_late")
        session.state, session.ended_at = SessionState.NO_SHOW, clock.now()
        await session.save(update_fields=["state", "ended_at"])
        await unit.unschedule(session.id, "session.held", reason="did not take place")
        await unit.audit("session.no_show", session, match_id=session.match_id)
        await steps.tell(unit, "session.no_show", session, hold=steps.UNDO, moved=moved)
        return session


async def undo_no_show(actor: Actor, session_id: UUID) -> Session:
    """Take that back while nobody was told: it counts as held again. Twice is harmless.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: it was told already: enter the session instead (`kind="told"`), it was called off
            (`kind="not_over"`), or another session was written down at that time (`kind="known"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.can_set_times(actor, session.match), _("change this session"))
        if rules.is_presumed_held(session):
            return session
        if session.state is not SessionState.NO_SHOW:
            raise Conflict(_("This session is not over yet, or was called off."), kind="not_over")
        if await queries.meets_another(actor, session.match_id, (session.starts_at, session.ends_at)):
            raise Conflict(_("You have a session at that time already."), kind="known")
        if not await steps.withdraw(actor, session.id, "session.no_show"):
            raise Conflict(_("They know of it already. If you met after all, write it down."), kind="told")
        session.state, session.ended_at = SessionState.SCHEDULED, None
        if session.held_at is not None:
            session.state = SessionState.HELD
        else:
            await unit.schedule("session.held", session, session.ends_at)
        await session.save(update_fields=["state", "ended_at"])
        await unit.audit("session.undo_no_show", session, match_id=session.match_id)
        return session


async def move_missed(actor: Actor, session_id: UUID, starts_at: datetime) -> Session:
    """Say that a session did not take place and book another time for it, in one act. Returns the new session.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Invalid: past, too far ahead, or not on a quarter hour.
        Conflict: as `report_no_show` and `book_session`; then nothing changed.
    """
    async with unit_of_work(actor):
        missed = await report_no_show(actor, session_id)
        return await book_session(actor, missed.match_id, starts_at)


async def undo_move_missed(actor: Actor, session_id: UUID, new_session_id: UUID) -> Session:
    """Take `move_missed` back while nobody was told: the new time is free again, the old session counts as held.

    Raises:
        NotFound: one of them is absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: it was told already (`kind="told"`); then nothing changed.
    """
    async with unit_of_work(actor):
        await undo_booking(actor, new_session_id)
        return await undo_no_show(actor, session_id)


async def log_session(
    actor: Actor, match_id: UUID, starts_at: datetime, minutes: int | None = None, *, note: str = ""
) -> Session:
    """Enter a session that was held outside the product, with a note for both. The same start again changes nothing.

    Args:
        actor: a member of the match.
        match_id: the match.
        starts_at: when it began, aware.
        minutes: how long it was, 5 to 480; the programme's usual length if None.
        note: what both may read, under the first prompt; "" writes none.

    Raises:
        NotFound: not the actor's match.
        Refused: it is a circle, and somebody else leads it.
        Invalid: not past, more than LOG_WITHIN ago, before the day the match began, not 5 to 480 minutes, or too long
            a note.
        Conflict: the match is not running (`kind="closed"`), or another session of it was then (`kind="known"`).
    """
    async with unit_of_work(actor) as unit:
        match = await steps.own_match(actor, match_id)
        me = next(member for member in match.members if member.person_id == actor.person_id)
        same = await queries.logged_at(actor, match_id, starts_at)
        if same is not None:
            return same
        if match.state not in WRITABLE:
            raise Conflict(_("This match is over."), kind="closed")
        ends_at = _checked_end(match, starts_at, minutes, me.person.zone)
        if await queries.meets_another(actor, match_id, (starts_at, ends_at)):
            raise Conflict(_("You have a session at that time already."), kind="known")
        session = await steps.new_session(unit, match, (starts_at, ends_at), SessionState.LOGGED)
        await unit.audit("session.log", session, match_id=match.id, starts_at=starts_at)
        await steps.tell(unit, "session.logged", session)
        if note:
            await write_note(actor, session.id, NoteVisibility.SHARED, {0: note})
        return session


def _checked_end(match: Match, starts_at: datetime, minutes: int | None, zone: str) -> datetime:
    """When it ended. The day on which the match began counts as a whole, in the zone of who enters it."""
    length = match.program.session_minutes if minutes is None else minutes
    ends_at = starts_at + timedelta(minutes=min(length, max(MINUTES)))
    there, began = ZoneInfo(zone), match.active_at
    problems: dict[str, str] = {}
    if length not in MINUTES:
        problems["minutes"] = _("Choose from 5 minutes to 8 hours.")
    if ends_at > clock.now():
        problems["starts_at"] = _("Choose a time that has passed.")
    elif began is None or starts_at.astimezone(there).date() < began.astimezone(there).date():
        problems["starts_at"] = _("Choose a time since you became a match.")
    elif starts_at < clock.now() - LOG_WITHIN:
        problems["starts_at"] = _("Choose a time within the last year.")
    check(problems)
    return ends_at
