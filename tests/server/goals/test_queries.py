"""Who reads a goal while, and after, a match; and that lists cost the same for one and for thirty."""

from datetime import timedelta

import pytest

from server.goals import actions, queries
from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import NotFound
from server.matches.models import Match
from server.matches.states import MatchState
from tests.factories import active_match, actor_of, match, person
from tests.factories import enrollment as enrolled
from tests.queries import queries_run
from tests.server.goals.said import a_goal


@pytest.mark.parametrize("state", sorted(queries.SHARED))
async def test_the_mentor_reads_the_goal_from_the_request_on(db: object, state: MatchState) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    await Match.filter(id=pair.match.id).update(state=state)
    assert (await queries.visible_goal(pair.mentor_actor, goal.id)).id == goal.id
    by_match = await queries.goals_by_match(pair.mentor_actor, [pair.match.id])
    assert [found.id for found in by_match[pair.match.id]] == [goal.id]


@pytest.mark.parametrize("state", sorted(set(MatchState) - queries.SHARED))
async def test_a_suggestion_or_an_ended_match_shows_the_goal_to_its_owner_alone(db: object, state: MatchState) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    await Match.filter(id=pair.match.id).update(state=state)
    with pytest.raises(NotFound):
        await queries.visible_goal(pair.mentor_actor, goal.id)
    assert (await queries.visible_goal(pair.mentee_actor, goal.id)).id == goal.id


async def test_a_request_not_announced_yet_shows_nothing(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    await Match.filter(id=pair.match.id).update(published_at=clock.now() + timedelta(minutes=9))
    with pytest.raises(NotFound):
        await queries.visible_goal(pair.mentor_actor, goal.id)


async def test_the_next_mentor_sees_open_goals_and_not_what_was_settled_before(db: object) -> None:
    pair = await active_match()
    settled, still_open = await a_goal(pair, "lead one review"), await a_goal(pair, "lead two reviews")
    await actions.settle_goal(pair.mentee_actor, settled.id, GoalState.ACHIEVED)
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    mentor = await person(pair.organization, given_name="Ada")
    mentoring = await enrolled(pair.cohort, mentor, pair.mentor_enrollment.role)
    again = await match(mentoring, pair.mentee_enrollment)
    seen = await queries.goals_of(actor_of(mentor), pair.mentee_enrollment.id)
    assert [goal.id for goal in seen] == [still_open.id]
    both = await queries.goals_by_match(pair.mentee_actor, [pair.match.id, again.id])
    assert {goal.id for goal in both[pair.match.id]} == {settled.id, still_open.id}
    assert [goal.id for goal in both[again.id]] == [still_open.id]


async def test_the_product_knows_of_every_goal_of_its_organization(db: object) -> None:
    pair, other = await active_match(), await active_match()
    goal = await a_goal(pair)
    await a_goal(other)
    assert [found.id for found in await queries.goals(system_actor(pair.organization.id))] == [goal.id]


async def test_steps_are_in_order_and_the_next_one_is_the_first_to_do(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    steps = [await actions.add_milestone(pair.mentee_actor, goal.id, f"Step {n}") for n in range(3)]
    await actions.tick_milestone(pair.mentee_actor, steps[0].id, True)
    await actions.drop_milestone(pair.mentee_actor, steps[1].id)
    seen = await queries.visible_goal(pair.mentor_actor, goal.id)
    assert [step.title for step in queries.steps_of(seen)] == ["Step 0", "Step 2"]
    assert queries.next_step(seen) == steps[2]
    by_goal = await queries.milestones_by_goal(pair.mentor_actor, [goal.id])
    assert by_goal == {goal.id: [steps[0], steps[2]]}


@pytest.mark.parametrize("count", [1, 30])
async def test_goals_of_matches_cost_the_same_for_one_and_for_thirty(db: object, count: int) -> None:
    first = await active_match()
    await a_goal(first)
    for _ in range(count - 1):
        mentee = await person(first.organization)
        learning = await enrolled(first.cohort, mentee, first.mentee_enrollment.role)
        made = await match(first.mentor_enrollment, learning)
        await Goal.create(
            organization_id=first.organization.id, enrollment=learning, person_id=mentee.id, match_id=made.id,
            state=GoalState.ACTIVE, want="lead", measure="two",
        )
    ids = [row.id for row in await Match.all()]
    with queries_run() as ran:
        found = await queries.goals_by_match(first.mentor_actor, ids)
    assert len(found) == count
    assert len(ran) == 4
