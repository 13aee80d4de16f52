"""Pausing, finishing and leaving: each says first what it means for the other person, then takes one word."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.leaving import actions, queries
from server.kernel import clock
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.states import MatchState
from server.matches.steps import UNDO_ONE
from web.dates import zone
from web.forms import Errors, day, read_form, text
from web.guides import closing_guide
from web.happened import changed_undo
from web.render import go_to, page, speak_of
from web.toast import Toast

MONTH = timedelta(days=30)
LETTERS = 5000


async def ending(request: Request) -> Response:
    """What a pause or an end would mean for this match."""
    return await show_ending(request)


async def show_ending(
    request: Request, errors: Errors | None = None, *, thanks: str = "", toast: Toast | None = None
) -> Response:
    """The page to pause or finish on, with thanks that were written."""
    try:
        shown = await queries.ending_page(request.state.actor, request.path_params["id"])
        speak_of(shown.match.program)
    except Conflict:
        return go_to(request, f"/match/{request.path_params['id']}")
    return page(
        request, "leaving/ending.html", status=422 if errors else 200, errors=errors or Errors(), shown=shown,
        partner=shown.partner, has_run=shown.match.state is MatchState.DURATION_COMPLETED, toast=toast,
        may_pause=shown.may_pause, in_a_month=_in_a_month(), thanks=thanks, guide=closing_guide(shown.match, shown.me),
    )


async def finish(request: Request) -> Response:
    """End the match without blame, or close it after its last day, with a word of thanks if there is one."""
    actor, match_id, errors = request.state.actor, request.path_params["id"], Errors()
    form = await read_form(request)
    thanks = text(form, "thanks", LETTERS, errors, lines=True)
    if errors:
        return await show_ending(request, errors, thanks=thanks)
    try:
        shown = await queries.ending_page(actor, match_id)
        speak_of(shown.match.program)
        await actions.finish_match(actor, match_id, thanks, undo_within=UNDO_ONE)
    except Conflict as late:
        return go_to(request, f"/match/{match_id}", toast=Toast(late.message))
    words = _("Finished. %(name)s is told kindly.") % {"name": shown.partner.first_name}
    if shown.circle is None:
        return go_to(request, "/", toast=Toast(words, changed_undo(match_id)))
    if shown.match.state is MatchState.DURATION_COMPLETED:
        return go_to(request, "/", toast=Toast(_("Thank you. Your circle closes by itself.")))
    return go_to(request, "/", toast=Toast(_("You have left your circle. It goes on."), changed_undo(match_id)))


async def pause(request: Request) -> Response:
    """Let the match rest until a day."""
    until, errors = await _until(request)
    actor, match_id = request.state.actor, request.path_params["id"]
    return await _saved(
        request, errors, lambda: matches.pause_match(actor, match_id, until, undo_within=UNDO_ONE), show_ending,
        undo=changed_undo(match_id),
    )


async def keep(request: Request) -> Response:
    """Say that a match goes on that would end because nobody met."""
    match_id = request.path_params["id"]
    try:
        await matches.keep_match(request.state.actor, match_id)
    except Conflict as refusal:
        return go_to(request, "/", toast=Toast(refusal.message))
    return go_to(request, f"/match/{match_id}/session", toast=Toast(_("Noted. Choose a time for the two of you.")))


async def resume(request: Request) -> Response:
    """Go on with a match that rests."""
    try:
        await matches.resume_match(request.state.actor, request.path_params["id"], undo_within=UNDO_ONE)
    except Conflict as refusal:
        return go_to(request, "/", toast=Toast(refusal.message))
    words = _("You go on. Choose a time when you would like to talk.")
    return go_to(request, "/", toast=Toast(words, changed_undo(request.path_params["id"])))


async def leaving(request: Request) -> Response:
    """What leaving a programme would mean; a break is offered first."""
    return await _leaving(request, Errors())


async def leave(request: Request) -> Response:
    """Step out of a programme, or say no to its invitation."""
    try:
        left = await actions.leave_program(
            request.state.actor, request.path_params["id"], undo_within=UNDO_ONE
        )
    except Conflict as late:
        return go_to(request, "/", toast=Toast(late.message))
    words = _("You have left %(program)s.") % {"program": (await left.program).name}
    return go_to(request, "/", toast=Toast(words, f"/enrollment/{left.id}/withdrawal/undo"))


async def leave_undo(request: Request) -> Response:
    """Take part as before, while nobody was told that one left."""
    try:
        undone = await actions.undo_decision(request.state.actor, request.path_params["id"])
    except Conflict as late:
        words = _("%(why)s You have left; write to the programme to come back.") % {"why": late.message}
        return go_to(request, "/", toast=Toast(words))
    words = _("Undone. You take part as before.")
    late_words = _("It is too late to undo this. You can join the next group.")
    return go_to(request, "/", toast=Toast(words if undone else late_words))


async def take_break(request: Request) -> Response:
    """Take a break from a programme until a day."""
    place_id = request.path_params["id"]
    until, errors = await _until(request)
    return await _saved(
        request, errors, lambda: actions.take_break(request.state.actor, place_id, until, undo_within=UNDO_ONE),
        _leaving, undo=_break_undo(request),
    )


async def come_back(request: Request) -> Response:
    """End one's break."""
    try:
        await actions.come_back(request.state.actor, request.path_params["id"], undo_within=UNDO_ONE)
    except Conflict as late:
        return go_to(request, "/", toast=Toast(late.message))
    return go_to(request, "/", toast=Toast(_("Welcome back."), _break_undo(request)))


