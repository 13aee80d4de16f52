"""The steps of a goal: added, reworded, ticked, taken out."""

from datetime import date
from uuid import UUID

from server.goals import queries, rules
from server.goals.models import Goal, Milestone
from server.goals.own import own_goal, own_step, owner_of
from server.goals.states import MilestoneState
from server.goals.wording import is_too_far
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed

STEP_LETTERS = 200


async def add_milestone(actor: Actor, goal_id: UUID, title: str, due_on: date | None = None) -> Milestone:
    """Put a step at the end of an open goal.

    Raises:
        NotFound: not the actor's to read.
        Refused: the partner's goal.
        Invalid: no title, one too long, or a past day.
        Conflict: the goal is settled, or has rules.STEPS_AT_MOST steps (`kind="steps_full"`).
    """
    async with unit_of_work(actor) as unit:
        goal = await own_goal(actor, goal_id)
        name = await _checked_step(actor, goal, title, due_on)
        _require_room(goal)
        step = await Milestone.create(
            organization_id=actor.organization_id, goal=goal, title=name, due_on=due_on,
            position=max((known.position for known in goal.milestones), default=-1) + 1,
        )
        await unit.audit("goal.add_milestone", goal, milestone_id=step.id, due_on=due_on)
        await _tell_its_day(unit, goal, step)
        return step


async def change_milestone(actor: Actor, milestone_id: UUID, title: str, due_on: date | None) -> Milestone:
    """Reword or redate a step. The same again changes nothing.

    Raises:
        NotFound, Refused, Invalid: as `add_milestone`.
        Conflict: the goal is settled, or the step was dropped.
    """
    async with unit_of_work(actor) as unit:
        goal, step = await _kept_step(actor, milestone_id)
        name = await _checked_step(actor, goal, title, due_on, before=step)
        if (name, due_on) != (step.title, step.due_on):
            moved, step.title, step.due_on = due_on != step.due_on, name, due_on
            await step.save(update_fields=["title", "due_on"])
            await unit.audit("goal.change_milestone", goal, milestone_id=step.id, due_on=due_on)
            if moved:
                await _tell_its_day(unit, goal, step)
        return step


async def tick_milestone(actor: Actor, milestone_id: UUID, done: bool) -> Milestone:
    """Say that a step is done, or take that back. Twice is harmless.

    Raises:
        NotFound: not the actor's to read.
        Refused: the partner's goal.
        Conflict: the goal is settled, or the step was dropped.
    """
    async with unit_of_work(actor) as unit:
        goal, step = await _kept_step(actor, milestone_id)
        if (step.state is MilestoneState.DONE) == done:
            return step
        step.state = MilestoneState.DONE if done else MilestoneState.TODO
        step.done_at = clock.now() if done else None
        await step.save(update_fields=["state", "done_at"])
        await unit.audit("goal.tick_milestone", goal, milestone_id=step.id, done=done)
        kind = "goal.milestone_done" if done else "goal.milestone_reopened"
        await _tell(unit, kind, goal, step)
        return step


async def drop_milestone(actor: Actor, milestone_id: UUID) -> Milestone:
    """Take a step out; it stays in the record. Twice is harmless.

    Raises:
        NotFound: not the actor's to read.
        Refused: the partner's goal.
        Conflict: the goal is settled.
    """
    async with unit_of_work(actor) as unit:
        goal, step = await own_step(actor, milestone_id)
        if step.state is not MilestoneState.DROPPED:
            step.state = MilestoneState.DROPPED
            await step.save(update_fields=["state"])
            await unit.audit("goal.drop_milestone", goal, milestone_id=step.id)
        return step


async def undo_drop_milestone(actor: Actor, milestone_id: UUID) -> Milestone:
    """Put a step back where it stood, done if it was: nobody is told of either. Twice is harmless.

    Raises:
        NotFound: not the actor's to read.
        Refused: the partner's goal.
        Conflict: the goal is settled, or has rules.STEPS_AT_MOST other steps by now (`kind="steps_full"`).
    """
    async with unit_of_work(actor) as unit:
        goal, step = await own_step(actor, milestone_id)
        if step.state is MilestoneState.DROPPED:
            _require_room(goal)
            step.state = MilestoneState.DONE if step.done_at else MilestoneState.TODO
            await step.save(update_fields=["state"])
            await unit.audit("goal.undo_drop_milestone", goal, milestone_id=step.id)
        return step


async def _tell_its_day(unit: Unit, goal: Goal, step: Milestone) -> None:
    """A step has a day, or another one."""
    if step.due_on:
        await _tell(unit, "goal.milestone_dated", goal, step)


async def _tell(unit: Unit, kind: str, goal: Goal, step: Milestone) -> None:
    await unit.publish(kind, subject_id=goal.id, goal_id=goal.id, match_id=goal.match_id, milestone_id=step.id)


async def _kept_step(actor: Actor, milestone_id: UUID) -> tuple[Goal, Milestone]:
    goal, step = await own_step(actor, milestone_id)
    if step.state is MilestoneState.DROPPED:
        raise Conflict(_("This step was taken out."))
    return goal, step


def _require_room(goal: Goal) -> None:
    if len(queries.steps_of(goal)) >= rules.STEPS_AT_MOST:
        raise Conflict(_("Six steps are enough for one goal. Drop one first."), kind="steps_full")


async def _checked_step(
    actor: Actor, goal: Goal, title: str, due_on: date | None, before: Milestone | None = None
) -> str:
    problems: dict[str, str] = {}
    name = typed(problems, "title", title, at_most=STEP_LETTERS, needed=_("Give this step a name."))
    if due_on and not (before and before.due_on == due_on):
        if due_on < clock.today((await owner_of(actor, goal)).zone):
            problems["due_on"] = _("Choose today or a later day.")
        if is_too_far(due_on):
            problems["due_on"] = _("Choose a day within five years.")
    check(problems)
    return name
