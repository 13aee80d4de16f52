"""A browser for tests: signed in as somebody, and strict about every page it is given."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import httpx2
import pytest
from starlette.applications import Starlette

from server.access.actions import open_session
from server.asgi import all_routes
from server.kernel import clock
from server.people.models import Person
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.factories import Pair
from tests.web.pages import faults_of
from web import app
from web.errors import EXCEPTION_HANDLERS

HOME = "http://127.0.0.1:8000"
HTMX = {"HX-Request": "true"}
"""Headers with which htmx asks for a fragment."""

PHONE = [route for route in all_routes() if getattr(route, "name", "").startswith("pwa-")]
"""What every page names in its head."""

ClientOf = Callable[[Person | None], Awaitable[httpx2.AsyncClient]]


@pytest.fixture
async def client_of(db) -> AsyncGenerator[ClientOf, None]:
    """`await client_of(person)`: a browser in which they are signed in; None for one in which nobody is.

    Redirects are not followed. Posts carry our own Origin, as a browser's do.
    """
    async with AsyncExitStack() as stack:

        async def make(person: Person | None) -> httpx2.AsyncClient:
            cookies = {"ithaca": await open_session(person)} if person else {}
            return await stack.enter_async_context(browser(cookies))

        yield make


def browser(cookies: dict[str, str], *, breaks: bool = True) -> httpx2.AsyncClient:
    """An HTTP client of the web face that refuses a page with faults. What breaks breaks the test, if `breaks`."""
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(_web_face(breaks)), base_url=HOME, cookies=cookies,
        headers={"Origin": HOME}, event_hooks={"response": [_check]},
    )


def _web_face(breaks: bool) -> Starlette:
    """The web face and the phone's files; the product is put together in server/asgi.py."""
    kept = [one for one in app.middleware if not (breaks and one.cls is app.Surprises)]
    return Starlette(routes=[*app.routes, *PHONE], middleware=kept, exception_handlers=EXCEPTION_HANDLERS)


async def _check(response: httpx2.Response) -> None:
    await response.aread()
    if response.headers.get("content-type", "").startswith("text/html"):
        assert faults_of(response.text, response.status_code) == [], response.url


async def booked(pair: Pair) -> Session:
    """The pair's next session, in two days."""
    starts = clock.now() + timedelta(days=2)
    return await Session.create(
        organization_id=pair.organization.id, match=pair.match, starts_at=starts,
        ends_at=starts + timedelta(minutes=45), state=SessionState.SCHEDULED,
    )
