"""Headers that keep a browser on our side, and the check that a change was asked for by our own page."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.kernel.errors import Refused
from server.kernel.text import gettext as _
from web.assets import first_visit_hash
from web.errors import refusal

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

# No script stands inline, and of styles only the block of a first visit, by its hash: no 'unsafe-inline', no nonce.
CONTENT_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", f"style-src 'self' {first_visit_hash()}",
    "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "media-src 'self' blob:", "manifest-src 'self'", "worker-src 'self'", "form-action 'self'",
    "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'",
))

ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=(), browsing-topics=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
TWO_YEARS = "max-age=63072000; includeSubDomains"


class SecurityHeaders:
    """Every answer carries the headers above; pages are not stored where another person may find them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _guard(MutableHeaders(scope=message), https=scope.get("scheme") == "https")
            await send(message)

        await self.app(scope, receive, send_guarded)


class SameOrigin:
    """Refuses a change that another site's page asked for (R: cross-site request forgery, without tokens).

    Browsers say where a request comes from in Sec-Fetch-Site and in Origin; a request with a method that changes
    something needs one of them to name ourselves. `open_paths` are whole addresses to which machines post that carry
    their own proof.
    """

    def __init__(self, app: ASGIApp, *, open_paths: tuple[str, ...] = ()) -> None:
        self.app = app
        self.open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._allowed(scope):
            await self.app(scope, receive, send)
            return
        told = Refused(_("This came from another site, so nothing was changed. Open the page here and try again."))
        await refusal(Request(scope, receive), told)(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        is_open = scope["method"] == "POST" and scope["path"] in self.open_paths
        if is_open or scope["method"] in SAFE_METHODS:
            return True
        headers = Headers(scope=scope)
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site != "same-origin":
            return False
        if origin is not None:
            return _host_of(origin) == headers.get("host", "").lower()
        return site == "same-origin"


def _host_of(origin: str) -> str:
    """Host and port of an origin, "" for the opaque origin "null"."""
    return urlsplit(origin).netloc.lower()


def _guard(headers: MutableHeaders, *, https: bool) -> None:
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    if https:
        headers.setdefault("Strict-Transport-Security", TWO_YEARS)
    if headers.get("content-type", "").startswith("text/html"):
        headers.setdefault("Cache-Control", "no-store")
