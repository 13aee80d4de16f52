"""The first page: where I am and the one next thing, for mentees (Journey) and mentors (Today)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.goals import actions as goals
from server.goals.queries import history_of
from server.goals.states import MilestoneState
from server.goals.suggested.queries import suggested_steps
from server.journey.resources.queries import address, files_of, links_of
from server.journey.talk.queries import booking_page
from server.journey.today.journeys import CircleJourney, Journey, Life
from server.journey.today.queries import Home, home
from server.kernel import clock
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.actions.running import PAUSE_DAYS
from server.matches.company import Circle
from server.matches.states import RUNNING, MatchState
from server.notifications.queries import dead_mailbox
from server.people import actions as people
from server.people.states import ConsentPurpose
from server.programs.permissions.rules import can_invite_colleagues
from server.sessions import actions as sessions
from server.sessions.times import slots_for_match
from web.dates import clock_time, count_among, count_words, day_month, day_short, upper_first, weekday, zone
from web.forms import Errors, moment_of, read_form, text, ticked
from web.guides import guides_at_hand
from web.happened import booked_as_asked
from web.items import AtHand, Slot, Step, one_of
from web.living import circle_words, goal_words
from web.mail_fails import why
from web.offers import offer_on
from web.program_file import size_of
from web.render import go_to, in_words_of, is_fragment, page, speak_of
from web.stopped import way_on
from web.survey import card
from web.taken import taken_words, with_nearest
from web.toast import Toast
from web.training import training_cards
from web.waiting import looked_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from server.goals.models import Goal, GoalVersion
    from server.goals.suggested.queries import Suggestion
    from server.matches.company import Company
    from server.sessions.models import ActionItem

MORNING_ENDS, AFTERNOON_ENDS = 12, 18
MANY_SLOTS = 6


async def show_home(request: Request) -> Response:
    """The first page. Who runs programmes and takes part in none belongs in the console."""
    shown = await home(request.state.actor)
    if shown.is_empty and request.state.actor.grants:
        return go_to(request, "/console")
    return page(request, "journey/home.html", **await _words(request, shown))


async def tick_milestone(request: Request) -> Response:
    """Tick a step, in place."""
    form = await read_form(request)
    try:
        step = await goals.tick_milestone(request.state.actor, request.path_params["id"], ticked(form, "done"))
    except Conflict as refusal:
        return await _back(request, refusal.message)
    words = _("Done. One step nearer.") if step.state is MilestoneState.DONE else _("Open again.")
    return await _back(request, words)


async def keep_promise(request: Request) -> Response:
    """Tick a promise, in place."""
    form = await read_form(request)
    await sessions.keep_promise(request.state.actor, request.path_params["id"], ticked(form, "done"))
    return await _back(request, _("Saved."))


async def alumni(request: Request) -> Response:
    """Say whether one may be asked again, after the end."""
    yes = ticked(await read_form(request), "yes")
    await people.record_consents(request.state.actor, {ConsentPurpose.ALUMNI: yes})
    words = _("Thank you. We may ask you again.") if yes else _("Thank you. We will not ask.")
    return go_to(request, "/", toast=Toast(words))


async def book(request: Request) -> Response:
    """Choose a time for the next session of a running match."""
    actor, match_id, errors = request.state.actor, request.path_params["id"], Errors()
    shown = await booking_page(actor, match_id)
    speak_of(shown.match.program)
    chosen, nearest, way = "", None, way_on(shown.match, request.state.person)
    again = {"every_weeks": "", "times": "6"}
    if request.method == "POST" and way is None:
        form = await read_form(request)
        chosen, again = text(form, "slot", 40), {name: text(form, name, 2) for name in again}
        starts_at = moment_of(chosen)
        if starts_at is None:
            errors.add("slot", _("Choose a time."))
        else:
            try:
                return go_to(request, "/", toast=await booked_as_asked(actor, match_id, starts_at, form))
            except (Conflict, Invalid) as refusal:
                nearest = getattr(refusal, "nearest", None)
                again_words = getattr(refusal, "fields", {}).get("times", "")
                errors.add("times" if again_words else "slot", again_words or taken_words(refusal))
                chosen = nearest.starts_at.isoformat() if nearest else chosen
    found = [] if way else with_nearest(await slots_for_match(actor, match_id, MANY_SLOTS), nearest)
    times = [
        Slot(one.starts_at.isoformat(), weekday(one.starts_at), _beside(shown.partner, one.starts_at),
             clock_time(one.starts_at))
        for one in found
    ]
    return page(
        request, "journey/book.html", block="form", errors=errors, shown=shown, way=way,
        status=422 if errors else 409 if way and request.method == "POST" else 200,
        times=times, chosen=one_of(times, chosen), again=again,
        buttons=[_("Book %(day)s at %(time)s") % {"day": one.day, "time": one.at} for one in times],
    )


def _beside(company: Company, when: datetime) -> str:
    """What stands beside a time: its day, and the partner's hour; a circle has too many hours to tell."""
    short = day_short(when).partition(" ")[2]
    if isinstance(company, Circle):
        return short
    return _("%(day)s, %(time)s for %(name)s") % {
        "day": short, "time": clock_time(when, company.zone), "name": company.first_name,
    }