async def break_undo(request: Request) -> Response:
    """Take the last word on one's break back, while nobody was told."""
    try:
        undone = await actions.undo_break(request.state.actor, request.path_params["id"])
    except Conflict as late:
        return go_to(request, "/", toast=Toast(late.message))
    words = _("Undone. It stands as before.") if undone else _("It is too late to undo this. It stays as it is.")
    return go_to(request, "/", toast=Toast(words))


def _break_undo(request: Request) -> str:
    return f"/enrollment/{request.path_params['id']}/break/undo"


async def _until(request: Request) -> tuple[date | None, Errors]:
    """The day that was chosen, or the error that says to choose one."""
    errors = Errors()
    until = day(await read_form(request), "until", errors)
    if until is None and not errors:
        errors.add("until", _("Choose a day."))
    return until, errors


async def _saved(
    request: Request, errors: Errors, act: Callable[[], Awaitable[object]],
    again: Callable[[Request, Errors], Awaitable[Response]], *, undo: str = "",
) -> Response:
    if not errors:
        try:
            await act()
            return go_to(request, "/", toast=Toast(_("Paused. It goes on by itself."), undo))
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as late:
            return go_to(request, "/", toast=Toast(late.message))
    return await again(request, errors)


async def _leaving(request: Request, errors: Errors) -> Response:
    shown = await queries.leaving_page(request.state.actor, request.path_params["id"])
    speak_of(shown.enrollment.program)
    return page(
        request, "leaving/leaving.html", status=422 if errors else 200, errors=errors, shown=shown,
        in_a_month=_in_a_month(), partners=shown.partners,
    )


def _in_a_month() -> str:
    return (clock.today(zone()) + MONTH).isoformat()


routes = [
    Route("/match/{id:uuid}/ending", ending, name="match-ending"),
    Route("/match/{id:uuid}/closure", finish, methods=["POST"], name="match-closure"),
    Route("/match/{id:uuid}/pause", pause, methods=["POST"], name="match-pause"),
    Route("/match/{id:uuid}/keeping", keep, methods=["POST"], name="match-keeping"),
    Route("/match/{id:uuid}/resumption", resume, methods=["POST"], name="match-resumption"),
    Route("/enrollment/{id:uuid}/leaving", leaving, name="leaving"),
    Route("/enrollment/{id:uuid}/withdrawal", leave, methods=["POST"], name="leaving-word"),
    Route("/enrollment/{id:uuid}/withdrawal/undo", leave_undo, methods=["POST"], name="leaving-undo"),
    Route("/enrollment/{id:uuid}/break", take_break, methods=["POST"], name="break"),
    Route("/enrollment/{id:uuid}/break/undo", break_undo, methods=["POST"], name="break-undo"),
    Route("/enrollment/{id:uuid}/return", come_back, methods=["POST"], name="break-end"),
]
