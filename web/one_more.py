"""One more place: a mentor is asked one question, answers it with one press, and may change their mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.steps import UNDO_ONE
from server.matchmaking.supply.actions import answer_for_place
from server.matchmaking.supply.queries import PlaceAsked, place_asked
from web.forms import read_form, text
from web.render import go_to, page, speak_of
from web.toast import Toast

if TYPE_CHECKING:
    from server.programs.models import Enrollment

ANSWERS = {"yes": True, "no": False}


async def show(request: Request) -> Response:
    """The question, or what was answered."""
    shown = await place_asked(request.state.actor, request.path_params["id"])
    speak_of(shown.enrollment.program)
    return page(request, "waiting/one_more.html", shown=shown, title=_title(shown), said=_said(shown))


async def answer(request: Request) -> Response:
    """Take the answer. Without one it is asked again."""
    enrollment_id = request.path_params["id"]
    gives, here = ANSWERS.get(text(await read_form(request), "gives", 3)), f"/enrollment/{enrollment_id}/place"
    if gives is None:
        return go_to(request, here)
    try:
        row = await answer_for_place(request.state.actor, enrollment_id, gives, undo_within=UNDO_ONE)
    except Conflict as late:
        return go_to(request, here, toast=Toast(late.message))
    return go_to(request, here, toast=Toast(_places(row) if gives else _("Saved.")))


def _title(shown: PlaceAsked) -> str:
    given = shown.enrollment.place_given
    if given is None:
        return _("Could you take one more?") if shown.may_give else _("This question has passed")
    return _("Thank you for the place") if given else _("Thank you for your answer")


def _said(shown: PlaceAsked) -> str:
    row = shown.enrollment
    if row.place_given:
        return _("We write to you as soon as there is somebody. You say yes or no to them then.")
    if row.place_given is not None:
        return _("Nobody asks you again for the next weeks. You may still change your mind.") if shown.may_give else (
            _("Nobody asks you again for the next weeks."))
    return _("People wait for a mentor, and there are too few places.") if shown.may_give else (
        _("There is nothing to do."))


def _places(row: Enrollment) -> str:
    """How many people a mentor takes by now."""
    words = ngettext("Thank you. You take %(num)d person now.", "Thank you. You take %(num)d people now.", row.capacity)
    return words % {"num": row.capacity}


routes = [
    Route("/enrollment/{id:uuid}/place", show, name="one-more-place"),
    Route("/enrollment/{id:uuid}/place", answer, methods=["POST"], name="one-more-place-answer"),
]
