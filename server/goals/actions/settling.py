"""A goal is put first, closed, and opened again while nobody was told."""

from datetime import timedelta
from uuid import UUID

from tortoise.queryset import QuerySet

from server.goals import queries, rules
from server.goals.models import Goal
from server.goals.own import own_goal
from server.goals.states import OPEN_GOALS, SETTLED_GOALS, GoalState
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.facts import OutboxEvent
from server.kernel.text import gettext as _
from server.programs.models import Enrollment
from server.programs.steps import withdraw

UNDO = timedelta(seconds=10)
"""How long nobody is told, so that it can be undone (decision 6 of the design)."""


async def focus_goal(actor: Actor, goal_id: UUID) -> Goal:
    """Put one open goal first; the one that was first steps back. Twice is harmless.

    Raises:
        NotFound: not the actor's to read.
        Refused: the partner's goal.
        Conflict: the goal is settled.
    """
    async with unit_of_work(actor) as unit:
        goal = await own_goal(actor, goal_id)
        if not goal.in_focus:
            await _focus(actor, goal)
            await unit.audit("goal.focus", goal)
        return goal


async def settle_goal(actor: Actor, goal_id: UUID, state: GoalState) -> Goal:
    """Close a goal: achieved, abandoned or carried over. Again with the same outcome changes nothing.

    Raises:
        NotFound: not the actor's to read.
        Refused: the partner's goal.
        Conflict: it was settled otherwise, or is a draft that cannot have been achieved, or `state` is no outcome.
    """
    async with unit_of_work(actor) as unit:
        goal = await _own(actor, goal_id)
        if goal.state is state and state in SETTLED_GOALS:
            return goal
        if not _may_settle(goal, state):
            raise Conflict(_("This goal can't be closed that way now."))
        return await _settle(unit, goal, state)


async def settle_as_said(actor: Actor, match_id: UUID, state: GoalState, *, before: UUID | None = None) -> Goal | None:
    """Close the goal that the actor worked on in a match, as they say at its end; None when there is none to close.

    Said otherwise later, the goal is closed otherwise: `before` is the one that was closed by what they said before.
    """
    async with unit_of_work(actor) as unit:
        goal_id = before or await _worked_on(actor, match_id)
        goal = await _own(actor, goal_id) if goal_id else None
        if goal is None or goal.state is state:
            return goal
        if not _may_settle(goal, state) and goal.state not in SETTLED_GOALS:
            return None
        return await _settle(unit, goal, state)


async def undo_settle_goal(actor: Actor, goal_id: UUID) -> bool:
    """Open a goal again while nobody was told that it is closed. False: they were, or it is open.

    Raises:
        NotFound: not the actor's to read.
        Refused: the partner's goal.
        Conflict: three others are open by now (`kind="goals_full"`).
    """
    async with unit_of_work(actor) as unit:
        goal = await _own(actor, goal_id, with_room=True)
        fact = await _untold(goal)
        if goal.state in OPEN_GOALS or fact is None or not await withdraw(fact):
            return False
        goal.state = GoalState(fact.payload["was"])
        if goal.state in OPEN_GOALS:
            await _require_room(goal)
            goal.settled_at = None
            goal.in_focus = fact.payload["was_in_focus"] or not await _open_beside(goal).filter(in_focus=True).exists()
        await goal.save(update_fields=["state", "settled_at"])
        if goal.in_focus:
            await _focus(actor, goal)
        await unit.audit("goal.undo_settle", goal, now=goal.state)
        return True


async def _own(actor: Actor, goal_id: UUID, *, with_room: bool = False) -> Goal:
    """A goal of the actor's, open or not, locked; `with_room`: its enrolment too, whose open goals will be counted."""
    if with_room:
        seen = await queries.visible_goal(actor, goal_id)
        own = Enrollment.filter(organization_id=actor.organization_id, id=seen.enrollment_id)
        await own.select_for_update(no_key=True).first()
    goal = await queries.visible_goal(actor, goal_id, lock=True)
    require(rules.can_change(actor, goal), _("change this goal"))
    return goal


async def _worked_on(actor: Actor, match_id: UUID) -> UUID | None:
    """The actor's open goal of a match, the one in focus before others."""
    own = Goal.filter(
        organization_id=actor.organization_id, person_id=actor.person_id, match_id=match_id, state__in=list(OPEN_GOALS)
    )
    goal = await own.order_by("-in_focus", "created_at", "id").first()
    return goal.id if goal else None


async def _settle(unit: Unit, goal: Goal, state: GoalState) -> Goal:
    was, was_in_focus = goal.state, goal.in_focus
    goal.state, goal.in_focus, goal.settled_at = state, False, clock.now()
    await goal.save(update_fields=["state", "in_focus", "settled_at"])
    await _focus_next(unit.actor, goal)
    await unit.audit("goal.settle", goal, state=state)
    await unit.publish(
        "goal.settled", subject_id=goal.id, hold=UNDO, goal_id=goal.id, match_id=goal.match_id, state=state, was=was,
        was_in_focus=was_in_focus,
    )
    return goal


async def _untold(goal: Goal) -> OutboxEvent | None:
    """The fact that the goal was closed, while nobody heard of it."""
    held = OutboxEvent.filter(
        organization_id=goal.organization_id, kind="goal.settled", subject_id=goal.id, delivered_at=None,
        withdrawn_at=None, not_before__gt=clock.now(),
    )
    return await held.order_by("-at", "-id").first()


async def _require_room(goal: Goal) -> None:
    if await _open_beside(goal).count() >= rules.OPEN_AT_MOST:
        raise Conflict(_("Three goals are enough for now. Finish one of them first."), kind="goals_full")


async def _focus(actor: Actor, goal: Goal) -> None:
    others = Goal.filter(organization_id=actor.organization_id, enrollment_id=goal.enrollment_id, in_focus=True)
    await others.update(in_focus=False)
    goal.in_focus = True
    await goal.save(update_fields=["in_focus"])


async def _focus_next(actor: Actor, settled: Goal) -> None:
    """Give the focus to the oldest goal still open, unless another one has it."""
    oldest = await _open_beside(settled).order_by("-in_focus", "created_at", "id").first()
    if oldest and not oldest.in_focus:
        await _focus(actor, oldest)


def _open_beside(goal: Goal) -> QuerySet[Goal]:
    """The other open goals of the same enrolment."""
    rest = Goal.filter(organization_id=goal.organization_id, enrollment_id=goal.enrollment_id)
    return rest.filter(state__in=list(OPEN_GOALS)).exclude(id=goal.id)


def _may_settle(goal: Goal, state: GoalState) -> bool:
    """An active goal takes every outcome, a draft can only be let go."""
    if state not in SETTLED_GOALS:
        return False
    return goal.state is GoalState.ACTIVE or (goal.state is GoalState.DRAFT and state is GoalState.ABANDONED)
