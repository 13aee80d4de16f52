"""One page for each programme: where it stands, its groups, the ways on. Its settings are set in the builder alone."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.closing.actions import move_cohort
from server.journey.guiding.queries import guide_uses
from server.journey.running import queries
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches.announcing.actions import set_announcement_day
from server.programs import actions
from server.programs.rules import is_of_circles
from server.programs.states import ProgramState
from web.console import program_words as words
from web.forms import Errors, choice, day, read_form, text
from web.render import go_to, page, speak_of
from web.toast import Toast

HERE = "/console/programs"
DAY_LETTERS = 20


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


async def set_last_day(request: Request) -> Response:
    """Keep until which day people can join a group; left empty, as long as it takes people in."""
    form, errors = await read_form(request), Errors()
    last = day(form, "enrol_by_on", errors)
    if not errors:
        try:
            await actions.set_last_day_to_join(request.state.actor, request.path_params["group"], last)
            return go_to(request, f"{address(request)}#groups", toast=Toast(words.of_last_day(last)))
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as refusal:
            return await _show(request, refused=refusal.message)
    typed = text(form, "enrol_by_on", DAY_LETTERS)
    return await _show(request, errors=errors, typed_day=(request.path_params["group"], typed))


async def set_announcement(request: Request) -> Response:
    """Keep on which day a group hears of its matches; left empty, each match is told at once."""
    form, errors = await read_form(request), Errors()
    told = day(form, "announce_on", errors)
    if not errors:
        try:
            await set_announcement_day(request.state.actor, request.path_params["group"], told)
            return go_to(request, f"{address(request)}#groups", toast=Toast(words.of_announcement(told)))
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as refusal:
            return await _show(request, refused=refusal.message)
    typed = text(form, "announce_on", DAY_LETTERS)
    return await _show(request, errors=errors, typed_day=(request.path_params["group"], typed))


def address(request: Request) -> str:
    """The page of this programme."""
    return f"{HERE}/{_id(request)}"


def _said(name: str, state: ProgramState) -> str:
    return _("%(name)s: %(state)s.") % {"name": name, "state": words.state(state)[0]}


def _id(request: Request) -> UUID:
    program_id: UUID = request.path_params["id"]
    return program_id


async def _show(
    request: Request, *, refused: str = "", errors: Errors | None = None,
    typed_day: tuple[UUID | None, str] = (None, ""),
) -> Response:
    """The page. `typed_day`: the group of which a day could not be kept, and what was typed."""
    shown = await queries.program_page(request.state.actor, _id(request))
    speak_of(shown.program)
    return page(
        request, "console/program.html", status=409 if refused else 422 if errors else 200, shown=shown,
        here=address(request), refused=refused, errors=errors or Errors(), state=words.state(shown.program.state),
        briefing=words.briefing(shown), step=words.program_step(shown),
        guides=[words.guide_use(one, shown.program) for one in await guide_uses(request.state.actor, shown.program.id)],
        groups=[words.group(one, shown.program) for one in shown.groups], at=str(typed_day[0]),
        typed_day=typed_day[1],
        now=words.asked(
            shown.program.approvals, shown.program.asked_first, admin_last=shown.program.admin_approves_matches,
            of_circles=is_of_circles(shown.program),
        ),
    )


routes = [
    Route(f"{HERE}/{{id:uuid}}", show, name="console-program"),
    Route(f"{HERE}/{{id:uuid}}/state", move, methods=["POST"], name="console-program-state"),
    Route(f"{HERE}/{{id:uuid}}/groups/{{group:uuid}}/state", move_group, methods=["POST"], name="console-group-state"),
    Route(
        f"{HERE}/{{id:uuid}}/groups/{{group:uuid}}/last-day", set_last_day, methods=["POST"],
        name="console-group-last-day",
    ),
    Route(
        f"{HERE}/{{id:uuid}}/groups/{{group:uuid}}/announcement", set_announcement, methods=["POST"],
        name="console-group-announcement",
    ),
]
