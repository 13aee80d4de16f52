"""Today: what needs a person, how the programmes are doing, and what ran by itself."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.console import queries
from server.journey.leaving.actions import undo_decision
from server.kernel import clock
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches.steps import UNDO_ONE
from server.notifications.queries import sent_count
from server.programs import actions as programs
from server.programs.actions import REASON_LETTERS
from server.surveys.actions import handle_answer, undo_handle
from web.console import today_words as words
from web.forms import Errors, read_form, text
from web.render import go_to, page
from web.toast import Toast

HERE = "/console"
KEY_LETTERS = 60


async def show(
    request: Request, *, refused: str = "", errors: Errors | None = None, typed: tuple[UUID, str] | None = None
) -> Response:
    """The first page of the console, over all programmes or one. `typed`: the words for an applicant, as they came."""
    actor, key = request.state.actor, request.query_params.get("program", "")[:KEY_LETTERS]
    shown = await queries.today(actor, key)
    ids = [shown.program.id] if shown.program else [one.id for one in shown.programs]
    sent = await sent_count(actor, ids, clock.now() - queries.WEEK)
    return page(
        request, "console/today.html", status=409 if refused else 422 if errors else 200, errors=errors or Errors(),
        typed=typed or (None, ""), shown=shown, title=words.title(shown),
        briefing=words.briefing(shown), eyebrow=words.eyebrow(shown), refused=refused,
        refusing=[words.refusing(one) for one in shown.refusing],
        answers=[words.answer(one) for one in shown.answers], quiet=[words.quiet(one) for one in shown.quiet],
        partings=[words.parting(one) for one in shown.partings],
        came_back=[words.came_back(one) for one in shown.came_back],
        weak=[words.weak(one) for one in shown.weak],
        stranded=[words.resting(one) for one in shown.stranded],
        returning=[words.resting(one) for one in shown.returning],
        unmet=[words.unmet(one) for one in shown.unmet], measures=[words.measure(one) for one in shown.figures],
        handled=words.handled(shown.handled, sent), programs=[(one.key, one.name) for one in shown.programs],
    )


async def handle(request: Request) -> Response:
    """Note that somebody has seen to a check-in."""
    answer = await handle_answer(request.state.actor, request.path_params["id"])
    told = Toast(_("Noted. You have seen to it."), f"{HERE}/answers/{answer.id}/undo")
    return go_to(request, HERE, toast=told)


async def handle_later(request: Request) -> Response:
    """Let a check-in wait for somebody again."""
    await undo_handle(request.state.actor, request.path_params["id"])
    return go_to(request, HERE, toast=Toast(_("It waits for you again.")))


async def admit(request: Request) -> Response:
    """Let an applicant in."""
    try:
        enrollment = await programs.approve_admission(
            request.state.actor, request.path_params["id"], undo_within=UNDO_ONE
        )
    except Conflict as refusal:
        return await show(request, refused=refusal.message)
    return go_to(request, HERE, toast=Toast(words.of_admission(enrollment.state), _undo(request)))


async def turn_down(request: Request) -> Response:
    """Turn an applicant down, with a few words for them or without."""
    form, errors, asked = await read_form(request), Errors(), request.path_params["id"]
    reason = text(form, "reason", REASON_LETTERS, errors, lines=True)
    if errors:
        return await show(request, errors=errors, typed=(asked, reason))
    try:
        await programs.reject_admission(request.state.actor, asked, reason, undo_within=UNDO_ONE)
    except Conflict as refusal:
        return await show(request, refused=refusal.message)
    return go_to(request, HERE, toast=Toast(_("Turned down. They are told kindly."), _undo(request)))


async def undo_admission(request: Request) -> Response:
    """Let an applicant wait for a word again, while they were not told."""
    try:
        undone = await undo_decision(request.state.actor, request.path_params["id"])
    except Conflict as refusal:
        return await show(request, refused=refusal.message)
    said = _("Taken back. Nobody was told.") if undone else _("Too late to undo: they have been told.")
    return go_to(request, HERE, toast=Toast(said))


def _undo(request: Request) -> str:
    return f"{HERE}/admissions/{request.path_params['id']}/undo"


routes = [
    Route(HERE, show, name="console"),
    Route(f"{HERE}/answers/{{id:uuid}}", handle, methods=["POST"], name="console-answer"),
    Route(f"{HERE}/answers/{{id:uuid}}/undo", handle_later, methods=["POST"], name="console-answer-undo"),
    Route(f"{HERE}/admissions/{{id:uuid}}", admit, methods=["POST"], name="console-admission"),
    Route(f"{HERE}/admissions/{{id:uuid}}/refusal", turn_down, methods=["POST"], name="console-admission-refusal"),
    Route(f"{HERE}/admissions/{{id:uuid}}/undo", undo_admission, methods=["POST"], name="console-admission-undo"),
]
