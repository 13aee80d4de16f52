"""The Session screen: a good conversation and a written outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.meeting.actions import Wrapped, save_and_book_next
from server.journey.talk.queries import SessionPage, session_page
from server.kernel import clock
from server.kernel.db import Json, once
from server.kernel.errors import Conflict, Invalid
from server.kernel.ids import parse_id
from server.kernel.text import gettext as _
from server.matches.company import Circle, company_of
from server.sessions import actions as sessions
from server.sessions.queries import my_next_sessions, own_session
from server.sessions.states import NoteVisibility, Seen, SessionState, mark_of
from server.sessions.times import slots_for_match
from web.attending import coming_words
from web.dates import clock_time, day_short, weekday, when_words
from web.forms import Errors, choice, day, form_key, ids, moment_of, read_form, text, ticked, typed_in
from web.guides import before_session
from web.happened import booked_undo
from web.items import Slot, Topic, one_of
from web.render import go_to, page, speak_of
from web.stopped import way_on
from web.toast import Toast

if TYPE_CHECKING:
    from server.matches.company import Company
    from server.sessions.models import SessionNote

NOTE_LETTERS, TOPIC_LETTERS, PROMISE_LETTERS, LINK_LETTERS = 10_000, 200, 300, 500
NOT_NOW = "none"
BLANK: dict[str, object] = {"key": "", "new_topic": "", "promise": "", "promise_due_on": "", "milestone_done": False}
MANY_SLOTS = 6
FIELDS = {"starts_at": "next", "due_on": "promise_due_on", "text": "promise", "topic": "new_topic"}
"""The domain's names of fields, and the form's, so that an error stands at the field that it speaks of."""


async def next_one(request: Request) -> Response:
    """The session that comes next, or the way to one."""
    ahead = await my_next_sessions(request.state.actor)
    booked = next((one for one in ahead if one.state is SessionState.SCHEDULED), None)
    if booked:
        return go_to(request, f"/session/{booked.id}")
    return page(request, "session/none.html", held=next(iter(ahead), None))


async def session(request: Request) -> Response:
    """Show a session; keep what was written and go on as the pressed button says."""
    session_id, errors = request.path_params["id"], Errors()
    typed: dict[str, object] = dict(BLANK)
    if request.method == "POST":
        form = await read_form(request)
        wrapped = _wrapped(form, errors)
        typed = _typed(form)
        if not errors:
            try:
                return await _carry_on(request, session_id, form, wrapped)
            except Invalid as refusal:
                errors.update({FIELDS.get(name, name): words for name, words in refusal.fields.items()})
            except Conflict as refusal:
                errors.add("next", refusal.message)
    return await _show(request, session_id, errors, typed)


async def _show(
    request: Request, session_id: UUID, errors: Errors, typed: dict[str, object], *, status: int = 422
) -> Response:
    shown = await session_page(request.state.actor, session_id, widen=request.query_params.get("weeks") == "3")
    speak_of(shown.match.program)
    return page(
        request, "session/session.html", block="form", errors=errors if shown.is_open or "" in errors else Errors(),
        status=(status if shown.is_open else 409) if errors else 200, way=way_on(shown.match, request.state.person),
        lost=[] if shown.is_open else typed_in(request), **_words(shown, typed, request.state.person.id),
    )


async def save_notes(request: Request) -> Response:
    """Keep the note while it is being written; answers with the moment it was saved."""
    form, errors = await read_form(request), Errors()
    held = await own_session(request.state.actor, request.path_params["id"])
    visibility = choice(NoteVisibility, form, "visibility") or NoteVisibility.SHARED
    notes = _notes(form, errors)
    if not errors:
        try:
            await sessions.write_note(request.state.actor, held.id, visibility, notes, seen=_seen(form))
        except (Invalid, Conflict) as refusal:
            errors.add("notes", refusal.message)
    return page(
        request, "session/saved.html", block="saved", status=422 if errors else 200, errors={},
        title=_title(held.number, company_of(held.match, request.state.actor.person_id)), session_id=held.id,
        saved_at=clock_time(clock.now()), problem=errors.get("notes", next(iter(errors.values()), "")),
    )


async def move(request: Request) -> Response:
    """Choose another time for a session."""
    actor, session_id, errors, chosen = request.state.actor, request.path_params["id"], Errors(), ""
    if request.method == "POST":
        held = await own_session(actor, session_id)
        form = await read_form(request)
        chosen = text(form, "slot", 40)
        starts_at = moment_of(chosen)
        if starts_at is None:
            errors.add("slot", _("Choose a time."))
        else:
            try:
                following = ticked(form, "following") and held.series_id
                await (sessions.move_following if following else sessions.move_session)(actor, session_id, starts_at)
                words = _("Moved to %(day)s, %(time)s") % {"day": weekday(starts_at), "time": clock_time(starts_at)}
                undo = f"/session/{session_id}/change/undo"
                return go_to(request, f"/session/{session_id}", toast=Toast(words, undo))
            except (Conflict, Invalid) as refusal:
                errors.add("slot", refusal.message)
    return await _show_move(request, errors, chosen)


async def _show_move(request: Request, errors: Errors, chosen: str = "", *, place: str | None = None) -> Response:
    actor, session_id = request.state.actor, request.path_params["id"]
    shown = await session_page(actor, session_id)
    speak_of(shown.match.program)
    found = await slots_for_match(actor, shown.match.id, MANY_SLOTS, besides=[session_id])
    times = [_slot(one.starts_at, shown) for one in found]
    return page(
        request, "session/move.html", block="form", status=422 if errors else 200, errors=errors, shown=shown,
        times=times, chosen=one_of(times, chosen), place=shown.own_link if place is None else place,
    )


async def place(request: Request) -> Response:
    """Give a session a call of its own."""
    session_id = request.path_params["id"]
    typed = text(await read_form(request), "place", LINK_LETTERS)
    try:
        await sessions.place_session(request.state.actor, session_id, typed)
    except Invalid as refusal:
        return await _show_move(request, Errors(refusal.fields), place=typed)
    except Conflict as refusal:
        return go_to(request, f"/session/{session_id}", toast=Toast(refusal.message))
    return go_to(request, f"/session/{session_id}", toast=Toast(_("Kept."), f"/session/{session_id}/change/undo"))


async def cancel(request: Request) -> Response:
    """Call a session off, and those after it if it is one of a series and the box is ticked."""
    session_id, following = request.path_params["id"], ticked(await read_form(request), "following")
    try:
        await (sessions.cancel_following if following else sessions.cancel_session)(request.state.actor, session_id)
    except Conflict as refusal:
        return await _show(request, session_id, Errors({"": refusal.message}), dict(BLANK), status=409)
    undo = f"/session/{session_id}/change/undo"
    return go_to(request, "/", toast=Toast(_("Called off. A skipped session is normal."), undo))


async def _carry_on(request: Request, session_id: UUID, form: FormData, wrapped: Wrapped) -> Response:
    """Save, then what the button says: another topic, another order, or the end of the session."""
    actor, (act, _dash, rest) = request.state.actor, text(form, "do", 60).partition("-")
    if act == "save":
        done = await save_and_book_next(actor, session_id, wrapped, key=form_key(form))
        if done["next_session_id"]:
            undo = booked_undo(UUID(done["next_session_id"]))
            return go_to(request, "/", toast=Toast(_("Saved, and the next session is booked."), undo))
        return go_to(request, "/", toast=Toast(_("Saved.")))
    await sessions.write_note(actor, session_id, wrapped.visibility, wrapped.notes, seen=wrapped.seen)
    await sessions.set_talked_about(actor, session_id, wrapped.talked_about)
    topic = text(form, "new_topic", TOPIC_LETTERS)

    async def change() -> Json:
        if act == "topic":
            await sessions.add_topic(actor, session_id, topic)
        elif (item_id := parse_id(rest)) and act in ORDER:
            await ORDER[act](request, item_id)
        return {}

    await once(actor, form_key(form, act, rest, topic if act == "topic" else ""), change)
    typed = {**_typed(form), "new_topic": "", "key": ""}
    del typed["marks"]      # saved as they stand: the next page begins from there
    if any(typed[name] for name in ("promise", "promise_due_on", "milestone_done")):
        return await _show(request, session_id, Errors(), typed)   # a new page would forget what is not saved yet
    return go_to(request, f"/session/{session_id}")


async def _up(request: Request, item_id: UUID) -> None:
    await sessions.move_topic(request.state.actor, item_id, -1)


async def _down(request: Request, item_id: UUID) -> None:
    await sessions.move_topic(request.state.actor, item_id, 1)


async def _remove(request: Request, item_id: UUID) -> None:
    await sessions.remove_topic(request.state.actor, item_id)


ORDER: dict[str, Callable[[Request, UUID], Awaitable[None]]] = {"up": _up, "down": _down, "remove": _remove}


def _wrapped(form: FormData, errors: Errors) -> Wrapped:
    following = text(form, "next", 40)
    milestone = parse_id(text(form, "milestone", 40))
    return Wrapped(
        visibility=choice(NoteVisibility, form, "visibility") or NoteVisibility.SHARED,
        notes=_notes(form, errors), seen=_seen(form), talked_about=ids(form, "topic"),
        milestones_done=[milestone] if milestone and ticked(form, "milestone_done") else [],
        promise=text(form, "promise", PROMISE_LETTERS, errors), promise_due_on=day(form, "promise_due_on", errors),
        next_at=moment_of(following),
    )


def _notes(form: FormData, errors: Errors) -> dict[int, str]:
    """The note fields that were sent, by prompt number."""
    return {
        number: text(form, name, NOTE_LETTERS, errors, lines=True) for number, name in _numbered(form, "note-").items()
    }


def _seen(form: FormData) -> Seen:
    """The page that was written on, and what its notes said when it was shown."""
    marks = {number: text(form, name, 20) for number, name in _numbered(form, "seen-").items()}
    return Seen(form_key(form), marks)


def _numbered(form: FormData, prefix: str) -> dict[int, str]:
    """The names of fields that differ by a prompt's number alone, by that number."""
    names = {name.removeprefix(prefix): name for name in form if name.startswith(prefix)}
    return {int(number): name for number, name in names.items() if number.isdecimal() and len(number) < 3}


