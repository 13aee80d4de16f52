"""What became of a match is read from where it happened, and known no earlier than it is."""

from datetime import timedelta
from typing import Any

import pytest

from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches.models import Match, MatchMember
from server.matches.queries import matches
from server.matches.states import ClosureReason, DeclineReason, MatchOrigin, MatchState
from server.matchmaking.learned.outcomes import Outcome, outcomes_of
from server.matchmaking.learned.past import history_of
from server.programs.states import ParticipantRole
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import GoalOutcome, SurveyKind
from tests import factories
from tests.factories import Pair

DAY = timedelta(days=1)


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def lived(match: Match, **values: Any) -> Outcome:
    await Match.filter(id=match.id).update(**values)
    reader = system_actor(match.organization_id)
    row = await matches(reader).get(id=match.id).prefetch_related("members")
    return (await outcomes_of(reader, [row]))[match.id]


async def met(match: Match, *days: int, state: SessionState = SessionState.HELD) -> None:
    for day in days:
        at = (match.active_at or clock.now()) + timedelta(days=day)
        await Session.create(
            organization_id=match.organization_id, match_id=match.id, state=state, starts_at=at,
            ends_at=at + timedelta(hours=1),
        )


async def said(match: Match, person_id: object, usefulness: int, **values: Any) -> None:
    asked = await SurveyInvitation.create(
        organization_id=match.organization_id, match_id=match.id, program_id=match.program_id, person_id=person_id,
        kind=values.pop("kind", SurveyKind.CHECK_IN), opens_at=clock.now(), closes_at=clock.now(),
    )
    await SurveyAnswer.create(
        organization_id=match.organization_id, invitation=asked, usefulness=usefulness, **values
    )


async def test_sessions_of_the_first_month_count_once_it_is_over_or_there_are_two(pair: Pair) -> None:
    await met(pair.match, 5, state=SessionState.LOGGED)
    await met(pair.match, 6, state=SessionState.CANCELLED)
    began = clock.now()
    assert (await lived(pair.match)).sessions is None, "a second one may still come"
    assert (await lived(pair.match, ended_at=began)).sessions == 1
    await met(pair.match, 29, 31)
    assert (await lived(pair.match, ended_at=None)).sessions == 2
    with clock.at(began + 40 * DAY):
        assert (await lived(pair.match)).sessions == 2, "the one after thirty days does not count"


async def test_replies_answers_goals_and_the_end_are_read_together(pair: Pair) -> None:
    published = clock.now() - 3 * DAY
    await MatchMember.filter(match_id=pair.match.id, role=ParticipantRole.MENTOR).update(
        answered_at=published + timedelta(hours=6))
    await MatchMember.filter(match_id=pair.match.id, role=ParticipantRole.MENTEE).update(
        answered_at=published + timedelta(hours=30))
    await said(pair.match, pair.mentee.id, 2)
    await said(pair.match, pair.mentee.id, 5, kind=SurveyKind.CLOSING, goal_outcome=GoalOutcome.PARTLY)
    await said(pair.match, pair.mentor.id, 4)
    found = await lived(pair.match, published_at=published, closure_reason=ClosureReason.GOAL_REACHED)
    assert (found.accepted, found.hours_to_reply, found.satisfaction) == (True, 30.0, 4.5)
    assert (found.goals, found.end_reason) == (0.5, ClosureReason.GOAL_REACHED), "what was said comes before the reason"
    for state in (GoalState.ACHIEVED, GoalState.ABANDONED, GoalState.ACHIEVED, GoalState.ACTIVE):
        await Goal.create(
            organization_id=pair.organization.id, enrollment=pair.mentee_enrollment, person_id=pair.mentee.id,
            match_id=pair.match.id, state=state,
        )
    assert (await lived(pair.match)).goals == pytest.approx(2 / 3), "and the goals themselves before what was said"


@pytest.mark.parametrize(("state", "accepted"), [
    (MatchState.DECLINED, False), (MatchState.EXPIRED, False), (MatchState.CANCELLED, None),
    (MatchState.AWAITING_BOTH, None), (MatchState.DRAFT, None),
])
async def test_only_a_no_is_a_no(pair: Pair, state: MatchState, accepted: bool | None) -> None:
    found = await lived(pair.match, state=state, active_at=None)
    assert (found.accepted, found.sessions, found.satisfaction, found.goals) == (accepted, None, None, None)


async def test_a_run_hears_of_pairs_that_ran_or_were_turned_down_and_of_no_others(pair: Pair) -> None:
    actor = system_actor(pair.organization.id)
    await Match.filter(id=pair.match.id).update(origin=MatchOrigin.MANAGER)
    people = str(pair.mentor.id), str(pair.mentee.id)
    (past,) = await history_of(actor, {pair.mentor.id})
    assert ((past.mentor, past.mentee), past.accepted, past.by_manager) == (people, True, True)
    await MatchMember.filter(match_id=pair.match.id, role=ParticipantRole.MENTEE).update(
        decline_reason=DeclineReason.TIMES)
    await Match.filter(id=pair.match.id).update(state=MatchState.DECLINED, active_at=None)
    assert [one.accepted for one in await history_of(actor, {pair.mentor.id})] == [False]
    await Match.filter(id=pair.match.id).update(state=MatchState.EXPIRED)
    assert await history_of(actor, {pair.mentor.id}) == ()
    other = await factories.active_match()
    assert await history_of(actor, {other.mentor.id}) == (), "another organisation"
