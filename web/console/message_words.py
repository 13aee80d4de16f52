"""Messages of the product in words: what went out, what waits, and why one was held back. Never what a letter says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from server.automation.protocol import RULES
from server.automation.queries import kind_of
from server.kernel.text import gettext as _
from server.notifications.catalogue import CATALOGUE
from server.notifications.conditions.choices import condition_in, said
from server.notifications.queries import BY_HAND
from server.notifications.states import Channel, MessageState
from web.dates import clock_time, day_month_short
from web.items import Moment, Upcoming

if TYPE_CHECKING:
    from server.automation.queries import Coming, Course
    from server.kernel.facts import ScheduledAction
    from server.notifications.models import Message


def messages(course: Course, names: Mapping[UUID, str] | None = None) -> list[Moment]:
    """What was sent, and what was needless or skipped, the latest first; with `names`, each says who got it."""
    told: list[tuple[datetime, str, UUID | None, str]]
    told = [(one.sent_at or one.due_at, named(one.kind), one.recipient_id, _fate(one, course))
            for one in course.messages]
    told += [(one.due_at, _step_name(one), one.recipient_id, _why_skipped(one, course)) for one in course.skipped]
    return [
        Moment(day_month_short(at), _to(name, names.get(to) if names and to else None), became)
        for at, name, to, became in sorted(told, key=lambda one: one[0], reverse=True)
    ]


def coming(course: Course, names: Mapping[UUID, str] | None = None) -> list[tuple[datetime, Upcoming]]:
    """What will go by itself, and what makes it needless or who skipped it; with `names`, each says to whom."""
    return [(one.at, _upcoming(one, course, names)) for one in course.coming]


def _upcoming(one: Coming, course: Course, names: Mapping[UUID, str] | None) -> Upcoming:
    act = "again" if one.is_skipped else "" if one.stays else "skip"
    detail = _by_hand(one.id, course) if one.is_skipped else _("Unless: %(what)s") % {"what": unless(one.kind)}
    to = None if names is None else names.get(one.to_id, "") if one.to_id else _("who runs the programme")
    return Upcoming(
        day_month_short(one.at), _to(one.name or named(one.kind), to), detail, str(one.id), act)


def unless(kind: str) -> str:
    """What makes a message needless that goes by itself; of a survey, which has no kind, what makes it so."""
    return _(CATALOGUE[kind].stops_when) if kind else _("the match rests or has ended")


def named(kind: str) -> str:
    """What a message is called."""
    return _(CATALOGUE[kind].name) if kind in CATALOGUE else kind


def held_back(reason: str) -> str:
    """That something did not go, and why."""
    return _("Held back: %(why)s") % {"why": why_held(reason)}


def _by_hand(row_id: UUID, course: Course) -> str:
    who = course.hands.get(row_id)
    return _("Skipped by %(name)s") % {"name": who.first_name} if who else _("Skipped")


def _why_skipped(step: ScheduledAction, course: Course) -> str:
    return _by_hand(step.id, course) if step.reason == BY_HAND else held_back(step.reason)


def _fate(one: Message, course: Course) -> str:
    return _by_hand(one.id, course) if one.reason == BY_HAND else fate(one)


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
    """Why a message did not go, as its stop condition or its programme put it."""
    if condition := condition_in(reason):
        return _("the programme sends it only if %s") % said(condition)
    return {
        "the person has left": _("the person has left"), "no address": _("no address is known"),
        "not announced yet": _("they do not know of the match yet"),
        "held out": _("left out, to find out whether it helps"),
        "its address does not work": _("mail comes back from their address"),
        "switched off by the person": _("switched off by the person"),
        "switched off in this programme": _("switched off in this programme"), "gone": _("what it spoke of is gone"),
        "answered": _("answered already"), "no longer open": _("no longer open"),
        "no longer so": _("it was true no longer"), "the last day has passed": _("the last day to join had passed"),
        "never asked": _("they were never asked"), "decided": _("decided already"),
        "nothing to review": _("nothing left to review"), "no longer running": _("the match has ended"),
        "they have left too": _("they have left too"), "no longer booked": _("no longer booked"),
        "moved since": _("moved again since"), "told already": _("told already"), "too late": _("too late to help"),
        "not cancelled": _("not cancelled after all"), "never invited": _("they were never invited"),
        "answered or closed": _("answered or closed"), "handled": _("seen to already"), "read": _("read already"),
        "read, or over": _("read, or the match is over"),
        "used or too late": _("used, or too late"), "in a digest": _("it went in another one's letter"),
        "in a digest that came back": _("it went in another one's letter, which came back"),
        "no longer takes part": _("they take part no more"),
        "they have met": _("they have met"), "a time is booked": _("a time is booked"),
        "it rests": _("the match rests"), "matched": _("matched already"), "a goal is set": _("a goal is set"),
        "done already": _("done already"), "another day": _("it has another day"),
        "changed since": _("changed since"), "prepared": _("somebody added a topic"),
        "they go on": _("they go on"),
        "back in range": _("back in range"), "closed again": _("nobody can join any more"),
        "nothing to list": _("there was nothing to list"),
        "another last day": _("it has another last day"), "enough are accepted": _("enough are accepted again"),
        "asked the same day": _("asked the same day"), "no longer asked": _("no longer asked"),
        "nobody to ask": _("there was nobody to ask"), "nobody to tell": _("there was nobody to tell"),
        "takes part": _("they take part already"), "no longer proposed": _("no longer proposed"),
        "it took place after all": _("it took place after all"),
        "a later day is proposed": _("a later day is proposed"), "training comes first": _("training comes first"),
    }.get(reason, _("no longer needed"))


def _step_name(step: ScheduledAction) -> str:
    return named(kind_of(step)) if step.rule.startswith(RULES) else _("Survey")


def _to(name: str, to: str | None) -> str:
    return _("%(message)s, to %(name)s") % {"message": name, "name": to} if to else name
