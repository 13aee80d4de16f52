"""The kernel's refusals as pages: mapped once, in plain words, each with a way on."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ExceptionHandler

from server.kernel.errors import Conflict, Invalid, KernelError, NotFound, Refused, TooMany, Unavailable
from server.kernel.text import gettext as _
from web.forms import typed_in
from web.render import is_fragment, page, speak_to

STATUS: dict[type[KernelError], int] = {
    NotFound: 404, Refused: 403, Invalid: 422, Conflict: 409, TooMany: 429, Unavailable: 503,
}

MACHINES = ("/graphql", "/scim")
"""Prefixes of other faces: they carry their own proof of who asks, and show no page but the explorer's own."""
CODES = {408: "TIMEOUT", 413: "TOO_LARGE"}
"""What machines are told about refusals that are of HTTP alone."""
AWAY_S = 5
"""When to come again when something is away and nobody knows for how long."""


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says. `back` offers the page before instead of the first page, where there is one."""

    title: str
    text: str
    art: str = "search"
    back: bool = False


def error_page(request: Request, error: Exception) -> Response:
    """The page for an expected refusal, or for a surprise; a fragment gets the words alone, for the live region."""
    speak_to(request)
    status, words = status_of(error), words_for(error)
    headers = {"Retry-After": str(wait)} if (wait := wait_of(error)) else {}
    if is_fragment(request):
        return Response(words.text, status, {**headers, "X-Message": quote(words.text)}, "text/plain")
    back = page_before(request, status) if words.back else ""
    response = page(request, "error.html", status=status, words=words, back=back, typed=typed_in(request))
    response.headers.update(headers)
    return response


def refusal(request: Request, error: Exception) -> Response:
    """What stands before every face says no: a page for people, JSON in the form of GraphQL's errors for machines."""
    if not is_for_a_machine(request):
        return error_page(request, error)
    status, wait = status_of(error), wait_of(error)
    code = error.code if isinstance(error, KernelError) else CODES.get(status, "INTERNAL")
    extensions = {"code": code, **({"retryAfter": wait} if wait else {})}
    body = {"errors": [{"message": words_for(error).text, "extensions": extensions}]}
    return JSONResponse(body, status, {"Cache-Control": "no-store", **({"Retry-After": str(wait)} if wait else {})})


def is_for_a_machine(request: Request) -> bool:
    """Whether a client of another face asks; somebody who uses the explorer there gets a page."""
    person = "text/html" in request.headers.get("accept", "") or is_fragment(request)
    return request.url.path.startswith(MACHINES) and not person


def wait_of(error: Exception) -> int:
    """After how many seconds trying again makes sense; 0 when nothing says that it does."""
    return getattr(error, "retry_after_s", AWAY_S if status_of(error) == STATUS[Unavailable] else 0)


def page_before(request: Request, status: int) -> str:
    """The page to try again from: this one, or the one that held the form; "" when the browser names none of ours."""
    if request.method in ("GET", "HEAD") and status != HTTPStatus.METHOD_NOT_ALLOWED:
        return request.url.path
    seen = urlsplit(request.headers.get("referer", ""))
    ours = seen.netloc == request.headers.get("host") and seen.path.startswith("/") and not seen.path.startswith("//")
    is_itself = status == HTTPStatus.METHOD_NOT_ALLOWED and seen.path == request.url.path
    return seen._replace(scheme="", netloc="", fragment="").geturl() if ours and not is_itself else ""


def status_of(error: Exception) -> int:
    """The HTTP status of an error; 500 for anything we did not expect."""
    if isinstance(error, HTTPException):
        return error.status_code
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def words_for(error: Exception) -> Words:
    """The words of an error page: the kernel's own message where there is one, never a detail of a surprise."""
    told = error.message if isinstance(error, KernelError) else ""
    return {
        403: Words(_("That isn't yours to do"), told or _("You can see this, but not change it."), back=True),
        404: Words(_("We could not find that"), told or _("It may have moved, or it belongs to somebody else.")),
        405: Words(_("There is no page at this address"), _("It belongs to a button on another page."), back=True),
        409: Words(_("Something changed meanwhile"), told or _("Look at the page again."), "boat", back=True),
        408: Words(
            _("That took too long to arrive"), _("Nothing was changed. Try again on a better line."), "offline", True
        ),
        413: Words(
            _("That is too large"), _("Nothing was changed. Choose a smaller file, or write less."), back=True
        ),
        422: Words(_("Something needs mending"), told or _("Look at the form again."), back=True),
        429: Words(_("A little too fast"), told or _("Wait a minute, then try again."), "boat", back=True),
        503: Words(_("We are away for a moment"), told or _("Nothing was changed. Try again soon."), "offline", True),
    }.get(status_of(error), Words(
        _("Something broke on our side"), _("Nothing was changed. Try again in a minute."), "offline", back=True
    ))


async def show_error(request: Request, error: Exception) -> Response:
    """Starlette's handler for all of them."""
    return error_page(request, error)


EXCEPTION_HANDLERS: dict[int | type[Exception], ExceptionHandler] = {
    KernelError: show_error, HTTPException: show_error, 500: show_error,
}
