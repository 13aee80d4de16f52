"""Messages of the product in words: what went out, what waits, and why one was held back. Never what a letter says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from server.automation.protocol import RULES
from server.kernel.text import gettext as _
from server.notifications.catalogue import CATALOGUE
from server.notifications.states import Channel, MessageState
from web.dates import clock_time, day_month_short
from web.items import Moment

if TYPE_CHECKING:
    from datetime import datetime

    from server.kernel.facts import ScheduledAction
    from server.notifications.models import Message


def messages(
    found: Iterable[Message], skipped: Iterable[ScheduledAction], names: Mapping[UUID, str] | None = None
) -> list[Moment]:
    """What was sent and what was needless, the latest first; with `names`, each says who got it."""
    told: list[tuple[datetime, str, UUID | None, str]]
    told = [(one.sent_at or one.due_at, one.kind, one.recipient_id, fate(one)) for one in found]
    told += [(one.due_at, _kind(one), one.recipient_id, held_back(one.reason)) for one in skipped]
    return [
        Moment(day_month_short(at), _named(kind, names.get(to) if names and to else None), became)
        for at, kind, to, became in sorted(told, key=lambda one: one[0], reverse=True)
    ]


def planned(found: Iterable[ScheduledAction]) -> list[Moment]:
    """What will go to somebody by itself, and what makes it needless."""
    return [
        Moment(day_month_short(one.due_at), _named(_kind(one), None), _("Unless: %(what)s") % {"what": unless(one)})
        for one in found
    ]


def unless(step: ScheduledAction) -> str:
    """What makes a message needless that goes by itself."""
    return _(CATALOGUE[_kind(step)].stops_when)


def held_back(reason: str) -> str:
    """That something did not go, and why."""
    return _("Held back: %(why)s") % {"why": why_held(reason)}


def fate(one: Message) -> str:
    """What became of a message."""
    if one.state is MessageState.PLANNED:
        return _("Goes out at %(time)s, by mail") % {"time": clock_time(one.due_at)}
    if one.state is MessageState.SUPPRESSED:
        return held_back(one.reason)
    at, by_push = clock_time(one.sent_at or one.due_at), (one.fallback or one.channel) is Channel.PUSH
    return {
        MessageState.QUEUED: _("On its way, by push") if by_push else _("On its way, by mail"),
        MessageState.FAILED: _("Came back") if one.sent_at else _("Could not be delivered"),
    }.get(one.state, (_("Sent at %(time)s, by push") if by_push else _("Sent at %(time)s, by mail")) % {"time": at})


def why_held(reason: str) -> str:
    """Why a message did not go, as its stop condition put it."""
    return {
        "the person has left": _("the person has left"), "no address": _("no address is known"),
        "held out": _("left out, to find out whether it helps"),
        "its address does not work": _("mail comes back from their address"),
        "switched off by the person": _("switched off by the person"),
        "switched off in this programme": _("switched off in this programme"), "gone": _("what it spoke of is gone"),
        "answered": _("answered already"), "no longer open": _("no longer open"),
        "no longer so": _("it was true no longer"),
        "never asked": _("they were never asked"), "decided": _("decided already"),
        "nothing to review": _("nothing left to review"), "no longer running": _("the match has ended"),
        "they have left too": _("they have left too"), "no longer booked": _("no longer booked"),
        "moved since": _("moved again since"), "told already": _("told already"), "too late": _("too late to help"),
        "not cancelled": _("not cancelled after all"), "never invited": _("they were never invited"),
        "answered or closed": _("answered or closed"), "handled": _("seen to already"), "read": _("read already"),
        "used or too late": _("used, or too late"), "in a digest": _("it went in another one's letter"),
        "no longer takes part": _("they take part no more"),
        "they have met": _("they have met"), "a time is booked": _("a time is booked"),
        "it rests": _("the match rests"), "matched": _("matched already"), "a goal is set": _("a goal is set"),
        "done already": _("done already"), "another day": _("it has another day"),
        "changed since": _("changed since"), "prepared": _("somebody added a topic"),
        "they go on": _("they go on"),
        "back in range": _("back in range"), "nothing to list": _("there was nothing to list"),
        "another last day": _("it has another last day"), "enough are accepted": _("enough are accepted again"),
        "a later day is proposed": _("a later day is proposed"),
    }.get(reason, _("no longer needed"))


def _kind(step: ScheduledAction) -> str:
    return step.rule.removeprefix(RULES)


def _named(kind: str, to: str | None) -> str:
    name = _(CATALOGUE[kind].name) if kind in CATALOGUE else kind
    return _("%(message)s, to %(name)s") % {"message": name, "name": to} if to else name
