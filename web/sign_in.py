"""Who is there: the cookie of a session, what it puts on each request, and the way in and out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from server.access.actions import close_session
from server.access.queries import session_actor, was_revoked
from server.journey.frame.queries import drafts_waiting, frame_of
from server.kernel.actor import Actor
from server.kernel.errors import Unavailable
from server.kernel.secrets import fingerprint
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.kernel.text import set_terms
from server.messaging.queries import unread_count
from server.notifications.jobs import missing_mail_server
from server.notifications.told.actions import note_tap
from server.notifications.told.links import NAME, with_its_place
from server.people.states import Look
from web.forms import Errors, one_id, read_form, typed_in
from web.render import WHO_COOKIE, go_to, is_fragment, look_like, page, speak_to
from web.security import SAFE_METHODS
from web.viewer import Theme, Viewer

if TYPE_CHECKING:
    from server.people.models import Person

SECRET_LIVES_S = 30 * 24 * 3600
"""How long the browser keeps the secret: as long as a session lasts at most (access room)."""
NEXT_LETTERS = 500
PLAIN_FORM = "application/x-www-form-urlencoded"
THEMES: dict[Look, Theme] = {Look.SYSTEM: "system", Look.LIGHT: "light", Look.DARK: "dark"}


class SignIn:
    """Puts `actor`, `person` and `viewer` on `request.state`; None, None and None when nobody is signed in.

    `without` are prefixes that ask for nobody (files), `frameless` those that show no page (machines): no viewer there.
    """

    def __init__(self, app: ASGIApp, *, without: tuple[str, ...] = (), frameless: tuple[str, ...] = ()) -> None:
        self.app = app
        self.without = without
        self.frameless = frameless

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            state = scope.setdefault("state", {})
            state.update(actor=None, person=None, viewer=None)
            if not scope["path"].startswith(self.without or ("\0",)):
                await self._recognise(Request(scope, receive))
        await self.app(scope, receive, send)

    async def _recognise(self, request: Request) -> None:
        try:
            await self._look_up(request)
        except Unavailable:
            await _keep_typed(request)
            raise

    async def _look_up(self, request: Request) -> None:
        secret = request.cookies.get(cookie_name(request), "")
        found = await session_actor(secret) if secret else None
        if found is None:
            return
        request.state.actor, request.state.person = found
        if request.method == "GET" and (message_id := one_id(request.query_params, NAME)):
            await note_tap(request.state.actor, message_id)
        if not request.url.path.startswith(self.frameless or ("\0",)):
            request.state.viewer = await viewer_for(*found, request.url.path)
            set_terms(request.state.viewer.terms)
            look_like(request.state.viewer.branding)
            speak_to(request)   # before any action runs: what it refuses is said in the person's own language


class RequireSignIn:
    """Shows the way in to whoever is not signed in; nothing they sent is taken, and they are told."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        app = self.app if request.state.actor else await _turn_away(request)
        await app(scope, receive, send)


def signed_in_only(routes: Iterable[Route]) -> list[BaseRoute]:
    """The routes of screens, each open to signed-in people alone. The limits layer knows which of them take files."""
    guard = [Middleware(RequireSignIn)]
    return [Route(one.path, one.endpoint, methods=one.methods, name=one.name, middleware=guard) for one in routes]


async def viewer_for(actor: Actor, person: Person, path: str) -> Viewer:
    """The signed-in person as the layouts need them; what waits is counted for the part they are in."""
    frame = await frame_of(actor, person)
    in_console = path.startswith("/console")
    return Viewer(
        person_name=person.full_name, organization_name=frame.organization.name,
        program_name=frame.program_name,
        roles=frozenset(role.value.lower() for role in frame.roles), language=frame.language,
        theme=THEMES[frame.look], zone=person.zone, refused=frame.refused, terms=frame.terms, branding=frame.branding,
        unread=0 if in_console else await unread_count(actor),
        waiting=await drafts_waiting(actor) if in_console else 0,
    )


def cookie_name(request: Request) -> str:
    """`__Host-` binds the cookie to this very host; browsers take that name over https alone."""
    return "__Host-ithaca" if request.url.scheme == "https" else "ithaca"


