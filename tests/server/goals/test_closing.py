"""A goal is closed, put first, and its steps are taken out: each taken back while nobody was told."""

from datetime import date, timedelta

import pytest

from server.goals import actions, queries
from server.goals.models import Goal
from server.goals.states import GoalState, MilestoneState
from server.kernel import clock
from server.kernel.errors import Conflict
from server.kernel.facts import OutboxEvent
from tests.factories import active_match, in_days
from tests.server.goals.said import a_goal, facts, revised


async def test_a_settled_goal_stays_as_it_is(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    for _ in range(2):
        goal = await actions.settle_goal(pair.mentee_actor, goal.id, GoalState.ACHIEVED)
    assert goal.settled_at is not None
    assert (await facts()).count("goal.settled") == 1
    for act in (
        actions.settle_goal(pair.mentee_actor, goal.id, GoalState.ABANDONED),
        revised(pair.mentee_actor, goal),
        actions.add_milestone(pair.mentee_actor, goal.id, "Late"),
        actions.focus_goal(pair.mentee_actor, goal.id),
    ):
        with pytest.raises(Conflict):
            await act


async def test_a_draft_is_let_go_but_never_achieved(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair, due_on=None)
    for state in (GoalState.ACHIEVED, GoalState.CARRIED_OVER, GoalState.ACTIVE):
        with pytest.raises(Conflict):
            await actions.settle_goal(pair.mentee_actor, goal.id, state)
    assert (await actions.settle_goal(pair.mentee_actor, goal.id, GoalState.ABANDONED)).state is GoalState.ABANDONED


@pytest.mark.usefixtures("clock_stands")
@pytest.mark.parametrize("due_on", [in_days(180), None])
async def test_closing_a_goal_is_taken_back_while_nobody_was_told(db: object, due_on: date | None) -> None:
    pair = await active_match()
    first, second = await a_goal(pair, "lead one review"), await a_goal(pair, "lead two reviews", due_on=due_on)
    await actions.focus_goal(pair.mentee_actor, second.id)
    before = await Goal.all().order_by("id").values()
    await actions.settle_goal(pair.mentee_actor, second.id, GoalState.ABANDONED)
    assert (await Goal.get(id=first.id)).in_focus
    assert [await actions.undo_settle_goal(pair.mentee_actor, second.id) for _ in range(2)] == [True, False]
    assert await Goal.all().order_by("id").values() == before
    assert not await OutboxEvent.filter(kind="goal.settled", withdrawn_at=None).exists(), "nobody ever hears of it"
    await actions.settle_goal(pair.mentee_actor, second.id, GoalState.ABANDONED)
    clock.move(timedelta(seconds=11))
    assert not await actions.undo_settle_goal(pair.mentee_actor, second.id)
    assert (await Goal.get(id=second.id)).state is GoalState.ABANDONED


@pytest.mark.usefixtures("clock_stands")
async def test_a_goal_that_left_room_for_another_stays_closed(db: object) -> None:
    pair = await active_match()
    first, *_rest = [await a_goal(pair, f"lead review number {n}") for n in range(3)]
    await actions.settle_goal(pair.mentee_actor, first.id, GoalState.ACHIEVED)
    await a_goal(pair, "one more")
    with pytest.raises(Conflict) as refusal:
        await actions.undo_settle_goal(pair.mentee_actor, first.id)
    assert refusal.value.kind == "goals_full"
    assert await OutboxEvent.filter(kind="goal.settled", withdrawn_at=None).exists(), "the withdrawal is taken back too"


async def test_a_step_taken_out_comes_back_as_it_was(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    steps = [await actions.add_milestone(pair.mentee_actor, goal.id, f"Step {n}") for n in range(6)]
    await actions.tick_milestone(pair.mentee_actor, steps[0].id, True)
    for step in steps[:2]:
        await actions.drop_milestone(pair.mentee_actor, step.id)
        for _ in range(2):
            await actions.undo_drop_milestone(pair.mentee_actor, step.id)
    assert [step.state for step in queries.steps_of(await queries.visible_goal(pair.mentee_actor, goal.id))] == [
        MilestoneState.DONE, *[MilestoneState.TODO] * 5,
    ]
    await actions.drop_milestone(pair.mentee_actor, steps[0].id)
    await actions.add_milestone(pair.mentee_actor, goal.id, "In its place")
    with pytest.raises(Conflict) as refusal:
        await actions.undo_drop_milestone(pair.mentee_actor, steps[0].id)
    assert refusal.value.kind == "steps_full"


async def test_focus_moves_to_one_goal_alone(db: object) -> None:
    pair = await active_match()
    first, second = await a_goal(pair, "lead one review"), await a_goal(pair, "lead two reviews")
    await actions.focus_goal(pair.mentee_actor, second.id)
    found = await queries.goals_of(pair.mentee_actor, pair.mentee_enrollment.id)
    assert [(goal.id, goal.in_focus) for goal in found] == [(second.id, True), (first.id, False)]
