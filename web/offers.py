"""What is offered once after a first booking: being told on this device, and on an iPhone the app that this needs."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.text import gettext as _
from server.notifications.offers.queries import offer_of
from server.notifications.push.queries import may_be_asked
from server.people.offers.actions import refuse_offer
from server.people.states import Offer
from web import forms
from web.render import go_to, page
from web.sign_in import browser_of, device_of, own_path
from web.toast import Toast

PATH_LETTERS = 200


async def offer_on(request: Request, *, has_booked: bool) -> str:
    """The offer of a screen after a booking: "PUSH", "INSTALL" or none. Without one nothing is asked."""
    if not has_booked:
        return ""
    refused = request.state.viewer.refused
    found = await offer_of(request.state.actor, browser_of(request), device_of(request), refused)
    return found.value if found else ""


async def install(request: Request) -> Response:
    """How to put Ithaca on an iPhone's home screen; whoever has not said "not now" can do so here."""
    actor = request.state.actor
    offer = await offer_on(request, has_booked=await may_be_asked(actor))
    return page(request, "offers/install.html", is_offered=offer == Offer.INSTALL)


async def refuse_push(request: Request) -> Response:
    """Never ask to tell this person on a device again; the button under You stays."""
    return await _refuse(request, Offer.PUSH, _("You are not asked again. You find it under You."))


async def refuse_install(request: Request) -> Response:
    """Never show the way to the home screen again; the page is found under You."""
    return await _refuse(request, Offer.INSTALL, _("You are not asked again. You find the page under You."))


async def _refuse(request: Request, offer: Offer, words: str) -> Response:
    form = await forms.read_form(request)
    await refuse_offer(request.state.actor, offer)
    return go_to(request, own_path(forms.text(form, "next", PATH_LETTERS)) or "/", toast=Toast(words))


routes = [
    Route("/install", install, name="install"),
    Route("/install/refusal", refuse_install, methods=["POST"], name="install-refusal"),
    Route("/you/push/refusal", refuse_push, methods=["POST"], name="you-push-refusal"),
]