def _typed(form: FormData) -> dict[str, object]:
    """What was typed, to be shown again beside an error."""
    return {
        "notes": _notes(form, Errors()), "topics": {str(one) for one in ids(form, "topic")},
        "visibility": text(form, "visibility", 20), "next": text(form, "next", 40),
        "promise": text(form, "promise", PROMISE_LETTERS), "promise_due_on": text(form, "promise_due_on", 40),
        "new_topic": text(form, "new_topic", TOPIC_LETTERS), "milestone_done": ticked(form, "milestone_done"),
        "key": form_key(form), "marks": _seen(form).marks,
    }


def _words(shown: SessionPage, typed: dict[str, object], viewer_id: UUID) -> dict[str, Any]:
    notes = {number: note.words for number, note in shown.mine.items()}
    marks = {number: mark_of(notes.get(number, "")) for number, _prompt in enumerate(shown.prompts)}
    ticked_topics = typed.get("topics")
    topics = [
        Topic(str(one.id), one.topic, one.question, one.minutes,
              str(one.id) in ticked_topics if isinstance(ticked_topics, set) else one.talked_about)
        for one in shown.topics
    ]
    times = [_slot(one.starts_at, shown) for one in shown.next_slots[:1]]
    others = [_slot(one.starts_at, shown) for one in shown.next_slots[1:]]
    return {
        "shown": shown, "topics": topics, "notes": typed.get("notes", notes), "typed": typed,
        "marks": typed.get("marks", marks),
        "visibility": typed.get("visibility") or shown.visibility.value,
        "times": [*times, *others, Slot(NOT_NOW, _("Not now"))],
        "chosen": typed.get("next") or (times[0].value if times else NOT_NOW),
        "title": _title(shown.session.number, shown.partner), "to_read": _to_read(shown),
        "coming": coming_words(shown, viewer_id) if shown.circle else None,
        "guide": before_session(shown, viewer_id),
        "missed": next((_slot(one.starts_at, shown) for one in shown.missed_slots), None),
    }


