"""A tap on a notification's button: the worker posts its ticket and shows what we answer as the next notification."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.journey.tapping.actions import Tapped, tap
from server.journey.tapping.states import Ended
from server.kernel.dates import moment
from server.kernel.text import direction, use_language
from server.kernel.text import gettext as _
from web import forms

LONGEST_TICKET = 100


async def answer(request: Request) -> Response:
    """Do what the ticket is for, and say what came of it."""
    tapped = await tap(forms.text(await forms.read_form(request), "ticket", LONGEST_TICKET)[:LONGEST_TICKET])
    with use_language(tapped.language):
        return JSONResponse(_notification(tapped), headers={"Cache-Control": "no-store"})


def _notification(tapped: Tapped) -> dict[str, Any]:
    title, body = _words(tapped)
    booked = tapped.ended is Ended.BOOKED
    opens = f"/session/{tapped.session.id}" if booked else f"/match/{tapped.match_id}"
    said: dict[str, Any] = {
        "title": title, "body": body, "lang": tapped.language, "dir": direction(tapped.language),
        "tag": f"tap-{tapped.ticket_id}", "navigate": opens,
    }
    if tapped.undo:
        said["actions"] = [{"action": "undo", "title": _("Undo"), "navigate": opens}]
        said["data"] = {"tickets": {"undo": tapped.undo}, "unsent": _("Not sent: no connection. Try again.")}
    return said


def _words(tapped: Tapped) -> tuple[str, str]:
    name = tapped.partner.first_name
    if tapped.ended is Ended.BOOKED:
        when = moment(tapped.session.starts_at, zone=tapped.person.zone)
        body = _("With %(name)s. Both of you get an invitation.") % {"name": name}
        return _("Booked: %(when)s") % {"when": when}, body
    if tapped.ended is Ended.ANSWERED:
        return _("Your yes is in"), _("You hear when everybody has answered.")
    if tapped.ended is Ended.SEAT_TAKEN:
        return _("The last place was just taken"), _("We look for someone else for you.")
    if tapped.ended is Ended.UNDONE:
        return _("Undone: nothing is booked"), _("You and %(name)s can choose another time.") % {"name": name}
    return tapped.refusal, _("Open Ithaca to see how things stand.")


routes = [Route("/tap", answer, methods=["POST"], name="tap")]
