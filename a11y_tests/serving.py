"""The product, served in this very process, so that what a state reached can be seen: routes, templates, macros."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from typing import Any

import uvicorn
from jinja2 import Template
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.asgi import all_routes
from web import app, render
from web.errors import EXCEPTION_HANDLERS
from web.render import COMPONENTS, ENV

SAFE = {"HEAD": "GET"}
NOTHING = "/nothing"
"""An empty page where the product is: the window which goes there keeps its process. With about:blank it gets
another, and one more with what comes next."""


class Seen:
    """What one state made the product do: visits as "POST match 422", templates by file name, blocks answered alone."""

    def __init__(self) -> None:
        self.visits: set[str] = set()
        self.templates: set[str] = set()
        self.fragments: set[str] = set()


class Recorder:
    """Notes the route and the status of every answer in `seen`."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner
        self.seen = Seen()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == NOTHING:
            return await HTMLResponse("<!doctype html>")(scope, receive, send)

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                name = getattr(scope.get("route"), "name", "") or "nowhere"
                method = SAFE.get(scope["method"], scope["method"])
                self.seen.visits.update(f"{method} {name} {status}" for status in _statuses(message))
            await send(message)

        return await self.inner(scope, receive, noted if scope["type"] == "http" else send)


def _statuses(message: Message) -> set[int]:
    """The status. With 204 a script is led on where a browser is with 303; which of them asked is a matter of time."""
    is_onward = any(name.lower() == b"hx-redirect" for name, _value in message["headers"])
    return {message["status"], *([303] if is_onward else [])}


@asynccontextmanager
async def served() -> AsyncGenerator[tuple[str, Recorder], None]:
    """The address of the running product, and what watches it. One address more than the product has: /broken."""
    recorder = Recorder(Starlette(
        routes=[*all_routes(), Route("/broken", _break, name="broken")], middleware=app.middleware,
        exception_handlers=EXCEPTION_HANDLERS,
    ))
    config = uvicorn.Config(recorder, port=0, lifespan="off", log_level="critical", ws="none")
    server = uvicorn.Server(config)
    with _templates_noted(recorder):
        running = asyncio.create_task(server.serve())
        while not server.started:
            assert not running.done(), "the web face did not start"
            await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", recorder
        server.should_exit = True
        await running


async def _break(request: Request) -> Response:
    raise RuntimeError("broken on purpose, to see the page for surprises")


@contextmanager
def _templates_noted(recorder: Recorder) -> Iterator[None]:
    """Templates are noted when they are asked for or answered in part, component files when a macro is called."""
    macros = {name: ENV.globals[name] for name in _macros()}
    find: Callable[..., Template] = ENV.get_template

    @wraps(find)
    def found(name: Any, *rest: Any, **values: Any) -> Template:
        recorder.seen.templates.add(str(name))
        return find(name, *rest, **values)

    part: Callable[..., str] = vars(render)["_fragment"]

    @wraps(part)
    def answered(template: Template, block: str, values: Any) -> str:
        recorder.seen.fragments.add(f"{template.name} block {block}")
        return part(template, block, values)

    vars(ENV)["get_template"] = found           # on this one object, before its class's own or a product served already
    vars(render)["_fragment"] = answered
    ENV.globals.update({name: _noted(recorder, file, macros[name]) for name, file in _macros().items()})
    try:
        yield
    finally:
        ENV.globals.update(macros)
        vars(render)["_fragment"] = part
        vars(ENV)["get_template"] = find


def _macros() -> dict[str, str]:
    """Each macro that templates call, and the component file it stands in."""
    return {
        key: f"components/{name}.html" for name in COMPONENTS
        for key, value in vars(ENV.get_template(f"components/{name}.html").module).items() if callable(value)
        and key in ENV.globals
    }


def _noted(recorder: Recorder, file: str, macro: Any) -> Callable[..., Any]:
    def call(*rest: Any, **values: Any) -> Any:
        recorder.seen.templates.add(file)
        return macro(*rest, **values)

    return call
