"""Going on longer: one of a pair proposes a later last day, the other agrees to it or leaves the end as it is."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.leaving import queries
from server.kernel import clock
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches import actions
from web.dates import day_month, zone
from web.forms import Errors, day, read_form
from web.happened import changed_undo
from web.render import go_to, page, speak_of
from web.toast import Toast

USUAL = timedelta(days=91)
"""The day that is proposed first: a quarter of a year on."""


async def extension(request: Request) -> Response:
    """The present last day, and a later one to propose or to agree to."""
    return await _show(request, Errors())


async def propose(request: Request) -> Response:
    """Propose a later last day."""
    form, errors = await read_form(request), Errors()
    ends_on = day(form, "ends_on", errors)
    if ends_on is None and not errors:
        errors.add("ends_on", _("Choose a day."))
    if ends_on is not None and not errors:
        try:
            match = await actions.propose_extension(request.state.actor, request.path_params["id"], ends_on)
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as late:
            return go_to(request, "/", toast=Toast(late.message))
        else:
            agreed = match.proposed_end_on is None
            words = _("Agreed. You go on until %(day)s.") if agreed else _("Proposed: %(day)s.")
            return go_to(request, "/", toast=Toast(words % {"day": day_month(ends_on)}, _undo(request, agreed)))
    return await _show(request, errors)


async def agree(request: Request) -> Response:
    """Agree to the day that the other proposed."""
    ends_on = day(await read_form(request), "ends_on")
    if ends_on is None:
        return await _show(request, Errors())
    try:
        await actions.agree_extension(request.state.actor, request.path_params["id"], ends_on)
    except Conflict as late:
        return go_to(request, "/", toast=Toast(late.message))
    words = _("Agreed. You go on until %(day)s.") % {"day": day_month(ends_on)}
    return go_to(request, "/", toast=Toast(words, _undo(request, agreed=True)))


async def withdraw(request: Request) -> Response:
    """Take one's proposal back, or leave the end as it is."""
    try:
        await actions.withdraw_extension(request.state.actor, request.path_params["id"])
    except Conflict as late:
        return go_to(request, "/", toast=Toast(late.message))
    return go_to(request, "/", toast=Toast(_("The end stays as it is.")))


def _undo(request: Request, agreed: bool) -> str:
    """Where a proposal is taken back, and where one's agreement is."""
    match_id = request.path_params["id"]
    return changed_undo(match_id) if agreed else f"/match/{match_id}/extension/withdrawal"


async def _show(request: Request, errors: Errors) -> Response:
    shown = await queries.ending_page(request.state.actor, request.path_params["id"])
    speak_of(shown.match.program)
    today = clock.today(zone())
    last = max(shown.match.ends_on or today, today)
    return page(
        request, "leaving/extending.html", status=422 if errors else 200, errors=errors, shown=shown,
        partner=shown.partner, later=(last + USUAL).isoformat(),
        is_mine=shown.match.proposed_by_id == request.state.person.id,
    )


routes = [
    Route("/match/{id:uuid}/extension", extension, name="extension"),
    Route("/match/{id:uuid}/extension", propose, methods=["POST"], name="extension-proposal"),
    Route("/match/{id:uuid}/extension/agreement", agree, methods=["POST"], name="extension-agreement"),
    Route("/match/{id:uuid}/extension/withdrawal", withdraw, methods=["POST"], name="extension-withdrawal"),
]
