"""The addresses of the app: manifest, icons and worker. Open to all, and the same for everybody."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pwa import mark
from pwa.manifest import icon, manifest
from pwa.worker import Shell, script

A_DAY = "public, max-age=86400"
FAVICON, TOUCH_ICON = 32, 180
"""Pixels on a side: what tabs show, and what an iPhone puts on its home screen."""


def routes(shell: Shell) -> list[Route]:
    """Every address of the app. `shell` is what the web face wants kept on the device."""

    def serve_worker(_request: Request) -> Response:
        """Asked for anew each time: an edition that a browser may keep could never be replaced."""
        return Response(script(shell), headers={"Cache-Control": "no-cache"}, media_type="text/javascript")

    return [
        Route("/sw.js", serve_worker, name="pwa-worker"),
        Route("/manifest.webmanifest", serve_manifest, name="pwa-manifest"),
        Route("/icon.svg", serve_mark, name="pwa-mark"),
        Route("/icon/{name}", serve_icon, name="pwa-icon"),
        Route("/favicon.ico", serve_favicon, name="pwa-favicon"),
        Route("/apple-touch-icon.png", serve_touch_icon, name="pwa-touch-icon"),
    ]


def serve_manifest(_request: Request) -> Response:
    """What an installed Ithaca is called and looks like."""
    return JSONResponse(manifest(), headers={"Cache-Control": A_DAY}, media_type="application/manifest+json")


def serve_mark(_request: Request) -> Response:
    """The mark in any size."""
    return _kept(mark.SVG.encode(), "image/svg+xml")


def serve_icon(request: Request) -> Response:
    """One of the manifest's icons."""
    drawn = icon(request.path_params["name"])
    return _kept(drawn, "image/png") if drawn else Response("Not found", 404, media_type="text/plain")


def serve_favicon(_request: Request) -> Response:
    """For browsers and readers that ask for it unasked."""
    return _kept(mark.ico(FAVICON), "image/vnd.microsoft.icon")


def serve_touch_icon(_request: Request) -> Response:
    """Asked for by its well-known name; the system rounds its corners, so it reaches every edge."""
    return _kept(mark.png(TOUCH_ICON, full=True), "image/png")


def _kept(content: bytes, media_type: str) -> Response:
    return Response(content, headers={"Cache-Control": A_DAY}, media_type=media_type)
