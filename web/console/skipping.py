"""The button beside a message that would go by itself: skip it, and take that back."""

from starlette.requests import Request
from starlette.responses import Response

from server.automation.actions import skip_message, unskip_message
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from web.forms import one_id, read_form, text
from web.render import go_to
from web.toast import Toast

ACT_LETTERS = 10


async def done(request: Request, here: str, part: str) -> Response:
    """Do what the button says, and go back to the list at `part` of the page."""
    form = await read_form(request)
    row_id, act = one_id(form, "row"), text(form, "act", ACT_LETTERS)
    if row_id is None:
        raise NotFound
    if act == "again":
        await unskip_message(request.state.actor, row_id)
        return go_to(request, f"{here}#{part}", toast=Toast(_("It is planned again.")))
    await skip_message(request.state.actor, row_id)
    undo = Toast(_("Skipped. Nobody is told."), f"{here}/planned", {"row": str(row_id), "act": "again"})
    return go_to(request, f"{here}#{part}", toast=undo)
