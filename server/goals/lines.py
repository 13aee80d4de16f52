"""That there are goals, and how far they are: what who runs a programme sees of them. Never a word of theirs."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tortoise.expressions import Q

from server.goals.models import Goal, GoalVersion, Milestone
from server.goals.queries import SHARED
from server.goals.states import OPEN_GOALS, GoalState, MilestoneState
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.matches.models import Match
from server.matches.rules import can_review


@dataclass(frozen=True)
class Change:
    """That a goal was changed, by whom, and whether the partner nodded."""

    at: datetime
    by_id: UUID
    agreed: bool


@dataclass(frozen=True)
class GoalLine:
    """A goal without its wording. `skill` is the framework's word, "" when it builds on none."""

    id: UUID
    person_id: UUID
    state: GoalState
    skill: str
    due_on: date | None
    steps: int
    done: int
    changes: list[Change]


async def goal_lines(actor: Actor, match: Match) -> list[GoalLine]:
    """The goals of a match, oldest first, as `queries.goals_by_match` finds them; three queries, no wording read.

    Members must have been fetched.

    Raises:
        NotFound: the actor does not run the programme.
    """
    if not can_review(actor, match):
        raise NotFound
    among = Q(match_id=match.id)
    if match.state in SHARED:
        among |= Q(enrollment_id__in=[one.enrollment_id for one in match.members], state__in=list(OPEN_GOALS))
    rows = await Goal.filter(among, organization_id=actor.organization_id).order_by("created_at", "id").values_list(
        "id", "person_id", "state", "competency__name", "due_on"
    )
    ids = [row[0] for row in rows]
    steps = await Milestone.filter(organization_id=actor.organization_id, goal_id__in=ids).exclude(
        state=MilestoneState.DROPPED
    ).values_list("goal_id", "state")
    changes = await GoalVersion.filter(organization_id=actor.organization_id, goal_id__in=ids).order_by(
        "-version"
    ).values_list("goal_id", "changed_at", "changed_by_id", "partner_agreed_at")
    return [
        GoalLine(
            id, person_id, GoalState(state), skill or "", due_on, sum(goal == id for goal, _state in steps),
            sum(goal == id and MilestoneState(step) is MilestoneState.DONE for goal, step in steps),
            [Change(at, by, agreed is not None) for goal, at, by, agreed in changes if goal == id],
        )
        for id, person_id, state, skill, due_on in rows
    ]
