"""The moments of a form: after which facts it is planned, from which moments it is counted, and for whom."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, takewhile

from server.automation.moments import Days, Span
from server.automation.moments import Moment as Later
from server.kernel.actor import Actor
from server.matches.company import members_now
from server.matches.models import Match
from server.matches.states import RUNNING, MatchState
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.states import LEADING
from server.sessions.queries import held_ends
from server.surveys.actions import RAN_ITS_TIME, half_way
from server.surveys.forms.form import Form
from server.surveys.states import Audience, Moment

GOES_ON = ("match.activated", "match.member_accepted", "match.resumed", "match.extended")
TOOK_PLACE = ("session.held", "session.logged")
OVER = ("match.duration_completed", "match.completed")
A_DAY = Span(timedelta(days=1))

Since = Callable[[Actor, Match, Form], Awaitable[Sequence[date]]]


@dataclass(frozen=True, slots=True)
class Timing:
    """`since`: the moments or days that it is counted from, as things stand. `late`: it is sent even if its moment has
    passed when its fact happens."""

    on: tuple[str, ...]
    since: Since
    moments: Callable[[Form, Match], Sequence[Later]]
    late: bool = False


async def _began(_: Actor, match: Match, __: Form) -> Sequence[date]:
    return [match.active_at] if match.active_at and match.state in RUNNING else []


async def _half(_: Actor, match: Match, __: Form) -> Sequence[date]:
    runs = match.active_at and match.ends_on and match.state in RUNNING
    return [half_way(match.active_at.date(), match.ends_on)] if runs and match.active_at and match.ends_on else []


async def _sessions(actor: Actor, match: Match, form: Form) -> Sequence[date]:
    """The end of every second session, or third, as the form says."""
    held = (await held_ends(actor, [match.id])).get(match.id, []) if match.state in RUNNING else []
    return [ended for number, ended in enumerate(held, 1) if number % form.number == 0]


async def _last_day(_: Actor, match: Match, __: Form) -> Sequence[date]:
    return [match.ends_on] if match.ends_on and match.state in RAN_ITS_TIME else []


async def _left(_: Actor, match: Match, __: Form) -> Sequence[date]:
    return [match.ended_at] if match.ended_at and match.state is MatchState.CONCLUDED else []


async def _never(_: Actor, __: Match, ___: Form) -> Sequence[date]:
    return []


def _days(form: Form, match: Match) -> Sequence[Later]:
    """On a day, and again as long as the match runs."""
    if not form.again_days or not match.active_at or not match.ends_on:
        return [Days(form.number)]
    whole = (match.ends_on - match.active_at.date()).days
    return [Days(day) for day in takewhile(lambda day: day <= whole, count(form.number, form.again_days))]


TIMINGS: dict[Moment, Timing] = {
    Moment.ON_DAY: Timing(GOES_ON, _began, _days),
    Moment.HALF_WAY: Timing(GOES_ON, _half, lambda _form, _match: [Days(0)]),
    Moment.AFTER_SESSION: Timing(TOOK_PLACE, _sessions, lambda _form, _match: [A_DAY]),
    Moment.AT_END: Timing(OVER, _last_day, lambda _form, _match: [Days(1)], late=True),
    Moment.ON_LEAVING: Timing(("match.ended",), _left, lambda _form, _match: [Span(timedelta())], late=True),
    Moment.AFTER_END: Timing(OVER, _last_day, lambda form, _match: [Days(form.number)]),
    Moment.BY_LINK: Timing((), _never, lambda _form, _match: []),
}
FACTS = sorted({fact for timing in TIMINGS.values() for fact in timing.on})


def whom(form: Form, match: Match) -> list[Person]:
    """Who of a match is asked: not who has left the organisation."""
    leads = {Audience.EVERYBODY: (True, False), Audience.LEADERS: (True,), Audience.LEARNERS: (False,)}[form.to]
    there = [one for one in members_now(match) if (one.role in LEADING) in leads]
    return [one.person for one in there if one.person.status is not PersonStatus.ENDED]
