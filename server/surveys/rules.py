"""When a survey can be answered, and which answers wait for a person."""

from collections.abc import Collection
from datetime import datetime

from server.goals.states import GoalState
from server.programs.states import LEADING
from server.surveys.models import SurveyInvitation
from server.surveys.states import GoalOutcome, Help, InvitationState, SurveyKind

SCALE = range(1, 6)
"""Both questions have five steps, 1 is the lowest."""
RECOMMEND = range(11)
"""The recommendation question of the last check-in: 0 not at all likely, 10 extremely likely."""
LOW = 2
"""At this step and below somebody should look (domain/lifecycle.md, C04)."""
SETTLES = {
    GoalOutcome.REACHED: GoalState.ACHIEVED, GoalOutcome.LET_GO: GoalState.ABANDONED,
    GoalOutcome.PARTLY: GoalState.CARRIED_OVER, GoalOutcome.CHANGED: GoalState.CARRIED_OVER,
}
"""What became of the goal, as it is said at the end, and how that closes it."""


def has_opened(invitation: SurveyInvitation, now: datetime) -> bool:
    """Whether its day has come, even if the job that opens it runs late."""
    return invitation.state is not InvitationState.PLANNED or invitation.opens_at <= now


def has_closed(invitation: SurveyInvitation, now: datetime) -> bool:
    """Whether its answers are read-only."""
    return invitation.state is InvitationState.EXPIRED or invitation.closes_at <= now


def is_asked_about_goal(invitation: SurveyInvitation) -> bool:
    """Whether the last check-in asks this person what became of the goal: not who is there for the goals of others, a
    mentor or who leads a circle. Members are fetched."""
    leads = {member.person_id for member in invitation.match.members if member.role in LEADING}
    return invitation.person_id not in leads


def needs_a_person(usefulness: int, goal_distance: int, help_wanted: Collection[str]) -> bool:
    """Whether who runs the programme should look: a low step, or the wish for another mentor."""
    return min(usefulness, goal_distance) <= LOW or Help.ANOTHER_MENTOR in help_wanted


def closes_goal(invitation: SurveyInvitation, said: GoalOutcome | None, *, again: bool) -> GoalState | None:
    """How an answer closes the goal, None if it leaves it open: after an end before its time, what is neither reached
    nor let go is worked on with whoever comes next. `again`: an earlier answer closed it already."""
    goes_on = invitation.kind is SurveyKind.EXIT and said in (GoalOutcome.PARTLY, GoalOutcome.CHANGED)
    return None if said is None or (goes_on and not again) else SETTLES[said]
