"""Steps that every act on a session shares: the look at both calendars, what falls due, the fact that tells of it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.text import gettext as _
from server.matches.company import belongs, members_now
from server.matches.models import Match
from server.matches.queries import visible_match
from server.sessions import queries, rules, times
from server.sessions.models import Absence, Session
from server.sessions.slots import STEP, Slot, Span
from server.sessions.states import SessionState

UNDO = timedelta(seconds=10)
"""How long nobody is told of an act, so that it can be undone (decision 6 of the design)."""
FURTHEST = timedelta(days=366)
AGENDA_BEFORE = timedelta(hours=48)
"""When an agenda that nobody touched is drawn again from what happened since (F61: two days before)."""
DUE = ("session.held", "session.agenda")
EDITED = "edited"
"""Why an agenda is not drawn any more: people made it theirs."""


class SlotTaken(Conflict):
    """Somebody was quicker. `nearest` is the free time closest to the one that was asked for, if there is one."""

    def __init__(self, nearest: Slot | None) -> None:
        super().__init__(_("That time was just taken."), kind="slot_taken")
        self.nearest = nearest


async def own_match(actor: Actor, match_id: UUID) -> Match:
    """A match of the actor's whose times they choose, locked.

    Raises:
        NotFound: not the actor's match.
        Refused: somebody else leads the circle, and books.
    """
    match = await visible_match(actor, match_id, lock=True)
    if not belongs(match, actor.person_id):
        raise NotFound
    require(rules.can_set_times(actor, match), _("choose the time for your circle: who leads it does"))
    return match


async def require_free(
    actor: Actor, match: Match, spans: Sequence[Span], *, besides: Collection[UUID] = ()
) -> None:
    """Lock everybody's calendars and look. Stated free hours only suggest: people may agree on any other time.

    Args:
        actor: who chooses.
        match: with its members and its programme.
        spans: the times that are chosen.
        besides: sessions whose own times count as free, because they are about to be moved.

    Raises:
        Invalid: past, too far ahead, or not on a quarter hour.
        SlotTaken: one of them is in another session then.
    """
    for start, _end in spans:
        _check_time(start)
    people = [member.person_id for member in members_now(match)]
    await times.lock_people(actor, people)
    busy = await times.busy_times(actor, people, besides=besides)
    for start, end in spans:
        if any(begin < end and start < until for begin, until in busy):
            raise SlotTaken(await times.nearest_free(actor, match, start, besides=besides))


async def new_session(unit: Unit, match: Match, span: Span, state: SessionState) -> Session:
    """A row for a time: held, booked from now on, or entered afterwards."""
    starts_at, ends_at = span
    booked_at = None if state is SessionState.PROPOSED else clock.now()
    return await Session.create(
        organization_id=match.organization_id, match=match, state=state, starts_at=starts_at, ends_at=ends_at,
        proposed_by_id=unit.actor.person_id, place="" if state is SessionState.LOGGED else match.program.meeting_url,
        booked_at=booked_at, held_at=booked_at if state is SessionState.LOGGED else None,
        number=await queries.number_of_next(match),
    )


async def book(unit: Unit, session: Session) -> None:
    """What a booking brings: things that fall due, the trail, and both told once it cannot be undone any more."""
    await plan(unit, session)
    await unit.audit("session.book", session, match_id=session.match_id, starts_at=session.starts_at)
    await tell(unit, "session.booked", session, hold=UNDO)


async def confirm(unit: Unit, session: Session) -> None:
    """Note that a member said that it took place. It counts as held either way; the record tells who knows it."""
    if not rules.can_be_confirmed(session):
        return
    session.confirmed_at, session.confirmed_by_id = clock.now(), unit.actor.person_id
    await session.save(update_fields=["confirmed_at", "confirmed_by_id"])
    await unit.audit("session.confirm", session, match_id=session.match_id)


async def plan(unit: Unit, session: Session) -> None:
    """What falls due by the session's time."""
    await unit.schedule("session.held", session, session.ends_at)
    draws_at = session.starts_at - AGENDA_BEFORE
    if draws_at > clock.now() and not await _is_theirs(session):
        await unit.schedule("session.agenda", session, draws_at)


