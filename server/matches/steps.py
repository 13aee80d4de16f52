"""Steps that every act on a match shares: the state after an answer, the start, the end, the fact that tells of it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import Unit
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import queries
from server.matches.models import Match
from server.matches.states import (
    AWAITING,
    RUNNING,
    Approval,
    MatchState,
)
from server.programs.states import ParticipantRole

WAITING_FOR = {ParticipantRole.MENTOR: MatchState.AWAITING_MENTOR, ParticipantRole.MENTEE: MatchState.AWAITING_MENTEE}


def next_state(match: Match) -> MatchState:
    """The state of a match by what its members have answered."""
    waiting = [member.role for member in match.members if member.approval is Approval.PENDING]
    if len(waiting) > 1:
        return MatchState.AWAITING_BOTH
    if waiting:
        return WAITING_FOR[waiting[0]]
    return MatchState.AWAITING_ADMIN if match.program.admin_approves_matches else MatchState.ACTIVE


async def require_new_pair(actor: Actor, match: Match) -> None:
    """Two people hold at most one open match per cohort.

    Raises:
        Conflict: they hold one.
    """
    mentor, mentee = queries.sides(match)
    others = queries.matches(actor).filter(
        cohort_id=match.cohort_id, state__in=list(AWAITING | RUNNING), members__enrollment_id=mentor.enrollment_id
    )
    for other in await others.prefetch_related("members"):
        if mentee.enrollment_id in {member.enrollment_id for member in other.members}:
            raise Conflict(_("These two have an open match already."))


async def start(unit: Unit, match: Match, *, hold: timedelta = timedelta()) -> None:
    """Begin a match: its dates, the end of its waiting, and the fact. The caller saves the row."""
    started: datetime = clock.now()
    match.active_at = started
    match.ends_on = match.cohort.ends_on or started.date() + timedelta(days=match.program.duration_days)
    await unit.unschedule(match.id, "match.expire", reason="accepted")
    last_day = datetime.combine(match.ends_on, started.timetz())
    await unit.schedule("match.end_date", match, last_day)
    await tell(unit, match, "activated", hold=hold)


async def pause(
    unit: Unit, match: Match, until: date | None, *, hold: timedelta = timedelta(), **detail: Any
) -> Match:
    """Let a match rest: until a day when it goes on by itself, or (None) as long as a member is away."""
    was = before(match)
    match.state, match.paused_until = MatchState.PAUSED, until
    await match.save(update_fields=["state", "paused_until"])
    if until is not None:
        await unit.schedule("match.resume", match, datetime.combine(until, time(), UTC))
    await unit.audit("match.pause", match, until=until)
    await tell(unit, match, "paused", hold=hold, until=until, **was, **detail)
    return match


async def resume(unit: Unit, match: Match, *, hold: timedelta = timedelta(), **detail: Any) -> Match:
    """Go on with a match that rested."""
    was = before(match)
    match.state, match.paused_until = MatchState.ACTIVE, None
    await match.save(update_fields=["state", "paused_until"])
    await unit.unschedule(match.id, "match.resume", reason="resumed")
    await unit.audit("match.resume", match)
    await tell(unit, match, "resumed", hold=hold, **was, **detail)
    return match


async def close(
    unit: Unit, match: Match, state: MatchState, act: str, event: str, *, hold: timedelta = timedelta(), **detail: Any
) -> Match:
    """End a match in `state`, cancel what was planned for it, and tell."""
    was = before(match)
    match.state, match.ended_at, match.paused_until = state, clock.now(), None
    await match.save()
    await unit.unschedule(match.id, reason=act)
    await unit.audit(f"match.{act}", match, now=state, **detail)
    await tell(unit, match, event, hold=hold, **was, **detail)
    return match


def before(match: Match) -> dict[str, Any]:
    """How a match stands, for the fact of an act that can be undone."""
    return {"was": match.state, "was_until": match.paused_until, "acted_at": clock.now()}


async def tell(
    unit: Unit, match: Match, event: str, *, hold: timedelta = timedelta(), **payload: object
) -> None:
    """Publish a fact about a match; with `hold`, only once its act can no longer be undone."""
    await unit.publish(
        f"match.{event}", subject_id=match.id, hold=hold, match_id=match.id, program_id=match.program_id,
        cohort_id=match.cohort_id, **payload,
    )
