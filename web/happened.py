"""Whether a session took place: it did not, it is moved on, it is entered afterwards; and a booking taken back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.talk.queries import booking_page
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.sessions import actions as sessions
from server.sessions.states import SessionState
from web.dates import clock_time, moment, weekday
from web.forms import Errors, integer, local_moment, moment_of, one_id, read_form, text
from web.render import go_to, page, speak_of
from web.toast import Toast

if TYPE_CHECKING:
    from server.sessions.models import Session

NOTE_LETTERS = 10_000
MINUTES_LEAST, MINUTES_MOST = 5, 480
FIELDS = {"starts_at": "at", "note-0": "note"}
"""The domain's names of fields, and the form's."""


async def presence(request: Request) -> Response:
    """Say that a session took place."""
    session_id = request.path_params["id"]
    try:
        await sessions.confirm_session(request.state.actor, session_id)
    except Conflict as refusal:
        return go_to(request, f"/session/{session_id}", toast=Toast(refusal.message))
    return go_to(request, f"/session/{session_id}", toast=Toast(_("Noted. You met.")))


async def absence(request: Request) -> Response:
    """Say that a session did not take place; with a time, move it there in the same tap."""
    actor, session_id = request.state.actor, request.path_params["id"]
    starts_at = moment_of(text(await read_form(request), "slot", 40))
    undo = f"/session/{session_id}/absence/undo"
    try:
        if starts_at is None:
            await sessions.report_no_show(actor, session_id)
            return go_to(request, f"/session/{session_id}", toast=Toast(_("Noted. These things happen."), undo))
        moved = await sessions.move_missed(actor, session_id, starts_at)
    except (Conflict, Invalid) as refusal:
        return go_to(request, f"/session/{session_id}", toast=Toast(_first(refusal)))
    words = _("Moved to %(day)s, %(time)s") % {"day": weekday(moved.starts_at), "time": clock_time(moved.starts_at)}
    return go_to(request, f"/session/{moved.id}", toast=Toast(words, undo, {"moved_to": str(moved.id)}))


async def absence_undo(request: Request) -> Response:
    """It took place after all, and the time it was moved to is free again."""
    actor, session_id = request.state.actor, request.path_params["id"]
    moved_to = one_id(await read_form(request), "moved_to")
    try:
        if moved_to:
            await sessions.undo_move_missed(actor, session_id, moved_to)
        else:
            await sessions.undo_no_show(actor, session_id)
    except Conflict as refusal:
        return go_to(request, f"/session/{session_id}", toast=Toast(refusal.message))
    return go_to(request, f"/session/{session_id}", toast=Toast(_("Undone. It counts as held.")))


async def booking_undo(request: Request) -> Response:
    """Take a booking back while nobody was told."""
    try:
        await sessions.undo_booking(request.state.actor, request.path_params["id"])
    except Conflict as refusal:
        return go_to(request, f"/session/{request.path_params['id']}", toast=Toast(refusal.message))
    return go_to(request, "/", toast=Toast(_("Undone. Nothing is booked.")))


async def past(request: Request) -> Response:
    """Enter a session that was held without being booked."""
    match_id, errors = request.path_params["id"], Errors()
    shown = await booking_page(request.state.actor, match_id)
    speak_of(shown.match.program)
    typed = {"on": "", "at": "", "minutes": str(shown.match.program.session_minutes), "note": ""}
    if request.method == "POST":
        form = await read_form(request)
        typed = {name: text(form, name, NOTE_LETTERS, lines=name == "note") for name in typed}
        starts_at = local_moment(form, "on", "at", errors)
        minutes = integer(form, "minutes", errors, least=MINUTES_LEAST, most=MINUTES_MOST)
        note = text(form, "note", NOTE_LETTERS, errors, lines=True)
        if not errors and starts_at:
            try:
                logged = await sessions.log_session(request.state.actor, match_id, starts_at, minutes, note=note)
                return go_to(request, f"/session/{logged.id}", toast=Toast(_("Written down. It counts.")))
            except Invalid as refusal:
                errors.update({FIELDS.get(name, name): words for name, words in refusal.fields.items()})
            except Conflict as refusal:
                errors.add("at", refusal.message)
    return page(
        request, "session/past.html", block="form", status=422 if errors else 200, errors=errors, shown=shown,
        typed=typed,
    )


async def booked_as_asked(actor: Actor, match_id: UUID, starts_at: datetime, form: FormData) -> Toast:
    """Book once, or a series if the form says how often; the word about it, with its Undo.

    Raises:
        Invalid: not that often, or no such time.
        Conflict: somebody was quicker.
    """
    weeks = text(form, "every_weeks", 2)
    if not weeks.isdecimal():
        session = await sessions.book_session(actor, match_id, starts_at)
        words = _("Booked for %(day)s, %(time)s") % {"day": weekday(starts_at), "time": clock_time(starts_at)}
        return Toast(words, booked_undo(session.id))
    times = text(form, "times", 2)
    made = await sessions.book_series(
        actor, match_id, starts_at, every_weeks=int(weeks), times=int(times) if times.isdecimal() else 0
    )
    words = _("Booked %(count)d times from %(day)s, %(time)s") % {
        "count": len(made), "day": weekday(starts_at), "time": clock_time(starts_at),
    }
    return Toast(words, f"/session/{made[0].id}/series/undo")


async def series_undo(request: Request) -> Response:
    """Take a series back while nobody was told."""
    try:
        await sessions.undo_series(request.state.actor, request.path_params["id"])
    except Conflict as refusal:
        return go_to(request, f"/session/{request.path_params['id']}", toast=Toast(refusal.message))
    return go_to(request, "/", toast=Toast(_("Undone. Nothing is booked.")))


def meetings(met: list[Session]) -> list[tuple[str, str, str]]:
    """Sessions as links: the address, when it is, and what became of it."""
    return [(f"/session/{one.id}", moment(one.starts_at), _became(one)) for one in met]


def _became(one: Session) -> str:
    if one.state is SessionState.NO_SHOW:
        return _("Did not take place")
    return _("Booked") if one.ends_at > clock.now() else _("Took place")


def booked_undo(session_id: UUID) -> str:
    """The address that takes a fresh booking back."""
    return f"/session/{session_id}/booking/undo"


def changed_undo(match_id: UUID) -> str:
    """The address that takes the last change of a match back."""
    return f"/match/{match_id}/undo"


async def change_undo(request: Request) -> Response:
    """Give a session its time back, or book it again, while nobody was told."""
    session_id = request.path_params["id"]
    try:
        await sessions.undo_session_change(request.state.actor, session_id)
    except (Conflict, Invalid) as refusal:
        return go_to(request, f"/session/{session_id}", toast=Toast(_first(refusal)))
    return go_to(request, f"/session/{session_id}", toast=Toast(_("Undone. It stands as before.")))


def _first(refusal: Conflict | Invalid) -> str:
    return refusal.message if isinstance(refusal, Conflict) else next(iter(refusal.fields.values()))


routes = [
    Route("/session/{id:uuid}/presence", presence, methods=["POST"], name="session-presence"),
    Route("/session/{id:uuid}/absence", absence, methods=["POST"], name="session-absence"),
    Route("/session/{id:uuid}/absence/undo", absence_undo, methods=["POST"], name="session-absence-undo"),
    Route("/session/{id:uuid}/booking/undo", booking_undo, methods=["POST"], name="session-booking-undo"),
    Route("/session/{id:uuid}/change/undo", change_undo, methods=["POST"], name="session-change-undo"),
    Route("/session/{id:uuid}/series/undo", series_undo, methods=["POST"], name="session-series-undo"),
    Route("/match/{id:uuid}/past-session", past, methods=["GET", "POST"], name="session-past"),
]
