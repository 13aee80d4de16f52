"""One page for each programme: where it stands, its groups, the ways on. Its settings are set in the builder alone."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.closing.actions import move_cohort
from server.journey.running import queries
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.programs import actions
from server.programs.rules import is_of_circles
from server.programs.states import ProgramState
from web.console import program_words as words
from web.forms import choice, read_form
from web.render import go_to, page, speak_of
from web.toast import Toast

HERE = "/console/programs"


async def show(request: Request) -> Response:
    """One programme."""
    return await _show(request)


async def move(request: Request) -> Response:
    """Take the programme to its next state."""
    state = choice(ProgramState, await read_form(request), "state")
    try:
        if state:
            moved = await actions.move_program(request.state.actor, _id(request), state)
            return go_to(request, address(request), toast=Toast(_said(moved.name, moved.state)))
    except Conflict as refusal:
        return await _show(request, refused=refusal.message)
    return await _show(request, refused=_("Choose a step."))


async def move_group(request: Request) -> Response:
    """Take a group to its next state; closing it ends what it holds."""
    state = choice(ProgramState, await read_form(request), "state")
    try:
        if state:
            moved = await move_cohort(request.state.actor, request.path_params["group"], state)
            return go_to(request, f"{address(request)}#groups", toast=Toast(_said(moved.name, moved.state)))
    except Conflict as refusal:
        return await _show(request, refused=refusal.message)
    return await _show(request, refused=_("Choose a step."))


def address(request: Request) -> str:
    """The page of this programme."""
    return f"{HERE}/{_id(request)}"


def _said(name: str, state: ProgramState) -> str:
    return _("%(name)s: %(state)s.") % {"name": name, "state": words.state(state)[0]}


def _id(request: Request) -> UUID:
    program_id: UUID = request.path_params["id"]
    return program_id


async def _show(request: Request, *, refused: str = "") -> Response:
    shown = await queries.program_page(request.state.actor, _id(request))
    speak_of(shown.program)
    return page(
        request, "console/program.html", status=409 if refused else 200, shown=shown, here=address(request),
        refused=refused, state=words.state(shown.program.state), briefing=words.briefing(shown),
        step=words.program_step(shown), groups=[words.group(one) for one in shown.groups],
        now=words.asked(
            shown.program.approvals, shown.program.asked_first, admin_last=shown.program.admin_approves_matches,
            of_circles=is_of_circles(shown.program),
        ),
    )


routes = [
    Route(f"{HERE}/{{id:uuid}}", show, name="console-program"),
    Route(f"{HERE}/{{id:uuid}}/state", move, methods=["POST"], name="console-program-state"),
    Route(f"{HERE}/{{id:uuid}}/groups/{{group:uuid}}/state", move_group, methods=["POST"], name="console-group-state"),
]
