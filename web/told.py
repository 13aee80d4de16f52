"""What one was told, in a list of its own under You: what, about whom, when, and the way to where one acts."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches.company import Circle, company_of
from server.notifications.catalogue import CATALOGUE
from server.notifications.told.actions import mark_told_read, open_told
from server.notifications.told.queries import Told, what_i_was_told
from web.dates import day_month_short
from web.items import Line
from web.render import go_to, in_words_of, page
from web.toast import Toast

HERE = "/you/told"


async def show(request: Request) -> Response:
    """The list. What is new says so until it is marked as read: by the page itself, or by its button."""
    found = await what_i_was_told(request.state.actor)
    return page(
        request, "you/told.html", lines=[_spoken(request, one) for one in found],
        unseen=sum(one.is_new for one in found),
    )


async def mark_read(request: Request) -> Response:
    """All of it has been seen."""
    await mark_told_read(request.state.actor)
    if request.headers.get("HX-Request") == "true":
        return Response(status_code=204)
    return go_to(request, HERE, toast=Toast(_("Marked as read")))


async def follow(request: Request) -> Response:
    """Go on to where one acts."""
    try:
        return go_to(request, await open_told(request.state.actor, request.path_params["id"]))
    except Conflict as refusal:
        return go_to(request, HERE, toast=Toast(refusal.message))


def _spoken(request: Request, one: Told) -> Line:
    """A row of its own, in the words of the programme that it is about."""
    said = partial(_line, request, one)
    return in_words_of(one.program, said) if one.program else said()


def _line(request: Request, one: Told) -> Line:
    program = one.program.name if one.program else ""
    company = company_of(one.match, request.state.actor.person_id) if one.match else None
    about = "" if company is None else _("Your circle") if isinstance(company, Circle) else company.full_name
    seen = _("new") if one.is_new else _("read")
    return Line(
        f"{HERE}/{one.message.id}", about or program or _("Ithaca"), _(CATALOGUE[one.message.kind].name),
        _(", ").join(filter(None, [about, program, seen])), day_month_short(one.at),
    )


routes = [
    Route(HERE, show, name="you-told"),
    Route(f"{HERE}/read", mark_read, methods=["POST"], name="you-told-read"),
    Route(f"{HERE}/{{id:uuid}}", follow, name="you-told-one"),
]
