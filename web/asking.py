"""Choosing whom to ask: people with three reasons each, one tap to ask, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.asking.actions import ask_for_match
from server.journey.asking.queries import Asking, AskingPage, Choice, asking_page
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches.queries import partner_of
from server.matches.states import AWAITING, MatchState
from server.matchmaking import stored
from server.matchmaking.engine.wording import GOOD_FIT, Names, Reader
from web.explained import fit_chip, reasons_of
from web.forms import Errors, form_key, one_id, read_form
from web.render import go_to, page
from web.toast import Toast

if TYPE_CHECKING:
    from server.matches.models import Match
    from web.items import Reason


async def asking(request: Request) -> Response:
    """The people who can be asked; the one who is chosen is asked."""
    enrollment_id, errors, late = request.path_params["id"], Errors(), False
    if request.method == "POST":
        form = await read_form(request)
        partner_id = one_id(form, "partner")
        if partner_id is None:
            errors.add("choices", _("Choose somebody to ask."))
        else:
            try:
                asked = await ask_for_match(request.state.actor, enrollment_id, partner_id, key=form_key(form))
                here = f"/enrollment/{enrollment_id}/asking" if asked.state in AWAITING else f"/match/{asked.id}"
                return go_to(request, here, toast=_asked(asked, request))
            except Conflict as refusal:
                late = True
                errors.add("choices", refusal.message)
    seen = await asking_page(request.state.actor, enrollment_id)
    return page(
        request, "asking/asking.html", status=409 if late else 422 if errors else 200, errors=errors, seen=seen,
        title=_title(seen), words=_words(seen), choices=[_choice(one, seen, request) for one in seen.choices],
        waiting=[partner_of(match, request.state.person.id).first_name for match in seen.waiting],
        passed=[_passed(match, request) for match in seen.passed], room=_room(seen),
    )


def _asked(match: Match, request: Request) -> Toast:
    name = partner_of(match, request.state.person.id).first_name
    words = _("%(name)s has your request.") if match.state in AWAITING else _("You and %(name)s are matched.")
    return Toast(words % {"name": name}, f"/match/{match.id}/withdrawal")


def _title(seen: AskingPage) -> str:
    if seen.asking is Asking.OPEN and seen.choices:
        return _("Whom would you like to mentor?") if seen.is_mentor else _("Who would you like as your mentor?")
    if seen.waiting:
        return _("Your request is on its way")
    return {
        Asking.OPEN: _("Nobody to ask just now"), Asking.FULL: _("Your places are taken"),
        Asking.NOT_NOW: _("You can ask later"), Asking.NOT_HERE: _("Here you are matched"),
    }[seen.asking]


def _words(seen: AskingPage) -> str:
    """What is true now, and what happens next."""
    if seen.asking is Asking.OPEN and seen.choices:
        return _("Ask one. They are told at once, and you can take it back.")
    if seen.waiting:
        return _("You hear as soon as they answer. Most people answer within a day.")
    name = seen.enrollment.program.name
    return {
        Asking.OPEN: _("Look again in a few days. %(program)s goes on looking for you too."),
        Asking.FULL: _("You can ask again when a place is free."),
        Asking.NOT_NOW: _("You can ask once you take part in %(program)s."),
        Asking.NOT_HERE: _("%(program)s suggests people to you. You don’t have to ask."),
    }[seen.asking] % {"program": name}


def _choice(one: Choice, seen: AskingPage, request: Request) -> dict[str, Any]:
    """Somebody as the page shows them, with up to three reasons and the reservation if there is one."""
    theirs, own = one.partner.person, request.state.person.first_name
    names = Names(own, theirs.first_name) if seen.is_mentor else Names(theirs.first_name, own)
    explanation = stored.load(one.explanation)
    reader = Reader.MENTOR if seen.is_mentor else Reader.MENTEE
    why: list[Reason] = reasons_of(explanation, names, reader) if explanation else []
    return {"person": theirs, "partner_id": one.partner.id, "words": one.words, "fit": fit_chip(round(one.fit)),
            "is_good": round(one.fit) >= GOOD_FIT, "reasons": why}


def _passed(match: Match, request: Request) -> str:
    name = partner_of(match, request.state.person.id).first_name
    words = _("%(name)s can’t just now.")
    if match.state is MatchState.EXPIRED:
        words = _("%(name)s did not answer in time.")
    return words % {"name": name}


def _room(seen: AskingPage) -> str:
    """How many one can ask, or how many places are taken."""
    if seen.enrollment.capacity == 1:
        return _("You can ask one person at a time.")
    return _("%(taken)s of %(all)s places taken") % {"taken": seen.taken, "all": seen.enrollment.capacity}


routes = [Route("/enrollment/{id:uuid}/asking", asking, methods=["GET", "POST"], name="asking")]
