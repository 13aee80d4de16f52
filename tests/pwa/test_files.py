"""What a system asks of an app: a manifest it can read, icons of the sizes it names, a worker at the root."""

from __future__ import annotations

import io
import json
import struct
import zlib

import httpx2
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pwa import app, mark
from pwa.manifest import ICONS
from pwa.worker import Shell, script

SHELL = Shell("/offline", ("/static/participant.0.css",), "first")


@pytest.fixture
def client():
    with TestClient(Starlette(routes=app.routes(SHELL))) as found:
        yield found


def pixels(png: bytes) -> np.ndarray:
    """A PNG of ours, read again with nothing but the format's own rules."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    body, chunks = io.BytesIO(png[8:]), {}
    while head := body.read(8):
        size, kind = struct.unpack(">I4s", head)
        chunks[kind] = body.read(size)
        assert struct.unpack(">I", body.read(4))[0] == zlib.crc32(kind + chunks[kind])
    width, height = struct.unpack(">2I", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + width * 4)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 4)


def test_the_manifest_names_what_a_system_needs(client: httpx2.Client) -> None:
    answer = client.get("/manifest.webmanifest")
    said = answer.json()
    assert answer.headers["content-type"] == "application/manifest+json"
    assert (said["id"], said["start_url"], said["scope"], said["display"]) == ("/", "/", "/", "standalone")
    assert (said["name"], said["short_name"], said["lang"], said["dir"]) == ("Ithaca", "Ithaca", "en-GB", "ltr")
    assert [one["url"] for one in said["shortcuts"]] == ["/", "/session", "/messages"]


def test_every_icon_that_the_manifest_names_is_there_in_its_size(client: httpx2.Client) -> None:
    for icon in client.get("/manifest.webmanifest").json()["icons"]:
        answer = client.get(icon["src"])
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, icon["type"])
        if icon["type"] == "image/png":
            side = int(icon["sizes"].partition("x")[0])
            assert pixels(answer.content).shape == (side, side, 4)


@pytest.mark.parametrize("name", ICONS)
def test_what_a_mask_cuts_is_water_and_the_rest_is_the_mark(name: str) -> None:
    size, full = ICONS[name]
    drawn = pixels(mark.png(size, full=full))
    corner, sun, foam = drawn[0, 0], drawn[int(size * 0.36), size // 2], drawn[int(size * 0.65), size // 2]
    assert corner.tolist() == ([0x0B, 0x4F, 0x71, 255] if full else [0x0B, 0x4F, 0x71, 0])
    assert sun.tolist() == [0xF2, 0xB3, 0x3D, 255]
    assert foam.tolist() == [0xF2, 0xF6, 0xF8, 255]


def test_nothing_of_a_maskable_mark_lies_outside_the_safe_zone() -> None:
    drawn = pixels(mark.png(512, full=True)).astype(int)
    y, x = np.indices((512, 512)) + 0.5
    outside = (x - 256) ** 2 + (y - 256) ** 2 > (512 * 0.4) ** 2
    assert (drawn[outside] == [0x0B, 0x4F, 0x71, 255]).all()


def test_the_icon_file_holds_the_picture(client: httpx2.Client) -> None:
    file = client.get("/favicon.ico").content
    _zero, kind, count, width, _height = struct.unpack("<3H2B", file[:8])
    size, offset = struct.unpack("<2I", file[14:22])
    assert (kind, count, width) == (1, 1, 32)
    assert pixels(file[offset:offset + size]).shape == (32, 32, 4)


def test_a_phone_without_a_manifest_finds_its_icon(client: httpx2.Client) -> None:
    assert pixels(client.get("/apple-touch-icon.png").content).shape == (180, 180, 4)


def test_no_other_icon_is_drawn(client: httpx2.Client) -> None:
    assert client.get("/icon/icon-99999").status_code == 404


def test_the_worker_is_asked_for_anew_each_time(client: httpx2.Client) -> None:
    answer = client.get("/sw.js")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")
    said = json.loads(answer.text.splitlines()[0].removeprefix("const SHELL = ").removesuffix(";"))
    assert (said["page"], said["files"]) == ("/offline", ["/static/participant.0.css"])


@pytest.mark.parametrize("other", [
    Shell("/offline", ("/static/participant.1.css",), "first"), Shell("/offline", SHELL.files, "second"),
])
def test_another_page_or_style_is_another_edition(other: Shell) -> None:
    assert script(other).splitlines()[0] != script(SHELL).splitlines()[0]
    assert script(Shell("/offline", SHELL.files, "first")) == script(SHELL)