def browser_of(request: Request) -> str:
    """The fingerprint of the secret that this browser holds."""
    return fingerprint(request.cookies.get(cookie_name(request), ""))


def put_secret(request: Request, response: Response, secret: str) -> None:
    """Let this browser hold the secret of a session, where no script can read it."""
    response.set_cookie(
        cookie_name(request), secret, SECRET_LIVES_S if secret else 0, path="/",
        secure=request.url.scheme == "https", httponly=True, samesite="lax",
    )


def own_path(given: str) -> str:
    """`given` if it is a path of ours to go on to, else "": never another site's, never the way in itself."""
    return given if is_own(given) and not urlsplit(given).path.startswith(("/sign-", "/demo")) else ""


def onward_to(given: str) -> str:
    """Where somebody goes on to who came in: the path that they wanted, at its place, or the first page."""
    return with_its_place(own_path(given)) or "/"


def is_own(given: str) -> bool:
    """Whether `given` is a path of ours, the way in included."""
    parts = urlsplit(given)
    ours = given.startswith("/") and not given.startswith("//") and not parts.scheme and not parts.netloc
    return ours and given.isprintable() and "\\" not in given and len(given) <= NEXT_LETTERS


def device_of(request: Request) -> str:
    """What the browser calls itself, for the list of one's own sessions."""
    return request.headers.get("user-agent", "")


async def sign_in(request: Request) -> Response:
    """The way in. Whoever is in already goes on."""
    onward = own_path(request.query_params.get("next", ""))
    if request.state.actor:
        return go_to(request, onward_to(onward))
    return door(request, onward)


def door(
    request: Request, onward: str, words: str = "", status: int = 200, email: str = "", errors: Errors | None = None
) -> Response:
    """The page with the ways in, each of which leads on to `onward`. `words` say why somebody stands there."""
    return page(
        request, "sign_in/sign_in.html", status=status, onward=onward, told=words, is_demo=settings().demo,
        lacking=missing_mail_server(), typed=typed_in(request), email=email, errors=errors or Errors(),
    )


async def sign_out(request: Request) -> Response:
    """End this browser's session, and have it forget all that it keeps of ours: files, worker, subscription."""
    await close_session(request.cookies.get(cookie_name(request), ""))
    return _forgetting(request, go_to(request, "/demo" if settings().demo else "/sign-in"))


async def _turn_away(request: Request) -> Response:
    if request.method in SAFE_METHODS:
        return await _forget_if_revoked(request, _to_the_door(request))
    words = _("You are signed out, so nothing was saved. Sign in, then send it again.")
    if is_fragment(request):
        return await _forget_if_revoked(request, Response(words, 401, {"X-Message": quote(words)}, "text/plain"))
    await _keep_typed(request)
    return await _forget_if_revoked(request, door(request, own_path(_page_before(request)), words, status=401))


async def _keep_typed(request: Request) -> None:
    """Read a form, so that the page which refuses it gives back what was typed. A file waits for who may send it."""
    if request.method not in SAFE_METHODS and request.headers.get("content-type", "").startswith(PLAIN_FORM):
        await read_form(request)


def _to_the_door(request: Request) -> Response:
    here = _page_before(request) if is_fragment(request) else str(request.url.path) + _query(request)
    url = f"/sign-in?next={quote(own_path(here))}" if own_path(here) else "/sign-in"
    return go_to(request, url) if is_fragment(request) else RedirectResponse(url, 303)


async def _forget_if_revoked(request: Request, response: Response) -> Response:
    """A browser that was signed out from elsewhere forgets what it keeps of ours, as one that signs out itself."""
    if await was_revoked(request.cookies.get(cookie_name(request), "")):
        return _forgetting(request, response)
    return response


def _forgetting(request: Request, response: Response) -> Response:
    put_secret(request, response, "")
    response.delete_cookie(WHO_COOKIE, path="/", secure=request.url.scheme == "https", samesite="lax")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _page_before(request: Request) -> str:
    """The path of the page that the person sees."""
    seen = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
    return seen.path + (f"?{seen.query}" if seen.query else "")


def _query(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""


routes = [
    Route("/sign-in", sign_in, name="sign-in"),
    Route("/sign-out", sign_out, methods=["POST"], name="sign-out"),
]
