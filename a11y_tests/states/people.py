"""Rows that several parts begin with: an asked pair, a goal with steps, a booked session, names that are long."""

from datetime import timedelta

from server.goals import actions as goals
from server.goals.models import Goal, Milestone
from server.kernel import clock
from server.matches.states import MatchState
from server.people.models import Organization
from server.programs.states import ParticipantRole
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair

LONG_NAME = {"given_name": "Wilhelmina-Konstantina", "family_name": "Oluwaseyitanfunmi-Brightwaterstone"}
LONG_WORDS = (
    "lead a product review from its very first sketch to a decision that everybody in the room can repeat the day "
    "after, without anybody asking Unternehmensführungsverantwortlichkeiten what it means"
)


async def asked(state: MatchState = MatchState.AWAITING_BOTH, org: Organization | None = None) -> Pair:
    """Noor and Idris, both asked, nobody answered."""
    return await factories.active_match(org, state=state, active_at=None, answer_by=clock.now() + timedelta(days=7))


async def with_goal(pair: Pair, steps: int = 3, done: int = 1) -> Goal:
    """The mentee's goal with steps, the first ones done."""
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="lead a product review from start to decision",
        measure="I have run two reviews", due_on=factories.in_days(120),
    )
    titles = ("Watch two reviews", "Draft the decision note", "Lead one with Idris", "Lead one alone")
    for number in range(steps):
        await goals.add_milestone(pair.mentee_actor, goal.id, titles[number % 4], factories.in_days(30 * number + 14))
    for step in await Milestone.filter(goal_id=goal.id).order_by("position").limit(done):
        await goals.tick_milestone(pair.mentee_actor, step.id, True)
    return goal


async def booked(pair: Pair) -> Session:
    """Their next session, at the first time they share."""
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    return await sessions.book_session(pair.mentee_actor, pair.match.id, slot.starts_at)


async def another_mentee(pair: Pair, **names: str) -> Pair:
    """One more running match of the same mentor."""
    other = await factories.person(pair.organization, **names)
    await factories.working_week(other)
    row = await factories.enrollment(pair.cohort, other, ParticipantRole.MENTEE)
    match = await factories.match(pair.mentor_enrollment, row)
    return Pair(**{**vars(pair), "match": match, "mentee": other, "mentee_enrollment": row,
                   "mentee_actor": factories.actor_of(other)})
