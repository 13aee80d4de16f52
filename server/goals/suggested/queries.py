"""A step proposed for a goal: to use what its owner learned in a course on the skill that the goal builds on."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from server.goals.models import Goal
from server.goals.queries import steps_of
from server.goals.rules import STEPS_AT_MOST
from server.goals.states import OPEN_GOALS
from server.kernel.actor import Actor
from server.kernel.text import gettext as _
from server.people.courses.queries import titles_teaching


class Suggestion(NamedTuple):
    """A step to take, change or ignore, and the course it comes from."""

    title: str
    course: str


async def suggested_steps(actor: Actor, goals: Iterable[Goal]) -> dict[UUID, Suggestion]:
    """A step for each of the actor's own open goals that has room for one, from the course completed last.

    Milestones must have been fetched. A course that a step of the goal names already brings no further one.
    """
    own = [
        goal for goal in goals
        if goal.person_id == actor.person_id and goal.state in OPEN_GOALS and goal.competency_id
        and len(steps_of(goal)) < STEPS_AT_MOST
    ]
    courses = await titles_teaching(actor, {goal.competency_id for goal in own if goal.competency_id}) if own else {}
    found = {}
    for goal in own:
        taken = " ".join(step.title for step in goal.milestones)
        course = next((title for title in courses.get(goal.competency_id, ()) if title not in taken), None)
        if course:
            found[goal.id] = Suggestion(_("Use what “%(course)s” taught you at work") % {"course": course}, course)
    return found
