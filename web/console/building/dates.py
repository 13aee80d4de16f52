"""The builder's first part: what kind of programme it is, its name, and how long and how often people meet."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building.queries import Plan
from server.kernel.db import Json
from server.programs.actions.settings import LINK_LETTERS
from server.programs.plans.setup import NAME_LETTERS
from web.console.building import dates_words as words
from web.console.building import desk
from web.forms import Errors, read_form, text, ticked

WORD_LETTERS = 20
NUMBERS = (
    "duration_days", "sessions_per_month", "session_minutes", "answer_within_days", "invitation_days", "places_max",
)


async def show(request: Request) -> Response:
    """The dates as they are prepared, or in force."""
    plan = await desk.opened(request)
    return await _page(request, plan, plan.content, Errors(), "")


async def keep(request: Request) -> Response:
    """Use these dates in the draft."""
    form = await read_form(request)
    return await desk.keep(request, words.PART, form, _typed(form), _page)


def _typed(form: FormData) -> Json:
    chosen = {name: text(form, name, WORD_LETTERS) for name in ("type", "cadence") if name in form}
    return {
        **chosen, **desk.whole(form, NUMBERS), "name": text(form, "name", NAME_LETTERS),
        "meeting_url": text(form, "meeting_url", LINK_LETTERS), "pause_moves_end": ticked(form, "pause_moves_end"),
    }


async def _page(request: Request, plan: Plan, typed: Json, errors: Errors, refused: str) -> Response:
    return desk.part_page(
        request, words.PART, plan, "console/building/dates.html", errors, refused, typed=typed, kinds=words.kinds(),
        cadences=words.cadences(), groups=words.groups(plan),
    )


routes = [
    Route(f"{desk.HERE}dates", show, name="console-build-dates"),
    Route(f"{desk.HERE}dates", keep, methods=["POST"], name="console-build-dates-keep"),
]
