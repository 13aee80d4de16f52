"""How many people a programme's letters would reach, and which have gone: for who is about to put it in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.automation.launching.planning import LAUNCH, PREFIX, open_group
from server.kernel.actor import Actor
from server.kernel.facts import ActionState, ScheduledAction
from server.programs.audience.queries import today_of
from server.programs.audience.telling import could_mentor, line_managers, not_joined
from server.programs.models import Program


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people each letter would reach today. `gone`: the letters that went, or are going; each goes once.
    `is_open`: people can join now, so that what is switched on goes as soon as it is in force."""

    people: int
    managers: int
    mentors: int
    gone: frozenset[str]
    is_open: bool


async def reach_of(actor: Actor, program: Program, audience: Mapping[str, Any]) -> Reach:
    """Whom a programme's letters would reach with the rules of `audience`. The caller knows why the actor may see."""
    today, rules = await today_of(actor), [f"{PREFIX}{kind}" for kind in LAUNCH]
    rows = ScheduledAction.filter(organization_id=actor.organization_id, subject_id=program.id, rule__in=rules)
    begun = await rows.filter(state=ActionState.DONE).distinct().values_list("rule", flat=True)
    return Reach(
        people=await not_joined(actor, program, audience, today).count(),
        managers=await line_managers(actor, audience, today).count(),
        mentors=await could_mentor(actor, program, audience, today).count(),
        gone=frozenset(str(rule).removeprefix(PREFIX) for rule in begun),
        is_open=await open_group(actor, program) is not None,
    )
