"""The builder's last part: what differs, review, in force; versions, files and copies, and the end of a programme."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building import actions, moving
from server.automation.building.queries import Plan, plan_of, versions_of
from server.automation.launching.planning import CALL, LAUNCH
from server.automation.launching.queries import reach_of
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.programs.actions import move_program, unarchive_program, wind_down
from server.programs.plans import files
from server.programs.queries import KEY_LETTERS
from server.programs.states import ProgramState
from web.bodies import ENVELOPE_BYTES
from web.console.building import desk, setting_words
from web.console.building import launch_words as words
from web.console.building.outline import address
from web.forms import Errors, integer, read_form, text, ticked, upload
from web.render import go_to, page
from web.toast import Toast

NAME_LETTERS = 120
LETTERS = (*LAUNCH, CALL)
MOST_SENT = 4 * files.LETTERS_MOST + ENVELOPE_BYTES
Act = Callable[[Actor, UUID, str, int], Awaitable[object]]
"""What a button does, to a programme, of the draft that was seen, or with the number of a version."""
ACTS: Mapping[str, Act] = {
    "review": lambda actor, program_id, seen, _number: actions.send_to_review(actor, program_id, seen=seen),
    "live": lambda actor, program_id, seen, _number: actions.make_live(actor, program_id, seen=seen),
    "take_over": lambda actor, program_id, seen, _number: actions.take_over(actor, program_id, seen=seen),
    "discard": lambda actor, program_id, _seen, _number: actions.discard_draft(actor, program_id),
    "back": lambda actor, program_id, _seen, number: actions.begin_draft(actor, program_id, of=number),
    "wind_down": lambda actor, program_id, _seen, _number: wind_down(actor, program_id),
    "archive": lambda actor, program_id, _seen, _number: move_program(actor, program_id, ProgramState.ARCHIVED),
    "unarchive": lambda actor, program_id, _seen, _number: unarchive_program(actor, program_id),
}


async def show(request: Request) -> Response:
    """What differs, and what can be done about it."""
    return await _page(request, await desk.opened(request))


async def act(request: Request) -> Response:
    """Do what a button says; what cannot be any more is told, and what is there by now is shown."""
    form = await read_form(request)
    wanted = text(form, "act", KEY_LETTERS)
    seen, number = text(form, "seen", desk.DIGEST_LETTERS), integer(form, "number") or 0
    errors, refused = Errors(), ""
    try:
        if wanted in ACTS:
            await ACTS[wanted](request.state.actor, desk.program_id(request), seen, number)
            return go_to(request, request.url.path, toast=Toast(words.done(wanted)))
        refused = _("Choose a step.")
    except Invalid as refusal:
        errors.add("", _told(refusal))
    except Conflict as refusal:
        refused = refusal.message
    return await _page(request, await desk.opened(request), errors, refused)


async def keep_letters(request: Request) -> Response:
    """Use what was chosen of who hears of it in the draft."""
    form, plan = await read_form(request), await desk.opened(request)
    given = {"messages": _switched(plan.content["messages"], form)}
    return await desk.keep(request, words.PART, form, given, _again, back=address(plan, words.PART))


async def export(request: Request) -> Response:
    """The configuration as a file: the draft, or what is in force."""
    plan = await plan_of(request.state.actor, desk.program_id(request))
    return Response(
        files.written(plan.content), media_type="application/toml",
        headers={"Content-Disposition": 'attachment; filename="programme.toml"'},
    )


async def look(request: Request) -> Response:
    """What a file would change; nothing is stored."""
    plan, file = await desk.opened(request), upload(await read_form(request), "file")
    if file is None:
        return await _page(request, plan, Errors({"file": _("Choose a file first.")}))
    try:
        given = (await file.read()).decode("utf-8")
        found = await moving.foresee(request.state.actor, plan.program.key, _parsed(given))
    except UnicodeDecodeError:
        return await _page(request, plan, Errors({"file": _("This file is no text in UTF-8.")}))
    except Invalid as refusal:
        return await _page(request, plan, Errors({"file": _told(refusal)}))
    return page(
        request, "console/building/import.html", plan=plan, here=address(plan, words.PART), given=given,
        changes=setting_words.rows(found.changes),
    )


async def bring(request: Request) -> Response:
    """What was looked at becomes the draft."""
    given = text(await read_form(request), "content", files.LETTERS_MOST, lines=True)
    plan = await desk.opened(request)
    try:
        await moving.bring(request.state.actor, plan.program.key, _parsed(given))
    except Invalid as refusal:
        return await _page(request, plan, Errors({"file": _told(refusal)}))
    except Conflict as refusal:
        return await _page(request, plan, refused=refusal.message)
    told = Toast(_("It is the draft now. Look at what differs."))
    return go_to(request, address(plan, words.PART), toast=told)


async def copy(request: Request) -> Response:
    """Another programme like this one, without its groups and people."""
    form = await read_form(request)
    key, name = text(form, "key", KEY_LETTERS), text(form, "name", NAME_LETTERS)
    try:
        made = await moving.duplicate_program(request.state.actor, desk.program_id(request), key=key, name=name)
    except Invalid as refusal:
        plan = await desk.opened(request)
        return await _page(request, plan, Errors(refusal.fields), typed={"key": key, "name": name})
    return go_to(request, f"/console/programs/{made.id}/build/dates", toast=Toast(_("Copied. This is the copy.")))


def _switched(messages: Mapping[str, Json], form: FormData) -> Json:
    """What a programme says of its messages, these letters on or off; words of their own stay."""
    return {**messages, **{kind: {**messages.get(kind, {}), "on": ticked(form, kind)} for kind in LETTERS}}


async def _again(request: Request, plan: Plan, typed: Json, errors: Errors, refused: str) -> Response:
    return await _page(request, plan, errors, refused, messages=typed["messages"])


def _parsed(given: str) -> Json:
    return files.parsed(given, as_json=given.lstrip().startswith("{"))


def _told(refusal: Invalid) -> str:
    """What cannot be, each beside what the setting is called."""
    return " ".join(
        f"{setting_words.label(path)}: {told}" if path else told for path, told in refusal.fields.items())


async def _page(
    request: Request, plan: Plan, errors: Errors | None = None, refused: str = "",
    typed: Mapping[str, str] | None = None, messages: Mapping[str, Json] | None = None,
) -> Response:
    actor, letters = request.state.actor, plan.content["messages"] if messages is None else messages
    reach = await reach_of(actor, plan.program, plan.content["audience"])
    versions = await versions_of(actor, plan.program.id)
    return desk.part_page(
        request, words.PART, plan, "console/building/launch.html", errors or Errors(), refused,
        changes=setting_words.rows(plan.changes), versions=words.version_lines(versions),
        endings=words.endings(plan), letters=words.letters(letters, reach), tells=words.tells(letters, reach),
        typed=typed or {"key": "", "name": ""},
    )


routes = [
    Route(f"{desk.HERE}launch", show, name="console-build-launch"),
    Route(f"{desk.HERE}launch", act, methods=["POST"], name="console-build-act"),
    Route(f"{desk.HERE}launch/letters", keep_letters, methods=["POST"], name="console-build-letters"),
    Route(f"{desk.HERE}launch/file", export, name="console-build-file"),
    Route(f"{desk.HERE}launch/look", look, methods=["POST"], name="console-build-look", max_body_size=MOST_SENT),
    Route(f"{desk.HERE}launch/bring", bring, methods=["POST"], name="console-build-bring", max_body_size=MOST_SENT),
    Route(f"{desk.HERE}launch/copy", copy, methods=["POST"], name="console-build-copy"),
]
