"""What holds of sessions at any moment: no two at once, what falls due, the number that calendars count by, series."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from uuid import UUID

from server.kernel import clock
from server.kernel.facts import ActionState, AuditEvent, OutboxEvent, ScheduledAction
from server.matches.models import MatchMember
from server.sessions.models import Session
from server.sessions.states import TAKES_TIME, SessionState

WEEK_DAYS = 7
CHANGES = {"session.move": 1, "session.cancel": 1, "session.undo_change": -1}


async def check(organization_id: UUID) -> None:
    """Everything that must hold."""
    sessions = await Session.filter(organization_id=organization_id).order_by("starts_at", "id")
    await _nobody_is_in_two(organization_id, sessions)
    await _plans(organization_id, sessions)
    await _sequences(organization_id, sessions)
    _series(sessions)


async def check_at_rest(organization_id: UUID, over: Iterable[UUID]) -> None:
    """Once everything was told: nothing is booked for a match that is over, and nothing is held back for nobody."""
    ahead = Session.filter(
        organization_id=organization_id, match_id__in=list(over), state__in=list(TAKES_TIME), ends_at__gt=clock.now()
    )
    assert not await ahead.exists(), "a session of a match that is over is still booked"
    left = OutboxEvent.filter(
        organization_id=organization_id, delivered_at=None, withdrawn_at=None, not_before__lte=clock.now()
    )
    assert not await left.filter(parked_at=None).exists(), "something is told to nobody"


async def _nobody_is_in_two(organization_id: UUID, sessions: Iterable[Session]) -> None:
    members = await MatchMember.filter(organization_id=organization_id).values_list("match_id", "person_id")
    ahead = [one for one in sessions if one.state in TAKES_TIME and one.ends_at > clock.now()]
    for person_id in {person_id for _match, person_id in members}:
        own = {match_id for match_id, each in members if each == person_id}
        mine = [one for one in ahead if one.match_id in own]
        assert all(first.ends_at <= second.starts_at for first, second in pairwise(mine)), "in two sessions at once"


async def _plans(organization_id: UUID, sessions: Iterable[Session]) -> None:
    rows = ScheduledAction.filter(organization_id=organization_id, state=ActionState.PLANNED, rule="session.held")
    due = {row.subject_id: row.due_at for row in await rows}
    for session in sessions:
        if session.state is SessionState.CANCELLED:
            assert session.id not in due, "something is due for a session that was called off"
        if session.state is SessionState.SCHEDULED and session.ends_at > clock.now():
            assert due.get(session.id) == session.ends_at, "a session that nobody asks about at its end"


async def _sequences(organization_id: UUID, sessions: Iterable[Session]) -> None:
    """Calendars take a change only with a higher number: it counts the changes that stand, and no others."""
    entries = AuditEvent.filter(organization_id=organization_id, target_kind="Session", action__in=list(CHANGES))
    stands: Counter[UUID] = Counter()
    for target_id, action in await entries.values_list("target_id", "action"):
        stands[target_id] += CHANGES[action]
    for session in sessions:
        assert session.sequence == stands[session.id], "a number that calendars would not follow"


def _series(sessions: Iterable[Session]) -> None:
    """Whole weeks lie between its places, on its own clock, and all of it belongs to one match."""
    for series_id in {one.series_id for one in sessions if one.series_id}:
        own = [one for one in sessions if one.series_id == series_id]
        assert len({one.match_id for one in own}) == 1, "a series of two matches"
        places = sorted(one.occurs_at.astimezone(one.series_clock) for one in own if one.occurs_at)
        assert len(places) == len(own), "a session of a series without its place in it"
        weeks = [(second.date() - first.date()).days for first, second in pairwise(places)]
        assert all(days > 0 and days % WEEK_DAYS == 0 for days in weeks), "a series out of its rhythm"
