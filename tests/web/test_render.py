"""One URL, both sizes: the whole page and its fragment; titles, languages, live words and toasts."""

import json
from base64 import urlsafe_b64encode
from html import unescape

import pytest
from jinja2 import ChoiceLoader, DictLoader
from jinja2.nodes import Assign, AssignBlock, Extends
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.web.drawing import broken_references, one, read, words
from web.render import ENV, TEMPLATES, go_to, page
from web.toast import COOKIE, Toast
from web.viewer import Viewer

SCREEN = """{%% extends "%s.html" %%}
{%% block title %%}End this match{%% endblock %%}
{%% block main %%}{{ page_head("End this match") }}
{%% block form %%}<form id="form" action="/end" method="post" novalidate>
{{ form_key() }}{{ error_summary(errors) }}{{ text_field("why", "Why?", error=errors.why) if errors else "" }}</form>
{%% endblock %%}{%% endblock %%}"""
LAYOUTS = ("base", "plain", "console")
HTMX = {"HX-Request": "true"}
VIEWER = Viewer("Noor Saltmarsh", "Harbourline", "Rising Leads", unread=2, waiting=14)


@pytest.fixture
def client(monkeypatch):
    """An application with one screen in each layout, and the ways to leave it."""
    screens = DictLoader({f"{name}-screen.html": SCREEN % name for name in LAYOUTS})
    monkeypatch.setattr(ENV, "loader", ChoiceLoader([ENV.loader, screens]))

    async def show(request: Request) -> Response:
        asked = request.query_params
        request.state.viewer = Viewer(**json.loads(asked["viewer"])) if "viewer" in asked else VIEWER
        errors = {"why": "Say why."} if "errors" in asked else {}
        return page(
            request, f"{request.path_params['layout']}-screen.html", block="form", status=422 if errors else 200,
            errors=errors, say=asked.get("say", ""), toast=Toast("Ended", "/undo") if "toast" in asked else None,
        )

    async def leave(request: Request) -> Response:
        return go_to(request, "/base", toast=Toast("Booked for Tuesday", "/session/7/undo"))

    with TestClient(Starlette(routes=[
        Route("/leave", leave, methods=["POST"]), Route("/{layout}", show), Route("/{layout}/{rest:path}", show),
    ])) as client:
        yield client


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("query", ["", "?errors=1&say=Saved&toast=1"])
def test_layout_is_strict_html_with_all_its_landmarks(client, layout, query):
    tree = read(client.get(f"/{layout}{query}").text)
    assert broken_references(tree) == []
    assert len(tree.findall(".//h1")) == 1
    assert one(tree, ".//main").attrib == {"class": "main", "id": "main", "tabindex": "-1"}
    assert one(tree, ".//header")[0].attrib == {"class": "skip", "href": "#main"}
    assert len(tree.findall(".//nav")) == (0 if layout == "plain" else 1)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_live_region_stands_empty_in_the_first_html(client, layout):
    live = one(read(client.get(f"/{layout}").text), './/*[@role="status"]')
    assert (live.get("id"), words(live)) == ("live", "")


def test_htmx_gets_exactly_the_five_settings(client):
    meta = one(read(client.get("/base").text), './/meta[@name="htmx-config"]')
    settings = json.loads(meta.get("content"))
    codes = {rule["code"]: rule["swap"] for rule in settings.pop("responseHandling")}
    assert codes["422"] is True
    assert codes["[45].."] is False
    assert settings == {
        "allowEval": False, "historyCacheSize": 0, "refreshOnHistoryMiss": True, "includeIndicatorStyles": False}


def test_fragment_is_its_title_and_its_block_alone(client):
    answer = client.get("/base", headers=HTMX)
    assert answer.text.startswith("<title>End this match - Ithaca</title><form")
    assert "<html" not in answer.text
    assert answer.headers["vary"] == "HX-Request"


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_boosted_links_and_restored_history_get_the_whole_page(client, header):
    assert "<html" in client.get("/base", headers={**HTMX, header: "true"}).text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_errors_stand_first_in_the_title(client, headers):
    answer = client.get("/base?errors=1", headers=headers)
    assert answer.status_code == 422
    assert "<title>Fix one thing: End this match - Ithaca</title>" in answer.text


