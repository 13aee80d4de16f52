"""What a good match is in a programme: weights and hard rules, tried on its own people while they are changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import Conflict, Invalid
from server.matchmaking.weighing import actions, queries
from server.matchmaking.weighing.queries import Preview
from server.matchmaking.weighing.settings import Settings, settings_for, settings_of
from server.programs.rules import is_among_peers, is_of_circles
from server.programs.states import ProgramType
from web.console import weighing_words as words
from web.console.programs import HERE
from web.console.weights_form import IDS, typed_weights
from web.forms import Errors, integer, read_form
from web.render import go_to, page
from web.toast import Toast

if TYPE_CHECKING:
    from server.programs.models import Program



async def show(request: Request) -> Response:
    """What is in force, or the factory setting of a type to start from, with its preview."""
    program = await queries.weighed_program(request.state.actor, _id(request))
    kind = _start(request)
    settings = settings_for(kind, program.type) if kind else settings_of(program)
    found = await queries.preview(request.state.actor, program, settings)
    return await _page(request, program, words.fields(settings), settings, found, start=kind)


async def preview(request: Request) -> Response:
    """What was typed, tried: the preview alone for htmx, the whole page otherwise, with weights that make 100."""
    program = await queries.weighed_program(request.state.actor, _id(request))
    typed, settings, errors = typed_weights(await read_form(request), program)
    found = await _tried(request, program, settings, errors)
    shown = typed if errors else words.fields(Settings(settings.percents, settings.rules))
    return await _page(request, program, shown, settings, found, errors=errors, block="preview")


async def keep(request: Request) -> Response:
    """Use these weights and rules from the next run on."""
    actor = request.state.actor
    program = await queries.weighed_program(actor, _id(request))
    typed, settings, errors = typed_weights(await read_form(request), program)
    refused = ""
    if not errors:
        try:
            kept = await actions.set_weights(actor, program.id, settings, based_on=_number(typed["based_on"]))
            undo = f"{_here(program)}/versions" if kept.weights_version != program.weights_version else ""
            return go_to(request, _here(program), toast=Toast(
                words.kept(kept.weights_version, bool(undo)), undo, {"number": str(words.before(kept))}))
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as refusal:
            refused = refusal.message
    found = await _tried(request, program, settings, errors)
    return await _page(request, program, typed, settings, found, errors=errors, refused=refused)


async def put_back(request: Request) -> Response:
    """Put an earlier version back in force; 0 is the factory setting."""
    number = integer(await read_form(request), "number")
    kept = await actions.restore_weights(request.state.actor, _id(request), number or actions.FACTORY)
    return go_to(request, _here(kept), toast=Toast(words.put_back(number or actions.FACTORY)))


async def _tried(request: Request, program: Program, settings: Settings, errors: Errors) -> Preview | None:
    if not errors:
        try:
            return await queries.preview(request.state.actor, program, settings)
        except Invalid as refusal:
            errors.take(refusal)
    return None


async def _page(
    request: Request, program: Program, typed: Mapping[str, str], settings: Settings, found: Preview | None, *,
    errors: Errors | None = None, refused: str = "", start: ProgramType | None = None, block: str = "main",
) -> Response:
    status = 409 if refused else 422 if errors else 200
    told = words.told(found, settings, program) if found else None
    return page(
        request, "console/weighing.html", block=block, status=status, errors=errors or Errors(), error_ids=IDS,
        say=words.spoken(told, errors), program=program, here=_here(program), typed=typed, refused=refused,
        settings_page=f"{HERE}/{program.id}", briefing=words.briefing(found), told=told, warnings=words.warnings(
            found, settings, program), scaled=words.scaled(settings) if not errors else "",
        learned=words.learned(await queries.stages_learned(request.state.actor, program)),
        rows=words.weight_rows(settings_of(program)), rules=words.rule_rows(found, program),
        has_limits=not is_of_circles(program), has_places=not is_among_peers(program), start=start or program.type,
        starts=words.starts(),
        versions=words.version_rows(await queries.versions(request.state.actor, program), program),
        based_on=program.weights_version or actions.FACTORY,
    )


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() else None


def _start(request: Request) -> ProgramType | None:
    wanted = request.query_params.get("start", "")
    return ProgramType(wanted) if wanted in set(ProgramType) else None


def _here(program: Program) -> str:
    return f"{HERE}/{program.id}/matching"


def _id(request: Request) -> UUID:
    program_id: UUID = request.path_params["id"]
    return program_id


routes = [
    Route(f"{HERE}/{{id:uuid}}/matching", show, name="console-weights"),
    Route(f"{HERE}/{{id:uuid}}/matching", keep, methods=["POST"], name="console-weights-keep"),
    Route(f"{HERE}/{{id:uuid}}/matching/preview", preview, methods=["POST"], name="console-weights-preview"),
    Route(f"{HERE}/{{id:uuid}}/matching/versions", put_back, methods=["POST"], name="console-weights-version"),
]
