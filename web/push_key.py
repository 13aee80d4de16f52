"""For scripts alone: the key with which a browser asks to be told, and a new subscription in the old one's place."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.notifications.channels.push import Address
from server.notifications.push import actions, queries
from web import forms
from web.sign_in import browser_of

LONGEST_ADDRESS = 2_000
"""Letters of a push service's address; the longest seen have some 500."""


async def key(_request: Request) -> Response:
    """The public half of our key: the same for everybody."""
    return PlainTextResponse(await queries.key_to_ask_with(), headers={"Cache-Control": "no-store"})


async def renew(request: Request) -> Response:
    """What the worker says when the browser ended its subscription by itself."""
    await actions.renew(browser_of(request), *address_in(await forms.read_form(request)))
    return Response(status_code=204)


def address_in(form: FormData) -> tuple[Address, str]:
    """Where a browser says it is reached, and the key of ours that it subscribed with."""
    address = Address(*(forms.text(form, name, LONGEST_ADDRESS) for name in ("endpoint", "p256dh", "auth")))
    return address, forms.text(form, "point", 200)


routes = [
    Route("/push", key, name="push-key"),
    Route("/push", renew, methods=["POST"], name="push-renewal"),
]
