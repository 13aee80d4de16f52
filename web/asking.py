"""Choosing whom to ask or to wish for: people with three reasons each, one tap to ask, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.asking.actions import ask_for_match, wish
from server.journey.asking.queries import CHOOSING, Asking, AskingPage, Choice, asking_page
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from server.matches.queries import partner_of
from server.matches.states import AWAITING, DeclineReason, MatchState
from server.matchmaking import stored
from server.matchmaking.engine.living.words import advice_words
from server.matchmaking.engine.wording import GOOD_FIT, Names, Reader
from server.matchmaking.wishes.actions import WISHES, keep_in_mind, set_aside, take_back
from web.explained import fit_chip, reasons_of
from web.forms import Errors, choice, form_key, one_id, read_form, text, ticked
from web.refusals import refusals_about
from web.render import go_to, page, speak_of
from web.toast import Toast

if TYPE_CHECKING:
    from server.matches.models import Match
    from web.items import Reason

WISH_FIELDS = [f"wish-{rank}" for rank in range(1, WISHES + 1)]


async def asking(request: Request) -> Response:
    """The people who can be asked; the one who is chosen is asked."""
    errors, late = Errors(), False
    if request.method == "POST":
        form = await read_form(request)
        partner_id = one_id(form, "partner")
        if partner_id is None:
            errors.add("choices", _("Choose somebody to ask."))
        else:
            try:
                asked = await ask_for_match(request.state.actor, _id(request), partner_id, key=form_key(form))
                here = _page_of(request) if asked.state in AWAITING else f"/match/{asked.id}"
                return go_to(request, here, toast=_asked(asked, request))
            except Conflict as refusal:
                late = True
                errors.add("choices", refusal.message)
    return await _show(request, errors, late=late)


async def wishes(request: Request) -> Response:
    """Keep whom one would like, in order."""
    form, errors = await read_form(request), Errors()
    chosen = [one_id(form, name) for name in WISH_FIELDS]
    try:
        await wish(request.state.actor, _id(request), [one for one in chosen if one])
        words = _("Your wishes are kept. Nobody else sees them.") if any(chosen) else _("You named nobody.")
        return go_to(request, _page_of(request), toast=Toast(words))
    except Invalid as refusal:
        errors.add(WISH_FIELDS[0], refusal.message)
    except Conflict as refusal:
        return await _show(request, _told(refusal), late=True)
    return await _show(request, errors, typed=[str(one or "") for one in chosen])


async def favourites(request: Request) -> Response:
    """Keep somebody in mind, or let them go."""
    form = await read_form(request)
    partner_id, on = one_id(form, "partner"), ticked(form, "on")
    if partner_id is None:
        raise NotFound
    try:
        await keep_in_mind(request.state.actor, _id(request), partner_id, on)
    except Conflict as refusal:
        return await _show(request, _told(refusal), late=True)
    said = _("Kept in mind. Only you see it.") if on else _("Let go.")
    here = "/you/people" if text(form, "from", 10) == "you" else f"{_page_of(request)}#choice-{partner_id}"
    return go_to(request, here, toast=Toast(said))


async def aside(request: Request) -> Response:
    """Set somebody aside; whoever comes first instead follows from the reason."""
    form = await read_form(request)
    partner_id, reason = one_id(form, "partner"), choice(DeclineReason, form, "reason") or DeclineReason.NOT_SAID
    if partner_id is None:
        raise NotFound
    try:
        await set_aside(request.state.actor, _id(request), partner_id, reason)
    except Conflict as refusal:
        return await _show(request, _told(refusal), late=True)
    undo = f"/enrollment/{_id(request)}/aside/undo"
    told = Toast(_("Not suggested again. They are not told."), undo, {"partner": str(partner_id)})
    return go_to(request, _page_of(request), toast=told)


async def aside_undo(request: Request) -> Response:
    """Let somebody who was set aside be suggested again."""
    form = await read_form(request)
    partner_id = one_id(form, "partner")
    if partner_id is None:
        raise NotFound
    await take_back(request.state.actor, _id(request), partner_id)
    here = "/you/people" if text(form, "from", 10) == "you" else _page_of(request)
    return go_to(request, here, toast=Toast(_("Taken back.")))


async def _show(
    request: Request, errors: Errors, *, late: bool = False, typed: list[str] | None = None
) -> Response:
    seen = await asking_page(request.state.actor, _id(request))
    speak_of(seen.enrollment.program)
    held = {one.wish: str(one.partner.id) for one in seen.choices}
    values = typed or [held.get(rank, "") for rank in range(1, len(WISH_FIELDS) + 1)]
    return page(
        request, "asking/asking.html", status=409 if late else 422 if errors else 200, errors=errors, seen=seen,
        title=_title(seen), words=_words(seen), people=[_choice(one, seen, request) for one in seen.choices],
        waiting=[partner_of(match, request.state.person.id).first_name for match in seen.waiting],
        passed=[_passed(match, request) for match in seen.passed], room=_room(seen),
        help=[advice_words(one) for one in seen.could_add],
        here=f"/enrollment/{_id(request)}", wishes=list(zip(WISH_FIELDS, _wish_labels(), values, strict=True)),
        named=[(str(one.partner.id), one.partner.person.full_name) for one in seen.choices],
    )


def _told(refusal: Conflict) -> Errors:
    errors = Errors()
    errors.add("choices", refusal.message)
    return errors


def _id(request: Request) -> UUID:
    enrollment_id: UUID = request.path_params["id"]
    return enrollment_id


def _page_of(request: Request) -> str:
    return f"/enrollment/{_id(request)}/asking"


def _wish_labels() -> list[str]:
    return [_("First wish"), _("Second wish"), _("Third wish")]


def _asked(match: Match, request: Request) -> Toast:
    name = partner_of(match, request.state.person.id).first_name
    words = _("%(name)s has your request.") if match.state in AWAITING else _("You and %(name)s are matched.")
    return Toast(words % {"name": name}, f"/match/{match.id}/withdrawal")


def _title(seen: AskingPage) -> str:
    if seen.asking is Asking.LOOK and seen.choices:
        return _("Who fits you")
    if seen.asking in CHOOSING and seen.choices and seen.is_peer:
        return _("Whom would you like to meet?")
    if seen.asking in CHOOSING and seen.choices:
        return _("Whose mentor would you like to be?") if seen.is_mentor else _("Who would you like as your mentor?")
    if seen.waiting:
        return _("Your request is on its way")
    return {
        Asking.OPEN: _("Nobody to ask just now"), Asking.WISH: _("Nobody to name just now"),
        Asking.LOOK: _("Nobody to see just now"),
        Asking.FULL: _("Your places are taken"), Asking.TRAINING: _("Your training comes first"),
        Asking.NOT_NOW: _("You can ask later"),
        Asking.NOT_HERE: _("Here you are matched"),
    }[seen.asking]


def _words(seen: AskingPage) -> str:
    """What is true now, and what happens next."""
    if seen.asking is Asking.OPEN and seen.choices:
        return _("Ask one. They are told at once, and you can take it back.")
    if seen.asking is Asking.WISH and seen.choices:
        return _("Say whom you would like. Nobody is told, and you can change it until you are matched.")
    if seen.asking is Asking.LOOK and seen.choices:
        return _("Others match you here. Whom you keep in mind, only you see. Whom you set aside is not suggested.")
    if seen.waiting:
        return _("You hear as soon as they answer. Most people answer within a day.")
    name = seen.enrollment.program.name
    return {
        Asking.OPEN: _("Look again in a few days. %(program)s goes on looking for you too."),
        Asking.WISH: _("Look again in a few days. %(program)s goes on looking for you."),
        Asking.LOOK: _("Look again in a few days. %(program)s goes on looking for you."),
        Asking.FULL: _("You can ask again when a place is free."),
        Asking.TRAINING: _("A few minutes of reading. Then you can ask."),
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
    return {
        "person": theirs, "partner_id": one.partner.id, "words": one.words, "fit": fit_chip(round(one.fit)),
        "is_good": round(one.fit) >= GOOD_FIT, "reasons": why, "is_favourite": one.is_favourite,
        "wish": _wish_labels()[one.wish - 1] if one.wish else "", "refusals": refusals_about(theirs, seen.is_mentor),
    }


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


routes = [
    Route("/enrollment/{id:uuid}/asking", asking, methods=["GET", "POST"], name="asking"),
    Route("/enrollment/{id:uuid}/wishes", wishes, methods=["POST"], name="wishes"),
    Route("/enrollment/{id:uuid}/favourites", favourites, methods=["POST"], name="favourites"),
    Route("/enrollment/{id:uuid}/aside", aside, methods=["POST"], name="aside"),
    Route("/enrollment/{id:uuid}/aside/undo", aside_undo, methods=["POST"], name="aside-undo"),
]
