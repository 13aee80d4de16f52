"""The Journey page of the Django peer: prefetched rows, plain properties, one render."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from benchmarks.peers.models import (
    ActionItem,
    Enrollment,
    Goal,
    GoalVersion,
    Match,
    MatchMember,
    Milestone,
    Person,
    Session,
    SurveyInvitation,
    ThreadMessage,
)
from server.kernel import clock
from web.assets import asset_url
from web.render import HTMX_CONFIG
from web.voyage import rays, voyage

AHEAD = ("PROPOSED", "SCHEDULED")
AWAITING = ("AWAITING_ADMIN", "AWAITING_MENTOR", "AWAITING_MENTEE", "AWAITING_BOTH")
SHOWN = ("ACTIVE", "PAUSED", *AWAITING, "DURATION_COMPLETED", "CONCLUDED")
OPEN = ("INVITED", "IN_PROGRESS", "PENDING_APPROVAL", "WAITLISTED", "ACTIVE", "PAUSED")
COUNTS = ("none", "one", "two", "three", "four", "five", "six")


@login_required(login_url="/sign-in")
def journey(request: HttpRequest) -> HttpResponse:
    """The first page of a mentee in one running match."""
    me = Person.objects.select_related("organization", "profile").get(id=request.user.username)
    timezone.activate(ZoneInfo(me.zone))
    now = clock.now() + timedelta(seconds=1)   # Django compares stored times as text, without the zone that ours carry
    parts = list(Enrollment.objects.filter(person=me, state__in=OPEN).select_related("program").order_by("-invited_at"))
    unread = ThreadMessage.objects.filter(
        thread__marks__person=me, sent_at__gt=F("thread__marks__read_at"), thread__match__state__in=SHOWN
    ).count()
    found = list(_matches(me, now))
    promises = list(ActionItem.objects.filter(owner=me, done_at=None).order_by("due_on", "created_at"))
    asked = list(SurveyInvitation.objects.filter(
        person=me, state="OPEN", opens_at__lte=now, closes_at__gt=now,
    ).order_by("closes_at"))
    learning = [_learning(match, me, now, asked) for match in found if match.state in ("ACTIVE", "PAUSED")]
    return render(request, "journey.html", {
        "me": me, "parts": parts, "unread": unread, "learning": learning, "first": learning[0],
        "greeting": _greeting(now, me), "promises": [_step(item, "promise", item.text) for item in promises],
        "messages_from": [one for one in learning if one["last"]], "frame": _frame(),
    })


def _matches(me: Person, now: Any) -> Any:
    """The person's matches with everything that hangs below them, one statement for each kind."""
    return Match.objects.filter(
        members__person=me, state__in=SHOWN, published_at__lte=now, organization=me.organization_id
    ).select_related("program").order_by("-published_at").prefetch_related(
        Prefetch("members", MatchMember.objects.select_related("person", "enrollment")),
        Prefetch("goals", Goal.objects.filter(state__in=("DRAFT", "ACTIVE")).order_by("created_at")),
        Prefetch("goals__milestones", Milestone.objects.order_by("position")),
        Prefetch("goals__versions", GoalVersion.objects.order_by("-version")),
        Prefetch("sessions", Session.objects.order_by("starts_at")),
        Prefetch("thread__messages", ThreadMessage.objects.filter(sent_at=F("thread__last_at")), to_attr="latest"),
    )


def _learning(match: Match, me: Person, now: Any, asked: list[SurveyInvitation]) -> dict[str, Any]:
    partner = next(one.person for one in match.members.all() if one.person_id != me.id)
    goal = next(iter(match.goals.all()), None)
    steps = list(goal.milestones.all()) if goal else []
    done = sum(step.state == "DONE" for step in steps)
    todo = next((step for step in steps if step.state == "TODO"), None)
    sessions = list(match.sessions.all())
    latest = next(iter(match.thread.latest), None)
    start, end = match.active_at.date(), match.ends_on
    weeks = max(1, -(-(end - start).days // 7))
    week = min(weeks, (now.date() - start).days // 7 + 1)
    title = f"{COUNTS[done].capitalize()} of {COUNTS[len(steps)]} milestones behind you"
    return {
        "match": match, "partner": partner, "goal": goal, "title": title, "week": week, "weeks": weeks,
        "ahead": todo.title if todo else "", "held": sum(one.state == "HELD" for one in sessions),
        "next": next((one for one in sessions if one.state in AHEAD and one.ends_at > now), None),
        "theirs": ZoneInfo(partner.zone), "steps": [
            _step(one, "milestone", one.title, now=todo is not None and one.id == todo.id) for one in steps
        ],
        "way": _way(len(steps), done), "last": latest if latest and latest.author_id != me.id else None,
        "check_in": next((one for one in asked if one.match_id == match.id), None),
        "when": "Tomorrow" if sessions and sessions[-1].starts_at.date() - now.date() == timedelta(1) else "Soon",
        "sent": "Today" if latest and latest.sent_at.date() == now.date() else "Earlier", "year": now.year,
    }


def _step(row: Any, kind: str, text: str, *, now: bool = False) -> dict[str, Any]:
    is_done = row.done_at is not None
    return {
        "id": row.id, "action": f"/{kind}/{row.id}", "text": text, "is_done": is_done, "now": now, "key": uuid4(),
        "state": "done" if is_done else "now" if now else "", "due_on": row.due_on, "done_at": row.done_at,
    }


def _way(milestones: int, done: int) -> dict[str, Any]:
    """The drawing's measures, worked out as the product does."""
    way = voyage(milestones, done)
    isles = [
        {"x": one.x, "y": one.y, "done": one.done, "tick": (round(one.x - 3.2, 1), round(one.y + 0.2, 1))}
        for one in way.isles
    ]
    return {"isles": isles, "boat": way.boat, "sailed": way.sailed, "route": way.route, "sun": way.sun, "rays": rays()}


def _greeting(now: Any, me: Person) -> str:
    hour = timezone.localtime(now).hour
    return f"Good {'morning' if hour < 12 else 'afternoon' if hour < 18 else 'evening'}, {me.first_name}"


@cache
def _frame() -> dict[str, str]:
    return {
        "htmx_config": HTMX_CONFIG, "css": asset_url("participant.css"),
        "htmx": asset_url("htmx.js"), "app": asset_url("app.js"), "key": str(uuid4()),
    }


urlpatterns = [path("", journey)]
