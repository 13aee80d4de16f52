"""How many requests are answered at once, and what becomes of the others: refused in words, never served late.

A request is counted only when its body is there: slow senders would hold every place otherwise. The numbers are
settings (docs/operate.md), the reasons in docs/decisions/0010-limits-of-http.md.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from http import HTTPStatus
from typing import Literal

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from server.kernel.engines.away import answering
from server.kernel.errors import Unavailable
from server.kernel.log import note
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from web.bodies import IN_MEMORY_BYTES, Body, announced_size, hear_out, read_whole
from web.errors import refusal
from web.forms import read_form

Kind = Literal["page", "graphql", "stream", "file"]
Files = Sequence[tuple[re.Pattern[str], int]]
RETRY_S = (1, 4)
"""When to come again, spread so that those who were refused together do not come together."""


class Crowded(Unavailable):
    """Every place is taken. Nothing was begun."""

    def __init__(self) -> None:
        super().__init__(_("Many people are here just now. Nothing was changed. Try again in a few seconds."))
        self.retry_after_s = random.randint(*RETRY_S)  # noqa: S311  # spreads a crowd, guards nothing


class Limits:
    """Reads the body, takes a place, lets the product answer.

    `free` are prefixes of what is never refused; `files` are addresses that take files, each with the bytes it takes.
    """

    def __init__(self, app: ASGIApp, *, free: tuple[str, ...] = (), files: Files = ()) -> None:
        self.app, self.free, self.files = app, free, files
        self.busy: Counter[Kind] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self.free or ("\0",)):
            await self.app(scope, receive, send)
            return
        with Body() as body:
            try:
                arrived = await self._read(scope, body, receive)
            except HTTPException as error:
                await _refuse(scope, receive, send, error)
                return
            if arrived:
                await self._place(scope, body, receive, send)

    async def _read(self, scope: Scope, body: Body, receive: Receive) -> bool:
        most = next((most for address, most in self.files if address.match(scope["path"])), settings().body_bytes)
        return await read_whole(body, receive, most=most, announced=announced_size(scope))

    async def _place(self, scope: Scope, body: Body, receive: Receive, send: Send) -> None:
        kind = _kind(scope, body)
        if self.busy[kind] >= _places(kind):
            note("web.refused", kind=kind)
            await _turn_away(scope, body, receive, send)
            return
        self.busy[kind] += 1
        try:
            await asyncio.sleep(0)  # so that those who have arrived already are counted before this one is answered
            with nullcontext() if kind == "file" else answering():
                await self.app(scope, body.again(receive), send)
        finally:
            self.busy[kind] -= 1


def _kind(scope: Scope, body: Body) -> Kind:
    if body.size > settings().body_bytes:
        return "file"
    if not scope["path"].startswith("/graphql"):
        return "page"
    return "stream" if "text/event-stream" in Headers(scope=scope).get("accept", "") else "graphql"


def _places(kind: Kind) -> int:
    given = settings()
    return {
        "page": given.places_pages, "graphql": given.places_graphql, "stream": given.places_streams,
        "file": given.places_files,
    }[kind]


async def _refuse(scope: Scope, receive: Receive, send: Send, error: HTTPException) -> None:
    """Say what is wrong with a body. Who is too slow is not waited for; who sends too much is heard out first."""
    response = refusal(Request(scope, receive), error)
    waits_for_our_word = Headers(scope=scope).get("expect", "").lower() == "100-continue"
    if waits_for_our_word or error.status_code == HTTPStatus.REQUEST_TIMEOUT:
        response.headers["connection"] = "close"
    else:
        await hear_out(receive)
    await response(scope, receive, send)


async def _turn_away(scope: Scope, body: Body, receive: Receive, send: Send) -> None:
    """There is no place: say when to come again, and give back what was typed."""
    request = Request(scope, body.again(receive))
    if 0 < body.size <= IN_MEMORY_BYTES:
        with suppress(HTTPException):
            await read_form(request)
    await refusal(request, Crowded())(scope, receive, send)
