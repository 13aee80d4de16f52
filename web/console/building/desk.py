"""What all parts of the builder share: their page, and writing what was typed into the draft."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from server.automation.building import actions
from server.automation.building.queries import Plan, plan_of
from server.kernel.db import Json
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from web.console.building import desk_words as words
from web.console.building.outline import address as part_address
from web.console.building.outline import lines
from web.console.building.part import Part
from web.forms import Errors, text
from web.render import go_to, page, speak_of
from web.toast import Toast

HERE = "/console/programs/{id:uuid}/build/"
"""How the address of each part begins; its own name follows."""
DIGEST_LETTERS, NUMBER_LETTERS = 64, 12

Shown = Callable[[Request, Plan, Json, Errors, str], Awaitable[Response]]
"""Draws a part: the plan, the settings as they are or were typed, what is wrong by path, and a refusal."""


async def opened(request: Request) -> Plan:
    """What somebody builds here."""
    plan = await plan_of(request.state.actor, program_id(request))
    speak_of(plan.program)
    return plan


async def keep(
    request: Request, part: Part, form: FormData, given: Json, shown: Shown, errors: Errors | None = None, *,
    back: str = "",
) -> Response:
    """Write what was typed into the draft and show the part again, or go `back`; what cannot be stays typed, told at
    its field."""
    refused, errors = "", errors or Errors()
    if not errors:
        try:
            seen = text(form, "seen", DIGEST_LETTERS)
            await actions.change_part(request.state.actor, program_id(request), given, seen=seen)
            told = Toast(_("Kept in the draft. Nobody notices it yet."))
            return go_to(request, back or f"{request.url.path}", toast=told)
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict:
            refused = words.meanwhile()
    plan = await opened(request)
    return await shown(request, plan, {**plan.content, **given}, errors, refused)


def part_page(
    request: Request, part: Part, plan: Plan, template: str, errors: Errors, refused: str = "", **values: Any
) -> Response:
    """The page of a part: the parts at its side, its form, and everything in plain sentences."""
    told = lines(plan, part)
    return page(
        request, template, status=409 if refused else 422 if errors else 200, errors=errors, refused=refused,
        plan=plan, here=part_address(plan, part), parts=told, place=[one.current for one in told].index(True) + 1,
        stands=words.stands(plan), kept=words.kept(plan), touches=words.touches(plan), seen=plan.seen,
        overtaken=plan.overtaken, **values,
    )


def whole(form: FormData, names: tuple[str, ...]) -> Json:
    """Whole numbers by their names; what is none stays as it was typed, for the document to say so."""
    return {name: number(text(form, name, NUMBER_LETTERS)) for name in names}


def program_id(request: Request) -> UUID:
    """The programme of the address."""
    found: UUID = request.path_params["id"]
    return found


def number(typed: str) -> object:
    """A whole number, or what was typed instead."""
    return int(typed) if typed.removeprefix("-").isdecimal() and len(typed) <= NUMBER_LETTERS else typed
