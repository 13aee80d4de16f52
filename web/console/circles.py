"""A circle in the review queue: who is put into it and taken out, and one thrown away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.actor import Actor
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.steps import UNDO_ONE
from server.matchmaking.circles import actions
from web.console.matches import HERE, REASON_LETTERS, address, show_pair
from web.forms import Errors, one_id, read_form, text
from web.render import go_to
from web.toast import Toast

Change = Callable[[Actor, UUID, UUID, str], Awaitable[object]]
"""Puts somebody into a circle or takes them out, for a reason."""


async def put_in(request: Request) -> Response:
    """Put somebody into a circle, with a reason."""
    return await _change(request, actions.move_into, "comer", "reason", _("Put in. Nobody else moved."))


async def take_out(request: Request) -> Response:
    """Take somebody out of a circle, with a reason."""
    return await _change(request, actions.take_out_of, "leaver", "why", _("Taken out. They wait for the next run."))


async def _change(request: Request, change: Change, who: str, why: str, told: str) -> Response:
    """One person in or out: the page has a form for each, with fields of its own."""
    form, errors, match_id = await read_form(request), Errors(), request.path_params["id"]
    person = one_id(form, who)
    reason = text(form, why, REASON_LETTERS, errors, lines=True, required=_("Say in a few words why."))
    if person is None:
        errors.add(who, _("Choose a person."))
    elif not errors:
        try:
            await change(request.state.actor, match_id, person, reason)
            return go_to(request, f"{HERE}?pair={match_id}", toast=Toast(told))
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as refusal:
            errors.add(who, refusal.message)
    return await show_pair(request, match_id, errors=errors, mentor=str(person or ""), reason=reason)


async def discard(request: Request) -> Response:
    """Throw a drafted circle away; its people wait for the next run."""
    match_id = request.path_params["id"]
    try:
        match = await matches.discard_match(request.state.actor, match_id, undo_within=UNDO_ONE)
    except Conflict as refusal:
        return await show_pair(request, match_id, refused=refusal.message)
    told = Toast(_("Discarded. Its people wait for the next run."), f"{HERE}/{match_id}/undo")
    return go_to(request, address(match.cohort_id), toast=told)


routes = [
    Route(f"{HERE}/{{id:uuid}}/people", put_in, methods=["POST"], name="console-circle-in"),
    Route(f"{HERE}/{{id:uuid}}/people/out", take_out, methods=["POST"], name="console-circle-out"),
    Route(f"{HERE}/{{id:uuid}}/discard", discard, methods=["POST"], name="console-circle-discard"),
]
