"""Headers on every answer, and changes only from our own pages."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from server.kernel.errors import NotFound
from web.errors import EXCEPTION_HANDLERS, error_page
from web.security import SameOrigin, SecurityHeaders

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
changed: list[str] = []


def application() -> Starlette:
    async def act(request: Request) -> Response:
        changed.append(request.method)
        return HTMLResponse("<p>done</p>")

    async def lasting(request: Request) -> Response:
        return PlainTextResponse("x", headers={"Cache-Control": "public", "X-Frame-Options": "SAMEORIGIN"})

    async def absent(request: Request) -> Response:
        return error_page(request, NotFound())

    return Starlette(
        routes=[
            Route("/", act, methods=METHODS), Route("/graphql", act, methods=METHODS), Route("/lasting", lasting),
            Route("/absent", absent)],
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=[Middleware(SecurityHeaders), Middleware(SameOrigin, open_paths=("/graphql",))],
    )


@pytest.fixture
def client():
    changed.clear()
    with TestClient(application(), base_url="https://ithaca.example") as client:
        yield client


@pytest.mark.parametrize("method", METHODS[1:])
@pytest.mark.parametrize(("headers", "allowed"), [
    ({}, False),
    ({"Origin": "https://ithaca.example"}, True),
    ({"Origin": "https://ITHACA.example"}, True),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "https://ithaca.example.evil.example"}, False),
    ({"Origin": "https://ithaca.example:8443"}, False),
    ({"Origin": "null"}, False),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "https://ithaca.example"}, False),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, False),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://ithaca.example"}, True),
])
def test_a_change_is_made_only_from_our_own_pages(client, method, headers, allowed):
    answer = client.request(method, "/", headers=headers)
    assert answer.status_code == (200 if allowed else 403)
    assert changed == ([method] if allowed else [])


def test_the_refusal_is_a_page_with_words(client):
    answer = client.post("/", headers={"Origin": "https://evil.example"})
    assert "This came from another site, so nothing was changed." in answer.text
    assert "content-security-policy" in answer.headers


def test_looking_needs_no_origin(client):
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_machines_with_their_own_proof_come_in(client):
    assert client.post("/graphql").status_code == 200
    assert client.post("/graphql", headers={"Origin": "https://evil.example"}).status_code == 200
    assert [client.request(method, "/graphql").status_code for method in ("PUT", "PATCH", "DELETE")] == [403] * 3
    assert [client.post(path).status_code for path in ("/graphql/", "/graphql/x", "/graphqlx")] == [403] * 3
    assert client.post("/").status_code == 403


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere(client):
    policy = client.get("/").headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == rules["object-src"] == "'none'"
    assert rules["script-src"] == rules["form-action"] == "'self'"


def test_the_style_block_of_a_first_visit_is_the_one_the_policy_names(client):
    answer = client.get("/absent")
    block = re.search("<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = b64encode(sha256(block[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


def test_the_other_headers(client):
    headers = client.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "geolocation=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"


def test_an_answer_may_decide_for_itself(client):
    headers = client.get("/lasting").headers
    assert (headers["cache-control"], headers["x-frame-options"]) == ("public", "SAMEORIGIN")


def test_only_https_is_promised_to_stay_https(client):
    assert client.get("/").headers["strict-transport-security"].startswith("max-age=63072000")
    with TestClient(application(), base_url="http://ithaca.example") as plain:
        assert "strict-transport-security" not in plain.get("/").headers
