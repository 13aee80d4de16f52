"""What people do with their goals, by number, and what must hold of them whatever they did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from server.goals import actions
from server.goals.models import Goal
from server.goals.queries import steps_of
from server.goals.rules import OPEN_AT_MOST, STEPS_AT_MOST
from server.goals.states import OPEN_GOALS, GoalState
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.matches.models import MatchMember
from server.people.models import Person
from tests import factories
from tests.server.machines.record import Record

if TYPE_CHECKING:
    from tests.server.machines.world import Act, Numbers, World


async def _goal(world: World, numbers: Numbers) -> tuple[Goal, Actor]:
    """One of the newest goals, and whose it is."""
    known = await Goal.filter(organization_id=world.organization_id).order_by("-id").limit(6)
    if not known:
        raise NotFound
    goal = known[numbers[0] % len(known)]
    return goal, factories.actor_of(await Person.get(id=goal.person_id))


async def _say(world: World, numbers: Numbers) -> object:
    """All of it, or only a wish: then it is a draft."""
    place, own, _manager = await world.place(numbers[0], numbers[2])
    whole = numbers[1] % 3 > 0
    return await actions.save_goal(
        own, place.id, want=f"Lead review {numbers[1]}", measure="Three reviews held" if whole else "",
        due_on=factories.in_days(60) if whole else None,
    )


async def _reword(world: World, numbers: Numbers) -> object:
    goal, own = await _goal(world, numbers)
    return await actions.revise_goal(
        own, goal.id, want=f"Lead a review {numbers[1]}", measure="Four reviews held", competency_id=None,
        due_on=factories.in_days(70),
    )


async def _nod(world: World, numbers: Numbers) -> object:
    """Whoever else is in its match."""
    goal, _own = await _goal(world, numbers)
    others = MatchMember.filter(match_id=goal.match_id).exclude(person_id=goal.person_id)
    other = await others.order_by("id").select_related("person").first()
    return await actions.agree_revision(factories.actor_of(other.person), goal.id) if other else None


async def _add_step(world: World, numbers: Numbers) -> object:
    goal, own = await _goal(world, numbers)
    return await actions.add_milestone(own, goal.id, f"Watch review {numbers[1]}")


def _of_a_goal(act: Callable[[Actor, UUID], Awaitable[object]]) -> Act:
    async def done(world: World, numbers: Numbers) -> object:
        goal, own = await _goal(world, numbers)
        return await act(own, goal.id)

    return done


def _settled(state: GoalState) -> Act:
    async def done(world: World, numbers: Numbers) -> object:
        goal, own = await _goal(world, numbers)
        return await actions.settle_goal(own, goal.id, state)

    return done


def _of_a_step(act: Callable[[Actor, UUID], Awaitable[object]]) -> Act:
    async def done(world: World, numbers: Numbers) -> object:
        goal, own = await _goal(world, numbers)
        steps = await goal.milestones.all().order_by("position")
        return await act(own, steps[numbers[1] % len(steps)].id) if steps else None

    return done


def _ticked(own: Actor, step_id: UUID) -> Awaitable[object]:
    return actions.tick_milestone(own, step_id, True)


STRIVES: dict[str, Act] = {
    "say a goal": _say, "reword a goal": _reword, "nod": _nod, "put first": _of_a_goal(actions.focus_goal),
    "reach": _settled(GoalState.ACHIEVED), "keep for later": _settled(GoalState.CARRIED_OVER),
    "let go": _settled(GoalState.ABANDONED), "undo closing": _of_a_goal(actions.undo_settle_goal),
    "add a step": _add_step, "tick a step": _of_a_step(_ticked),
    "drop a step": _of_a_step(actions.drop_milestone), "undo dropping": _of_a_step(actions.undo_drop_milestone),
}


def check(record: Record) -> None:
    """Everything that must hold."""
    places: defaultdict[UUID, list[Goal]] = defaultdict(list)
    for goal in record.goals:
        places[goal.enrollment_id].append(goal)
        _one(goal, record)
    for goals in places.values():
        still = [goal for goal in goals if goal.state in OPEN_GOALS]
        assert len(still) <= OPEN_AT_MOST, "more goals than anybody works on"
        first = [goal for goal in goals if goal.in_focus]
        assert len(first) == bool(still), "not one goal that comes first"
        assert not first or first[0] in still, "a goal that is closed comes first"


def _one(goal: Goal, record: Record) -> None:
    entries = record.trail[goal.id]
    said = [entry.detail["state"] for entry in entries if entry.action == "goal.settle"]
    assert (goal.state in OPEN_GOALS) == (goal.settled_at is None), "closed, and nobody knows when"
    assert goal.state in OPEN_GOALS or said[-1:] == [goal.state.value], "closed without an entry"
    assert record.told["goal", goal.id] >= len(said), "closed without a fact"
    assert goal.state is not GoalState.ACTIVE or (goal.measure and goal.due_on), "worked on without a measure or a day"
    assert len(steps_of(goal)) <= STEPS_AT_MOST, "more steps than a goal has"
