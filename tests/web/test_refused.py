"""An act that comes too late says so where it was asked for, with what to do; what was typed stays."""

from datetime import timedelta

import pytest

from server.goals import actions as goals
from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel import clock
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair
from tests.web.conftest import ClientOf


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def closed_goal(pair: Pair) -> Goal:
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="Lead a review", measure="Three held",
        competency_id=None, due_on=factories.in_days(90),
    )
    await goals.add_milestone(pair.mentee_actor, goal.id, "Watch one")
    await Goal.filter(id=goal.id).update(state=GoalState.ABANDONED, match_id=pair.match.id)
    return await Goal.get(id=goal.id).prefetch_related("milestones")


async def test_a_session_that_is_over_is_not_called_off_and_its_page_says_what_to_do(
    pair: Pair, client_of: ClientOf
) -> None:
    starts_at = (await slots_for_match(pair.mentee_actor, pair.match.id, 1))[0].starts_at
    session = await sessions.book_session(pair.mentee_actor, pair.match.id, starts_at)
    client = await client_of(pair.mentee)
    with clock.at(starts_at + timedelta(hours=2)):
        client = await client_of(pair.mentee)
        for data in ({}, {"following": "1"}):
            answer = await client.post(f"/session/{session.id}/cancellation", data=data)
            assert answer.status_code == 409
            assert f'action="/session/{session.id}"' in answer.text, "the session's own page"
            assert ("This session is over." in answer.text) is not bool(data)
            assert ("This session does not repeat." in answer.text) is bool(data)
        assert "It didn’t happen" in answer.text or "Didn’t happen?" in answer.text
    assert (await Session.get(id=session.id)).sequence == 0


async def test_a_goal_that_was_closed_meanwhile_keeps_what_was_typed(pair: Pair, client_of: ClientOf) -> None:
    goal = await closed_goal(pair)
    client = await client_of(pair.mentee)
    typed = {"want": "Lead two reviews of my own", "measure": "Two held", "why": "One was too little"}
    answer = await client.post(f"/goal/{goal.id}/revision", data=typed)
    assert answer.status_code == 422
    for words in ("This goal is closed.", *typed.values()):
        assert words in answer.text


async def test_ticks_and_nods_that_come_too_late_are_answered_on_the_first_page(
    pair: Pair, client_of: ClientOf
) -> None:
    goal = await closed_goal(pair)
    step = next(iter(goal.milestones))
    mentee, mentor = await client_of(pair.mentee), await client_of(pair.mentor)
    assert (await mentee.post(f"/milestone/{step.id}", data={"done": "1"})).headers["location"] == "/"
    assert "This goal is closed." in (await mentee.get("/")).text
    assert (await mentor.post(f"/goal/{goal.id}/agreement")).headers["location"] == "/"
    assert "This goal was not changed yet." in (await mentor.get("/")).text


async def test_saying_no_to_an_invitation_after_joining_is_answered_kindly(pair: Pair, client_of: ClientOf) -> None:
    client = await client_of(pair.mentee)
    answer = await client.post(f"/join/{pair.program.key}/invitation/decline")
    assert answer.headers["location"] == f"/join/{pair.program.key}"
    assert "You take part already." in (await client.get("/")).text
