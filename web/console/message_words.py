"""Messages of the product in words: what went out, what waits, and why one was held back. Never what a letter says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.notifications.catalogue import CATALOGUE
from server.notifications.states import MessageState
from web.dates import clock_time, day_month_short
from web.items import Moment

if TYPE_CHECKING:
    from server.notifications.models import Message


def messages(found: Iterable[Message], *, to_whom: bool) -> list[Moment]:
    """Messages as they are listed; with `to_whom`, each says who gets it."""
    return [_listed(one, to_whom) for one in found]


def fate(one: Message) -> str:
    """What became of a message."""
    if one.state is MessageState.PLANNED:
        return _("Goes out at %(time)s, by mail") % {"time": clock_time(one.due_at)}
    if one.state is MessageState.SUPPRESSED:
        return _("Held back: %(why)s") % {"why": why_held(one.reason)}
    return {
        MessageState.QUEUED: _("On its way, by mail"),
        MessageState.FAILED: _("Could not be delivered"),
    }.get(one.state, _("Sent at %(time)s, by mail") % {"time": clock_time(one.sent_at or one.due_at)})


def why_held(reason: str) -> str:
    """Why a message did not go, as its stop condition put it."""
    return {
        "the person has left": _("the person has left"), "no address": _("no address is known"),
        "switched off by the person": _("switched off by the person"), "gone": _("what it spoke of is gone"),
        "answered": _("answered already"), "no longer open": _("no longer open"),
        "no longer so": _("it was true no longer"),
        "never asked": _("they were never asked"), "decided": _("decided already"),
        "nothing to review": _("nothing left to review"), "no longer running": _("the match has ended"),
        "they have left too": _("they have left too"), "no longer booked": _("no longer booked"),
        "moved since": _("moved again since"), "told already": _("told already"), "too late": _("too late to help"),
        "not cancelled": _("not cancelled after all"), "never invited": _("they were never invited"),
        "answered or closed": _("answered or closed"), "handled": _("seen to already"), "read": _("read already"),
        "used or too late": _("used, or too late"), "in a digest": _("it went in another one's letter"),
        "they have met": _("they have met"), "a time is booked": _("a time is booked"),
        "it rests": _("the match rests"),
    }.get(reason, _("no longer needed"))


def _listed(one: Message, to_whom: bool) -> Moment:
    name = _(CATALOGUE[one.kind].name) if one.kind in CATALOGUE else one.kind
    if to_whom:
        name = _("%(message)s, to %(name)s") % {"message": name, "name": one.recipient.first_name}
    return Moment(day_month_short(one.sent_at or one.due_at), name, fate(one))
