"""That there are goals, and how far they are: what who runs a programme sees of them, and no word that its owner did
not let them read."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tortoise.expressions import Q

from server.goals.models import Goal, GoalVersion, Milestone
from server.goals.queries import SHARED
from server.goals.states import OPEN_GOALS, GoalPrivacy, GoalState, MilestoneState
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
    """A goal as far as its owner lets it be read. `skill` is the framework's word, "" when it builds on none; `want` is
    "" unless who runs the programme may read it. Of a private one only state and count of steps are told."""

    id: UUID
    person_id: UUID
    state: GoalState
    want: str
    skill: str
    due_on: date | None
    steps: int
    done: int
    changes: list[Change]


async def goal_lines(actor: Actor, match: Match) -> list[GoalLine]:
    """The goals of a match, oldest first, as `queries.goals_by_match` finds them, in three queries.

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
        "id", "person_id", "state", "privacy", "want", "competency__name", "due_on"
    )
    ids, private = [row[0] for row in rows], {row[0] for row in rows if row[3] == GoalPrivacy.PRIVATE}
    steps = await Milestone.filter(organization_id=actor.organization_id, goal_id__in=ids).exclude(
        state=MilestoneState.DROPPED
    ).values_list("goal_id", "state")
    changes = await GoalVersion.filter(organization_id=actor.organization_id, goal_id__in=ids).order_by(
        "-version"
    ).values_list("goal_id", "changed_at", "changed_by_id", "partner_agreed_at")
    return [
        GoalLine(
            id, person_id, GoalState(state), want if privacy == GoalPrivacy.MANAGERS else "",
            skill or "" if id not in private else "", due_on if id not in private else None,
            sum(goal == id for goal, _state in steps),
            sum(goal == id and MilestoneState(step) is MilestoneState.DONE for goal, step in steps),
            [Change(at, by, agreed is not None) for goal, at, by, agreed in changes
             if goal == id and goal not in private],
        )
        for id, person_id, state, privacy, want, skill, due_on in rows
    ]
