"""The last check-in: asked on the last day, open after the match is closed, with two questions of its own."""

from datetime import timedelta
from typing import Any

import pytest

from server.goals import actions as goals
from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, Refused
from server.kernel.jobs import drain
from server.matches.actions import close_match, reach_end_date
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.models import Message
from server.surveys import actions, queries
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import GoalOutcome, InvitationState, SurveyKind
from tests import factories
from tests.factories import Pair
from tests.server.goals.said import a_goal

WELL: dict[str, Any] = {"usefulness": 4, "goal_distance": 5, "recommend": 9, "goal_outcome": GoalOutcome.REACHED}


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match(ends_on=factories.in_days(0))


async def asked(pair: Pair) -> SurveyInvitation:
    """The mentee's last check-in, as the last day brings it."""
    await reach_end_date(system_actor(pair.organization.id), pair.match.id)
    await drain(strict=False)
    return await SurveyInvitation.get(kind=SurveyKind.CLOSING, person_id=pair.mentee.id)


async def test_the_last_day_asks_both_once_and_the_end_of_the_match_leaves_it_open(pair: Pair) -> None:
    invitation = await asked(pair)
    await actions.ask_at_the_end(system_actor(pair.organization.id), pair.match.id)
    assert await SurveyInvitation.filter(kind=SurveyKind.CLOSING).count() == 2
    assert await Message.filter(kind="Z04").count() == 2
    await close_match(pair.mentee_actor, pair.match.id)
    await drain(strict=False)
    assert [row.id for row in await queries.my_invitations(pair.mentee_actor)] == [invitation.id]
    await actions.answer_check_in(pair.mentee_actor, invitation.id, **WELL)
    answer = await SurveyAnswer.get(invitation_id=invitation.id)
    assert (answer.recommend, answer.goal_outcome) == (9, GoalOutcome.REACHED)
    assert (await SurveyInvitation.get(id=invitation.id)).state is InvitationState.ANSWERED


@pytest.mark.parametrize(("given", "fields"), [
    ({"recommend": None}, {"recommend"}), ({"recommend": 11}, {"recommend"}), ({"recommend": -1}, {"recommend"}),
    ({"goal_outcome": None}, {"goal_outcome"}),
    ({"usefulness": None, "recommend": None, "goal_outcome": None}, {"usefulness", "recommend", "goal_outcome"}),
])
async def test_what_is_missing_is_said_at_once_at_its_question(
    pair: Pair, given: dict[str, Any], fields: set[str]
) -> None:
    invitation = await asked(pair)
    with pytest.raises(Invalid) as refusal:
        await actions.answer_check_in(pair.mentee_actor, invitation.id, **{**WELL, **given})
    assert set(refusal.value.fields) == fields


async def test_a_mentor_is_not_asked_about_the_goal_and_no_other_check_in_has_these_questions(pair: Pair) -> None:
    await asked(pair)
    theirs = await SurveyInvitation.get(kind=SurveyKind.CLOSING, person_id=pair.mentor.id)
    assert (await actions.answer_check_in(pair.mentor_actor, theirs.id, **WELL)).goal_outcome is None
    other = await factories.active_match(pair.organization)
    planned = await actions.plan_check_in(system_actor(pair.organization.id), other.match.id)
    mine = next(row for row in planned if row.person_id == other.mentee.id)
    await SurveyInvitation.filter(id=mine.id).update(opens_at=mine.created_at, state=InvitationState.OPEN)
    answer = await actions.answer_check_in(other.mentee_actor, mine.id, **WELL)
    assert (answer.recommend, answer.goal_outcome) == (None, None)


async def said(pair: Pair, invitation: SurveyInvitation, outcome: GoalOutcome) -> SurveyAnswer:
    return await actions.answer_check_in(pair.mentee_actor, invitation.id, **{**WELL, "goal_outcome": outcome})


@pytest.mark.usefixtures("clock_stands")
async def test_what_is_said_of_the_goal_closes_it_and_said_otherwise_closes_it_otherwise(pair: Pair) -> None:
    other, first = await a_goal(pair, "write better"), await a_goal(pair)
    await goals.focus_goal(pair.mentee_actor, first.id)
    invitation = await asked(pair)
    expected = {
        GoalOutcome.REACHED: GoalState.ACHIEVED, GoalOutcome.LET_GO: GoalState.ABANDONED,
        GoalOutcome.CHANGED: GoalState.CARRIED_OVER, GoalOutcome.PARTLY: GoalState.CARRIED_OVER,
    }
    for outcome, state in expected.items():
        answer = await said(pair, invitation, outcome)
        assert (answer.goal_id, (await Goal.get(id=first.id)).state) == (first.id, state)
    assert (await Goal.get(id=other.id)).state is GoalState.ACTIVE
    assert await goals.undo_settle_goal(pair.mentee_actor, first.id)
    assert (await Goal.get(id=first.id)).state is GoalState.ABANDONED, "as it was said before"
    clock.move(timedelta(minutes=1))
    assert not await goals.undo_settle_goal(pair.mentee_actor, first.id)


async def test_after_an_end_before_its_time_a_goal_half_way_is_left_open(pair: Pair) -> None:
    goal = await a_goal(pair)
    invitation = await asked(pair)
    await SurveyInvitation.filter(id=invitation.id).update(kind=SurveyKind.EXIT)
    assert (await said(pair, invitation, GoalOutcome.PARTLY)).goal_id is None
    assert (await Goal.get(id=goal.id)).state is GoalState.ACTIVE
    await said(pair, invitation, GoalOutcome.REACHED)
    assert (await Goal.get(id=goal.id)).state is GoalState.ACHIEVED
    await said(pair, invitation, GoalOutcome.PARTLY)
    assert (await Goal.get(id=goal.id)).state is GoalState.CARRIED_OVER


@pytest.mark.parametrize("outcome", list(GoalOutcome))
async def test_a_draft_is_only_let_go_and_without_a_goal_the_answer_stands_alone(
    pair: Pair, outcome: GoalOutcome
) -> None:
    draft = await goals.save_goal(pair.mentee_actor, pair.mentee_enrollment.id, want="lead a review")
    answer = await said(pair, await asked(pair), outcome)
    let_go = outcome is GoalOutcome.LET_GO
    assert (await Goal.get(id=draft.id)).state is (GoalState.ABANDONED if let_go else GoalState.DRAFT)
    assert answer.goal_id == (draft.id if let_go else None)


async def test_it_is_the_products_to_ask_and_only_after_the_last_day(pair: Pair) -> None:
    with pytest.raises(Refused):
        await actions.ask_at_the_end(pair.mentee_actor, pair.match.id)
    await Match.filter(id=pair.match.id).update(state=MatchState.PAUSED)
    with pytest.raises(Conflict):
        await actions.ask_at_the_end(system_actor(pair.organization.id), pair.match.id)
