"""The explorer of the API: write a query, run it, read the answer, look things up. For demos, or where switched on.

It stands before the API at the same address and answers people; machines go through to the API. What somebody runs
here is sent through the API's own door as a client would send it, so the answer is a client's, byte for byte.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.kernel.settings import settings
from server.kernel.text import gettext as _
from web import forms
from web.explorer_examples import example, examples
from web.reference import Kind, Reference
from web.render import is_fragment, page, speak_to
from web.sign_in import viewer_for

FORM = "application/x-www-form-urlencoded"
LETTERS = 100_000
"""No more is read of what was typed; the API itself refuses what is too long for it."""
FIND_LETTERS = 60
HEADERS = [(b"content-type", b"application/json"), (b"accept", b"application/graphql-response+json")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the form: a document, and its variables as they were typed."""

    query: str
    variables: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the body set out in lines, how long it took, and how many errors it names."""

    status: int
    body: str
    took_ms: int
    errors: int


class Explorer:
    """The API with the explorer before it."""

    def __init__(self, api: ASGIApp, schema: Callable[[], str]) -> None:
        self.api, self.schema = api, schema

    @cached_property
    def reference(self) -> Reference:
        """Read when somebody first looks: most installations show no explorer."""
        return Reference(self.schema())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if not (has_explorer() and is_a_person(request)):
            await self.api(scope, receive, send)
            return
        await _recognise(request)
        response = await self._run(request) if request.method == "POST" else self._show(request)
        await response(scope, receive, send)

    def _show(self, request: Request) -> Response:
        """The page with an example in the form, or the reference alone when htmx asks for a part of it."""
        chosen = example(request.query_params.get("example", ""))
        return self._page(request, Asked(chosen.document, chosen.variables), block="reference")

    async def _run(self, request: Request) -> Response:
        """The page with the answer, or with what must be mended first."""
        errors = forms.Errors()
        asked, variables = _read(await forms.read_form(request), errors)
        if errors:
            return self._page(request, asked, errors=errors)
        answer = await self._ask(request, {"query": asked.query, "variables": variables})
        return self._page(request, asked, answer=answer)

    async def _ask(self, request: Request, body: dict[str, Any]) -> Answer:
        """What a client gets that sends this. The API finds who asks where sign-in put it."""
        began, sent = time.perf_counter(), list[Message]()

        async def receive() -> Message:
            return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.api({**request.scope, "query_string": b"", "headers": HEADERS}, receive, send)
        took_ms = round((time.perf_counter() - began) * 1000)
        told = json.loads(b"".join(message.get("body", b"") for message in sent))
        return Answer(sent[0]["status"], json.dumps(told, indent=2, ensure_ascii=False), took_ms,
                      len(told.get("errors", ())))

    def _page(
        self, request: Request, asked: Asked, *, block: str = "ask", errors: forms.Errors | None = None,
        answer: Answer | None = None,
    ) -> Response:
        """`block` is what htmx gets: the form and its answer, or the reference."""
        given = request.query_params
        words, chosen = given.get("find", "").strip()[:FIND_LETTERS], given.get("type", "")
        seen = self.reference.pages.get(chosen) or self.reference.pages["Query"]
        return page(
            request, "explorer/explorer.html", block=block, status=422 if errors else 200,
            say=_said(answer) if answer else "", errors=errors or {}, answer=answer, asked=asked, examples=examples(),
            chosen=given.get("example", ""), find=words, seen=seen,
            found=self.reference.find(words) if words else [], reference=self.reference, kinds=_kinds(),
            person=request.state.person, door="/demo" if settings().demo else "/sign-in",
        )


def has_explorer() -> bool:
    """Whether this installation shows it."""
    return settings().demo or settings().explorer


def is_a_person(request: Request) -> bool:
    """Whether a browser asks for a page, or sends the page's form; a client of the API does neither."""
    if request.method == "POST":
        return request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM
    browser = "text/html" in request.headers.get("accept", "") or is_fragment(request)
    return request.method == "GET" and browser and "query" not in request.query_params


async def _recognise(request: Request) -> None:
    """Sign-in makes no viewer at a machine's address; here a person looks."""
    if request.state.person:
        request.state.viewer = await viewer_for(request.state.actor, request.state.person, request.url.path)
        speak_to(request)


def _read(form: FormData, errors: forms.Errors) -> tuple[Asked, dict[str, Any]]:
    query = forms.text(form, "query", LETTERS, errors, required=_("Write a query, or take an example."), lines=True)
    typed = forms.text(form, "variables", LETTERS, errors, lines=True)
    return Asked(query, typed), _variables(typed, errors)


def _variables(typed: str, errors: forms.Errors) -> dict[str, Any]:
    try:
        found = json.loads(typed or "{}")
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    errors.add("variables", _("Write the variables as a JSON object, or leave them empty."))
    return {}


def _said(answer: Answer) -> str:
    """What somebody hears who does not see the answer come."""
    return _("Answered with errors.") if answer.errors else _("Answered.")


def _kinds() -> dict[Kind, tuple[str, str]]:
    """Each kind of type: as one of them is called, and as all of them are."""
    return {
        "root": (_("Where a document begins"), _("Where a document begins")), "object": (_("Object"), _("Objects")),
        "interface": (_("Interface"), _("Interfaces")), "union": (_("Union"), _("Unions")),
        "input": (_("Input"), _("Inputs")), "enum": (_("Enum"), _("Enums")), "scalar": (_("Scalar"), _("Scalars")),
    }
