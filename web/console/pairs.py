"""The pair record: what happened to two people, and what their programme's manager does about it."""

from datetime import timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.queries import course_of
from server.journey.meeting.actions import undo_change
from server.journey.record import actions, queries
from server.journey.record.queries import PLANNED_AHEAD, Standing
from server.kernel import clock
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.queries import is_circle
from server.matches.states import RUNNING, ClosureReason, MatchState
from server.matches.steps import UNDO_ONE
from web.console import message_words, skipping, timeline_words
from web.console import pair_words as words
from web.dates import day_long, zone
from web.forms import Errors, choice, day, integer, read_form, text
from web.render import go_to, page, speak_of
from web.toast import Toast

QUEUE = "/console/matches"
EVENTS_SHOWN = 8
NOTE_LETTERS, DAY_LETTERS = 5_000, 20
MONTH, QUARTER = timedelta(days=30), timedelta(days=91)


async def show(request: Request) -> Response:
    """One pair. What still waits for the manager's word is read in the queue."""
    return await _show(request)


async def pause(request: Request) -> Response:
    """Let the pair rest until a day, with ten seconds to undo it."""
    form, errors = await read_form(request), Errors()
    until = day(form, "until", errors)
    if until is None:
        errors.add("until", _("Choose a day."))
    if not errors:
        try:
            await matches.pause_match(request.state.actor, _id(request), until, undo_within=UNDO_ONE)
            return _done(request, _("Paused. Both are told when they go on."))
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as refusal:
            return await _show(request, refused=refusal.message)
    return await _show(request, errors=errors, dates={"until": text(form, "until", DAY_LETTERS)})


async def resume(request: Request) -> Response:
    """Let the pair go on before its day."""
    try:
        await matches.resume_match(request.state.actor, _id(request), undo_within=UNDO_ONE)
    except Conflict as refusal:
        return await _show(request, refused=refusal.message)
    return _done(request, _("They go on. Both are told."))


async def end(request: Request) -> Response:
    """End the pair kindly, with a reason that only managers see; or close what ran its time."""
    actor, errors = request.state.actor, Errors()
    reason = choice(ClosureReason, await read_form(request), "reason")
    if reason is None:
        errors.add("reason", _("Choose a reason. Only managers see it."))
        return await _show(request, errors=errors)
    try:
        await matches.end_match(actor, _id(request), reason, undo_within=UNDO_ONE)
    except Conflict as refusal:
        return await _show(request, refused=refusal.message)
    return _done(request, _("Ended kindly. Neither is told the reason."))


async def lengthen(request: Request) -> Response:
    """Give a circle a later last day, with ten seconds to undo it."""
    form, errors = await read_form(request), Errors()
    ends_on = day(form, "ends_on", errors)
    if ends_on is None:
        errors.add("ends_on", _("Choose a day."))
    else:
        try:
            await matches.extend_circle(request.state.actor, _id(request), ends_on)
            return _done(request, _("They go on until %(day)s. All are told.") % {"day": day_long(ends_on)})
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as refusal:
            return await _show(request, refused=refusal.message)
    return await _show(request, errors=errors, dates={"ends_on": text(form, "ends_on", DAY_LETTERS)})


async def another_mentor(request: Request) -> Response:
    """Look for another mentor for the mentee."""
    try:
        made = await actions.find_another_mentor(request.state.actor, _id(request))
    except Conflict as refusal:
        return await _show(request, refused=refusal.message)
    if made.id == _id(request):
        return _done(request, _("They part without blame. The next suggestion comes to Matches."))
    return go_to(request, f"{QUEUE}?pair={made.id}", toast=Toast(_("The next best is suggested. Nobody is told yet.")))


async def offer(request: Request) -> Response:
    """Offer the place that this end left to the first in line."""
    try:
        made = await actions.offer_the_place(request.state.actor, _id(request))
    except Conflict as refusal:
        return await _show(request, refused=refusal.message)
    told = Toast(_("The first in line is suggested. Nobody is told yet."))
    return go_to(request, f"{QUEUE}?pair={made.id}", toast=told)


async def undo(request: Request) -> Response:
    """Take the last change back while nobody was told."""
    try:
        undone = (await undo_change(request.state.actor, _id(request))).done
    except Conflict as refusal:
        return await _show(request, refused=refusal.message)
    said = _("Taken back. Nobody was told.") if undone else _("Too late to undo: they have been told.")
    return go_to(request, address(request), toast=Toast(said))


