"""A check-in with what happened so far, for the person who is asked."""

from dataclasses import dataclass
from uuid import UUID

from server.access.queries import people_with_role
from server.access.states import Role
from server.goals.models import Goal
from server.goals.queries import goals_by_match, steps_of, worked_on
from server.goals.states import MilestoneState
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.dates import day_of
from server.matches.company import Company, company_of
from server.matches.models import Match
from server.matches.queries import are_peers, is_circle, is_mentor, visible_match
from server.people.models import Person
from server.sessions.queries import held_counts
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.queries import answer_to, visible_invitation
from server.surveys.rules import is_asked_about_goal
from server.surveys.states import AT_THE_END, InvitationState

WEEK_DAYS = 7
NEAR_HALF_WEEKS = 2


@dataclass(frozen=True)
class CheckInPage:
    """One invitation, what it is about, the answer if there is one, and who reads it."""

    invitation: SurveyInvitation
    match: Match
    partner: Company
    is_mentor: bool
    held: int
    steps: tuple[int, int]
    week: int
    weeks: int
    answer: SurveyAnswer | None
    reader: Person | None
    goal: Goal | None

    @property
    def is_of_circle(self) -> bool:
        """Whether it is about a circle."""
        return is_circle(self.match)

    @property
    def leads(self) -> bool:
        """Whether the person asked is there for the goals of others: a mentor, or who leads the circle."""
        return self.is_mentor or not is_asked_about_goal(self.invitation)

    @property
    def is_among_peers(self) -> bool:
        """Whether it is about two peers."""
        return are_peers(self.match)

    @property
    def is_last(self) -> bool:
        """Whether it is the one at the end: it asks for a recommendation, and the mentee about the goal."""
        return self.invitation.kind in AT_THE_END

    @property
    def is_half_way(self) -> bool:
        """Whether about half of the match's weeks have passed: then the page says so."""
        return not self.is_last and abs(2 * self.week - self.weeks) <= 2 * NEAR_HALF_WEEKS

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer now."""
        states = (InvitationState.PLANNED, InvitationState.OPEN, InvitationState.ANSWERED)
        in_time = self.invitation.opens_at <= clock.now() < self.invitation.closes_at
        return in_time and self.invitation.state in states and self.answer is None


async def check_in_page(actor: Actor, invitation_id: UUID) -> CheckInPage:
    """What the Check-in screen shows.

    Raises:
        NotFound: not the actor's invitation.
    """
    invitation = await visible_invitation(actor, invitation_id)
    match = await visible_match(actor, invitation.match_id)
    mentors = is_mentor(match, actor.person_id)
    found = (await goals_by_match(actor, [match.id])).get(match.id, [])
    goal = next(iter(worked_on(found, actor.person_id, mentors=mentors)), None)
    steps = steps_of(goal) if goal else []
    zone = next(one.person.zone for one in match.members if one.person_id == actor.person_id)
    today = clock.today(zone)
    start = day_of(match.active_at, zone) if match.active_at else today
    weeks = max(1, -(-((match.ends_on or start) - start).days // WEEK_DAYS))   # begun weeks, as the Journey counts
    managers = await people_with_role(actor, Role.PROGRAM_MANAGER, match.program_id)
    return CheckInPage(
        invitation=invitation, match=match, partner=company_of(match, actor.person_id),
        is_mentor=mentors,
        held=(await held_counts(actor, [match.id])).get(match.id, 0),
        steps=(sum(step.state is MilestoneState.DONE for step in steps), len(steps)),
        week=min(weeks, (today - start).days // WEEK_DAYS + 1), weeks=weeks,
        answer=await answer_to(invitation), reader=next(iter(managers), None), goal=goal,
    )