async def _back(request: Request, words: str) -> Response:
    """The journey as it is now: swapped in place for htmx, a fresh page otherwise."""
    if not is_fragment(request):
        return go_to(request, "/", toast=Toast(words))
    shown = await home(request.state.actor)
    return page(request, "journey/home.html", block="journey", say=words, **await _words(request, shown))


async def _words(request: Request, shown: Home) -> dict[str, Any]:
    today = clock.today(zone())
    ideas = await suggested_steps(request.state.actor, [one.goal for one in shown.learning if one.goal])
    learning = [
        _spoken(one, partial(_learning, one, request, ideas.get(one.goal.id) if one.goal else None))
        for one in shown.learning
    ]
    actor, person = request.state.actor, request.state.person
    dead = await dead_mailbox(actor, person.id, person.email)
    return {
        "offer": await offer_on(request, has_booked=shown.has_booked), "mail_fails": why(dead) if dead else "",
        "waiting": [
            (one, in_words_of(one.program, partial(looked_for, one)))
            for one in shown.waiting if one.id not in shown.unready
        ],
        "training": training_cards(shown),
        "shown": shown, "greeting": _greeting(request), "title": _title(shown), "learning": learning,
        "mentoring": [_spoken(one, partial(_mentoring, one)) for one in shown.mentoring],
        "finished": [_spoken(one, partial(_finished, one)) for one in shown.ended],
        "circles": [
            _spoken(one, partial(circle_words, one, request.state.person))
            for one in shown.circles if one.match.state in RUNNING
        ],
        "surveys": [card(one) for one in shown.surveys],
        "guides": guides_at_hand(shown), "at_hand": _at_hand(shown), "may_invite": _may_invite(shown),
        "seats": list(shown.places.values()),
        "promises": _promises(shown), "today": today,
        "in_a_month": (today + timedelta(days=PAUSE_DAYS)).isoformat(),
    }


def _spoken(one: Life, say: Callable[[], dict[str, object]]) -> dict[str, object]:
    """What is said of one match, in the words of its programme: another one may call the same otherwise."""
    return in_words_of(one.match.program, say)


def _greeting(request: Request) -> str:
    person = request.state.person
    hour = int(clock_time(clock.now()).partition(":")[0])
    words = _("Good evening, %(name)s")
    if hour < AFTERNOON_ENDS:
        words = _("Good morning, %(name)s") if hour < MORNING_ENDS else _("Good afternoon, %(name)s")
    return words % {"name": person.first_name}


def _title(shown: Home) -> str:
    """What a mentor's page counts; a mentee's tells progress instead."""
    if not shown.needs:
        return _("Nothing needs you today")
    words = ngettext("%(count)s thing needs you", "%(count)s things need you", shown.needs)
    return upper_first(words % {"count": count_words(shown.needs)})


def _learning(one: Journey, request: Request, idea: Suggestion | None) -> dict[str, object]:
    week, weeks = one.weeks
    title = _progress(one)
    said = _("Your journey: %(title)s, week %(week)s of %(weeks)s. The sun is your goal.") % {
        "title": title, "week": week, "weeks": weeks,
    }
    ahead = next((step.title for step in one.steps if step.state is MilestoneState.TODO), "")
    return {
        **goal_words(one), "title": title, "said": said, "week": week, "weeks": weeks, "ahead": ahead,
        "when": _when(one, request.state.person.zone), "suggested": idea,
    }


def _progress(one: Journey) -> str:
    """Progress in words: by milestones, never by days."""
    if one.steps and not one.steps_done:
        return _("Your first milestone lies ahead")
    if one.steps:
        return upper_first(_("%(done)s of %(all)s milestones behind you") % {
            "done": count_words(one.steps_done), "all": count_words(len(one.steps)),
        })
    if one.held:
        words = ngettext("%(count)s session with %(name)s so far", "%(count)s sessions with %(name)s so far", one.held)
        return upper_first(words % {"count": count_words(one.held), "name": one.partner.first_name})
    return _("You and %(name)s are ready to begin") % {"name": one.partner.first_name}


