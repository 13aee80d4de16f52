"""A survey that people open themselves: its page says what it is, and one press opens it."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.surveys.actions import open_linked_form
from server.automation.surveys.queries import linked_form
from server.kernel.errors import NotFound
from server.kernel.settings import settings
from web.render import go_to, page
from web.survey import address


async def look(request: Request) -> Response:
    """Say what it is, or lead to it where it was opened before."""
    try:
        found = await linked_form(request.state.actor, *_named(request))
    except NotFound:
        return page(request, "survey/not_for_you.html", status=404)
    if found.invitation is not None:
        return go_to(request, address(found.invitation.id))
    return page(request, "survey/open.html", form=found.form, program=found.match.program, here=request.url.path)


async def begin(request: Request) -> Response:
    """Open it."""
    try:
        invitation = await open_linked_form(request.state.actor, *_named(request))
    except NotFound:
        return page(request, "survey/not_for_you.html", status=404)
    return go_to(request, address(invitation.id))


def link_of(program_id: UUID, key: str) -> str:
    """The address of a survey for a poster or a slide."""
    return f"{settings().public_url}/survey/of/{program_id}/{key}"


def _named(request: Request) -> tuple[UUID, str]:
    return request.path_params["id"], request.path_params["key"]


HERE = "/survey/of/{id:uuid}/{key}"
routes = [
    Route(HERE, look, name="survey-of"),
    Route(HERE, begin, methods=["POST"], name="survey-of-open"),
]
