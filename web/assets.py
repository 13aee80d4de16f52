"""Style sheets and scripts: joined, made small, named by their content and compressed once, at build or start-up."""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "built"
FOREVER = "public, max-age=31536000, immutable"

# Order matters where two components speak of the same element: the later one wins.
PARTICIPANT = (
    "frame", "nav", "card", "note", "button", "dock", "chip", "person", "field", "choice", "chips", "disclosure",
    "steps", "smart", "kv", "meet", "bars", "reasons", "factors", "slot", "voyage", "calm", "milestones", "agenda",
    "segments", "scale", "list", "stepper", "empty", "skeleton", "toast", "rows", "switch", "door", "messages",
    "notify",
)
CONSOLE = ("console", "filters", "measures", "risk", "chart", "queue", "gauge", "supply", "ledger", "import")


@dataclass(frozen=True, slots=True)
class Manifest:
    """Plain name -> name with the hash of its content."""

    names: dict[str, str]

    def url(self, name: str) -> str:
        """The address of a built file. KeyError: no such file."""
        return f"/static/{self.names[name]}"


def build_assets(folder: Path = BUILT) -> Manifest:
    """Write every built file with its compressed twin into `folder`, which is emptied of older ones."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {name: _write(folder, name, text.encode()) for name, text in _sources().items()}
    kept = {*names.values(), *(f"{name}.gz" for name in names.values())}
    for old in folder.iterdir():
        if old.name not in kept:
            old.unlink()
    return Manifest(names)


@cache
def manifest() -> Manifest:
    """What this process serves, built on first use."""
    return build_assets()


def asset_url(name: str) -> str:
    """The hashed address of "participant.css", "console.css", "app.js" or "htmx.js"."""
    return manifest().url(name)


def minified_css(text: str) -> str:
    """A style sheet without comments and without space that has no meaning."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,>])\s*", r"\1", text)
    text = re.sub(r":\s+", ":", text)
    return text.replace(";}", "}").strip()


def minified_js(text: str) -> str:
    """A script without whole-line comments, blank lines and indentation: safe without a parser."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


class Assets(StaticFiles):
    """The built files, for ever, compressed where the browser takes it."""

    def __init__(self, folder: Path = BUILT) -> None:
        self.known = frozenset(manifest().names.values())
        super().__init__(directory=folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file of that name, or 404 for anything that was not built."""
        if path not in self.known:
            raise HTTPException(404)
        packed = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        response = await super().get_response(f"{path}.gz" if packed else path, scope)
        response.headers.update({"Cache-Control": FOREVER, "Vary": "Accept-Encoding"})
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        return response


def _sources() -> dict[str, str]:
    css = STATIC / "css"
    def joined(*paths: Path) -> str:
        return minified_css("\n".join(path.read_text() for path in paths))
    part = [css / "components" / f"{name}.css" for name in PARTICIPANT]
    return {
        "participant.css": joined(css / "tokens.css", css / "base.css", *part),
        "console.css": joined(*(css / "components" / f"{name}.css" for name in CONSOLE)),
        "app.js": minified_js((STATIC / "js" / "app.js").read_text()),
        "htmx.js": (STATIC / "vendor" / "htmx.min.js").read_text(),
    }


def _write(folder: Path, name: str, content: bytes) -> str:
    """Write `content` under its hashed name, and its gzip beside it; return that name."""
    stem, dot, kind = name.rpartition(".")
    hashed = f"{stem}.{sha256(content).hexdigest()[:12]}{dot}{kind}"
    if not (folder / f"{hashed}.gz").exists():
        (folder / hashed).write_bytes(content)
        (folder / f"{hashed}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    return hashed
