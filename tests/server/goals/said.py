"""Goals as tests write them."""

from typing import Any

from server.goals import actions
from server.goals.models import Goal
from server.kernel.actor import Actor
from server.kernel.facts import OutboxEvent
from tests.factories import Pair, in_days

WANT = "lead a product review from start to decision"
MEASURE = "two reviews, two decisions"


async def a_goal(pair: Pair, want: str = WANT, **values: Any) -> Goal:
    said = {"measure": MEASURE, "competency_id": None, "due_on": in_days(180), **values}
    return await actions.save_goal(pair.mentee_actor, pair.mentee_enrollment.id, want=want, **said)


async def revised(actor: Actor, goal: Goal, want: str = "lead a review", **values: Any) -> Goal:
    said = {"measure": goal.measure, "competency_id": goal.competency_id, "due_on": goal.due_on, **values}
    return await actions.revise_goal(actor, goal.id, want=want, **said)


async def facts() -> list[str]:
    return [fact.kind for fact in await OutboxEvent.all().order_by("id")]
