"""A circle in the review queue: who is put into it and taken out, and one thrown away."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.steps import UNDO_ONE
from server.matchmaking.circles import actions
from web.console.matches import HERE, REASON_LETTERS, address, show_pair
from web.forms import Errors, one_id, read_form, text
from web.render import go_to
from web.toast import Toast


async def put_in(request: Request) -> Response:
    """Put somebody into a circle, with a reason."""
    form, errors, match_id = await read_form(request), Errors(), request.path_params["id"]
    comer = one_id(form, "comer")
    reason = text(form, "reason", REASON_LETTERS, errors, lines=True, required=_("Say in a few words why."))
    if comer is None:
        errors.add("comer", _("Choose a person."))
    elif not errors:
        try:
            await actions.move_into(request.state.actor, match_id, comer, reason)
            return go_to(request, f"{HERE}?pair={match_id}", toast=Toast(_("Put in. Nobody else moved.")))
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as refusal:
            errors.add("comer", refusal.message)
    return await show_pair(request, match_id, errors=errors, mentor=str(comer or ""), reason=reason)


async def take_out(request: Request) -> Response:
    """Take somebody out of a circle, with a reason."""
    form, errors, match_id = await read_form(request), Errors(), request.path_params["id"]
    leaver = one_id(form, "leaver")
    reason = text(form, "why", REASON_LETTERS, errors, lines=True, required=_("Say in a few words why."))
    if leaver is None:
        errors.add("leaver", _("Choose a person."))
    elif not errors:
        try:
            await actions.take_out_of(request.state.actor, match_id, leaver, reason)
            said = Toast(_("Taken out. They wait for the next run."))
            return go_to(request, f"{HERE}?pair={match_id}", toast=said)
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as refusal:
            errors.add("leaver", refusal.message)
    return await show_pair(request, match_id, errors=errors, mentor=str(leaver or ""), reason=reason)


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
