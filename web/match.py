"""The Match screen: decide about a person, and have the first conversation in the calendar."""

from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.meeting import actions, queries
from server.journey.meeting.actions import Outcome
from server.journey.meeting.queries import MatchPage, Stage
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.states import DeclineReason, MatchState
from server.matches.steps import UNDO_ONE
from server.matchmaking.today.rules import parted_words
from server.sessions.slots import Slot as Time
from web.dates import clock_time, day_short, weekday
from web.explained import factors_of, fit_chip, reasons_of
from web.forms import Errors, choice, form_key, moment_of, read_form, text
from web.happened import booked_undo, changed_undo, meetings
from web.items import Slot, one_of
from web.leaving import show_ending
from web.offers import offer_on
from web.refusals import refusals_about
from web.render import go_to, page, speak_of
from web.stopped import way_on
from web.taken import taken_words, with_nearest
from web.toast import Toast


async def match(request: Request) -> Response:
    """Show the suggestion, and take the answer with the chosen time. A circle has a page of its own."""
    try:
        return await _match(request)
    except Conflict as refusal:
        if refusal.kind != "circle":
            raise
        return go_to(request, f"/circle/{request.path_params['id']}")


async def _match(request: Request) -> Response:
    match_id, errors, chosen, nearest = request.path_params["id"], Errors(), "", None
    if request.method == "POST":
        form = await read_form(request)
        chosen = text(form, "slot", 40)
        starts_at = moment_of(chosen)
        shown = await queries.match_page(request.state.actor, match_id)
        speak_of(shown.match.program)
        if starts_at is None and shown.slots:
            errors.add("slot", _("Choose a time."))
        else:
            try:
                return _go_on(request, shown, await _answer(request, shown, starts_at, form_key(form)))
            except (Conflict, Invalid) as refusal:
                nearest = getattr(refusal, "nearest", None)
                errors.add("slot", taken_words(refusal))
    return await _show(request, match_id, errors, chosen, nearest)


async def refusal(request: Request) -> Response:
    """Say no, kindly and without a form of reasons to fill in. The next suggestion follows in the same place."""
    match_id = request.path_params["id"]
    form = await read_form(request)
    reason = choice(DeclineReason, form, "reason") or DeclineReason.NOT_SAID
    try:
        await actions.decline(request.state.actor, match_id, reason, key=form_key(form), undo_within=UNDO_ONE)
    except Conflict as late:
        return go_to(request, f"/match/{match_id}", toast=Toast(late.message))
    following = await queries.following_match(request.state.actor)
    words = _("Thank you. We look for someone who suits you better.")
    where = f"/match/{following.id if following else match_id}"
    return go_to(request, where, toast=Toast(words, changed_undo(match_id)))


async def _answer(request: Request, shown: MatchPage, starts_at: datetime | None, key: str) -> Outcome:
    actor, match_id = request.state.actor, shown.match.id
    if shown.stage is Stage.CHOOSE_TIME and starts_at:
        return await actions.choose_time(actor, match_id, starts_at, key=key)
    return await actions.accept_and_book(actor, match_id, starts_at, key=key, undo_within=UNDO_ONE)


def _go_on(request: Request, shown: MatchPage, outcome: Outcome) -> Response:
    """On to what came of it, with the way back: of a yes with its time, or of a time alone."""
    only_the_time = shown.stage is Stage.CHOOSE_TIME
    undo = "" if only_the_time else changed_undo(outcome.match_id)
    if outcome.booked:
        undo = undo or (booked_undo(outcome.session_id) if outcome.session_id else "")
        return go_to(request, "/", toast=Toast(_("Booked. Both of you get an invitation."), undo))
    if outcome.state is MatchState.DRAFT:
        return go_to(request, "/", toast=Toast(parted_words()))
    if outcome.state is MatchState.CANCELLED:
        words = _("The last place was just taken. We look for someone else for you.")
        return go_to(request, f"/match/{outcome.match_id}", toast=Toast(words))
    return go_to(request, f"/match/{outcome.match_id}", toast=Toast(_("Your yes is in."), undo) if undo else None)


