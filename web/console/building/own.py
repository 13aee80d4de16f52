"""The builder's messages of a programme's own: one is written, shown as somebody, tried, and taken out again."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from server.automation.telling.actions import send_test
from server.automation.telling.own import KEY_LETTERS, NAME_LETTERS
from server.automation.telling.shown import languages_of, seen
from server.kernel.errors import NotFound
from server.kernel.text import folded
from server.notifications.wording.words import BODY_LETTERS, SUBJECT_LETTERS, language_for
from server.programs.plans.telling import OWN, own_message
from web.console.building import desk, own_words
from web.console.building import messages_words as words
from web.forms import Errors, one_id, read_form, text
from web.render import go_to
from web.toast import Toast

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from server.automation.building.queries import Plan
    from server.kernel.db import Json

TAG_LETTERS, CHOICE_LETTERS, ACT_LETTERS = 20, 20, 10
NEW = "new"
"""In an address: one that is not there yet. A key begins as its name does, and none is called that."""
BLANK: Json = {"name": "", "when": "", "days": 2, "to": "BOTH", "only_if": None, "words": {}}


async def show(request: Request) -> Response:
    """One of them, or a new one."""
    plan = await desk.opened(request)
    entry = _kept(request, plan)
    return await _page(request, plan, entry, await _tag(request, plan, entry), Errors(), "")


async def keep(request: Request) -> Response:
    """Write one into the draft, or take it out."""
    form, plan = await read_form(request), await desk.opened(request)
    entry, tag = _typed(form, _kept(request, plan)), text(form, "language", TAG_LETTERS)
    before = plan.content["messages"].get(OWN, {})
    is_out = text(form, "act", ACT_LETTERS) == "out"
    key = _key(request) or _free_key(entry["name"], before)
    left = {one: said for one, said in before.items() if one != key}
    given: Json = {"messages": {**plan.content["messages"], OWN: left if is_out else {**before, key: entry}}}

    async def shown(request: Request, plan: Plan, typed: Json, errors: Errors, refused: str) -> Response:
        return await _page(request, plan, entry, tag, _at(errors, key), refused)

    back = _list(request) if is_out else _place(request, key, tag)
    return await desk.keep(request, words.PART, form, given, shown, back=back)


async def try_it(request: Request) -> Response:
    """Send whoever asks for it what somebody would get."""
    form = await read_form(request)
    person_id, tag = one_id(form, "as"), text(form, "language", TAG_LETTERS)
    await send_test(request.state.actor, desk.program_id(request), OWN, person_id=person_id, its_own=_key(request))
    return go_to(request, _place(request, _key(request), tag, person_id), toast=Toast(words.sent()))


def _key(request: Request) -> str:
    """Which one; "" for a new one."""
    key = str(request.path_params["key"])
    return "" if key == NEW else key


def _kept(request: Request, plan: Plan) -> Json:
    """What is prepared of it."""
    if not (key := _key(request)):
        return BLANK
    found: Json | None = plan.content["messages"].get(OWN, {}).get(key)
    if found is None:
        raise NotFound
    return found


def _free_key(name: str, taken: Json) -> str:
    """A key out of a name, numbered where another has it already."""
    begin = re.sub(r"[^a-z0-9]+", "-", folded(name))[:KEY_LETTERS - 3].strip("-") or "message"
    found = (begin if number == 1 else f"{begin}-{number}" for number in count(1))
    return next(one for one in found if one not in taken and one != NEW)


async def _tag(request: Request, plan: Plan, entry: Json) -> str:
    """The language whose words are shown: one that has some, where it is of the same kin."""
    wanted = request.query_params.get("language") or (await languages_of(request.state.actor, plan.program.id))[0]
    return language_for(wanted, entry["words"]) or wanted


def _typed(form: FormData, before: Json) -> Json:
    """What was typed; words of languages that were not shown stay."""
    tag = text(form, "language", TAG_LETTERS)
    said = {one: said for one, said in before["words"].items() if one != tag}
    subject, body = text(form, "subject", SUBJECT_LETTERS), text(form, "body", BODY_LETTERS, lines=True)
    if subject or body or not said:
        said[tag] = {"subject": subject, "body": body}
    return {
        "name": text(form, "name", NAME_LETTERS), "when": text(form, "when", CHOICE_LETTERS),
        **desk.whole(form, ("days",)), "to": text(form, "to", CHOICE_LETTERS),
        "only_if": text(form, "only_if", CHOICE_LETTERS) or None, "words": said,
    }


def _at(errors: Errors, key: str) -> Errors:
    """What is wrong, at the fields of this page; what is wrong elsewhere is said of the whole."""
    found, own_path = Errors(), f"messages.{OWN}.{key}."
    for path, told in errors.items():
        name = path.removeprefix(own_path).rpartition(".")[2] if path.startswith(own_path) else ""
        found.add(name, told)
    return found


def _list(request: Request) -> str:
    return f"/console/programs/{desk.program_id(request)}/build/{words.PART.name}#own"


def _place(request: Request, key: str, tag: str, person_id: UUID | None = None) -> str:
    """The page of one."""
    page = f"/console/programs/{desk.program_id(request)}/build/{words.PART.name}/own/{key}"
    return f"{page}?language={tag}{f'&as={person_id}' if person_id else ''}"


async def _page(request: Request, plan: Plan, entry: Json, tag: str, errors: Errors, refused: str) -> Response:
    messages, key = plan.content["messages"], _key(request)
    kept = own_message(messages, key)
    shown = await seen(
        request.state.actor, plan.program.id, OWN, one_id(request.query_params, "as"), its_own=key
    ) if kept else None
    said = entry["words"].get(tag, {"subject": "", "body": ""})
    tags = [*await languages_of(request.state.actor, plan.program.id), *entry["words"], tag]
    values: dict[str, Any] = {
        "entry": entry, "tag": tag, "said": said, "prepared": kept, "seen_by": shown, "key": key or NEW,
        "triggers": [("", ""), *((one.value, told) for one, told in own_words.triggers().items())],
        "readers": [(one.value, told) for one, told in own_words.readers().items()],
        "conditions": own_words.conditions(), "languages": words.language_links(dict.fromkeys(tags)),
        "names": own_words.names(kept), "limits": words.limits(messages, f"{OWN}.{key}") if kept else None,
        "told": own_words.sentence(kept) if kept else "",
        "seen_people": [(one.id, one.full_name) for one in shown.people] if shown else [],
    }
    return desk.part_page(request, words.PART, plan, "console/building/own.html", errors, refused, **values)


routes = [
    Route(f"{desk.HERE}messages/own/{{key}}", show, name="console-build-own"),
    Route(f"{desk.HERE}messages/own/{{key}}", keep, methods=["POST"], name="console-build-own-keep"),
    Route(f"{desk.HERE}messages/own/{{key}}/test", try_it, methods=["POST"], name="console-build-own-test"),
]
