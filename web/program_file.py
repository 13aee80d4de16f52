"""A file that a programme has at hand for its people: always kept by the browser, never opened as a page of ours."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.resources.queries import Opened, open_file
from server.kernel.text import gettext as _
from server.programs.resources.kinds import MEDIA_TYPE

NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
AN_HOUR = "private, max-age=3600"
"""The address names the content, so a copy is never out of date; whose part has ended asks again after an hour."""


async def fetch(request: Request) -> Response:
    """The file, for who has it at hand now, and for who runs the programme."""
    opened = await open_file(request.state.actor, request.path_params["id"], request.path_params["digest"])
    return Response(opened.row.content, media_type=MEDIA_TYPE[opened.row.kind], headers=_headers(opened))


def size_of(name: str, size: int) -> str:
    """What is fetched, and how large it is: "guide.pdf, 320 kB"."""
    if not size:
        return name
    if size < 1_000_000:
        return _("%(name)s, %(size)d kB") % {"name": name, "size": max(1, round(size / 1_000))}
    return _("%(name)s, %(size)s MB") % {"name": name, "size": f"{size / 1_000_000:.1f}"}


def _headers(opened: Opened) -> dict[str, str]:
    plain = "".join(one if one.isascii() and one.isprintable() else "_" for one in opened.name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(opened.name)}",
        "Content-Security-Policy": NOTHING_RUNS, "Cache-Control": AN_HOUR,
    }


routes = [Route("/program-file/{id:uuid}/{digest}", fetch, name="program-file")]
