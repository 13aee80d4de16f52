"""People: the list with its search, and one person across programmes and roles."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.roster import queries
from server.kernel import clock
from server.kernel.errors import TooMany
from server.kernel.text import clean
from web.console import people_words as words
from web.forms import Errors
from web.render import page

HERE = "/console/people"
WORDS_LETTERS, KEY_LETTERS, PAGES_MAX, PAGE_DIGITS = 100, 60, 100_000, 6


async def show(request: Request) -> Response:
    """The list, narrowed by words and programme; all of it stands in the address."""
    asked = request.query_params
    typed, key = clean(asked.get("q", ""))[:WORDS_LETTERS], asked.get("program", "")[:KEY_LETTERS]
    number = asked.get("page", "1")[:PAGE_DIGITS]
    at = min(int(number), PAGES_MAX) if number.isascii() and number.isdecimal() else 1
    try:
        return _list(request, await queries.roster(request.state.actor, typed, program_key=key, page=at), typed)
    except TooMany as refusal:
        return await _wait(request, typed, key, refusal)


async def _wait(request: Request, typed: str, key: str, refusal: TooMany) -> Response:
    """The whole list, with what was typed where it was typed."""
    shown = await queries.roster(request.state.actor, program_key=key)
    response = _list(request, shown, typed, errors=Errors({"q": refusal.message}), status=429)
    response.headers["Retry-After"] = str(refusal.retry_after_s)
    return response


def _list(
    request: Request, shown: queries.Roster, typed: str, *, errors: Errors | None = None, status: int = 200
) -> Response:
    sought = "" if errors else typed
    key = shown.program.key if shown.program else ""
    return page(
        request, "console/people.html", status=status, errors=errors or Errors(), shown=shown, typed=typed,
        title=words.title(shown.total), briefing=words.briefing(shown, sought), place=words.place(shown),
        rows=[words.row(one) for one in shown.people], programs=[(one.key, one.name) for one in shown.programs],
        before=_address(sought, key, shown.page - 1) if shown.page > 1 else "",
        after=_address(sought, key, shown.page + 1) if shown.has_more else "",
    )


async def one(request: Request) -> Response:
    """One person."""
    shown = await queries.record(request.state.actor, request.path_params["id"])
    return page(
        request, "console/person.html", shown=shown, briefing=words.takes_part(shown), facts=words.facts(shown),
        parts=[words.part(one, shown) for one in shown.enrollments], consents=words.consents(shown), now=clock.now(),
    )


def _address(typed: str, key: str, at: int) -> str:
    return f"{HERE}?{urlencode({'q': typed, 'program': key, 'page': at})}"


routes = [
    Route(HERE, show, name="console-people"),
    Route(f"{HERE}/{{id:uuid}}", one, name="console-person"),
]
"""`/console/people/import` is no id, so the order of the two screens does not matter."""
