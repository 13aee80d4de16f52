"""Conflicts of interest on a person's page: declared with somebody, and lifted."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches.conflicts import actions, queries
from web.console.matches import REASON_LETTERS
from web.console.people import HERE, address, show_one
from web.forms import Errors, read_form, text
from web.render import go_to
from web.toast import Toast

ADDRESS_LETTERS = 254


async def declare(request: Request) -> Response:
    """Bring two people together in no programme from now on."""
    form, errors, actor = await read_form(request), Errors(), request.state.actor
    said = text(form, "other", ADDRESS_LETTERS, errors, required=_("Type their work e-mail."))
    why = text(form, "reason", REASON_LETTERS, errors, lines=True, required=_("Say in a few words why."))
    other = await queries.by_address(actor, said) if said else None
    if said and other is None:
        errors.add("other", _("Nobody in your programmes has this address."))
    if other is not None and not errors:
        try:
            await actions.declare_conflict(actor, request.path_params["id"], other, reason=why)
            return go_to(request, address(request), toast=Toast(_("Declared. Nothing brings the two together.")))
        except Conflict as refusal:
            errors.add("other", refusal.message)
    return await show_one(request, errors, between=(said, why))


async def lift(request: Request) -> Response:
    """Let two be brought together again."""
    await actions.lift_conflict(request.state.actor, request.path_params["conflict"])
    return go_to(request, address(request), toast=Toast(_("Lifted. The next run may bring them together.")))


routes = [
    Route(f"{HERE}/{{id:uuid}}/conflicts", declare, methods=["POST"], name="console-conflict"),
    Route(
        f"{HERE}/{{id:uuid}}/conflicts/{{conflict:uuid}}/end", lift, methods=["POST"], name="console-conflict-lift"
    ),
]
