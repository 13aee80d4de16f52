"""The days of a match, whose people may be in several zones: a day has come when it has begun for all of them.

So a pause and a match end when their day begins for the last of the members, and never on the evening before for
anybody. Members who are in it and their people must have been fetched.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from server.kernel import clock
from server.kernel.actor import Actor
from server.matches import queries, rules
from server.matches.company import members_now
from server.matches.models import Match


def today_of(match: Match) -> date:
    """The day that has come for every member."""
    return min((clock.today(zone) for zone in _zones(match)), default=clock.now().date())


def today_for(actor: Actor, match: Match) -> date:
    """The day from which an actor counts: a member's own; for who runs the programme, that of the match."""
    me = rules.member_of(match, actor)
    return clock.today(me.person.zone) if me else today_of(match)


def begins(match: Match, day: date) -> datetime:
    """When a day has begun for every member."""
    return max(clock.day_begins(day, zone) for zone in _zones(match))


def same_hour(match: Match, day: date, began: datetime) -> datetime:
    """On a day of a match, the hour at which it `began`, where the day begins last."""
    there = ZoneInfo(max(_zones(match), key=lambda zone: clock.day_begins(day, zone)))
    return datetime.combine(day, began.astimezone(there).time(), there).astimezone(UTC)


def _zones(match: Match) -> list[str]:
    return [member.person.zone for member in members_now(match) or queries.in_order(match)]
