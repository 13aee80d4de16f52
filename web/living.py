"""What the first page says of one match: the goal that somebody works on in it, and a circle with its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.goals.queries import history_of
from server.goals.states import MilestoneState
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.states import ParticipantRole
from web.dates import count_words, day_long, day_month, upper_first, when_words
from web.items import Step, StepState
from web.readers import reader_words, with_whom

if TYPE_CHECKING:
    from server.goals.models import Goal, GoalVersion, Milestone
    from server.journey.today.journeys import CircleJourney, Journey
    from server.matches.models import MatchMember
    from server.people.models import Person

SHOWN_PEOPLE = 5
"""So many of a circle are seen at once; the others are one tap away."""


def goal_words(one: Journey | CircleJourney) -> dict[str, object]:
    """What is shown of the goal that somebody works on in a match."""
    return {
        "journey": one, "done": one.steps_done, "all": len(one.steps), "steps": _steps(one.steps),
        "changes": _changes(one.goal), "suggested": None,
        "readers": reader_words(one.goal.privacy, with_whom(one.partner)) if one.goal else "",
    }


def circle_words(one: CircleJourney, viewer: Person) -> dict[str, object]:
    """A circle that runs, for one of its people."""
    week, weeks = one.weeks
    everybody, title = len(one.people), _progress(one)
    people = [(member.person.full_name, _about(member, viewer)) for member in one.people]
    said = _("Your circle: %(title)s, week %(week)s of %(weeks)s. The sun is the last meeting.") % {
        "title": title, "week": week, "weeks": weeks,
    }
    return {
        **goal_words(one), "title": title, "said": said, "above": _("%(program)s, %(people)s") % {
            "program": one.match.program.name, "people": _people(everybody),
        },
        "legend": [_("Week %(week)s of %(weeks)s") % {"week": week, "weeks": weeks}, *_last_time(one)],
        "count": upper_first(_people(everybody)), "people": people[:SHOWN_PEOPLE], "more": people[SHOWN_PEOPLE:],
        "all_of": _("Show all %(count)s") % {"count": count_words(everybody)}, "next": _next(one),
        "new_here": _new_here(one), "agreed": _agreed(one) if one.is_new else [],
    }


def _progress(one: CircleJourney) -> str:
    """Progress in words: by meetings, never by days."""
    if not one.held:
        return _("Your first meeting lies ahead")
    return upper_first(_("%(held)s of %(all)s meetings behind you") % {
        "held": count_words(one.held), "all": count_words(one.planned),
    })


def _last_time(one: CircleJourney) -> list[str]:
    """How many came last time, if there was one."""
    if not one.held:
        return []
    return [_("%(came)s of %(all)s came last time") % {"came": one.came, "all": len(one.then)}]


def _new_here(one: CircleJourney) -> str:
    """That the others have met before the viewer came in; "" for who has been there."""
    words = ngettext("The others have met once", "The others have met %(count)s times", one.before)
    return words % {"count": count_words(one.before)} if one.is_new else ""


def _agreed(one: CircleJourney) -> list[tuple[str, str]]:
    """What each said they would do when they met last: name and words."""
    names = {member.person_id: member.person.first_name for member in one.people}
    return [(names[item.owner_id], item.text) for item in one.agreed if item.owner_id in names]


def _people(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": count_words(count)}


def _about(member: MatchMember, viewer: Person) -> str:
    """One line about somebody of a circle: whether they lead it, whether it is oneself, where they are."""
    leads, place = member.role is ParticipantRole.FACILITATOR, {"place": member.person.location}
    if member.person_id == viewer.id:
        alone, there = (_("You lead the circle."), _("You lead the circle. %(place)s")) if leads else (
            _("You"), _("You. %(place)s"))
    else:
        alone, there = (_("Leads the circle"), _("Leads the circle. %(place)s")) if leads else ("", "%(place)s")
    return there % place if place["place"] else alone


def _next(one: CircleJourney) -> str:
    """The next meeting in one line: when, how long, who leads."""
    if one.session is None:
        return ""
    words = {"when": upper_first(when_words(one.session.starts_at)), "minutes": one.match.program.session_minutes}
    if one.i_lead:
        return _("%(when)s, %(minutes)s minutes. You lead.") % words
    if one.leader is None:
        return _("%(when)s, %(minutes)s minutes.") % words
    return _("%(when)s, %(minutes)s minutes. %(name)s leads.") % {**words, "name": one.leader.first_name}


def _steps(steps: list[Milestone]) -> list[Step]:
    """Milestones, the first open one marked as now."""
    now_id = next((step.id for step in steps if step.state is MilestoneState.TODO), None)
    shown = []
    for step in steps:
        is_done = step.state is MilestoneState.DONE
        detail = _("Done %(day)s") % {"day": day_month(step.done_at)} if step.done_at else ""
        if not detail and step.due_on:
            detail = _("By %(day)s") % {"day": day_month(step.due_on)}
        state: StepState = "done" if is_done else "now" if step.id == now_id else ""
        shown.append(Step(step.title, detail, state, str(step.id), f"/milestone/{step.id}"))
    return shown


def _changes(goal: Goal | None) -> list[tuple[str, GoalVersion]]:
    """Earlier wordings with their day, newest first."""
    return [(day_long(version.changed_at), version) for version in history_of(goal)] if goal else []
