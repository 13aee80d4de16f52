"""Waiting: joined, and not yet matched. Says what runs, until when, and that nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.goals.smart import READY
from server.journey.waiting.queries import WaitingPage, waiting_page
from server.kernel import clock
from server.kernel.dates import day_of
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.states import RUNNING
from server.matchmaking.engine import WaitCode
from server.matchmaking.engine.living.words import advice_words, unmet_words
from server.programs.rules import is_of_circles
from server.programs.states import EnrollmentState, ParticipantRole
from web.dates import clock_time, day_long, day_month, moment, weekday
from web.items import Step
from web.render import go_to, page, speak_of
from web.training import training_card

if TYPE_CHECKING:
    from server.programs.models import Enrollment

NEAR_DAYS = 6
"""So near a day is called by its weekday alone."""

APART: dict[EnrollmentState, Callable[[], str]] = {
    EnrollmentState.PENDING_APPROVAL: lambda: _("We have your application"),
    EnrollmentState.PAUSED: lambda: _("You are taking a break"),
}
"""States in which nobody is being looked for."""


async def show(request: Request) -> Response:
    """The page, or the match that ended the waiting."""
    seen = await waiting_page(request.state.actor, request.path_params["program"])
    speak_of(seen.enrollment.program)
    if seen.match:
        return go_to(request, "/" if seen.match.state in RUNNING else f"/match/{seen.match.id}")
    return page(
        request, "waiting/waiting.html", seen=seen, title=title(seen), steps=steps(seen), counts=counts(seen),
        said=said(seen), lit=len(seen.checks), ready=seen.checks == READY,
        training=training_card(seen.enrollment, seen.training),
    )


def title(seen: WaitingPage) -> str:
    """The state in one sentence, the promised day first."""
    if seen.state is EnrollmentState.WAITLISTED and seen.line:
        return _("You are %(place)s in line") % {"place": ordinal(seen.line)}
    if seen.state in APART:
        return APART[seen.state]()
    if seen.must_learn:
        return _("Your training comes first")
    return _mentors_title(seen) if seen.is_mentor else _mentees_title(seen)


def steps(seen: WaitingPage) -> list[Step]:
    """What happens next, and who does what: five steps, and one more while a word or a seat is waited for."""
    enrollment, program = seen.enrollment, seen.enrollment.program
    joined = Step(_("You joined"), _joined_at(seen), "done")
    between = _between(seen)
    return [
        joined, *between,
        Step(_("We compare goals, times and places"), _compared(seen), "" if between else "now"),
        Step(_host_looks(seen), _("Runs %(program)s") % {"program": program.name} if seen.hosts else ""),
        Step(_("You all say yes") if seen.is_of_circles else _("You both say yes"), ngettext(
            "Within %(num)d day of the proposal", "Within %(num)d days of the proposal", program.answer_within_days,
        ) % {"num": enrollment.program.answer_within_days}),
        Step(_("First meeting"), _("Who leads your circle books it")) if seen.is_of_circles else (
            Step(_("First conversation"), _("The time is proposed with the match"))),
    ]


def counts(seen: WaitingPage) -> list[Markup]:
    """How many people there are to be found, with the figure in bold."""
    offering, sharing = seen.offering, seen.sharing
    if seen.is_mentor:
        there = ngettext("%(num)s person wants what you know", "%(num)s people want what you know", offering)
    elif seen.is_peer:
        there = ngettext("%(num)s peer offers what you want", "%(num)s peers offer what you want", offering)
    else:
        there = ngettext("%(num)s mentor offers what you want", "%(num)s mentors offer what you want", offering)
    shared = ngettext("%(num)s shares your times", "%(num)s share your times", sharing)
    shows = offering and not seen.is_of_circles
    return [_figure(there, offering), _figure(shared, sharing)] if shows else []


def said(seen: WaitingPage) -> list[str]:
    """Why those who were asked for were not chosen, and what would open more doors."""
    unmet = [
        _("%(name)s: %(why)s") % {
            "name": one.mentor.person.full_name,
            "why": unmet_words(one.why.code, one.why.rule, one.why.points, to_mentee=True),
        }
        for one in seen.found.unmet
    ]
    return [*unmet, *(advice_words(one) for one in seen.found.advice)]


def looked_for(enrollment: Enrollment) -> str:
    """What becomes of somebody who joined, as the first page says it: in a word or two, without days."""
    if enrollment.state in APART:
        return APART[enrollment.state]()
    if is_of_circles(enrollment.program) or enrollment.role is ParticipantRole.FACILITATOR:
        return _("We’re looking for your circle")
    if enrollment.role is ParticipantRole.MENTOR:
        return _("Thank you. We’re looking for your mentee")
    is_peer = enrollment.role is ParticipantRole.PEER
    return _("We’re looking for your peer") if is_peer else _("We’re looking for your mentor")


def ordinal(place: int) -> str:
    """"third" in the language in force; figures from the eleventh on."""
    words = [
        _("first"), _("second"), _("third"), _("fourth"), _("fifth"), _("sixth"), _("seventh"), _("eighth"), _("ninth"),
        _("tenth"),
    ]
    return words[place - 1] if place <= len(words) else _("number %(place)d") % {"place": place}


def _mentees_title(seen: WaitingPage) -> str:
    if seen.is_late:
        return _("We’re still looking. It takes longer than we said")
    if seen.hear_by:
        return _("We’re looking. You’ll hear by %(day)s") % {"day": _near_day(seen)}
    return looked_for(seen.enrollment)


def _mentors_title(seen: WaitingPage) -> str:
    if seen.hear_by and not seen.is_late:
        return _("Thank you. You’ll hear by %(day)s") % {"day": _near_day(seen)}
    return looked_for(seen.enrollment)


def _between(seen: WaitingPage) -> list[Step]:
    """What stands between joining and matching."""
    host = seen.hosts[0].first_name if seen.hosts else ""
    if seen.state is EnrollmentState.PENDING_APPROVAL:
        looks = _("%(name)s looks at your application") % {"name": host} if host else _("Your application is looked at")
        return [Step(looks, _("We write to you then"), "now")]
    if seen.state is EnrollmentState.PAUSED:
        until = seen.enrollment.paused_until
        return [Step(_("You come back"), day_long(until) if until else _("We write to you then"), "now")]
    if seen.state is EnrollmentState.WAITLISTED and seen.line:
        opens = seen.enrollment.cohort.next_opens_on
        soon = _("A new mentor opens a place")
        when = _("Places open on %(day)s, or sooner") % {"day": day_month(opens)} if opens else soon
        return [Step(_("You are %(place)s") % {"place": ordinal(seen.line)}, when, "now")]
    if seen.must_learn:
        return [Step(_("You finish your training"), _("We look for somebody as soon as it is done"), "now")]
    if seen.state is EnrollmentState.ACTIVE and seen.found.place:
        place = _("You are %(place)s in line") % {"place": ordinal(seen.found.place)}
        return [Step(place, _("%(why)s. You keep your place") % {"why": _why(seen)}, "now")]
    return []


def _why(seen: WaitingPage) -> str:
    """Why somebody waits, as they read it themselves."""
    code = seen.found.code
    if code is None:
        return _("You are in the next matching")
    if code is WaitCode.SEAT_FOUND:
        return _("A seat in a circle is being looked at")
    if seen.is_of_circles:
        return _("Too few share your times yet") if code is WaitCode.OVERLAP else _("No circle has a seat for you yet")
    full = code in (WaitCode.NO_SEAT, WaitCode.HELD_BACK, WaitCode.COHORT_LIMIT)
    return _("Every fitting mentor is full") if full else _("No mentor with a free place fits yet")


def _compared(seen: WaitingPage) -> str:
    if seen.is_late or seen.hear_by is None:
        return _("We write to you as soon as there is a match")
    return _("By %(day)s") % {"day": day_long(seen.hear_by)}


def _host_looks(seen: WaitingPage) -> str:
    if seen.hosts:
        return _("%(name)s looks at the match") % {"name": seen.hosts[0].first_name}
    return _("Somebody looks at the match")


def _joined_at(seen: WaitingPage) -> str:
    at = seen.enrollment.submitted_at
    if at is None:
        return ""
    is_today = day_of(at, seen.person.zone) == clock.today(seen.person.zone)
    return _("Today, %(time)s") % {"time": clock_time(at)} if is_today else moment(at)


def _near_day(seen: WaitingPage) -> str:
    assert seen.hear_by is not None
    days = (seen.hear_by - clock.today(seen.person.zone)).days
    return weekday(seen.hear_by) if days <= NEAR_DAYS else day_long(seen.hear_by)


def _figure(words: str, number: int) -> Markup:
    return Markup(words) % {"num": Markup("<strong>{}</strong>").format(number)}  # noqa: S704  # our own catalogue


routes = [Route("/waiting/{program}", show, name="waiting")]
