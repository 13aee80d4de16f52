"""Style sheets and scripts: joined, made small, named by their content, and packed once, when first asked for.

They are served from memory: there is no build folder to keep in step, and a read-only installation works.
"""

import asyncio
import gzip
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # comes without types
from rcssmin import cssmin  # type: ignore[import-untyped]  # comes without types
from rjsmin import jsmin  # type: ignore[import-untyped]  # comes without types
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
LATE = ("later.js",)
TOGETHER, APART = ("vault.js", "told.js", "later.js"), ("keep.js", "notes.js")
"""Scripts that other scripts load once a page is drawn, each after those it loads itself."""
TYPES = {"css": "text/css", "js": "text/javascript"}
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, mode=brotli.MODE_TEXT, quality=11),
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
}
"""Encodings of `Accept-Encoding`, smallest first. Browsers take brotli on https alone, and on the machine itself."""

# Order matters where two components speak of the same element: the later one wins.
PARTICIPANT = (
    "frame", "nav", "card", "note", "button", "dock", "chip", "person", "field", "choice", "chips", "disclosure",
    "steps", "smart", "kv", "meet", "bars", "reasons", "factors", "slot", "voyage", "calm", "milestones", "agenda",
    "segments", "scale", "list", "stepper", "empty", "skeleton", "toast", "rows", "switch", "door", "messages",
    "notify", "join", "demo",
)
CONSOLE = (
    "console", "filters", "measures", "risk", "chart", "queue", "gauge", "supply", "ledger", "import", "record",
    "explorer", "trial", "weights", "builder", "timeline", "audience",
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served. `name` holds the hash of its content."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """Plain name -> what is served for it."""

    assets: dict[str, Asset]

    def url(self, name: str) -> str:
        """The address of an asset. KeyError: no such one."""
        return f"/static/{self.assets[name].name}"

    def named(self, hashed: str) -> Asset | None:
        """The asset with this hashed name."""
        return next((asset for asset in self.assets.values() if asset.name == hashed), None)


def build_assets() -> Manifest:
    """Join, shrink and hash everything.

    Raises:
        FileNotFoundError: a source is missing; htmx comes with `make setup`.
    """
    return Manifest({name: _asset(name, text.encode()) for name, text in _sources().items()})


@cache
def manifest() -> Manifest:
    """What this process serves, built on first use."""
    return build_assets()


def asset_url(name: str) -> str:
    """The hashed address of one file: "participant.css", "console.css", or a script of `_sources`."""
    return manifest().url(name)


@cache
def first_visit_css() -> str:
    """The participant's styles, to stand in the page itself on a first visit: it spares one round trip."""
    return manifest().assets["participant.css"].content.decode()


@cache
def first_visit_hash() -> str:
    """How the content policy names the block of `first_visit_css`."""
    digest = sha256(first_visit_css().encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"


async def serve_asset(scope: Scope, receive: Receive, send: Send) -> None:
    """The application behind /static: hashed files, for ever, packed where the browser takes it."""
    asset = manifest().named(scope["path"].rpartition("/")[2])
    if asset is None or scope["method"] not in ("GET", "HEAD"):
        await PlainTextResponse("Not found", 404)(scope, receive, send)
        return
    headers, body = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}, asset.content
    if (encoding := _taken(Headers(scope=scope).get("accept-encoding", ""))):
        headers["Content-Encoding"] = encoding
        body = await asyncio.to_thread(packed, asset, encoding)
    await Response(body, headers=headers, media_type=asset.media_type)(scope, receive, send)


@cache
def packed(asset: Asset, encoding: str) -> bytes:
    """The content of an asset in one of PACKERS: up to 0.4 s of a processor the first time, hence in a thread."""
    return PACKERS[encoding](asset.content)


def _taken(accepted: str) -> str | None:
    """The smallest encoding that a browser takes, by the names in its `Accept-Encoding`; a weight of 0 refuses one."""
    asked = (one.replace(" ", "").lower().partition(";") for one in accepted.split(","))
    names = {name for name, _mark, weight in asked if not re.fullmatch(r"q=0(\.0*)?", weight)}
    return next((encoding for encoding in PACKERS if encoding in names), None)


def _sources() -> dict[str, str]:
    css = STATIC / "css"
    shared = [css / "tokens.css", css / "base.css"]
    late = _late()
    return {
        "participant.css": _joined([*shared, *(css / "components" / f"{name}.css" for name in PARTICIPANT)]),
        "console.css": _joined([css / "components" / f"{name}.css" for name in CONSOLE]),
        "install.css": _joined([css / "install.css"]),
        **{name: _script(name, late) for name in ("app.js", "push.js", "console.js", "weights.js")}, **late,
        "htmx.js": (STATIC / "vendor" / "htmx.min.js").read_text(),
    }


def _late() -> dict[str, str]:
    """The late scripts as one module: it is smaller, and one request. Those APART keep their names to themselves."""
    parts = [*map(_unlinked, TOGETHER), *(f"{{{_unlinked(name)}}}" for name in APART)]
    return {LATE[0]: str(jsmin("\n".join(parts)))}


def _unlinked(name: str) -> str:
    """A module without its imports and exports."""
    return re.sub(r"^(?:import .*\n|export )", "", (STATIC / "js" / name).read_text(), flags=re.MULTILINE)


def _script(name: str, known: dict[str, str]) -> str:
    """One of our scripts, made small; what it loads of `known` is named with its hash."""
    text: str = jsmin((STATIC / "js" / name).read_text())
    for other, source in known.items():
        text = text.replace(f"/static/{other}", f"/static/{_asset(other, source.encode()).name}")
    return text


def _joined(paths: list[Path]) -> str:
    joined: str = cssmin("\n".join(path.read_text() for path in paths))
    return joined


def _asset(name: str, content: bytes) -> Asset:
    stem, _dot, kind = name.rpartition(".")
    hashed = f"{stem}.{sha256(content).hexdigest()[:12]}.{kind}"
    return Asset(hashed, TYPES[kind], content)
