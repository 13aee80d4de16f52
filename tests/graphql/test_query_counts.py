"""A list costs as many statements for thirty items as for one, with everything that hangs below."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from server.goals import actions as goals
from server.kernel import clock
from server.kernel.actor import Actor, Grant, Permission
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.states import RunState
from server.messaging import actions as messaging
from server.people.models import Profile
from server.programs.models import Enrollment, WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import ActionItem, AgendaItem, Session, SessionNote
from server.sessions.states import NoteVisibility, SessionState
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import InvitationState, SurveyKind
from tests import factories
from tests.graphql.ask import ask, gid
from tests.queries import queries_run

PROFILE = """fragment P on MatchMember { role person { name }
  profile { about wordsForMentees skillsOffered { name } skillsWanted { name } dayParts } }"""
LISTS = {
    "people": "{ people(first: 50) { totalCount edges { node { name record { email lineManagerId } } } } }",
    "programs": "{ programs(first: 50) { edges { node { name cohorts { name program { key } } } } } }",
    "enrollments": """query ($cohort: ID!) { enrollments(cohortId: $cohort, first: 100) { edges { node { state
      person { name record { email } } program { name } cohort { name program { name } } waitlistPlace } } } }""",
    "matches": """query ($cohort: ID!) { matches(cohortId: $cohort, first: 50) { edges { node {
      state fit members { ...P person { record { email } } }
      program { name } review { confidence factors { title } } reasons { title } sessions { agenda { topic } }
      goals { want milestones { title } versions { why } competency { name } } } } } }""" + PROFILE,
    "own matches": """{ viewer { matches(first: 50) { edges { node {
      state members { ...P } program { name } reasons { title }
      goals { want milestones { title } } sessions { state agenda { topic } notes { body } actionItems { text } }
    } } } } }""" + PROFILE,
    "own sessions": """{ viewer { actionItems { text }
      nextSessions { startsAt agenda { topic } notes { body } actionItems { text } } } }""",
    "suggestions": """query ($run: ID!) { matchSuggestions(runId: $run, first: 50) { edges { node {
      fit mentor { person { name } program { name } } mentee { cohort { name } waitlistPlace }
      reasons { title } caution { title } factors { weight } } } } }""",
    "own threads": """{ viewer { threads { unread last { body } match { members { ...P } program { name } } }
      checkIns(first: 50) { edges { node { state answer { words } } } } } }""" + PROFILE,
    "answers": """{ checkInAnswers(first: 50) { edges { node {
      answer { words } person { name record { email } } } } } }""",
    "queue": """query ($cohort: ID!) { reviewQueue(cohortId: $cohort) {
      lookCloser(first: 50) { edges { node { members { person { name } } } } }
      unmatched { person { name record { email } } } } }""",
}


async def grow(pair: factories.Pair, run: MatchRun) -> None:
    """One more of everything in the cohort of a pair: a mentor with the same mentee's organisation, matched to one."""
    org, cohort = pair.organization, pair.cohort
    other = await factories.person(org, line_manager=pair.line_manager)
    await Profile.create(organization_id=org.id, person=other, about="Sails")
    await factories.working_week(other)
    waits = await factories.enrollment(cohort, other, ParticipantRole.MENTEE, state=EnrollmentState.WAITLISTED)
    await WaitlistEntry.create(organization_id=org.id, enrollment=waits, cohort_id=cohort.id)
    learner = await factories.person(org)
    learning = await factories.enrollment(cohort, learner, ParticipantRole.MENTEE)
    match = await factories.match(pair.mentor_enrollment, learning)
    await meet(match, pair.mentor_actor)
    await messaging.send_message(factories.actor_of(learner), match.id, "Hello")
    await answer(match, pair.mentor.id)
    await answer(match, learner.id)
    await goals.save_goal(factories.actor_of(learner), learning.id, want="Lead a product review with three teams")
    drafted = await factories.person(org)
    drafting = await factories.enrollment(cohort, drafted, ParticipantRole.MENTEE)
    await factories.match(pair.mentor_enrollment, drafting, state=MatchState.DRAFT)
    await factories.enrollment(cohort, await factories.person(org), ParticipantRole.MENTEE)
    await suggest(run, pair.mentor_enrollment, learning)
    await factories.cohort(await factories.program(org))


async def answer(match: Match, person_id: UUID) -> None:
    """An answered check-in of somebody about a match."""
    now = clock.now()
    invitation = await SurveyInvitation.create(
        organization_id=match.organization_id, kind=SurveyKind.CHECK_IN, match=match, program_id=match.program_id,
        person_id=person_id, opens_at=now, closes_at=now, state=InvitationState.ANSWERED,
    )
    await SurveyAnswer.create(organization_id=match.organization_id, invitation=invitation, usefulness=2)


async def meet(match: Match, actor: Actor) -> None:
    """A session with a topic, a note and a promise of the actor."""
    owner: dict[str, Any] = {"organization_id": match.organization_id}
    starts_at = clock.now() + timedelta(days=3)
    session = await Session.create(
        **owner, match=match, state=SessionState.SCHEDULED, starts_at=starts_at, ends_at=starts_at, booked_at=starts_at
    )
    await AgendaItem.create(**owner, session=session, topic="Sails")
    note = {"author_id": actor.person_id, "visibility": NoteVisibility.PRIVATE, "body": "Mine"}
    await SessionNote.create(**owner, session=session, **note)
    await ActionItem.create(**owner, match_id=match.id, session=session, owner_id=actor.person_id, text="Read")


async def suggest(run: MatchRun, mentor: Enrollment, mentee: Enrollment) -> None:
    await MatchSuggestion.create(
        organization_id=run.organization_id, run=run, mentor_enrollment_id=mentor.id, mentee_enrollment_id=mentee.id,
        rank=1, fit=71.5, confidence=0.5,
    )


def actor_for(name: str, pair: factories.Pair) -> Actor:
    if name.startswith("own"):
        return pair.mentor_actor
    everywhere = (Grant(permission) for permission in (*factories.MANAGING, Permission.ORG_PEOPLE_READ))
    return factories.actor_of(pair.manager, *everywhere)


def items(data: Any) -> int:
    """How many items an answer holds, in all its lists."""
    if isinstance(data, dict):
        own = sum(len(data.get(name, [])) for name in ("edges", "unmatched", "nextSessions", "threads"))
        return own + sum(items(value) for value in data.values())
    return sum(items(value) for value in data) if isinstance(data, list) else 0


@pytest.mark.parametrize("name", LISTS)
async def test_list_costs_the_same_for_one_item_and_for_thirty(db: object, name: str) -> None:
    pair = await factories.active_match()
    run = await MatchRun.create(
        organization_id=pair.organization.id, program=pair.program, cohort=pair.cohort, state=RunState.DONE,
        engine_version="1", weights_version="1", started_by="system",
    )
    await grow(pair, run)

    async def cost() -> tuple[int, int]:
        with queries_run() as ran:
            data = await ask(actor_for(name, pair), LISTS[name], **_variables(name, pair, run))
        return len(ran), items(data)

    one, few = await cost()
    for _ in range(29):
        await grow(pair, run)
    thirty, many = await cost()
    assert many >= few + 29
    assert (one, thirty) == (one, one), f"{name}: {one} statements for {few} items, {thirty} for {many}"


def _variables(name: str, pair: factories.Pair, run: MatchRun) -> dict[str, str]:
    known = {"$cohort": gid(pair.cohort), "$run": gid(run)}
    return {mark[1:]: value for mark, value in known.items() if mark in LISTS[name]}
