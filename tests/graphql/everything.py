"""One row of every kind that has a global id, and who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graphql_schema.ids import global_id
from server.goals import actions as goals
from server.journey.trying.rows.columns import Field
from server.journey.trying.rows.plan import File, Plan, Who, dump_plan, pack
from server.kernel import clock
from server.kernel.actor import Actor, Grant, Permission
from server.kernel.facts import ScheduledAction
from server.matchmaking.models import LearnedModel, MatchRun, MatchTrial
from server.matchmaking.states import RunState
from server.people.models import ImportRun
from server.sessions import actions as sessions
from server.sessions.times import slots_for_match
from server.surveys import actions as surveys
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState, SurveyKind
from tests import factories
from tests.forms import sent_form

PEOPLE = "id,role,skills\nA,mentor,SQL\nB,mentee,SQL\n"


@dataclass(frozen=True)
class Everything:
    """A running pair with its rows by kind, a reader for each kind, and the rows that only hang below others."""

    pair: factories.Pair
    rows: dict[str, Any]
    readers: dict[str, Actor]
    parts: dict[str, Any]

    def id(self, kind: str) -> str:
        """The global id of the row of a kind."""
        return global_id(kind, (self.rows | self.parts)[kind].id)


async def everything() -> Everything:
    """A pair with a goal, a booked session and a check-in, each with its parts; a framework, a run and a file."""
    pair = await factories.active_match()
    skill = await factories.competency(pair.organization)
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="Lead a product review with three teams",
        measure="Three reviews held", competency_id=skill.id, due_on=factories.in_days(90),
    )
    session = await sessions.book_session(pair.mentee_actor, pair.match.id, await a_time(pair))
    topic = await sessions.add_topic(pair.mentee_actor, session.id, "How reviews begin")
    promised = await sessions.promise(pair.mentee_actor, session.id, pair.mentee.id, "Ask for a seat")
    asked = await open_check_in(pair)
    answer = await surveys.answer_check_in(pair.mentee_actor, asked.id, usefulness=2, goal_distance=3, words="Slow.")
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
        "Program": pair.program, "ImportRun": file, "Session": session, "CheckIn": asked, "CheckInAnswer": answer,
        "Survey": await sent_form(pair, SurveyKind.POST_SESSION),
    }
    importer = factories.actor_of(pair.manager, Grant(Permission.ORG_PEOPLE_IMPORT))
    manager = pair.manager_actor
    readers = dict.fromkeys(rows, pair.mentee_actor) | {
        "MatchRun": manager, "ImportRun": importer, "CheckInAnswer": manager
    }
    parts = {
        "PlannedMessage": await ScheduledAction.create(
            organization_id=pair.organization.id, rule="message.F01", subject_kind="Match", subject_id=pair.match.id,
            program_id=pair.program.id, recipient_id=pair.mentee.id, due_at=clock.now() + timedelta(days=2),
            dedupe_key="planned", payload={"number": 0},
        ),
        "Milestone": step, "AgendaItem": topic, "ActionItem": promised,
        "MatchOverride": await factories.ban(pair.mentor_enrollment, pair.mentee_enrollment),
        "ConflictOfInterest": await factories.conflict(pair.mentor, pair.stranger),
        "LearnedModel": await LearnedModel.create(
            organization_id=pair.organization.id, program_type=pair.program.type, number=1, started_by="system"
        ),
        "MatchTrial": await MatchTrial.create(
            organization_id=pair.organization.id, person_id=pair.manager.id, files=pack([File("people.csv", PEOPLE)]),
            settings=dump_plan(Plan((Who.COLUMN,), ({"id": Field.ID},))), erase_at=clock.now() + timedelta(days=1),
        ),
    }
    return Everything(pair, rows, readers, parts)


async def open_check_in(pair: factories.Pair) -> SurveyInvitation:
    """A check-in that the mentee can answer now."""
    now = clock.now()
    return await SurveyInvitation.create(
        organization_id=pair.organization.id, kind=SurveyKind.CHECK_IN, match=pair.match, program_id=pair.program.id,
        person_id=pair.mentee.id, state=InvitationState.OPEN, opens_at=now, closes_at=now + timedelta(days=7),
    )


async def a_time(pair: factories.Pair) -> datetime:
    """A time that suits both."""
    return (await slots_for_match(pair.mentee_actor, pair.match.id, 1))[0].starts_at
