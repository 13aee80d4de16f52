"""Pages travel packed; what is small, already packed or meant for machines does not."""

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests import factories
from tests.web.conftest import HOME, HTMX, ClientOf
from web import app
from web.assets import asset_url

LONG = "<p>" + "The tide turns twice a day. " * 200
ANSWERS = {
    "/page": (HTMLResponse(LONG), "gzip"), "/fragment": (HTMLResponse("<p>Saved.</p>"), None),
    "/data": (JSONResponse(LONG), None), "/stream": (Response(LONG, media_type="text/event-stream"), None),
    "/sheet": (Response(LONG, headers={"Content-Encoding": "br"}, media_type="text/css"), "br"),
}


@pytest.mark.parametrize("path", ANSWERS)
async def test_only_pages_worth_it_are_packed(path: str) -> None:
    answer, encoding = ANSWERS[path]
    packing = [one for one in app.middleware if one.cls is app.GZipMiddleware]
    small = Starlette(routes=[Route(path, answer)], middleware=packing)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(small), base_url=HOME) as client:
        async with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as found:
            assert found.headers.get("content-encoding") == encoding


async def test_a_screen_and_its_styles_are_packed_once_and_both_headers_vary(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    client = await client_of(pair.mentee)
    screen = await client.get("/")
    assert screen.headers["content-encoding"] == "gzip"
    assert {part.strip() for part in screen.headers["vary"].split(",")} == {"HX-Request", "Accept-Encoding"}
    assert (await client.get("/", headers={"Accept-Encoding": "identity"})).headers.get("content-encoding") is None
    sheet = await client.get(asset_url("participant.css"), headers={"Accept-Encoding": "gzip"})
    assert sheet.text.startswith(("@", ":"))
    assert sheet.headers["content-encoding"] == "gzip"


async def test_no_page_holds_the_secret_of_the_session(client_of: ClientOf) -> None:
    client = await client_of((await factories.active_match()).mentee)
    secret = client.cookies["ithaca"]
    for headers in ({}, HTMX):
        assert secret not in (await client.get("/", headers=headers)).text
