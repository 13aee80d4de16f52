"""The goals room listens: once a match begins, open goals belong to it."""

from server.goals import actions
from server.goals.models import Goal
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.matches.actions import accept_match
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchState
from tests.factories import active_circle, active_match, in_days


async def test_a_goal_written_on_joining_comes_into_the_match_when_both_said_yes(db: object) -> None:
    pair = await active_match()
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_BOTH, active_at=None)
    await MatchMember.filter(match_id=pair.match.id).update(approval=Approval.PENDING)
    goal = await actions.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="lead a review", measure="two", due_on=in_days(90)
    )
    for actor in (pair.mentee_actor, pair.mentor_actor):
        await accept_match(actor, pair.match.id)
    await drain()
    await drain()
    assert (await Goal.get(id=goal.id)).match_id == pair.match.id


async def test_a_goal_written_later_belongs_to_the_running_match_at_once(db: object) -> None:
    pair = await active_match()
    goal = await actions.save_goal(pair.mentee_actor, pair.mentee_enrollment.id, want="lead a review")
    assert goal.match_id == pair.match.id


async def test_a_circle_takes_the_goals_of_who_is_in_it_and_none_from_a_pair(db: object) -> None:
    circle = await active_circle()
    pair = await active_match(circle.organization)
    await MatchMember.filter(person_id=circle.members[1].id).update(left_at=clock.now())
    await MatchMember.filter(person_id=circle.members[2].id).update(approval=Approval.PENDING)
    made = [await Goal.create(
        organization_id=one.organization_id, enrollment=one, person_id=one.person_id, want="lead a review",
        match_id=pair.match.id if at == 3 else None,
    ) for at, one in enumerate(circle.enrollments[:4])]
    system = system_actor(circle.organization.id)
    assert [goal.id for goal in await actions.attach_goals(system, circle.match.id)] == [made[0].id]
    await MatchMember.filter(person_id=circle.members[2].id).update(approval=Approval.ACCEPTED)
    assert [goal.id for goal in await actions.attach_goals(system, circle.match.id)] == [made[2].id]
