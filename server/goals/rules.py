"""Who may do what with a goal. Reading is in the queries: whoever may not read it does not find it."""

from collections.abc import Collection

from server.goals.models import Goal
from server.goals.states import OPEN_GOALS, GoalState
from server.kernel.actor import Actor

OPEN_AT_MOST = 3
"""Open goals of one enrolment: more at once is a list of wishes (design.md 2.3)."""
STEPS_AT_MOST = 6
"""Steps of one goal (design.md 2.3)."""


def can_change(actor: Actor, goal: Goal) -> bool:
    """Word it, date it, tick its steps, settle it: whose goal it is, nobody else."""
    return actor.person_id is not None and actor.person_id == goal.person_id


def can_agree(actor: Actor, goal: Goal) -> bool:
    """Nod to a change: whoever reads it beside its owner, which is the partner of the match."""
    return actor.person_id is not None and actor.person_id != goal.person_id


def may_begin_another(own: Collection[Goal]) -> bool:
    """Whether an enrolment with these goals has room for one more. A draft comes first: it would be written on."""
    still = [goal.state for goal in own if goal.state in OPEN_GOALS]
    return len(still) < OPEN_AT_MOST and GoalState.DRAFT not in still
