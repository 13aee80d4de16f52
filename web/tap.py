"""A tap on a notification's button: the worker posts its ticket and shows what we answer as the next notification."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.journey.tapping.actions import Tapped, tap
from server.journey.tapping.states import Ended
from server.kernel.dates import moment
from server.kernel.text import direction, use_language, use_terms
from server.kernel.text import gettext as _
from server.matchmaking.today.rules import parted_words
from web import forms

LONGEST_TICKET = 100
ABOUT_A_SESSION = (Ended.BOOKED, Ended.MET, Ended.HELD_AFTER_ALL)


async def answer(request: Request) -> Response:
    """Do what the ticket is for, and say what came of it."""
    tapped = await tap(forms.text(await forms.read_form(request), "ticket", LONGEST_TICKET)[:LONGEST_TICKET])
    with use_language(tapped.told.language), use_terms(tapped.told.terms):
        return JSONResponse(_notification(tapped), headers={"Cache-Control": "no-store"})


def came_of(tapped: Tapped) -> tuple[str, str]:
    """What came of a tap: a title, and a sentence. A booking is said in the zone of whoever tapped."""
    name, about = tapped.told.partner.first_name, tapped.told
    if tapped.ended is Ended.BOOKED and tapped.session:
        when = moment(tapped.session.starts_at, zone=about.person.zone)
        body = _("With %(name)s. Both of you get an invitation.") % {"name": name}
        return _("Booked: %(when)s") % {"when": when}, body
    said = {
        Ended.ANSWERED: (_("Your yes is in"), _("You hear when everybody has answered.")),
        Ended.MATCHED: (
            _("You and %(name)s are a match") % {"name": name},
            _("The first time is agreed when both choose the same."),
        ),
        Ended.SEAT_TAKEN: (_("The last place was just taken"), _("We look for someone else for you.")),
        Ended.PARTED: (_("Thank you for your yes"), parted_words()),
        Ended.AGREED: (_("You go on together"), _("%(name)s hears of it.") % {"name": name}),
        Ended.KEPT: (_("Noted: you go on"), _("Half an hour is enough to pick up the thread.")),
        Ended.MET: (_("Noted. You met."), _("Write one line down while it is fresh.")),
        Ended.MISSED: (_("Noted. These things happen."), _("Free times of you both are on the page.")),
        Ended.MOVED: (_("Noted: you moved it"), _("Choose the new time, so that it stands in both calendars.")),
        Ended.HELD_AFTER_ALL: (_("Undone. It counts as held."), _("Nobody was told.")),
        Ended.UNDONE: (
            _("Undone: nothing is booked"), _("You and %(name)s can choose another time.") % {"name": name},
        ),
        Ended.TAKEN_BACK: (_("Undone. It stands as before."), _("Nobody was told.")),
    }
    return said.get(tapped.ended, (tapped.refusal, _("Open Ithaca to see how things stand.")))


def opens(tapped: Tapped) -> str:
    """Where one looks at what came of a tap."""
    if tapped.ended is Ended.PARTED:
        return "/"
    if tapped.ended in (Ended.MISSED, Ended.MOVED):
        return f"/match/{tapped.told.match_id}/session"
    there = tapped.session and tapped.ended in ABOUT_A_SESSION
    return f"/session/{tapped.session.id}" if there and tapped.session else f"/match/{tapped.told.match_id}"


def _notification(tapped: Tapped) -> dict[str, Any]:
    title, body = came_of(tapped)
    said: dict[str, Any] = {
        "title": title, "body": body, "lang": tapped.told.language, "dir": direction(tapped.told.language),
        "tag": f"tap-{tapped.told.ticket_id}", "navigate": opens(tapped),
    }
    if tapped.undo:
        said["actions"] = [{"action": "undo", "title": _("Undo"), "navigate": opens(tapped)}]
        said["data"] = {"tickets": {"undo": tapped.undo}, "unsent": _("Not sent: no connection. Try again.")}
    return said


routes = [Route("/tap", answer, methods=["POST"], name="tap")]
