"""The Match screen: decide about a person, and have the first conversation in the calendar."""

from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.meeting import actions, queries
from server.journey.meeting.actions import Outcome
from server.journey.meeting.queries import MatchPage, Stage
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches.states import DeclineReason, MatchState
from server.matchmaking.engine.wording import Reader
from web.dates import clock_time, day_short, weekday
from web.explained import factors_of, fit_chip, names_of, reasons_of
from web.forms import Errors, choice, form_key, moment_of, read_form, text
from web.items import Slot, one_of
from web.render import go_to, page
from web.toast import Toast

REFUSALS = {
    True: (DeclineReason.NO_ROOM, DeclineReason.TIMES, DeclineReason.KNOW_EACH_OTHER, DeclineReason.NOT_SAID),
    False: (DeclineReason.CLOSER_TO_GOAL, DeclineReason.TIMES, DeclineReason.KNOW_EACH_OTHER, DeclineReason.NOT_SAID),
}
"""What a mentor (True) and a mentee (False) may answer to "What would suit you better?"."""


async def match(request: Request) -> Response:
    """Show the suggestion, and take the answer with the chosen time."""
    match_id, errors, chosen = request.path_params["id"], Errors(), ""
    if request.method == "POST":
        form = await read_form(request)
        chosen = text(form, "slot", 40)
        starts_at = moment_of(chosen)
        shown = await queries.match_page(request.state.actor, match_id)
        if starts_at is None and shown.slots:
            errors.add("slot", _("Choose a time."))
        else:
            try:
                return _go_on(request, await _answer(request, shown, starts_at, form_key(form)))
            except Conflict as refusal:
                errors.add("slot", refusal.message)
                chosen = _nearest(refusal) or chosen
    return await _show(request, match_id, errors, chosen)


async def refusal(request: Request) -> Response:
    """Say no, kindly and without a form of reasons to fill in."""
    match_id = request.path_params["id"]
    form = await read_form(request)
    reason = choice(DeclineReason, form, "reason") or DeclineReason.NOT_SAID
    await actions.decline(request.state.actor, match_id, reason, key=form_key(form))
    following = await queries.following_match(request.state.actor)
    words = _("Thank you. We look for someone who suits you better.")
    return go_to(request, f"/match/{following.id}" if following else "/", toast=Toast(words))


async def _answer(request: Request, shown: MatchPage, starts_at: datetime | None, key: str) -> Outcome:
    actor, match_id = request.state.actor, shown.match.id
    if shown.stage is Stage.CHOOSE_TIME and starts_at:
        return await actions.choose_time(actor, match_id, starts_at, key=key)
    return await actions.accept_and_book(actor, match_id, starts_at, key=key)


def _go_on(request: Request, outcome: Outcome) -> Response:
    if outcome.booked:
        return go_to(request, "/", toast=Toast(_("Booked. Both of you get an invitation.")))
    if outcome.state is MatchState.CANCELLED:
        words = _("The last place was just taken. We look for someone else for you.")
        return go_to(request, f"/match/{outcome.match_id}", toast=Toast(words))
    return go_to(request, f"/match/{outcome.match_id}")


async def _show(request: Request, match_id: UUID, errors: Errors, chosen: str) -> Response:
    more = request.query_params.get("times") == "more"
    shown = await queries.match_page(request.state.actor, match_id, more_times=more)
    following = await queries.following_match(request.state.actor) if shown.stage is Stage.PASSED else None
    reader = Reader.MENTOR if shown.i_mentor else Reader.MENTEE
    names, explanation = names_of(shown.match), shown.explanation
    times = _slots(shown, request.state.person.zone)
    return page(
        request, "match/match.html", status=422 if errors else 200, errors=errors, shown=shown, stage=shown.stage,
        stages=Stage, times=times, buttons=_buttons(shown), chosen=one_of(times, chosen),
        why=reasons_of(explanation, names, reader) if explanation else [],
        factors=factors_of(explanation, names, reader) if explanation else [],
        fit=fit_chip(shown.match.fit), following=following, more=more,
        refusals=[(one.value, _refusal_words(one, shown)) for one in REFUSALS[shown.i_mentor]],
    )


def _slots(shown: MatchPage, zone: str) -> list[Slot]:
    """Each time in the viewer's zone, with the partner's below when it differs."""
    partner = shown.partner
    found = []
    for slot in shown.slots:
        theirs = clock_time(slot.starts_at, partner.zone)
        same = theirs == clock_time(slot.starts_at, zone)
        short = day_short(slot.starts_at).partition(" ")[2]
        detail = short if same else _("%(day)s, %(time)s for %(name)s") % {
            "day": short, "time": theirs, "name": partner.first_name,
        }
        found.append(Slot(slot.starts_at.isoformat(), weekday(slot.starts_at), detail, clock_time(slot.starts_at)))
    return found


def _buttons(shown: MatchPage) -> list[str]:
    """The main button's words for each time."""
    words = _("Accept and meet on %(day)s at %(time)s") if shown.i_mentor else _("Yes, %(day)s at %(time)s")
    return [words % {"day": weekday(slot.starts_at), "time": clock_time(slot.starts_at)} for slot in shown.slots]


def _refusal_words(reason: DeclineReason, shown: MatchPage) -> str:
    return {
        DeclineReason.CLOSER_TO_GOAL: _("Someone closer to my goal"),
        DeclineReason.TIMES: _("Times don’t work for me"),
        DeclineReason.KNOW_EACH_OTHER: _("I know %(name)s already") % {"name": shown.partner.first_name},
        DeclineReason.NO_ROOM: _("I have no room just now"),
        DeclineReason.NOT_SAID: _("I’d rather not say"),
    }[reason]


def _nearest(refusal: Conflict) -> str:
    nearest = getattr(refusal, "nearest", None)
    return nearest.starts_at.isoformat() if nearest else ""


routes = [
    Route("/match/{id:uuid}", match, methods=["GET", "POST"], name="match"),
    Route("/match/{id:uuid}/refusal", refusal, methods=["POST"], name="match-refusal"),
]