def test_fragment_speaks_into_the_permanent_regions(client):
    told = client.get("/base?say=Saved&toast=1", headers=HTMX).text
    assert '<div id="live" data-hx-swap-oob="innerHTML">Saved</div>' in told
    assert '<div id="toasts" data-hx-swap-oob="innerHTML"><div class="toast"' in told


def test_page_in_the_language_direction_and_look_of_its_viewer(client):
    viewer = json.dumps({"person_name": "Noor", "organization_name": "H", "language": "ar", "theme": "dark"})
    html = read(client.get("/base", params={"viewer": viewer}).text)
    assert (html.get("lang"), html.get("dir"), html.get("data-theme")) == ("ar", "rtl", "dark")


def test_look_follows_the_system_unless_chosen(client):
    assert "data-theme" not in client.get("/base").text.split("<head>", maxsplit=1)[0]


def test_where_one_is_stands_at_the_top(client):
    assert "Rising Leads<br>Harbourline" in client.get("/base").text
    assert "Noor Saltmarsh<br>Programme manager, Harbourline" in client.get("/console").text


def test_leaving_is_a_303_or_a_header_for_htmx(client):
    plain = client.post("/leave", follow_redirects=False)
    asked = client.post("/leave", headers=HTMX, follow_redirects=False)
    assert (plain.status_code, plain.headers["location"]) == (303, "/base")
    assert (asked.status_code, asked.headers["hx-redirect"]) == (204, "/base")


def test_toast_waits_for_the_next_page_and_is_shown_once(client):
    shown = client.post("/leave").text
    form = one(read(shown), './/aside[@id="toasts"]//form')
    assert "Booked for Tuesday" in shown
    assert form.get("action") == "/session/7/undo"
    assert "Booked for Tuesday" not in client.get("/base").text


def test_toast_of_another_page_does_not_enter_a_fragment(client):
    client.post("/leave", follow_redirects=False)
    assert "Booked" not in client.get("/base", headers=HTMX).text
    assert "Booked" in client.get("/base").text


@pytest.mark.parametrize("forged", [
    "rubbish", urlsafe_b64encode(b"[]").decode(), urlsafe_b64encode(b'{"text": "x"}').decode(),
    urlsafe_b64encode(json.dumps({"text": "x", "undo": "https://evil.example/", "fields": {}}).encode()).decode(),
    urlsafe_b64encode(json.dumps({"text": "x", "undo": "//evil.example/", "fields": {}}).encode()).decode(),
    urlsafe_b64encode(json.dumps({"text": "x", "undo": "/a", "fields": "no"}).encode()).decode(),
])
def test_forged_toast_is_dropped(client, forged):
    client.cookies.set(COOKIE, forged)
    answer = client.get("/base")
    assert answer.status_code == 200
    assert "data-toast" not in answer.text


def test_first_visit_carries_its_styles_and_the_second_a_link(client):
    first, second = client.get("/base").text, client.get("/base").text
    assert "<style>" in first
    assert '<link rel="stylesheet" href="/static/participant.' not in first
    assert "<style>" not in second
    assert '<link rel="stylesheet" href="/static/participant.' in second


def test_browser_with_an_older_style_sheet_gets_the_new_one_in_the_page(client):
    client.cookies.set("ithaca_style", "participant.000000000000.css")
    assert "<style>" in client.get("/base").text


def test_title_is_escaped_once(client, monkeypatch):
    tricky = {"amp.html": '{% extends "plain.html" %}{% block title %}{{ "A & B <i>" }}{% endblock %}'
                          "{% block main %}{% endblock %}"}
    monkeypatch.setattr(ENV, "loader", ChoiceLoader([ENV.loader, DictLoader(tricky)]))
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""})
    told = page(request, "amp.html").body.decode()
    assert unescape(told.split("<title>")[1].split("</title>")[0]) == "A & B <i> - Ithaca"


def test_what_a_page_sets_stands_in_its_block_for_a_part_alone_sees_nothing_else() -> None:
    pages = [ENV.parse(path.read_text()).body for path in TEMPLATES.rglob("*.html")]
    children = [nodes for nodes in pages if any(isinstance(node, Extends) for node in nodes)]
    assert len(children) > 20
    outside = [node for nodes in children for node in nodes if isinstance(node, Assign | AssignBlock)]
    assert not outside, [node.target for node in outside]
