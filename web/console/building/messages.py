"""The builder's messages: the whole sequence, and one of them changed, shown as somebody, and tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from server.automation.telling.actions import send_test
from server.automation.telling.allowed import (
    OF_ACCOUNTS,
    why_always,
    why_its_channel,
    why_its_sender,
    why_its_words,
    why_on,
    why_then,
)
from server.automation.telling.own import MOST
from server.automation.telling.part import amounts_of
from server.automation.telling.shown import languages_of, seen
from server.kernel.errors import NotFound
from server.notifications.catalogue import CATALOGUE
from server.notifications.senders.queries import who_may_sign
from server.notifications.wording.words import BODY_LETTERS, SUBJECT_LETTERS, language_for
from server.programs.plans.telling import OWN, Own, own
from web.console.building import desk, own_words
from web.console.building import messages_words as words
from web.forms import Errors, one_id, read_form, text, ticked
from web.render import go_to
from web.toast import Toast

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from server.automation.building.queries import Plan
    from server.kernel.db import Json

KIND_LETTERS, TAG_LETTERS, NUMBER_LETTERS, ACT_LETTERS, CHOICE_LETTERS = 20, 20, 6, 10, 120
CHOICES = ("only_if", "channel", "sender")
"""What is chosen from a list, by its name in the document; "" is as usual."""
STEPS = {"earlier": -1, "later": 1}


@dataclass(slots=True)
class Editing:
    """One message that is being changed: what stands in its fields."""

    kind: str
    language: str = ""
    is_on: bool = True
    moments: list[object] = field(default_factory=list)
    subject: str = ""
    body: str = ""
    chosen: dict[str, str] = field(default_factory=dict)


async def show(request: Request) -> Response:
    """The timeline; with a message named, its editor below."""
    plan = await desk.opened(request)
    kind = request.query_params.get("message", "")
    if not kind:
        return await _page(request, plan, None, Errors(), "")
    _require(kind)
    tag = request.query_params.get("language") or (await languages_of(request.state.actor, plan.program.id))[0]
    editing = _stored(plan, kind, tag)
    return await _page(request, plan, editing, Errors(), "")


async def keep(request: Request) -> Response:
    """Keep one message in the draft: as typed, a day earlier or later, or as usual again."""
    form = await read_form(request)
    plan, editing = await desk.opened(request), _typed(form)
    act = text(form, "act", ACT_LETTERS)
    if act in STEPS:
        _shift(editing, STEPS[act])
    entry = {} if act == "usual" else _entry(plan, editing)
    given: Json = {"messages": {**plan.content["messages"], editing.kind: entry}}

    async def shown(request: Request, plan: Plan, typed: Json, errors: Errors, refused: str) -> Response:
        return await _page(request, plan, editing, errors, refused)

    return await desk.keep(request, words.PART, form, given, shown, back=_place(request, editing))


async def try_it(request: Request) -> Response:
    """Send whoever asks for it what somebody would get."""
    form = await read_form(request)
    editing, person_id = _typed(form), one_id(form, "as")
    await send_test(request.state.actor, desk.program_id(request), editing.kind, person_id=person_id)
    return go_to(request, _place(request, editing, person_id), toast=Toast(words.sent()))


def _require(kind: str) -> None:
    """Only what belongs to a programme has an editor."""
    if kind not in CATALOGUE or kind in OF_ACCOUNTS or kind == OWN:
        raise NotFound


def _stored(plan: Plan, kind: str, tag: str) -> Editing:
    """A message as it is prepared, with its words in one language."""
    told = own(plan.content["messages"], kind)
    own_tag = language_for(tag, told.words)
    said = told.words[own_tag] if own_tag else None
    amounts: list[object] = [amount for _count, amount in amounts_of(kind, told)]
    amounts += [""] * (len(_usual(kind)) - len(amounts))
    return Editing(
        kind, own_tag or tag, told.is_on, amounts, said.subject if said else "", said.body if said else "",
        {"only_if": told.only_if or "", "channel": told.channel or "", "sender": told.sender},
    )


def _typed(form: FormData) -> Editing:
    kind = text(form, "kind", KIND_LETTERS)
    _require(kind)
    moments = [text(form, f"moment-{place}", NUMBER_LETTERS) for place, _one in enumerate(_usual(kind), start=1)]
    return Editing(
        kind, text(form, "language", TAG_LETTERS), ticked(form, "on") or bool(why_on(kind)),
        [desk.number(one) if one else "" for one in moments], text(form, "subject", SUBJECT_LETTERS),
        text(form, "body", BODY_LETTERS, lines=True), {name: text(form, name, CHOICE_LETTERS) for name in CHOICES},
    )


def _entry(plan: Plan, editing: Editing) -> Json:
    """What the document says of the message, with what was typed; languages that were not shown stay."""
    before: Json = plan.content["messages"].get(editing.kind, {})
    words = {tag: one for tag, one in before.get("words", {}).items() if tag != editing.language}
    if editing.subject or editing.body:
        words[editing.language] = {"subject": editing.subject, "body": editing.body}
    moments = [one for one in editing.moments if one != ""]
    chosen = {name: value for name, value in editing.chosen.items() if value}
    entry: Json = {"on": editing.is_on, "words": words, **chosen}
    return entry | ({"moments": moments} if moments and moments != _usual(editing.kind) else {})


def _usual(kind: str) -> list[int]:
    return [amount for _count, amount in amounts_of(kind, Own())]


def _shift(editing: Editing, by: int) -> None:
    """Everything of a message so much earlier or later; what counts to a day counts the other way."""
    counts = amounts_of(editing.kind, Own())
    sign = -by if counts and counts[0][0].value.endswith("BEFORE") else by
    editing.moments = [one + sign if isinstance(one, int) else one for one in editing.moments]


def _place(request: Request, editing: Editing, person_id: UUID | None = None) -> str:
    """The editor of a message."""
    shown = f"&as={person_id}" if person_id else ""
    page = f"/console/programs/{desk.program_id(request)}/build/{words.PART.name}"
    return f"{page}?message={editing.kind}&language={editing.language}{shown}#edit"


async def _page(request: Request, plan: Plan, editing: Editing | None, errors: Errors, refused: str) -> Response:
    values: dict[str, Any] = {"stretches": words.stretches(plan.content["messages"]), "editing": editing}
    if editing:
        values |= await _editor(request, plan, editing)
        errors = _at(errors, editing)
    else:
        values |= {"limits": words.limits(plan.content["messages"]), "own_most": MOST}
        values["own_rows"] = own_words.rows(plan.content["messages"])
    return desk.part_page(request, words.PART, plan, "console/building/messages.html", errors, refused, **values)


async def _editor(request: Request, plan: Plan, editing: Editing) -> dict[str, Any]:
    """Everything beside the fields of one message."""
    actor, kind = request.state.actor, editing.kind
    told = own(plan.content["messages"], kind)
    shown = await seen(actor, plan.program.id, kind, one_id(request.query_params, "as"))
    tags = await languages_of(actor, plan.program.id)
    signers = {one.employee_id: one.full_name for one in await who_may_sign(actor, plan.program.id)}
    return {
        "limits": words.limits(plan.content["messages"], kind), "name": words.named(kind), "seen_by": shown,
        "units": [words.unit(count) for count, _amount in amounts_of(kind, Own())], "event": words.event(kind),
        "why_on": why_on(kind), "why_then": why_then(kind), "why_words": why_its_words(kind),
        "languages": words.language_links(dict.fromkeys([*tags, *told.words, editing.language])),
        "names": words.names(kind), "about": words.about(kind, told, signers),
        "selects": [
            words.Choice("only_if", words.conditions(kind, editing.chosen["only_if"]), why_always(kind)),
            words.Choice("channel", words.channels(), why_its_channel(kind)),
            words.Choice(
                "sender", words.senders(signers, editing.chosen["sender"]), why_its_sender(kind),
                words.stands_in(signers, told.sender),
            ),
        ],
        "seen_people": [(one.id, one.full_name) for one in shown.people],
        "is_set": kind in plan.content["messages"],
    }


def _at(errors: Errors, editing: Editing) -> Errors:
    """What is wrong, at the fields of this page; what is wrong at another message is said of the whole."""
    found, own_path = Errors(), f"messages.{editing.kind}."
    for path, told in errors.items():
        name = path.removeprefix(own_path) if path.startswith(own_path) else ""
        last = name.rpartition(".")[2]
        found.add(last if last in ("subject", "body", "on", *CHOICES) else _moment_field(last), told)
    return found


def _moment_field(name: str) -> str:
    """`moments[2]` is the second field, `moments` the first."""
    if not name.startswith("moments"):
        return ""
    place = name.removeprefix("moments").strip("[]")
    return f"moment-{place or 1}"


routes = [
    Route(f"{desk.HERE}messages", show, name="console-build-messages"),
    Route(f"{desk.HERE}messages", keep, methods=["POST"], name="console-build-messages-keep"),
    Route(f"{desk.HERE}messages/test", try_it, methods=["POST"], name="console-build-messages-test"),
]
