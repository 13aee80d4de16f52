"""What holds of sessions at any moment: no two at once, what falls due, what became of those that are over, the number
that calendars count by, series."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from server.kernel import clock
from server.kernel.facts import OutboxEvent
from server.matches.company import members_now
from server.matches.models import Match, MatchMember
from server.matches.queries import is_circle
from server.sessions.models import Session
from server.sessions.states import TAKES_TIME, TOOK_PLACE, SessionState
from tests.server.machines.record import Record

WEEK_DAYS = 7
CHANGES = {"session.move": 1, "session.cancel": 1, "session.undo_change": -1}


def check(record: Record) -> None:
    """Everything that must hold."""
    _nobody_is_in_two(record)
    _plans(record)
    _past(record)
    _sequences(record)
    _series(record.sessions)


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
    over_now = Session.filter(
        organization_id=organization_id, state=SessionState.SCHEDULED, ends_at__lte=clock.now()
    )
    assert not await over_now.exists(), "a session that is over was not recorded by itself"


def _nobody_is_in_two(record: Record) -> None:
    """Who came into a circle later finds what it had booked."""
    members = [(match, one) for match in record.matches for one in members_now(match)]
    ahead = [one for one in record.sessions if one.state in TAKES_TIME and one.ends_at > clock.now()]
    for person_id in {one.person_id for _match, one in members}:
        own = {match.id: _since(match, one) for match, one in members if one.person_id == person_id}
        mine = [one for one in ahead if one.match_id in own and own[one.match_id] <= one.created_at]
        assert all(first.ends_at <= second.starts_at for first, second in pairwise(mine)), "in two sessions at once"


def _since(match: Match, member: MatchMember) -> datetime:
    return (member.answered_at if is_circle(match) else None) or match.created_at


def _plans(record: Record) -> None:
    due = {row.subject_id: row.due_at for row in record.planned if row.rule == "session.held"}
    for session in record.sessions:
        if session.state in (SessionState.CANCELLED, SessionState.NO_SHOW, SessionState.LOGGED):
            assert session.id not in due, "something is due for a session that nobody waits for"
        if session.state is SessionState.SCHEDULED and session.ends_at > clock.now():
            assert due.get(session.id) == session.ends_at, "a session that nobody asks about at its end"


def _past(record: Record) -> None:
    """Who says that nobody came says it of what is over; what took place took place once."""
    counted: dict[UUID, list[Session]] = {}
    for session in record.sessions:
        if session.state in TOOK_PLACE | {SessionState.NO_SHOW}:
            assert session.ends_at <= clock.now(), "it is over before its time"
        if session.state in TOOK_PLACE | {SessionState.SCHEDULED}:
            counted.setdefault(session.match_id, []).append(session)
        denied = Counter(entry.action for entry in record.trail[session.id])
        stands = denied["session.no_show"] - denied["session.undo_no_show"]
        assert stands == (session.state is SessionState.NO_SHOW), "nobody came, or they did, without an entry"
    for own in counted.values():
        assert all(first.ends_at <= second.starts_at for first, second in pairwise(own)), "they met twice at once"


def _sequences(record: Record) -> None:
    """Calendars take a change only with a higher number: it counts the changes that stand, and no others."""
    for session in record.sessions:
        stands = sum(CHANGES.get(entry.action, 0) for entry in record.trail[session.id])
        assert session.sequence == stands, "a number that calendars would not follow"


def _series(sessions: Iterable[Session]) -> None:
    """Whole weeks lie between its places, on its own clock, and all of it belongs to one match."""
    for series_id in {one.series_id for one in sessions if one.series_id}:
        own = [one for one in sessions if one.series_id == series_id]
        assert len({one.match_id for one in own}) == 1, "a series of two matches"
        places = sorted(one.occurs_at.astimezone(one.series_clock) for one in own if one.occurs_at)
        assert len(places) == len(own), "a session of a series without its place in it"
        weeks = [(second.date() - first.date()).days for first, second in pairwise(places)]
        assert all(days > 0 and days % WEEK_DAYS == 0 for days in weeks), "a series out of its rhythm"
