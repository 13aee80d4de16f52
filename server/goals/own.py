"""The actor's own goals and steps, locked and still open: what every act on one begins with."""

from uuid import UUID

from server.goals import queries, rules
from server.goals.models import Goal, Milestone
from server.goals.states import OPEN_GOALS
from server.kernel.actor import Actor, require
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.people.models import Person


async def own_goal(actor: Actor, goal_id: UUID) -> Goal:
    """An open goal of the actor's, locked.

    Raises:
        NotFound: not the actor's to read.
        Refused: the partner's goal.
        Conflict: the goal is settled.
    """
    goal = await queries.visible_goal(actor, goal_id, lock=True)
    _require_open(actor, goal)
    return goal


async def own_step(actor: Actor, milestone_id: UUID) -> tuple[Goal, Milestone]:
    """A step of an open goal of the actor's, dropped or not, and its goal, locked.

    Raises:
        NotFound, Refused, Conflict: as `own_goal`.
    """
    goal, step = await queries.visible_milestone(actor, milestone_id, lock=True)
    _require_open(actor, goal)
    return goal, step


async def owner_of(actor: Actor, goal: Goal) -> Person:
    """Whose goal it is.

    Raises:
        NotFound: they are no longer there.
    """
    found = await Person.filter(organization_id=actor.organization_id, id=goal.person_id).first()
    if found is None:
        raise NotFound
    return found


def _require_open(actor: Actor, goal: Goal) -> None:
    require(rules.can_change(actor, goal), _("change this goal"))
    if goal.state not in OPEN_GOALS:
        raise Conflict(_("This goal is closed. Its words stay as they are."))
