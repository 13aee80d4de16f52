"""Today: what needs a person, how the programmes are doing, and what ran by itself."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.console import queries
from server.kernel import clock
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.notifications.queries import sent_count
from server.programs import actions as programs
from server.surveys.actions import handle_answer
from web.console import today_words as words
from web.render import go_to, page
from web.toast import Toast

HERE = "/console"
KEY_LETTERS = 60


async def show(request: Request, *, refused: str = "") -> Response:
    """The first page of the console, over all programmes or one."""
    actor, key = request.state.actor, request.query_params.get("program", "")[:KEY_LETTERS]
    shown = await queries.today(actor, key)
    ids = [shown.program.id] if shown.program else [one.id for one in shown.programs]
    sent = await sent_count(actor, ids, clock.now() - queries.WEEK)
    return page(
        request, "console/today.html", status=409 if refused else 200, shown=shown, title=words.title(shown),
        briefing=words.briefing(shown), eyebrow=words.eyebrow(shown), refused=refused,
        answers=[words.answer(one) for one in shown.answers], quiet=[words.quiet(one) for one in shown.quiet],
        partings=[words.parting(one) for one in shown.partings],
        stranded=[words.resting(one) for one in shown.stranded],
        returning=[words.resting(one) for one in shown.returning],
        unmet=[words.unmet(one) for one in shown.unmet], measures=[words.measure(one) for one in shown.figures],
        handled=words.handled(shown.handled, sent), programs=[(one.key, one.name) for one in shown.programs],
    )


async def handle(request: Request) -> Response:
    """Note that somebody has seen to a check-in."""
    await handle_answer(request.state.actor, request.path_params["id"])
    return go_to(request, HERE, toast=Toast(_("Noted. You have seen to it.")))


async def admit(request: Request) -> Response:
    """Let an applicant in."""
    try:
        enrollment = await programs.approve_admission(request.state.actor, request.path_params["id"])
    except Conflict as refusal:
        return await show(request, refused=refusal.message)
    return go_to(request, HERE, toast=Toast(words.of_admission(enrollment.state)))


async def turn_down(request: Request) -> Response:
    """Turn an applicant down."""
    try:
        await programs.reject_admission(request.state.actor, request.path_params["id"])
    except Conflict as refusal:
        return await show(request, refused=refusal.message)
    return go_to(request, HERE, toast=Toast(_("Turned down. They are told kindly.")))


routes = [
    Route(HERE, show, name="console"),
    Route(f"{HERE}/answers/{{id:uuid}}", handle, methods=["POST"], name="console-answer"),
    Route(f"{HERE}/admissions/{{id:uuid}}", admit, methods=["POST"], name="console-admission"),
    Route(f"{HERE}/admissions/{{id:uuid}}/refusal", turn_down, methods=["POST"], name="console-admission-refusal"),
]