async def _show(
    request: Request, match_id: UUID, errors: Errors, chosen: str, nearest: Time | None
) -> Response:
    more = request.query_params.get("times") == "more"
    shown = await queries.match_page(request.state.actor, match_id, more_times=more)
    speak_of(shown.match.program)
    following = await queries.following_match(request.state.actor) if shown.stage is Stage.PASSED else None
    explanation, names, reader = shown.told
    offered = with_nearest(shown.slots, nearest)
    times = _slots(shown, offered, request.state.person.zone)
    is_late = bool(errors) and shown.stage not in (Stage.DECIDE, Stage.CHOOSE_TIME)
    return page(
        request, "match/match.html", status=409 if is_late else 422 if errors else 200,
        errors=Errors() if is_late else errors, shown=shown, stage=shown.stage,
        stages=Stage, times=times, buttons=_buttons(shown, offered),
        chosen=one_of(times, nearest.starts_at.isoformat() if nearest else chosen),
        why=reasons_of(explanation, names, reader) if explanation else [],
        factors=factors_of(explanation, names, reader) if explanation else [],
        fit=fit_chip(shown.match.fit), following=following, more=more,
        offer=await offer_on(request, has_booked=shown.has_chosen_a_time), here=request.url.path,
        refusals=refusals_about(shown.partner, shown.i_mentor), met=meetings(shown.met), of_circle=False,
        way=way_on(shown.match, request.state.person),
    )


def _slots(shown: MatchPage, offered: list[Time], zone: str) -> list[Slot]:
    """Each time in the viewer's zone, with the partner's below when it differs."""
    partner = shown.partner
    found = []
    for slot in offered:
        theirs = clock_time(slot.starts_at, partner.zone)
        same = theirs == clock_time(slot.starts_at, zone)
        short = day_short(slot.starts_at).partition(" ")[2]
        detail = short if same else _("%(day)s, %(time)s for %(name)s") % {
            "day": short, "time": theirs, "name": partner.first_name,
        }
        found.append(Slot(slot.starts_at.isoformat(), weekday(slot.starts_at), detail, clock_time(slot.starts_at)))
    return found


def _buttons(shown: MatchPage, offered: list[Time]) -> list[str]:
    """The main button's words for each time."""
    words = _("Accept and meet on %(day)s at %(time)s") if shown.i_mentor else _("Yes, %(day)s at %(time)s")
    return [words % {"day": weekday(slot.starts_at), "time": clock_time(slot.starts_at)} for slot in offered]


async def take_back(request: Request) -> Response:
    """Take back what one asked for, before it was answered."""
    try:
        await matches.cancel_match(request.state.actor, request.path_params["id"], undo_within=UNDO_ONE)
    except Conflict as late:
        return go_to(request, f"/match/{request.path_params['id']}", toast=Toast(late.message))
    return go_to(request, "/", toast=Toast(_("Taken back."), changed_undo(request.path_params["id"])))


async def undo(request: Request) -> Response:
    """Take back what one just did to a match: a no, a withdrawal, a pause, an end. Thanks come back into their form."""
    match_id, form = request.path_params["id"], await read_form(request)
    try:
        undone = await actions.undo_change(request.state.actor, match_id, key=form_key(form))
    except Conflict as late:
        return go_to(request, f"/match/{match_id}", toast=Toast(late.message))
    if undone.words:
        return await show_ending(request, thanks=undone.words, toast=Toast(_("Undone. Nobody got your words.")))
    words = _("Undone. It stands as before.") if undone.done else _("It is too late to undo this. It stays as it is.")
    return go_to(request, f"/match/{match_id}" if undone.done else "/", toast=Toast(words))


routes = [
    Route("/match/{id:uuid}", match, methods=["GET", "POST"], name="match"),
    Route("/match/{id:uuid}/refusal", refusal, methods=["POST"], name="match-refusal"),
    Route("/match/{id:uuid}/withdrawal", take_back, methods=["POST"], name="match-withdrawal"),
    Route("/match/{id:uuid}/undo", undo, methods=["POST"], name="match-undo"),
]
