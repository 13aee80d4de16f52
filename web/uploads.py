"""How large a file a route takes: what is larger is refused in words, before it is read."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from web.errors import error_page

ENVELOPE_BYTES = 100_000
"""What a form around a file may take: boundaries, names, its key."""


class Uploads:
    """Lets a route take files of up to `most` bytes, whatever the rest of the product takes.

    A request that says at once that it is larger gets our page; the server's own limit would answer with bare words.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.most = most
        self.taken = RequestBodyLimitMiddleware(app, max_body_size=most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        declared = Headers(scope=scope).get("content-length", "")
        size = int(declared) if declared.isdecimal() else 0
        app = self.taken if size <= self.most else RequestBodyLimitMiddleware(_refuse, max_body_size=size)
        await app(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await error_page(Request(scope, receive), HTTPException(413))(scope, receive, send)
