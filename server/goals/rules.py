"""Who may do what with a goal. Reading is in the queries: whoever may not read it does not find it."""

from server.goals.models import Goal
from server.kernel.actor import Actor


def can_change(actor: Actor, goal: Goal) -> bool:
    """Word it, date it, tick its steps, settle it: whose goal it is, nobody else."""
    return actor.person_id is not None and actor.person_id == goal.person_id


def can_agree(actor: Actor, goal: Goal) -> bool:
    """Nod to a change: whoever reads it beside its owner, which is the partner of the match."""
    return actor.person_id is not None and actor.person_id != goal.person_id