async def _is_theirs(session: Session) -> bool:
    """Whether people changed the agenda: another time does not have it drawn again."""
    return await ScheduledAction.filter(
        organization_id=session.organization_id, subject_id=session.id, rule="session.agenda", reason=EDITED
    ).exists()


async def give_time(unit: Unit, session: Session, starts_at: datetime) -> None:
    """Another start, the same length: who of a circle could not come is expected again. The caller has looked whether
    it is free, and tells of it."""
    before = session.starts_at
    session.starts_at, session.ends_at = starts_at, starts_at + (session.ends_at - before)
    session.sequence += 1
    await session.save(update_fields=["starts_at", "ends_at", "sequence"])
    await Absence.filter(organization_id=session.organization_id, session_id=session.id).delete()
    await plan(unit, session)


async def call_off(unit: Unit, session: Session, *, tells: bool = False) -> None:
    """Cancel a session that is held or booked."""
    session.state, session.ended_at = SessionState.CANCELLED, clock.now()
    session.sequence += 1
    await session.save(update_fields=["state", "ended_at", "sequence"])
    await unit.unschedule(session.id, *DUE, reason="cancelled")
    await unit.audit("session.cancel", session, match_id=session.match_id)
    if tells:
        await tell(unit, "session.cancelled", session, hold=UNDO, sequence=session.sequence)


async def call_off_many(unit: Unit, sessions: Sequence[Session]) -> None:
    """Cancel several: what was booked alone is told alone, the sessions of one series in one word."""
    booked = [session for session in sessions if session.state is SessionState.SCHEDULED]
    for session in sessions:
        await call_off(unit, session, tells=session in booked and session.series_id is None)
    for series_id in {session.series_id for session in booked if session.series_id}:
        ended = [session for session in booked if session.series_id == series_id]
        await tell_of_series(unit, "session.rest_cancelled", ended)


async def tell_of_series(unit: Unit, event: str, sessions: Sequence[Session], **payload: object) -> None:
    """The fact of an act on several sessions of one series, once it cannot be undone any more."""
    first = sessions[0]
    await unit.publish(
        event, subject_id=first.series_id, hold=UNDO, series_id=first.series_id, match_id=first.match_id,
        by_id=unit.actor.person_id, session_ids=[session.id for session in sessions],
        sequences=[session.sequence for session in sessions], **payload,
    )


async def tell(
    unit: Unit, event: str, session: Session, *, hold: timedelta = timedelta(), **payload: object
) -> None:
    """The fact of an act on a session, with `hold` once the act cannot be undone any more."""
    await unit.publish(
        event, subject_id=session.id, hold=hold, session_id=session.id, match_id=session.match_id,
        by_id=unit.actor.person_id, **payload,
    )


async def withdraw(actor: Actor, subject_id: UUID, kind: str) -> bool:
    """Whether a fact of this kind about a session or series could still be taken back, and now is never told."""
    untold = OutboxEvent.filter(
        organization_id=actor.organization_id, subject_id=subject_id, kind=kind, delivered_at=None, withdrawn_at=None,
        not_before__gt=clock.now(),
    )
    return bool(await untold.update(withdrawn_at=clock.now()))


def _check_time(starts_at: datetime) -> None:
    ahead = starts_at - clock.now()
    if ahead <= timedelta():
        raise Invalid({"starts_at": _("Choose a time that is still ahead.")})
    if ahead > FURTHEST:
        raise Invalid({"starts_at": _("Choose a time within a year.")})
    if (starts_at - datetime.min.replace(tzinfo=starts_at.tzinfo)) % STEP:
        raise Invalid({"starts_at": _("Choose a time on the quarter hour.")})
