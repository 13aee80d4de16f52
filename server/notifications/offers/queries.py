"""Which offer a person's screen has, in the browser they hold."""

from collections.abc import Collection

from server.access.queries import my_sessions
from server.kernel.actor import Actor
from server.notifications.push.queries import is_told
from server.people.states import Offer

SAFARI, OTHER_BROWSERS = "Version/", ("CriOS", "FxiOS", "EdgiOS", "OPiOS", "GSA/")
"""How browsers name themselves on an iPhone, within the 120 letters that a session keeps; the app names none."""


async def offer_of(actor: Actor, fingerprint: str, agent: str, refused: Collection[Offer]) -> Offer | None:
    """What to offer to somebody who has booked: to be told on this device, or on an iPhone to install first.

    Nothing to whoever is told, has the app, or said "not now". `agent` is what the browser calls itself, `refused` what
    the person said "not now" to: every page has read that already.
    """
    if is_iphone_safari(agent):
        return None if Offer.INSTALL in refused or await _has_the_app(actor) else Offer.INSTALL
    return None if Offer.PUSH in refused or await is_told(actor, fingerprint) else Offer.PUSH


def is_iphone_safari(agent: str) -> bool:
    """Whether this is Safari in a window of its own: there notifications need the app on the home screen."""
    return "iPhone" in agent and SAFARI in agent and not any(sign in agent for sign in OTHER_BROWSERS)


async def _has_the_app(actor: Actor) -> bool:
    return any(_is_the_app(one.device) for one in await my_sessions(actor))


def _is_the_app(agent: str) -> bool:
    return "iPhone" in agent and "Mobile/" in agent and not any(sign in agent for sign in (SAFARI, *OTHER_BROWSERS))
