"""The endpoint where it really stands: behind the web face's sign-in, origin check and headers."""

from __future__ import annotations

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from graphql_schema.app import graphql_app
from server.access.actions import open_session
from tests import factories
from web.app import middleware

ADDRESS = "http://ithaca.test"
COOKIE = "ithaca"
"""The session's cookie on a plain connection."""
NAME = "{ viewer { person { firstName } } }"


@pytest.fixture
def application() -> Starlette:
    """What `server/asgi.py` mounts at /graphql, with what stands before it."""
    return Starlette(routes=[Route("/graphql", graphql_app)], middleware=middleware)


def asking(application: Starlette, **headers: str) -> httpx2.AsyncClient:
    headers = {"sec-fetch-site": "same-origin", **headers}
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=application), base_url=ADDRESS, headers=headers)


async def test_cookie_of_a_session_says_who_asks(db: object, application: Starlette) -> None:
    someone = await factories.person(await factories.organization(), given_name="Noor")
    secret = await open_session(someone, "test")
    async with asking(application) as client:
        nobody = await client.post("/graphql", json={"query": NAME})
        client.cookies.set(COOKIE, secret)
        answer = await client.post("/graphql", json={"query": NAME})
    assert nobody.status_code == 401
    assert nobody.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert answer.json()["data"] == {"viewer": {"person": {"firstName": "Noor"}}}
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_other_site_changes_nothing(db: object, application: Starlette) -> None:
    secret = await open_session(await factories.person(await factories.organization()), "test")
    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-origin", "origin": "https://evil.test"}):
        async with asking(application, **headers) as client:
            client.cookies.set(COOKIE, secret)
            answer = await client.post("/graphql", json={"query": NAME})
        assert answer.status_code == 403
