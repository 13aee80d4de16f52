"""One row of every kind that has a global id, and who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.goals import actions as goals
from server.goals.models import Milestone
from server.kernel.actor import Actor, Grant, Permission
from server.matchmaking.models import MatchRun
from server.matchmaking.states import RunState
from server.people.models import ImportRun
from tests import factories


@dataclass(frozen=True)
class Everything:
    """A running pair with its rows by kind, and a reader for each kind."""

    pair: factories.Pair
    rows: dict[str, Any]
    readers: dict[str, Actor]
    milestone: Milestone


async def everything() -> Everything:
    """A pair with a goal and a step, a framework and a run."""
    pair = await factories.active_match()
    skill = await factories.competency(pair.organization)
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="Lead a product review with three teams",
        measure="Three reviews held", competency_id=skill.id, due_on=factories.in_days(90),
    )
    step = await goals.add_milestone(pair.mentee_actor, goal.id, "Watch a review")
    run = await MatchRun.create(
        organization_id=pair.organization.id, program=pair.program, cohort=pair.cohort, state=RunState.DONE,
        engine_version="1", weights_version="1", started_by="system",
    )
    file = await ImportRun.create(
        organization_id=pair.organization.id, file_name="people.csv", digest="0", content=b"", started_by="system"
    )
    rows: dict[str, Any] = {
        "Cohort": pair.cohort, "Competency": skill, "Enrollment": pair.mentee_enrollment, "Goal": goal,
        "Match": pair.match, "MatchRun": run, "Organization": pair.organization, "Person": pair.mentee,
        "Program": pair.program, "ImportRun": file,
    }
    importer = factories.actor_of(pair.manager, Grant(Permission.ORG_PEOPLE_IMPORT))
    readers = dict.fromkeys(rows, pair.mentee_actor) | {"MatchRun": pair.manager_actor, "ImportRun": importer}
    return Everything(pair, rows, readers, step)
