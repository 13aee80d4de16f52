"""The days of a match, whose people may be in several zones: a day has come when it has begun for all of them.

So a pause and a match end when their day begins for the last of the members, and never on the evening before for
anybody. Members who are in it and their people must have been fetched.

A group may have a day on which it hears who is matched with whom. What is approved before it has not begun until then:
`published_at` and `active_at` lie ahead, and all that looks at them, or counts from them, waits (decision 0051). For
that, programme and cohort must have been fetched too.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.kernel import clock
from server.kernel.actor import Actor
from server.matches import queries, rules
from server.matches.company import members_now
from server.matches.models import Match
from server.matches.states import Approval, MatchOrigin
from server.programs.states import Cadence

HOUR = time(9)
BY_STAFF = frozenset({MatchOrigin.ENGINE, MatchOrigin.MANAGER})
"""Whoever asks for a match themselves has chosen the name: nothing is left to announce."""


def today_of(match: Match) -> date:
    """The day that has come for every member."""
    return min((clock.today(zone) for zone in _zones(match)), default=clock.now().date())


def today_for(actor: Actor, match: Match) -> date:
    """The day from which an actor counts: a member's own; for who runs the programme, that of the match."""
    me = rules.member_of(match, actor)
    return clock.today(me.person.zone) if me else today_of(match)


def day_at(match: Match, moment: datetime) -> date:
    """The day that has come for every member at a moment."""
    return min((moment.astimezone(ZoneInfo(zone)).date() for zone in _zones(match)), default=moment.date())


def begins(match: Match, day: date) -> datetime:
    """When a day has begun for every member."""
    return max(clock.day_begins(day, zone) for zone in _zones(match))


def begins_at(match: Match, day: date, hour: time) -> datetime:
    """When it has struck an hour of a day for every member."""
    return max(datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC) for zone in _zones(match))


def same_hour(match: Match, day: date, began: datetime) -> datetime:
    """On a day of a match, the hour at which it `began`, where the day begins last."""
    there = ZoneInfo(max(_zones(match), key=lambda zone: clock.day_begins(day, zone)))
    return datetime.combine(day, began.astimezone(there).time(), there).astimezone(UTC)


def announced_at(match: Match) -> datetime | None:
    """The moment of the group's day, where it is still to come and the match is told on it: nine o'clock for all of its
    people, so that nobody hears before the other."""
    day = announcement_day(match)
    if day is None:
        return None
    at = begins_at(match, day, HOUR)
    return at if at > clock.now() else None


def announcement_day(match: Match) -> date | None:
    """The group's day, for a match that nobody was asked about before."""
    is_asked = any(one.approval is not Approval.NOT_NEEDED for one in queries.in_order(match))
    has_day = match.program.cadence is Cadence.COHORT and match.origin in BY_STAFF and not is_asked
    return match.cohort.announce_on if has_day else None


def held(found: Iterable[Match], least: timedelta) -> list[tuple[timedelta, list[Match]]]:
    """How long facts of matches wait until they are told: to the day, and for `least` at least."""
    now, groups = clock.now(), dict[timedelta, list[Match]]()
    for match in found:
        at = announced_at(match)
        groups.setdefault(max(at - now, least) if at else least, []).append(match)
    return sorted(groups.items(), key=lambda group: group[0])


def _zones(match: Match) -> list[str]:
    return [member.person.zone for member in members_now(match) or queries.in_order(match)]
