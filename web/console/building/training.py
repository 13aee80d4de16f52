"""The builder's training: what people read before they meet, step by step."""

from itertools import chain, count

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building.queries import Plan
from server.kernel.db import Json
from server.kernel.text import folded
from server.programs.training.entries import KEY_LETTERS, LINK_LETTERS, STEPS_MOST, TEXT_LETTERS, TITLE_LETTERS, slug
from server.programs.training.states import Audience
from web.console.building import desk
from web.console.building import training_words as words
from web.forms import Errors, read_form, text, ticked

WORD_LETTERS = 20
NEW_STEP: Json = {
    "key": "", "title": "", "text": "", "link": "", "minutes": 5, "to": Audience.EVERYBODY.value, "required": True,
}


async def show(request: Request) -> Response:
    """The steps as they are prepared, or in force."""
    plan = await desk.opened(request)
    return await _page(request, plan, plan.content, Errors(), "")


async def keep(request: Request) -> Response:
    """Use these steps in the draft."""
    form = await read_form(request)
    return await desk.keep(request, words.PART, form, {"training": _typed(form)}, _page)


def _typed(form: FormData) -> list[Json]:
    """The steps that were typed; one without title and text is none. A new one is known by its title from then on."""
    typed = [_step(form, f"training[{place}].") for place in range(1, STEPS_MOST + 1)]
    steps, taken = [one for one in typed if one["title"] or one["text"]], {one["key"] for one in typed}
    for one in steps:
        one["key"] = one["key"] or _free_key(one["title"], taken)
        taken.add(one["key"])
    return steps


def _step(form: FormData, at: str) -> Json:
    return {
        "key": text(form, f"{at}key", KEY_LETTERS), "title": text(form, f"{at}title", TITLE_LETTERS),
        "text": text(form, f"{at}text", TEXT_LETTERS, lines=True), "link": text(form, f"{at}link", LINK_LETTERS),
        "minutes": desk.number(text(form, f"{at}minutes", desk.NUMBER_LETTERS)),
        "to": text(form, f"{at}to", WORD_LETTERS), "required": ticked(form, f"{at}required"),
    }


def _free_key(title: str, taken: set[str]) -> str:
    """What a new step is known by: its title as it can stand in a file, numbered where another has it."""
    key = slug(folded(title))
    return next(one for one in chain([key], (f"{key}-{number}" for number in count(2))) if one not in taken)


async def _page(request: Request, plan: Plan, typed: Json, errors: Errors, refused: str) -> Response:
    steps = typed["training"]
    return desk.part_page(
        request, words.PART, plan, "console/building/training.html", errors, refused,
        steps=[*steps, *([NEW_STEP] if len(steps) < STEPS_MOST else [])], audiences=words.audiences(),
    )


routes = [
    Route(f"{desk.HERE}training", show, name="console-build-training"),
    Route(f"{desk.HERE}training", keep, methods=["POST"], name="console-build-training-keep"),
]
