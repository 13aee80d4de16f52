"""Sessions that repeat: booked in one act, each of them a session like any other; moved or called off from one on."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.ids import new_id
from server.kernel.text import gettext as _
from server.kernel.typed import check
from server.matches.models import Match
from server.matches.states import MatchState
from server.sessions import queries, rules, steps
from server.sessions.actions.agenda import prepare_agenda
from server.sessions.models import Session
from server.sessions.slots import Span, same_time_later
from server.sessions.states import SessionState

EVERY_WEEKS = (1, 2, 4)
TIMES = range(2, 13)


async def book_series(
    actor: Actor, match_id: UUID, starts_at: datetime, *, every_weeks: int, times: int
) -> list[Session]:
    """Book sessions of an active match that repeat at one time on the actor's clock, across its changes.

    Each is a session of its own. One time that is taken refuses them all. The same start again changes nothing.

    Args:
        actor: a member; the series keeps the local time of their zone.
        match_id: an active match.
        starts_at: when the first begins, aware.
        every_weeks: 1, 2 or 4 weeks from one to the next.
        times: how many, 2 to 12.

    Raises:
        NotFound: not the actor's match.
        Refused: it is a circle, and somebody else leads it.
        Invalid: another rhythm or number, past, too far ahead, beyond the match's last day, or no quarter hour.
        Conflict: the match is not active (`kind="not_active"`); or `SlotTaken`.
    """
    async with unit_of_work(actor) as unit:
        match = await steps.own_match(actor, match_id)
        me = next(member for member in match.members if member.person_id == actor.person_id)
        same = await queries.series_booked_at(actor, match_id, starts_at)
        if same:
            return same
        if match.state is not MatchState.ACTIVE:
            raise Conflict(_("You can book while the match is active."), kind="not_active")
        _check_rhythm(starts_at, every_weeks, times, me.person.zone)
        spans = _spans(match, starts_at, every_weeks, times, me.person.zone)
        await steps.require_free(actor, match, spans)
        made = await _make(unit, match, spans, me.person.zone)
        await steps.tell_of_series(unit, "session.series_booked", made, every_weeks=every_weeks, times=times)
        return made


async def undo_series(actor: Actor, session_id: UUID) -> list[Session]:
    """Take a series back while nobody was told of it, by any session of it. Twice is harmless.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: it is no series, or was told already: cancel or move it instead (`kind="told"`).
    """
    async with unit_of_work(actor) as unit:
        session = await _of_a_series(actor, session_id, _("undo this booking"))
        if session.state is SessionState.CANCELLED:
            return []
        if session.series_id is None or not await steps.withdraw(actor, session.series_id, "session.series_booked"):
            raise Conflict(_("They know of it already. Move it or cancel it instead."), kind="told")
        booked = queries.sessions(actor).filter(series_id=session.series_id, state=SessionState.SCHEDULED)
        taken_back = await booked.order_by("occurs_at", "id")
        for one in taken_back:
            await steps.call_off(unit, one)
        return taken_back


async def move_following(actor: Actor, session_id: UUID, starts_at: datetime) -> list[Session]:
    """Give a session of a series and all after it another time; they keep their distance on the series' clock.

    The time it has changes nothing. One time that is taken refuses them all.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Invalid: past, too far ahead, or not on a quarter hour.
        Conflict: it is no series, not booked or over (`kind="over"`); or `SlotTaken`.
    """
    async with unit_of_work(actor) as unit:
        session = await _of_a_series(actor, session_id, _("move this session"))
        rest = await _rest(actor, session)
        if session.starts_at == starts_at:
            return rest
        starts = [same_time_later(starts_at, _days(session, one), session.series_clock.key) for one in rest]
        starts[0] = starts_at
        spans = [(start, start + (one.ends_at - one.starts_at)) for start, one in zip(starts, rest, strict=True)]
        await steps.require_free(actor, session.match, spans, besides=[one.id for one in rest])
        befores = [one.starts_at for one in rest]
        for one, before, start in zip(rest, befores, starts, strict=True):
            await steps.give_time(unit, one, start)
            await unit.audit("session.move", one, before=before, now=start)
        await steps.tell_of_series(unit, "session.rest_moved", rest, befores=befores)
        return rest


async def cancel_following(actor: Actor, session_id: UUID) -> list[Session]:
    """Call off a session of a series and all after it. Returns what was called off: nothing, the second time.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: it is no series, or over (`kind="over"`).
    """
    async with unit_of_work(actor) as unit:
        session = await _of_a_series(actor, session_id, _("cancel this session"))
        if session.state is SessionState.CANCELLED:
            return []
        rest = await _rest(actor, session)
        await steps.call_off_many(unit, rest)
        return rest


async def _make(unit: Unit, match: Match, spans: list[Span], zone: str) -> list[Session]:
    """The rows; the first gets its agenda now, the others two days before."""
    hold = await queries.hold_of(unit.actor, match.id)
    if hold is not None:
        await steps.call_off(unit, hold)
    series_id, made = new_id(), []
    for span in spans:
        session = await steps.new_session(unit, match, span, SessionState.SCHEDULED)
        session.series_id, session.series_zone, session.occurs_at = series_id, zone, span[0]
        await session.save(update_fields=["series_id", "series_zone", "occurs_at"])
        await steps.plan(unit, session)
        made.append(session)
    await unit.audit_many("session.book", made, match_id=match.id, series_id=series_id)
    await prepare_agenda(unit.actor, made[0].id)
    return made


def _check_rhythm(starts_at: datetime, every_weeks: int, times: int, zone: str) -> None:
    problems: dict[str, str] = {}
    if every_weeks not in EVERY_WEEKS:
        problems["every_weeks"] = _("Choose every week, every two or every four weeks.")
    if times not in TIMES:
        problems["times"] = _("Choose from 2 to 12 times.")
    if starts_at.astimezone(ZoneInfo(zone)).fold:
        problems["starts_at"] = _("The clock shows that hour twice. Choose another one.")
    check(problems)


def _spans(match: Match, starts_at: datetime, every_weeks: int, times: int, zone: str) -> list[Span]:
    length = timedelta(minutes=match.program.session_minutes)
    starts = [same_time_later(starts_at, 7 * every_weeks * turn, zone) for turn in range(times)]
    last_day = starts[-1].astimezone(ZoneInfo(zone)).date()
    if match.ends_on is not None and last_day > match.ends_on:
        raise Invalid({"times": _("That goes beyond your last day together. Choose fewer.")})
    assert all(first + length <= second for first, second in pairwise(starts)), "weeks lie between them"
    return [(start, start + length) for start in starts]


async def _of_a_series(actor: Actor, session_id: UUID, act: str) -> Session:
    session = await queries.visible_session(actor, session_id, lock=True)
    require(rules.can_set_times(actor, session.match), act)
    if session.series_id is None:
        raise Conflict(_("This session does not repeat."), kind="over")
    return session


async def _rest(actor: Actor, session: Session) -> list[Session]:
    rest = await queries.rest_of_series(actor, session)
    if not rest or rest[0].id != session.id:
        raise Conflict(_("This session is over. Book another one."), kind="over")
    return rest


def _days(session: Session, later: Session) -> int:
    """Days between two sessions of a series, as it gave them out."""
    there = session.series_clock
    assert session.occurs_at is not None, "every session of a series has its place in it"
    assert later.occurs_at is not None, "every session of a series has its place in it"
    return (later.occurs_at.astimezone(there).date() - session.occurs_at.astimezone(there).date()).days
