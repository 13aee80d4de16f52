"""The way back from moving a session and from calling it off, as long as nobody was told (decision 6 of the design).

SEQUENCE goes back too: no calendar has seen the higher one, and the next change takes it again.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.facts import OutboxEvent
from server.kernel.text import gettext as _
from server.matches.models import Match
from server.matches.queries import is_circle, visible_match
from server.matches.rules import member_of
from server.matches.states import AWAITING, Approval, MatchState
from server.programs.steps import withdraw
from server.sessions import queries, rules, steps
from server.sessions.models import Session
from server.sessions.states import TAKES_TIME, SessionState

ALONE = ("session.moved", "session.placed", "session.cancelled")
SERIES = ("session.rest_moved", "session.rest_cancelled")


async def undo_session_change(actor: Actor, session_id: UUID) -> list[Session]:
    """Give a session back the time or the call that it had before one changed it, or book it again after one called it
    off.

    All sessions of a series come back that were moved or called off with it. Returns what came back.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: the other knows of it already (`kind="told"`), something changed since (`kind="changed"`), the match
            does not run, or the time went to somebody else (`SlotTaken`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.can_set_times(actor, session.match), _("change this session"))
        fact = await _withdrawn_fact(unit, session)
        if session.match.state is not MatchState.ACTIVE:
            raise Conflict(_("This match takes no sessions now."), kind="closed")
        rows = await _as_told(actor, session, fact.payload)
        starts = _starts(rows, fact.payload)
        spans = [(start, start + (row.ends_at - row.starts_at)) for row, start in zip(rows, starts, strict=True)]
        await steps.require_free(actor, session.match, spans, besides=[row.id for row in rows])
        for row, (starts_at, ends_at) in zip(rows, spans, strict=True):
            row.starts_at, row.ends_at, row.sequence = starts_at, ends_at, row.sequence - 1
            row.state, row.ended_at = SessionState.SCHEDULED, None
            row.place = fact.payload.get("was_place", row.place)
            await row.save(update_fields=["state", "starts_at", "ends_at", "ended_at", "sequence", "place"])
            await unit.unschedule(row.id, *steps.DUE, reason="another time")
            await steps.plan(unit, row)
        await unit.audit_many("session.undo_change", rows, undone=fact.kind)
        return rows


async def undo_first_time(actor: Actor, match_id: UUID) -> None:
    """Take back the time that somebody chose with a yes which they took back: their own is free again, and one that
    they had agreed to is on the table again. Whoever has said yes, or needs not, keeps what they chose.

    Raises:
        NotFound: not the actor's match.
        Conflict: the other booked a time meanwhile (`kind="answered"`).
    """
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        if not _is_asked(match, actor) or is_circle(match):
            return
        chosen = await queries.sessions(actor).filter(match_id=match_id, state__in=list(TAKES_TIME)).order_by("id")
        for session in chosen:
            is_booked = session.state is SessionState.SCHEDULED
            if is_booked and not await _withdrawn_booking(actor, session):
                raise Conflict(_("A time is booked by now. It stays as it is."), kind="answered")
            if session.proposed_by_id == actor.person_id:
                await steps.call_off(unit, session)
            elif is_booked:
                session.state, session.booked_at = SessionState.PROPOSED, None
                await session.save(update_fields=["state", "booked_at"])
                await unit.unschedule(session.id, *steps.DUE, reason="undone")
                await unit.audit("session.undo_book", session, match_id=match_id)


async def restore_hold(actor: Actor, match_id: UUID) -> Session | None:
    """Hold the time again that a match lost just now, because one of its people said no, or yes with another one, and
    took that back.

    None when none was held, it was taken meanwhile, another one is held, or it was their own with the yes.

    Raises:
        NotFound: not the actor's match.
    """
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        gone = queries.sessions(actor).filter(
            match_id=match_id, state=SessionState.CANCELLED, booked_at=None, ended_at__gt=clock.now() - steps.UNDO
        )
        if _is_asked(match, actor):
            gone = gone.exclude(proposed_by_id=actor.person_id)
        lost = await gone.order_by("-ended_at").first()
        if lost is None or match.state not in AWAITING or await queries.hold_of(actor, match_id):
            return None
        try:
            await steps.require_free(actor, match, [(lost.starts_at, lost.ends_at)])
        except (Conflict, Invalid):
            return None
        lost.state, lost.ended_at = SessionState.PROPOSED, None
        lost.sequence -= 1
        await lost.save(update_fields=["state", "ended_at", "sequence"])
        await unit.audit("session.hold", lost, match_id=match_id, starts_at=lost.starts_at)
        return lost


async def _withdrawn_booking(actor: Actor, session: Session) -> bool:
    """Whether the actor booked a session just now; from now on nobody is told of it."""
    told = await OutboxEvent.filter(
        organization_id=actor.organization_id, subject_id=session.id, kind="session.booked", delivered_at=None,
        withdrawn_at=None, not_before__gt=clock.now(),
    ).first()
    return told is not None and told.payload["by_id"] == str(actor.person_id) and await withdraw(told)


def _is_asked(match: Match, actor: Actor) -> bool:
    """Whether the actor has yet to answer: then they have no time on the table."""
    me = member_of(match, actor)
    return me is not None and me.approval is Approval.PENDING


async def _withdrawn_fact(unit: Unit, session: Session) -> OutboxEvent:
    """The fact of the last change, which the actor made and nobody was told of; from now on nobody will be."""
    about = [one for one in (session.id, session.series_id) if one]
    held = OutboxEvent.filter(
        organization_id=session.organization_id, subject_id__in=about, kind__in=[*ALONE, *SERIES], delivered_at=None,
        withdrawn_at=None, not_before__gt=clock.now(),
    )
    fact = next((one for one in await held.order_by("-at", "-id") if str(session.id) in _named(one.payload)), None)
    told = Conflict(_("They know of it already. Move it or book another one instead."), kind="told")
    if fact is None or fact.payload["by_id"] != str(unit.actor.person_id):
        raise told
    if not await withdraw(fact):
        raise told
    return fact


def _named(payload: dict[str, Any]) -> dict[str, int]:
    """The sessions that a fact speaks of, each with the SEQUENCE that it had then."""
    if "session_ids" in payload:
        return dict(zip(payload["session_ids"], payload["sequences"], strict=True))
    return {payload["session_id"]: payload.get("sequence", -1)}


async def _as_told(actor: Actor, session: Session, payload: dict[str, Any]) -> list[Session]:
    named = _named(payload)
    ids = [UUID(key) for key in named]
    both = queries.sessions(actor).filter(id__in=ids, match_id=session.match_id)
    locked = both.order_by("id").select_for_update(no_key=True)
    rows = {row.id: row for row in await locked}
    found = [rows[key] for key in ids if key in rows]
    if len(found) != len(ids) or any(row.sequence != named[str(row.id)] for row in found):
        raise Conflict(_("This session was changed since. Look at it again."), kind="changed")
    return found


def _starts(rows: list[Session], payload: dict[str, Any]) -> list[datetime]:
    before = payload.get("befores") or ([payload["before"]] if "before" in payload else [])
    return [datetime.fromisoformat(one) for one in before] or [row.starts_at for row in rows]