def _to_read(shown: SessionPage) -> list[tuple[str, str]]:
    """Notes that stand to be read, each below its author and question; one's own once they can't be changed."""
    own = [] if shown.is_open else [note for note in shown.mine.values() if note.words]
    return [
        *((_("You, %(prompt)s") % {"prompt": _prompt(shown, note)}, note.words) for note in own),
        *((_("%(name)s, %(prompt)s") % {"name": shown.names[note.author_id], "prompt": _prompt(shown, note)},
           note.words) for note in shown.theirs),
    ]


def _prompt(shown: SessionPage, note: SessionNote) -> str:
    return shown.prompts[note.prompt] if note.prompt < len(shown.prompts) else ""


def _title(number: int, company: Company) -> str:
    if isinstance(company, Circle):
        return _("Meeting %(number)s of your circle") % {"number": number}
    return _("Session %(number)s with %(name)s") % {"number": number, "name": company.first_name}


def _slot(when: datetime, shown: SessionPage) -> Slot:
    """A time for the next session: its day, how far away, and the hour."""
    name = f"{weekday(when)} {day_short(when).partition(' ')[2]}"
    away, company = when_words(when).capitalize(), shown.partner
    detail = away if isinstance(company, Circle) else _("%(when)s. %(time)s for %(name)s") % {
        "when": away, "time": clock_time(when, company.zone), "name": company.first_name,
    }
    return Slot(when.isoformat(), name, detail, clock_time(when))


routes = [
    Route("/session", next_one, name="session-next"),
    Route("/session/{id:uuid}", session, methods=["GET", "POST"], name="session"),
    Route("/session/{id:uuid}/notes", save_notes, methods=["POST"], name="session-notes"),
    Route("/session/{id:uuid}/time", move, methods=["GET", "POST"], name="session-time"),
    Route("/session/{id:uuid}/call", place, methods=["POST"], name="session-call"),
    Route("/session/{id:uuid}/cancellation", cancel, methods=["POST"], name="session-cancellation"),
]
