"""Every refusal of the kernel has its page, with words and a way on; a surprise tells nothing of itself."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from server.kernel import errors as kernel
from server.kernel.ids import new_id
from tests.web.drawing import broken_references, one, read, words
from web.errors import EXCEPTION_HANDLERS, STATUS
from web.forms import read_form

RAISED = {
    404: kernel.NotFound(), 403: kernel.Refused("You can't end this match."),
    422: kernel.Invalid({"why": "Say why."}), 409: kernel.Conflict("That time was just taken."),
    429: kernel.TooMany("Three tries a minute.", retry_after_s=60), 503: kernel.Unavailable("We are full."),
    500: RuntimeError("secret detail"),
}


@pytest.fixture
def client():
    async def fail(request: Request) -> Response:
        raise RAISED[request.path_params["status"]]

    app = Starlette(routes=[Route("/{status:int}", fail)], exception_handlers=EXCEPTION_HANDLERS)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_every_kernel_error_is_mapped():
    ours = {kind for kind in kernel.KernelError.__subclasses__() if kind.__module__ == kernel.__name__}
    assert set(STATUS) == ours


@pytest.mark.parametrize("status", RAISED)
def test_error_is_a_page_with_a_way_on(client, status):
    answer = client.get(f"/{status}")
    tree = read(answer.text)
    assert answer.status_code == status
    assert broken_references(tree) == []
    assert len(tree.findall(".//h1")) == 1
    assert [link.get("href") for link in one(tree, ".//main").iter("a")][-1] == "/"


@pytest.mark.parametrize("status", [status for status in RAISED if status != 500])
def test_page_says_what_the_kernel_said(client, status):
    assert RAISED[status].message in words(one(read(client.get(f"/{status}").text), ".//main"))


def test_surprise_keeps_its_detail_to_itself(client):
    assert "secret" not in client.get("/500").text


def test_too_many_says_when_to_come_back(client):
    assert client.get("/429").headers["retry-after"] == "60"


@pytest.mark.parametrize(("path", "status"), [("/nothing/here", 404), ("/404", 404)])
def test_unknown_address_looks_like_an_invisible_thing(client, path, status):
    assert client.get(path).status_code == status


def test_wrong_method_has_its_page(client):
    assert client.post("/404").status_code == 405


def test_fragment_gets_the_words_for_the_live_region(client):
    answer = client.get("/409", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (409, "That time was just taken.")
    assert answer.headers["x-message"] == "That%20time%20was%20just%20taken."


@pytest.fixture
def refusing():
    """A browser of a screen that refuses what it is sent; its form stands on another page."""

    async def refuse(request: Request) -> Response:
        await read_form(request)
        raise RAISED[409]

    app = Starlette(routes=[Route("/refuse", refuse, methods=["POST"])], exception_handlers=EXCEPTION_HANDLERS)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_what_was_typed_comes_back_with_the_refusal(refusing):
    sent = {"form_key": str(new_id()), "slot": "2026-11-24T13:00:00+00:00", "body": "It went <well>.\nNext: the paper."}
    tree = read(refusing.post("/refuse", data=sent).text)
    assert [(box.text or "").strip() for box in tree.iter("textarea")] == [sent["body"]]
    assert broken_references(tree) == []


def test_a_page_that_was_only_opened_gives_nothing_back(client):
    assert "<textarea" not in client.get("/409").text


@pytest.mark.parametrize(("referer", "leads"), [
    ("http://testserver/match/1?times=more", ["/match/1?times=more", "/"]), ("http://evil.test/x", ["/"]),
    ("http://testserver//evil.test/x", ["/"]), ("", ["/"]),
])
def test_trying_again_begins_at_the_form(refusing, referer, leads):
    tree = read(refusing.post("/refuse", data={}, headers={"Referer": referer}).text)
    assert [link.get("href") for link in one(tree, ".//main").iter("a")] == leads


def test_the_address_of_a_button_does_not_lead_back_to_itself(refusing):
    answer = refusing.get("/refuse", headers={"Referer": "http://testserver/refuse"})
    tree = read(answer.text)
    assert answer.status_code == 405
    assert [link.get("href") for link in one(tree, ".//main").iter("a")] == ["/"]
