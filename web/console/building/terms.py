"""The builder's part of words: what a programme calls people and things, and how it looks."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building.queries import Plan
from server.kernel.db import Json
from server.kernel.terms import USUAL
from server.programs.branding.setup import NAME_LETTERS
from server.programs.terms.setup import TERM_LETTERS
from web.console.building import desk
from web.console.building import terms_words as words
from web.forms import Errors, read_form, text


async def show(request: Request) -> Response:
    """The words as they are prepared, or in force."""
    plan = await desk.opened(request)
    return _drawn(request, plan, plan.content, Errors(), "")


async def keep(request: Request) -> Response:
    """Use these words in the draft."""
    form = await read_form(request)
    return await desk.keep(request, words.PART, form, {"terminology": _typed(form), "branding": _look(form)}, _page)


def _typed(form: FormData) -> Json:
    """A word that was emptied in each form is called as usual again."""
    return {
        tag: {
            term: {case: text(form, f"terminology.{tag}.{term}.{case}", 2 * TERM_LETTERS) for case in cases}
            for term, cases in terms.items()
        }
        for tag, terms in USUAL.items()
    }


def _look(form: FormData) -> Json:
    return {
        "name": text(form, "branding.name", 2 * NAME_LETTERS), "accent": text(form, "branding.accent", NAME_LETTERS),
    }


async def _page(request: Request, plan: Plan, typed: Json, errors: Errors, refused: str) -> Response:
    return _drawn(request, plan, typed, errors, refused)


def _drawn(request: Request, plan: Plan, typed: Json, errors: Errors, refused: str) -> Response:
    return desk.part_page(
        request, words.PART, plan, "console/building/words.html", errors, refused,
        rows=words.rows(typed["terminology"]), letters=TERM_LETTERS,
        look=typed["branding"], name_letters=NAME_LETTERS,
    )


routes = [
    Route(f"{desk.HERE}words", show, name="console-build-words"),
    Route(f"{desk.HERE}words", keep, methods=["POST"], name="console-build-words-keep"),
]
