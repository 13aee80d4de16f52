"""Whatever is answered, to whomever, carries the headers that we promise, and cookies that only we can read."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie

import httpx2
import pytest
from starlette.routing import Mount, Route

from server.access.actions import open_session
from server.asgi import all_routes, create_app
from server.kernel.ids import new_id
from server.people.models import Person
from tests import factories
from tests.conftest import environment
from web.assets import manifest
from web.render import WHO_COOKIE
from web.security import ALWAYS, TWO_YEARS

HOME = "https://ithaca.example"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@asynccontextmanager
async def browser(person: Person | None) -> AsyncGenerator[httpx2.AsyncClient, None]:
    """The whole product behind TLS, as this person or as nobody."""
    cookies = {"__Host-ithaca": await open_session(person)} if person else {}
    transport = httpx2.ASGITransport(create_app())
    headers = {"Origin": HOME, "Accept": "text/html"}
    async with httpx2.AsyncClient(transport=transport, base_url=HOME, cookies=cookies, headers=headers) as client:
        yield client


def faults_of(answer: httpx2.Response) -> list[str]:
    """What an answer lacks of what is promised of every one."""
    headers = answer.headers
    lacking = [name for name, value in ALWAYS.items() if headers.get(name) != value]
    if headers.get("strict-transport-security") != TWO_YEARS:
        lacking.append("Strict-Transport-Security")
    if headers.get("content-type", "").startswith("text/html") and headers.get("cache-control") != "no-store":
        lacking.append("Cache-Control")
    return lacking + [one for cookie in headers.get_list("set-cookie") for one in faults_of_cookie(cookie)]


def faults_of_cookie(text: str) -> list[str]:
    ((name, cookie),) = SimpleCookie(text).items()
    hidden = cookie["httponly"] or name == WHO_COOKIE     # a mark that names nobody, for the page's own script
    ours = cookie["secure"] and hidden and cookie["samesite"] == "lax" and cookie["path"] == "/"
    return [] if ours and not cookie["domain"] else [name]


def addresses() -> list[tuple[str, str]]:
    """Every method and address, with ids of nothing; a mount stands for an unknown file in it."""
    found: list[tuple[str, str]] = []
    for route in all_routes():
        if isinstance(route, Mount):
            found.append(("GET", f"{route.path}/nothing.js"))
        if isinstance(route, Route):
            path = re.sub(r"{\w+:uuid}", str(new_id()), route.path)
            path = re.sub(r"{\w+(:\w+)?}", "1", path)
            found.extend((method, path) for method in sorted(route.methods or {"GET", "POST"}))
    return found


@on_sqlite
async def test_every_address_answers_everybody_with_every_header(db: object) -> None:
    pair = await factories.active_match()
    asked, statuses = addresses(), set()
    with environment(ITHACA_DEMO="1"):
        for person in (None, pair.manager, pair.mentee):
            async with browser(person) as client:
                for method, path in asked:
                    if path == "/sign-out":
                        continue
                    answer = await client.request(method, path)
                    statuses.add(answer.status_code)
                    assert faults_of(answer) == [], (method, path, answer.status_code)
    assert len(asked) > 60
    assert {200, 303, 401, 404} <= statuses


@on_sqlite
async def test_files_and_refusals_carry_them_too(db: object) -> None:
    pair = await factories.active_match()
    asset = next(iter(manifest().assets.values())).name
    async with browser(pair.mentee) as client:
        answers = {
            200: await client.get(f"/static/{asset}"), 404: await client.get("/nowhere"),
            403: await client.post("/sign-out", headers={"Origin": "https://evil.example"}),
            413: await client.post("/sign-out", content=b"x" * 2_000_001),
        }
    assert {status: answer.status_code for status, answer in answers.items()} == {status: status for status in answers}
    assert [faults_of(answer) for answer in answers.values()] == [[]] * len(answers)


async def late() -> AsyncIterator[bytes]:
    """A body that its sender never finishes."""
    while True:
        yield b"x"
        await asyncio.sleep(0.01)


@on_sqlite
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("path", ["/", "/graphql"])
async def test_refusals_of_a_crowd_and_of_the_slow_carry_them_too(db: object, path: str, accept: str) -> None:
    async with browser(None) as client:
        client.headers["accept"] = accept
        with environment(ITHACA_PLACES_PAGES="0", ITHACA_PLACES_GRAPHQL="0"):
            crowded = await client.get(path)
        with environment(ITHACA_BODY_SECONDS="0"):
            slow = await client.post(path, content=late())
    assert (crowded.status_code, slow.status_code) == (503, 408)
    assert faults_of(crowded) == faults_of(slow) == []


@on_sqlite
async def test_signing_in_and_out_leaves_only_cookies_that_are_bound_to_this_host(db: object) -> None:
    pair = await factories.active_match()
    with environment(ITHACA_DEMO="1"):
        async with browser(pair.mentee) as client:
            out = await client.post("/sign-out")
    named = [cookie.partition("=")[0] for cookie in out.headers.get_list("set-cookie")]
    assert "__Host-ithaca" in named
    assert faults_of(out) == []
    assert "unsafe" not in out.headers["content-security-policy"]
