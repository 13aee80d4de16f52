"""One row of every kind that has a global id, and who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.goals import actions as goals
from server.kernel.actor import Actor, Grant, Permission
from server.matchmaking.models import MatchRun
from server.matchmaking.states import RunState
from server.people.models import ImportRun
from server.sessions import actions as sessions
from server.sessions.queries import slots_for_match
from tests import factories


@dataclass(frozen=True)
class Everything:
    """A running pair with its rows by kind, a reader for each kind, and the rows that only hang below others."""

    pair: factories.Pair
    rows: dict[str, Any]
    readers: dict[str, Actor]
    parts: dict[str, Any]


async def everything() -> Everything:
    """A pair with a goal and a step, a booked session with a topic and a promise, a framework, a run and a file."""
    pair = await factories.active_match()
    skill = await factories.competency(pair.organization)
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="Lead a product review with three teams",
        measure="Three reviews held", competency_id=skill.id, due_on=factories.in_days(90),
    )
    session = await sessions.book_session(pair.mentee_actor, pair.match.id, await a_time(pair))
    topic = await sessions.add_topic(pair.mentee_actor, session.id, "How reviews begin")
    promised = await sessions.promise(pair.mentee_actor, session.id, pair.mentee.id, "Ask for a seat")
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
        "Program": pair.program, "ImportRun": file, "Session": session,
    }
    importer = factories.actor_of(pair.manager, Grant(Permission.ORG_PEOPLE_IMPORT))
    readers = dict.fromkeys(rows, pair.mentee_actor) | {"MatchRun": pair.manager_actor, "ImportRun": importer}
    return Everything(pair, rows, readers, {"Milestone": step, "AgendaItem": topic, "ActionItem": promised})


async def a_time(pair: factories.Pair) -> datetime:
    """A time that suits both."""
    return (await slots_for_match(pair.mentee_actor, pair.match.id, 1))[0].starts_at
