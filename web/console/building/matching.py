"""The builder's part of matching: weights and rules tried on real people, and whose yes a match takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building import weighed
from server.automation.building.queries import Plan, prepared
from server.journey.running.queries import ProgramPage
from server.kernel.db import Json
from server.kernel.errors import Invalid
from server.matchmaking.gather import rules_of
from server.matchmaking.weighing import queries
from server.matchmaking.weighing.settings import Settings, checked, settings_for
from server.people.queries import competencies
from server.programs.plans.setup import KEY_LETTERS
from server.programs.rules import has_target_role, is_among_peers, is_of_circles
from server.programs.states import ProgramType
from web.console import program_words, weighing_words
from web.console.building import desk
from web.console.building import matching_words as words
from web.console.building.outline import address as part_address
from web.console.weights_form import IDS, typed_weights
from web.forms import Errors, integer, read_form, text, ticked

if TYPE_CHECKING:
    from server.matchmaking.weighing.queries import Preview

CHOSEN = ("approvals", "asked_first", "circles", "pairing", "target_role")
NUMBERS = ("circle_size", "cycles_apart")
ELSEWHERE = ("pause_moves_end",)
"""Switches that stand in another part of the builder."""


async def show(request: Request) -> Response:
    """The draft or what is in force, or the factory setting of a type to start from, with its preview."""
    plan = await desk.opened(request)
    shown = prepared(plan)
    settings, wanted = _settings(plan, shown), request.query_params.get("start", "")
    if wanted in set(ProgramType):
        settings = settings_for(ProgramType(wanted), shown.program.type)
    return await _page(request, plan, shown, plan.content, weighing_words.fields(settings), settings)


async def preview(request: Request) -> Response:
    """What was typed, tried: the preview alone for htmx, the whole page otherwise."""
    plan = await desk.opened(request)
    shown = prepared(plan)
    form = await read_form(request)
    typed, settings, errors = typed_weights(form, shown.program)
    given = {**plan.content, **_given(form, shown)}
    return await _page(request, plan, shown, given, typed, settings, errors, block="preview")


async def put_back(request: Request) -> Response:
    """Put the weights and rules of an earlier version into the draft; 0 is the factory setting."""
    plan, form = await desk.opened(request), await read_form(request)
    number = integer(form, "number") or queries.FACTORY
    settings = await queries.settings_at(request.state.actor, prepared(plan).program, number)

    async def again(request: Request, plan: Plan, given: Json, errors: Errors, refused: str) -> Response:
        return await _page(
            request, plan, prepared(plan), given, weighing_words.fields(settings), settings, errors, refused=refused
        )

    back = part_address(plan, words.PART)
    return await desk.keep(request, words.PART, form, weighed.weighed_as(settings), again, back=back)


async def keep(request: Request) -> Response:
    """Use this matching in the draft."""
    plan = await desk.opened(request)
    shown = prepared(plan)
    form = await read_form(request)
    typed, settings, errors = typed_weights(form, shown.program)
    given = _given(form, shown)
    if not errors:
        try:
            given |= weighed.weighed_as(checked(settings, shown.program.type))
        except Invalid as refusal:
            errors.take(refusal)

    async def again(request: Request, plan: Plan, given: Json, errors: Errors, refused: str) -> Response:
        return await _page(request, plan, prepared(plan), given, typed, settings, errors, refused=refused)

    return await desk.keep(request, words.PART, form, given, again, errors)


def _settings(plan: Plan, shown: ProgramPage) -> Settings:
    return weighed.settings_from(plan.content, rules_of(shown.program))


def _given(form: FormData, shown: ProgramPage) -> Json:
    """What was chosen beside the weights; what a type does not have has no field, and stays as it is."""
    chosen = {name: text(form, name, KEY_LETTERS) for name in CHOSEN if name in form}
    numbers = desk.whole(form, tuple(name for name in NUMBERS if name in form))
    if numbers.get("cycles_apart") == "":
        numbers["cycles_apart"] = None
    return {**chosen, **numbers, **{name: ticked(form, name) for name, *_rest in _switches(shown)}}


def _switches(shown: ProgramPage) -> list[tuple[str, str, str, bool]]:
    return [one for one in program_words.switches(shown) if one[0] not in ELSEWHERE]


async def _tried(request: Request, shown: ProgramPage, settings: Settings, errors: Errors) -> Preview | None:
    if not errors:
        try:
            return await queries.preview(request.state.actor, shown.program, settings)
        except Invalid as refusal:
            errors.take(refusal)
    return None


async def _page(
    request: Request, plan: Plan, shown: ProgramPage, given: Json, typed: Mapping[str, str], settings: Settings,
    errors: Errors | None = None, *, refused: str = "", block: str = "main",
) -> Response:
    errors, program = errors or Errors(), shown.program
    found = await _tried(request, shown, settings, errors)
    if block == "preview" and not errors:
        typed = weighing_words.fields(Settings(settings.percents, settings.rules))
    told = weighing_words.told(found, settings, program) if found else None
    framework = await competencies(request.state.actor) if has_target_role(program) else []
    return desk.part_page(
        request, words.PART, plan, "console/building/matching.html", errors, refused, block=block, error_ids=IDS,
        say=weighing_words.spoken(told, errors), typed=typed, given=given, told=told,
        warnings=weighing_words.warnings(found, settings, program), briefing=weighing_words.briefing(found),
        scaled=weighing_words.scaled(settings) if not errors else "",
        learned=weighing_words.learned(await queries.stages_learned(request.state.actor, program)),
        rows=weighing_words.weight_rows(_settings(plan, shown)), rules=weighing_words.rule_rows(found, program),
        has_limits=not is_of_circles(program), has_places=not is_among_peers(program),
        starts=weighing_words.starts(), start=program.type, versions=weighing_words.version_rows(
            await queries.versions(request.state.actor, plan.program), plan.program),
        approvals=program_words.approvals(shown), first=program_words.asked_first(shown), switches=_switches(shown),
        circles=program_words.circles(shown), sizes=program_words.sizes(shown),
        pairings=program_words.pairings(shown), roles=[(one.key, one.name) for one in framework],
    )


routes = [
    Route(f"{desk.HERE}matching", show, name="console-build-matching"),
    Route(f"{desk.HERE}matching", keep, methods=["POST"], name="console-build-matching-keep"),
    Route(f"{desk.HERE}matching/preview", preview, methods=["POST"], name="console-build-matching-preview"),
    Route(f"{desk.HERE}matching/versions", put_back, methods=["POST"], name="console-build-matching-version"),
]
