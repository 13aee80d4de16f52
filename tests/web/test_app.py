"""The web face as a whole: what every answer carries, and what becomes of refusals and surprises."""

import pytest
from starlette.requests import Request
from starlette.routing import Route

from server.kernel.errors import Conflict, NotFound, Refused, TooMany, Unavailable
from tests import factories
from tests.web.conftest import browser
from web import app

REFUSALS = [
    (NotFound(), 404), (Refused("You can't end this match."), 403), (Conflict("That time was just taken."), 409),
    (TooMany("A little too fast.", retry_after_s=60), 429), (Unavailable("We are away for a moment."), 503),
]


@pytest.mark.parametrize(("refusal", "status"), REFUSALS)
async def test_a_refusal_becomes_a_page_in_its_own_words(db, monkeypatch, refusal, status):
    async def refuse(request: Request) -> None:
        raise refusal

    monkeypatch.setattr(app, "routes", [Route("/refuse", refuse)])
    async with browser({}) as client:
        answer = await client.get("/refuse")
    assert answer.status_code == status
    assert refusal.message.replace("'", "&#39;") in answer.text


async def test_a_surprise_tells_no_detail_and_carries_every_header(db, monkeypatch):
    async def break_down(request: Request) -> None:
        raise RuntimeError("the pin is dunlin")

    monkeypatch.setattr(app, "routes", [Route("/broken", break_down)])
    async with browser({}, breaks=False) as client:
        answer = await client.get("/broken")
    assert answer.status_code == 500
    assert "dunlin" not in answer.text
    assert "Something broke on our side" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_an_unknown_address_is_a_page_of_ours_for_everybody(client_of):
    pair = await factories.active_match()
    for someone in (None, pair.mentor):
        answer = await (await client_of(someone)).get("/nowhere")
        assert answer.status_code == 404
    assert "We could not find that" in answer.text


async def test_another_sites_form_changes_nothing(client_of):
    pair = await factories.active_match()
    client = await client_of(pair.mentor)
    answer = await client.post("/sign-out", headers={"Origin": "https://evil.test"})
    assert answer.status_code == 403
    assert "another site" in answer.text


async def test_files_come_without_anybody(client_of):
    client = await client_of(None)
    page = await client.get("/sign-in")
    script = next(part for part in page.text.split('"') if part.startswith("/static/app"))
    answer = await client.get(script)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


async def test_addresses_are_kebab_case_and_named_once():
    paths = [(route.path, route.name) for route in app.routes if isinstance(route, Route)]
    names = [name for _path, name in paths]
    assert len(set(names)) == len(names)
    assert [path for path, _name in paths if path != path.lower() or "_" in path] == []
