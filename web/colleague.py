"""Inviting a colleague, where a programme lets its people do that. What became of it is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from server.matches.steps import UNDO_ONE
from server.programs.inviting.actions import invite_colleague
from server.programs.inviting.lines import ADDRESS_LETTERS
from server.programs.permissions.rules import may_invite
from server.programs.queries import visible_enrollment
from server.programs.rules import is_of_circles, is_self
from server.programs.states import ParticipantRole, suits
from web.forms import Errors, choice, read_form, text
from web.render import go_to, page, speak_of
from web.toast import Toast

if TYPE_CHECKING:
    from server.programs.models import Enrollment, Program


async def colleague(request: Request) -> Response:
    """The form; whoever is named is invited, if they can take part."""
    own, errors, address = await _own(request), Errors(), ""
    speak_of(own.program)
    role, late = own.role, False
    if request.method == "POST":
        form = await read_form(request)
        address = text(form, "address", ADDRESS_LETTERS, errors, required=_("Write an address."))
        role = choice(ParticipantRole, form, "role") or own.role
        if not errors:
            try:
                await invite_colleague(request.state.actor, own.id, address, role, undo_within=UNDO_ONE)
                words = _("Thank you. If they can take part, they hear of it within minutes.")
                return go_to(request, f"/enrollment/{own.id}/colleague", toast=Toast(words))
            except Invalid as refusal:
                errors.take(refusal)
            except Conflict as refusal:
                late = True
                errors.add("address", refusal.message)
    return page(
        request, "join/colleague.html", status=409 if late else 422 if errors else 200, errors=errors, own=own,
        address=address, role=role.value, roles=_roles(own.program),
    )


async def _own(request: Request) -> Enrollment:
    """Nobody finds the page where they may invite nobody. Whether the group takes people in is told by the act."""
    own = await visible_enrollment(request.state.actor, request.path_params["id"])
    if not is_self(request.state.actor, own) or not may_invite(own.program, own.role):
        raise NotFound
    return own


def _roles(program: Program) -> list[tuple[str, str]]:
    """As what somebody can take part there."""
    names = {
        ParticipantRole.MENTOR: _("A mentor"), ParticipantRole.PEER: _("A peer"),
        ParticipantRole.MENTEE: _("A member of a circle") if is_of_circles(program) else _("A mentee"),
        ParticipantRole.FACILITATOR: _("Somebody who leads a circle"),
    }
    return [(role.value, name) for role, name in names.items() if suits(role, program.type, program.circles)]


routes = [Route("/enrollment/{id:uuid}/colleague", colleague, methods=["GET", "POST"], name="colleague")]
