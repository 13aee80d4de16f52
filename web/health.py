"""For machines that watch the installation: does the process live, and can it work? Open to all, so without detail."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from server.kernel.readiness import readiness


async def healthz(request: Request) -> JSONResponse:
    """The process lives and its loop turns. Asks nothing else, so a slow database never gets it restarted."""
    return JSONResponse({"alive": True}, headers={"Cache-Control": "no-store"})


async def readyz(request: Request) -> JSONResponse:
    """200 when the database answers, is up to date and somebody runs jobs; 503 with words otherwise."""
    parts = await readiness()
    ready = all(part.ready for part in parts)
    body = {"ready": ready, **{part.name: part.words for part in parts}}
    return JSONResponse(body, 200 if ready else 503, headers={"Cache-Control": "no-store"})


routes = [Route("/healthz", healthz, name="healthz"), Route("/readyz", readyz, name="readyz")]
