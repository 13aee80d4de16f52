"""Hashed for ever, compressed, and within the phone budget (performance.md section 4)."""

import gzip
import re

import brotli
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from web import assets
from web.assets import (
    CONSOLE,
    PACKERS,
    PARTICIPANT,
    STATIC,
    asset_url,
    manifest,
    packed,
    serve_asset,
)

NAMES = ("participant.css", "console.css", "app.js", "console.js", *assets.LATE, "htmx.js")
COMPONENTS = sorted(path.stem for path in (STATIC / "css" / "components").glob("*.css"))


@pytest.fixture
def client():
    with TestClient(Starlette(routes=[Mount("/static", serve_asset)])) as client:
        yield client


UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("name", NAMES)
def test_asset_is_served_for_ever_and_packed(client, name):
    with client.stream("GET", asset_url(name), headers={"Accept-Encoding": "gzip, deflate, br, zstd"}) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert brotli.decompress(sent) == manifest().assets[name].content


@pytest.mark.parametrize(("accepted", "encoding"), [
    ("gzip, deflate", "gzip"), ("br;q=0.5", "br"), ("deflate, gzip;q=1.0, *;q=0.5", "gzip"), ("identity", None),
    ("brotli", None), ("", None), ("br;q=0, gzip", "gzip"), ("gzip; q=0.0", None), ("BR", "br"), ("br;q=0.01", "br"),
])
def test_a_browser_gets_an_encoding_that_it_names(client, accepted, encoding):
    with client.stream("GET", asset_url("app.js"), headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("content-encoding") == encoding


def test_browser_that_unpacks_nothing_gets_the_same_bytes(client):
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


@pytest.mark.parametrize("encoding", PACKERS)
def test_packed_bytes_are_the_content(encoding):
    for asset in manifest().assets.values():
        assert UNPACK[encoding](packed(asset, encoding)) == asset.content


def test_no_comment_travels():
    ours = [one for name, one in manifest().assets.items() if name != "htmx.js"]
    assert [one.name for one in ours if b"/*" in one.content or b"\n//" in one.content] == []


REGEXES = re.compile(r"(/(?![/*])(?:[^/\\\n]|\\.)+/)[a-z]*\.(?:exec|test)\(|\((/(?![/*])(?:[^/\\\n]|\\.)+/)")


def test_no_pattern_holds_a_blank_that_small_scripts_lose():
    """rjsmin takes a blank out of a pattern after an arrow, which it does not know for one. `\\s` is as good."""
    found = {path.name: [a or b for a, b in REGEXES.findall(path.read_text())] for path in (STATIC / "js").glob("*.js")}
    assert any(found.values()), "there are patterns to look at"
    assert {name: bad for name, all_ in found.items() if (bad := [one for one in all_ if " " in one])} == {}
