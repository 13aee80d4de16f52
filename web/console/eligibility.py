"""Whether a programme's conditions hold for somebody: with a grace in which their part goes on (lifecycle X04)."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from server.matches.steps import UNDO_ONE
from server.programs import actions
from web.console.people import HERE, address, show_one
from web.forms import Errors, integer, one_id, read_form, text
from web.render import go_to
from web.toast import Toast

DAYS_DIGITS = 6


async def lose(request: Request) -> Response:
    """Let somebody's part end after so many days, unless the conditions hold again by then."""
    form, errors = await read_form(request), Errors()
    enrollment_id, days = _named(one_id(form, "enrollment")), integer(form, "grace_days", errors)
    if days is None:
        errors.add("grace_days", _("Choose how many days."))
        return await show_one(request, errors, enrollment_id, text(form, "grace_days", DAYS_DIGITS))
    try:
        await actions.lose_eligibility(request.state.actor, enrollment_id, grace_days=days, undo_within=UNDO_ONE)
        return _done(request, _("Noted. They are told kindly until when they take part."), enrollment_id)
    except Invalid as refusal:
        errors.take(refusal)
    except Conflict as refusal:
        return await show_one(request, said=refusal.message)
    return await show_one(request, errors, enrollment_id, str(days))


async def hold_again(request: Request) -> Response:
    """Nothing ends: the conditions hold again."""
    enrollment_id = _named(one_id(await read_form(request), "enrollment"))
    await actions.keep_eligible(request.state.actor, enrollment_id, undo_within=UNDO_ONE)
    return _done(request, _("Nothing ends. They take part as before."), enrollment_id)


async def undo(request: Request) -> Response:
    """Take the last word on the conditions back, while nobody was told."""
    enrollment_id = _named(one_id(await read_form(request), "enrollment"))
    undone = await actions.undo_eligibility(request.state.actor, enrollment_id)
    said = _("Taken back. Nobody was told.") if undone else _("Too late to undo: they have been told.")
    return go_to(request, address(request), toast=Toast(said))


def _named(enrollment_id: UUID | None) -> UUID:
    if enrollment_id is None:
        raise NotFound
    return enrollment_id


def _done(request: Request, said: str, enrollment_id: UUID) -> Response:
    here = address(request)
    return go_to(request, here, toast=Toast(said, f"{here}/grace/undo", {"enrollment": str(enrollment_id)}))


routes = [
    Route(f"{HERE}/{{id:uuid}}/grace", lose, methods=["POST"], name="console-person-grace"),
    Route(f"{HERE}/{{id:uuid}}/grace/end", hold_again, methods=["POST"], name="console-person-grace-end"),
    Route(f"{HERE}/{{id:uuid}}/grace/undo", undo, methods=["POST"], name="console-person-grace-undo"),
]
