"""A circle that somebody is asked into: who is in it, why, and when; and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.meeting import queries
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import actions
from server.matches.states import DeclineReason
from server.matches.steps import UNDO_ONE
from server.matchmaking.today.actions import accept_match
from server.matchmaking.today.rules import is_parted, parted_words
from web import circle_words as words
from web.dates import day_long
from web.forms import choice, read_form
from web.happened import changed_undo, meetings
from web.render import go_to, page, speak_of
from web.toast import Toast

if TYPE_CHECKING:
    from uuid import UUID

    from server.journey.meeting.queries import CirclePage
    from server.matches.models import MatchMember


async def show(request: Request) -> Response:
    """The circle, and the question where it was not answered yet."""
    shown = await queries.circle_page(request.state.actor, request.path_params["id"])
    speak_of(shown.match.program)
    return page(
        request, "match/circle.html", shown=shown, title=_title(shown), briefing=_briefing(shown),
        people=[_person(one) for one in shown.others], common=words.in_common(shown.common), refusals=_refusals(),
        why=[] if shown.i_lead or shown.is_over else words.why(shown.match, shown.me),
        leads=_person(shown.leads) if shown.leads and not shown.i_lead else None, met=meetings(shown.met),
        of_circle=True,
    )


async def accept(request: Request) -> Response:
    """Say yes."""
    match_id = request.path_params["id"]
    try:
        circle = await accept_match(request.state.actor, match_id, undo_within=UNDO_ONE)
    except Conflict as late:
        return go_to(request, _address(match_id), toast=Toast(late.message))
    if is_parted(circle, request.state.actor):
        return go_to(request, "/", toast=Toast(parted_words()))
    return go_to(request, _address(match_id), toast=Toast(_("You are in."), changed_undo(match_id)))


async def refuse(request: Request) -> Response:
    """Say no, kindly: the circle goes on without them."""
    match_id, reason = request.path_params["id"], choice(DeclineReason, await read_form(request), "reason")
    why = reason or DeclineReason.NOT_SAID
    try:
        await actions.decline_match(request.state.actor, match_id, why, undo_within=UNDO_ONE)
    except Conflict as late:
        return go_to(request, _address(match_id), toast=Toast(late.message))
    words = _("Thank you. The others go on, and we look for a circle that suits you.")
    return go_to(request, "/", toast=Toast(words, changed_undo(match_id)))


def _address(match_id: UUID) -> str:
    return f"/circle/{match_id}"


def _title(shown: CirclePage) -> str:
    if shown.is_over:
        return _("This circle has ended")
    if shown.am_asked:
        return _("Would you lead this circle?") if shown.i_lead else _("A circle for you")
    return _("Your circle")


def _briefing(shown: CirclePage) -> str:
    if shown.is_over:
        return _("There is nothing to do.")
    if shown.is_under_way:
        return _("It has begun.") if not shown.am_asked else _("It has begun. You can still join it.")
    if shown.match.answer_by is None:
        return ""
    told = {"day": day_long(shown.match.answer_by)}
    if shown.am_asked:
        return _("Please answer by %(day)s.") % told
    return _("It begins as soon as enough have said yes, by %(day)s at the latest.") % told


def _person(member: MatchMember) -> tuple[str, str]:
    person = member.person
    return person.full_name, _(", ").join(part for part in (person.title, person.location) if part)


def _refusals() -> list[tuple[str, str]]:
    return [
        (DeclineReason.CLOSER_TO_GOAL.value, _("People closer to my goal")),
        (DeclineReason.TIMES.value, _("Times don’t work for me")),
        (DeclineReason.NO_ROOM.value, _("Not at this moment")),
        (DeclineReason.NOT_SAID.value, _("I’d rather not say")),
    ]


routes = [
    Route("/circle/{id:uuid}", show, name="circle"),
    Route("/circle/{id:uuid}/answer", accept, methods=["POST"], name="circle-answer"),
    Route("/circle/{id:uuid}/refusal", refuse, methods=["POST"], name="circle-refusal"),
]