async def note(request: Request) -> Response:
    """Keep the managers' note."""
    form, errors = await read_form(request), Errors()
    typed = text(form, "words", NOTE_LETTERS, errors, lines=True)
    try:
        if not errors:
            version = integer(form, "version") or 0
            await matches.write_note(request.state.actor, _id(request), typed, version=version)
            return go_to(request, f"{address(request)}#note", toast=Toast(_("Note kept.")))
    except Invalid as refusal:
        errors.take(refusal)
    except Conflict as refusal:
        errors.add("words", refusal.message)
    return await _show(request, errors=errors, typed=typed)


async def skip(request: Request) -> Response:
    """Skip one message that would go by itself, or plan it after all."""
    try:
        return await skipping.done(request, address(request), "planned")
    except Conflict as refusal:
        return await _show(request, refused=refusal.message)


def address(request: Request) -> str:
    """The record of this pair."""
    return f"{QUEUE}/{_id(request)}"


def _id(request: Request) -> UUID:
    match_id: UUID = request.path_params["id"]
    return match_id


def _done(request: Request, said: str) -> Response:
    here = address(request)
    return go_to(request, here, toast=Toast(said, f"{here}/undo"))


async def _show(
    request: Request, *, errors: Errors | None = None, refused: str = "", typed: str | None = None,
    dates: dict[str, str] | None = None,
) -> Response:
    shown = await queries.pair_record(request.state.actor, _id(request))
    speak_of(shown.match.program)
    if shown.standing is Standing.REVIEW or shown.match.state is MatchState.AWAITING_ADMIN:
        return go_to(request, f"{QUEUE}?pair={shown.match.id}")
    events, whole = timeline_words.timeline(shown), request.query_params.get("events") == "all"
    kept = shown.note.words if shown.note else ""
    course = await course_of(request.state.actor, shown.subjects, until=clock.now() + PLANNED_AHEAD)
    names = {one.recipient_id: one.recipient.first_name for one in course.messages}
    names |= {one.person_id: one.person.first_name for one in shown.match.members}
    today = clock.today(zone())
    return page(
        request, "console/record.html", status=409 if refused else 422 if errors else 200, errors=errors or Errors(),
        shown=shown, of_circle=is_circle(shown.match), here=address(request), dates=dates or {},
        title=words.title(shown), briefing=words.briefing(shown),
        state=words.state(shown), stages_shown=words.stages(shown), facts_shown=words.facts(shown),
        moments=events if whole else events[:EVENTS_SHOWN], more=0 if whole else len(events) - EVENTS_SHOWN,
        all_events=len(events), goals=words.goals(shown), again=words.again(shown),
        planned=timeline_words.planned(shown, message_words.coming(course, names)),
        sent=message_words.messages(course, names),
        runs=shown.match.state in RUNNING, note_words=kept if typed is None else typed,
        newer=kept if typed is not None and typed != kept else "", note_said=words.note_said(shown),
        reasons=words.closing_reasons(), in_a_month=(today + MONTH).isoformat(), refused=refused,
        in_a_quarter=(max(today, shown.match.ends_on or today) + QUARTER).isoformat(),
    )


routes = [
    Route(f"{QUEUE}/{{id:uuid}}", show, name="console-pair"),
    Route(f"{QUEUE}/{{id:uuid}}/pause", pause, methods=["POST"], name="console-pair-pause"),
    Route(f"{QUEUE}/{{id:uuid}}/resumption", resume, methods=["POST"], name="console-pair-resumption"),
    Route(f"{QUEUE}/{{id:uuid}}/closure", end, methods=["POST"], name="console-pair-closure"),
    Route(f"{QUEUE}/{{id:uuid}}/last-day", lengthen, methods=["POST"], name="console-pair-last-day"),
    Route(f"{QUEUE}/{{id:uuid}}/another-mentor", another_mentor, methods=["POST"], name="console-pair-another"),
    Route(f"{QUEUE}/{{id:uuid}}/free-place", offer, methods=["POST"], name="console-pair-place"),
    Route(f"{QUEUE}/{{id:uuid}}/planned", skip, methods=["POST"], name="console-pair-planned"),
    Route(f"{QUEUE}/{{id:uuid}}/undo", undo, methods=["POST"], name="console-pair-undo"),
    Route(f"{QUEUE}/{{id:uuid}}/note", note, methods=["POST"], name="console-pair-note"),
]
