"""The page for when there is no network: nobody's in particular, kept on the device by the app's worker (pwa/)."""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.assets import LATE, asset_url, manifest
from web.render import STYLE_COOKIE, TEMPLATES, page

ADDRESS = "/offline"
FILES = ("participant.css", "app.js", "htmx.js", *LATE)
MADE_OF = ("offline.html", "plain.html", "skeleton.html", "components/surface.html")
"""The templates whose words and looks the page is."""


async def offline(request: Request) -> Response:
    """No connection: what to do. Shown at the address that could not be reached, so trying again leads there."""
    request.cookies[STYLE_COOKIE] = manifest().assets["participant.css"].name   # whoever keeps it keeps the styles too
    return page(request, "offline.html")


def kept_files() -> tuple[str, ...]:
    """The addresses of what the page and every other screen are drawn with."""
    return tuple(asset_url(name) for name in FILES)


def edition() -> str:
    """Another word whenever the page may look or read otherwise."""
    return sha256(b"".join((TEMPLATES / name).read_bytes() for name in MADE_OF)).hexdigest()


routes = [Route(ADDRESS, offline, name="offline")]
