"""Hashed for ever, compressed, and within the phone budget (performance.md section 4)."""

import gzip

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from web import assets
from web.assets import CONSOLE, PARTICIPANT, STATIC, asset_url, manifest, minified_css, minified_js, serve_asset

NAMES = ("participant.css", "console.css", "app.js", "console.js", *assets.LATE, "htmx.js")
COMPONENTS = sorted(path.stem for path in (STATIC / "css" / "components").glob("*.css"))


@pytest.fixture
def client():
    with TestClient(Starlette(routes=[Mount("/static", serve_asset)])) as client:
        yield client


@pytest.mark.parametrize("name", NAMES)
def test_asset_is_served_for_ever_and_compressed(client, name):
    answer = client.get(asset_url(name))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == manifest().assets[name].content


def test_browser_without_gzip_gets_the_same_bytes(client):
    plain = client.get(asset_url("app.js"), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == manifest().assets["app.js"].content
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", ["/static/app.js", "/static/app.000000000000.js", "/static/../assets.py", "/static/"])
def test_nothing_else_is_served(client, path):
    assert client.get(path).status_code == 404


def test_assets_are_only_read(client):
    assert client.post(asset_url("app.js")).status_code == 404


def test_other_content_has_another_name(monkeypatch):
    before = manifest().assets["participant.css"].name
    monkeypatch.setattr(assets, "PARTICIPANT", PARTICIPANT[:-1])
    assert assets.build_assets().assets["participant.css"].name != before


def test_every_component_is_shipped_once():
    assert sorted([*PARTICIPANT, *CONSOLE]) == COMPONENTS


@pytest.mark.parametrize(("names", "kilobytes"), [
    (("participant.css",), 11), (("participant.css", "console.css"), 16), (("app.js", "htmx.js"), 20),
])
def test_weight_keeps_the_phone_budget(names, kilobytes):
    packed = sum(len(manifest().assets[name].packed) for name in names)
    assert packed <= kilobytes * 1024, f"{names}: {packed} bytes compressed"


def test_packed_bytes_are_the_content():
    for asset in manifest().assets.values():
        assert gzip.decompress(asset.packed) == asset.content


def test_small_css_means_the_same():
    source = """/* why */ .a > .b , .c :hover { margin : 0 ; inline-size: calc(100% - 2px) ; }
    @media (min-width: 60em) { .d::before { content: "" ; } }"""
    assert minified_css(source) == (
        '.a>.b,.c :hover{margin :0;inline-size:calc(100% - 2px)}@media (min-width:60em){.d::before{content:""}}')


def test_small_js_keeps_addresses_and_ends_of_lines():
    source = 'const a = "https://x"; // kept\n\n  // gone\n  go(a)\n'
    assert minified_js(source) == 'const a = "https://x"; // kept\ngo(a)\n'