def _mentoring(one: Journey) -> dict[str, object]:
    return {"journey": one, "line": _mentee_line(one), "changed": _open_change(one.goal)}


def _mentee_line(one: Journey) -> str:
    parts = []
    if one.match.state is MatchState.PAUSED:
        return _("On a pause.")
    if one.is_quiet:
        return _("It’s been a while.")
    if one.session and one.is_booked:
        parts.append(_("Next: %(day)s %(time)s.") % {
            "day": weekday(one.session.starts_at), "time": clock_time(one.session.starts_at),
        })
    if one.steps:
        parts.append(upper_first(_("%(done)s of %(all)s milestones.") % {
            "done": count_among(one.steps_done), "all": count_words(len(one.steps)),
        }))
    return " ".join(parts) or _("No session is booked yet.")


def _finished(one: Journey | CircleJourney) -> dict[str, object]:
    """A voyage that is complete: what changed, in figures and in the goal's own words. A circle's went by meetings."""
    in_circle = isinstance(one, CircleJourney)
    name, wordings = one.partner.first_name, history_of(one.goal) if one.goal else []
    first = next(reversed(wordings), None)
    done = _("%(done)s of %(all)s") % {"done": count_among(one.steps_done), "all": count_words(len(one.steps))}
    facts = [
        (_("Meetings") if in_circle else _("Sessions"), count_among(one.held)),
        (_("Milestones"), done if one.steps else ""), (_("Goal"), one.goal.want if one.goal else ""),
        (_("It began as"), first.want if first else ""),
    ]
    to_close = one.match.state is MatchState.DURATION_COMPLETED
    words = _("You and %(name)s have reached your last day") if to_close else _("Your voyage with %(name)s is complete")
    said = _("Your voyage with your circle: %(held)s meetings.") if in_circle else _(
        "Your voyage with %(name)s: %(done)s milestones reached.")
    return {
        "journey": one, "title": words % {"name": name}, "to_close": to_close,
        "facts": [(label, upper_first(value)) for label, value in facts if value],
        "said": said % {"name": name, "done": done, "held": count_words(one.held)},
        "all": max(1, one.held) if in_circle else len(one.steps) or 5,
        "done": one.held if in_circle else one.steps_done,
    }


def _open_change(goal: Goal | None) -> GoalVersion | None:
    """The latest change of a mentee's goal that the mentor did not nod to yet."""
    latest = next(iter(history_of(goal)), None) if goal else None
    return latest if latest and latest.partner_agreed_at is None else None


def _at_hand(shown: Home) -> list[AtHand]:
    """The links and files that one's programmes have for where one stands in each."""
    links = [AtHand(one.title, one.host, one.link, "link") for one in links_of(shown)]
    files = [
        AtHand(one.title, size_of(one.name, one.size), address(program_id, one.digest))
        for (program_id, _digest), one in files_of(shown).items()
    ]
    return links + files


def _may_invite(shown: Home) -> list[tuple[UUID, str]]:
    """One's own parts in which one may invite a colleague, each with the name of its programme."""
    lived = [(one.match.program, one.match.cohort, one.me.enrollment) for one in shown.running]
    waiting = [(one.program, one.cohort, one) for one in shown.waiting]
    return list(dict.fromkeys(
        (own.id, program.name) for program, cohort, own in (*lived, *waiting)
        if can_invite_colleagues(program, cohort, own)
    ))


def _promises(shown: Home) -> list[Step]:
    """Every open promise of one's own, in all matches."""
    items: list[ActionItem] = [item for one in shown.running for item in one.promises]
    return [
        Step(item.text, _("By %(day)s") % {"day": day_month(item.due_on)} if item.due_on else "", "", str(item.id),
             f"/promise/{item.id}")
        for item in items
    ]


def _when(one: Journey, zone: str) -> str:
    """The next session in words, with the partner's time when it differs."""
    if one.session is None:
        return ""
    theirs = clock_time(one.session.starts_at, one.partner.zone)
    if theirs == clock_time(one.session.starts_at, zone):
        return ""
    return _("%(time)s for %(name)s.") % {"time": theirs, "name": one.partner.first_name}


routes = [
    Route("/", show_home, name="home"),
    Route("/milestone/{id:uuid}", tick_milestone, methods=["POST"], name="milestone-tick"),
    Route("/promise/{id:uuid}", keep_promise, methods=["POST"], name="promise-tick"),
    Route("/alumni", alumni, methods=["POST"], name="alumni"),
    Route("/match/{id:uuid}/session", book, methods=["GET", "POST"], name="session-new"),
]
