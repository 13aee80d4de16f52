"""Goals on the Journey screen: closed in one tap and opened again, put first, a second one, a step reworded."""

from datetime import timedelta

import pytest

from server.goals import actions as goals
from server.goals.models import Goal, Milestone
from server.goals.states import GoalState, MilestoneState
from server.kernel import clock
from server.surveys.models import SurveyInvitation
from server.surveys.states import GoalOutcome, InvitationState, SurveyKind
from tests import factories
from tests.factories import Pair
from tests.web.conftest import ClientOf
from tests.web.test_journey import a_goal
from tests.web.test_undo import press_undo

pytestmark = pytest.mark.usefixtures("clock_stands")


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


@pytest.mark.parametrize("state", [GoalState.ACHIEVED, GoalState.CARRIED_OVER, GoalState.ABANDONED])
async def test_a_goal_is_closed_in_one_tap_and_opened_again(client_of: ClientOf, pair: Pair, state: GoalState) -> None:
    goal, client = await a_goal(pair), await client_of(pair.mentee)
    answer = await client.post(f"/goal/{goal.id}/closure", data={"state": state.value})
    assert (await Goal.get(id=goal.id)).state is state
    assert "Undone. It stands as before." in await press_undo(client, answer)
    assert (await Goal.get(id=goal.id)).state is GoalState.ACTIVE


async def test_it_is_asked_openly_once_every_step_is_done(client_of: ClientOf, pair: Pair) -> None:
    await a_goal(pair, steps=1)
    client = await client_of(pair.mentee)
    assert "Did you get there?" not in (await client.get("/")).text
    await goals.tick_milestone(pair.mentee_actor, (await Milestone.get()).id, True)
    assert "Did you get there?" in (await client.get("/")).text


async def test_after_the_last_one_the_next_is_worded(client_of: ClientOf, pair: Pair) -> None:
    goal, client = await a_goal(pair), await client_of(pair.mentee)
    await client.post(f"/goal/{goal.id}/closure", data={"state": "ACHIEVED"})
    here = f"/enrollment/{pair.mentee_enrollment.id}/goal"
    assert f'href="{here}"' in (await client.get("/")).text
    lacking = await client.post(here, data={"want": " ", "measure": "two of them", "due_on": "31 February"})
    assert lacking.status_code == 422
    assert "two of them" in lacking.text
    assert "31 February" in lacking.text
    await client.post(here, data={"want": "write better", "measure": "", "due_on": ""})
    draft = await Goal.get(state=GoalState.DRAFT)
    assert "write better</textarea>" in (await client.get(here)).text, "a draft is written on"
    typed = {"want": "write better", "measure": "two of them", "due_on": factories.in_days(60).isoformat()}
    assert (await client.post(here, data=typed)).status_code == 303
    assert (await Goal.get(id=draft.id)).state is GoalState.ACTIVE


async def test_up_to_three_stand_there_and_another_is_put_first(client_of: ClientOf, pair: Pair) -> None:
    first, client = await a_goal(pair), await client_of(pair.mentee)
    here = f"/enrollment/{pair.mentee_enrollment.id}/goal"
    for want in ("write better", "speak up"):
        assert f'href="{here}"' in (await client.get("/")).text
        typed = {"want": want, "measure": "two of them", "due_on": factories.in_days(60).isoformat()}
        await client.post(here, data=typed)
    shown = (await client.get("/")).text
    assert f'href="{here}"' not in shown, "three are enough"
    assert "Finish one of them first." in (await client.post(here, data={**typed, "want": "a fourth"})).text
    second = next(one for one in await Goal.exclude(id=first.id) if one.want == "write better")
    await client.post(f"/goal/{second.id}/focus")
    assert [one.id for one in await Goal.filter(in_focus=True)] == [second.id]
    assert f'action="/goal/{first.id}/focus"' in (await client.get("/")).text


async def test_a_step_is_reworded_taken_out_and_put_back(client_of: ClientOf, pair: Pair) -> None:
    await a_goal(pair, steps=1)
    step, client = await Milestone.get(), await client_of(pair.mentee)
    here = f"/milestone/{step.id}"
    assert step.title in (await client.get(f"{here}/change")).text
    assert (await client.post(f"{here}/change", data={"step": "", "due_on": "soon"})).status_code == 422
    await client.post(f"{here}/change", data={"step": "Watch a review", "due_on": ""})
    changed = await Milestone.get()
    assert (changed.title, changed.due_on) == ("Watch a review", None)
    answer = await client.post(f"{here}/removal")
    assert (await Milestone.get()).state is MilestoneState.DROPPED
    assert "Watch a review" in await press_undo(client, answer)


async def test_a_mentor_reads_the_goal_and_changes_none_of_it(client_of: ClientOf, pair: Pair) -> None:
    goal = await a_goal(pair, steps=1)
    step, client = await Milestone.get(), await client_of(pair.mentor)
    at, place = f"/goal/{goal.id}", f"/enrollment/{pair.mentee_enrollment.id}/goal"
    assert "/closure" not in (await client.get("/")).text
    for path in (f"{at}/focus", f"{at}/closure", f"{at}/closure/undo", f"/milestone/{step.id}/removal"):
        assert (await client.post(path, data={"state": "ACHIEVED"})).status_code == 403, path
    assert (await client.get(place)).status_code == 404
    assert (await client.post(place, data={"want": "Mine"})).status_code == 404


async def test_the_last_check_in_closes_the_goal_and_undo_opens_it(client_of: ClientOf, pair: Pair) -> None:
    goal = await a_goal(pair)
    asked = await SurveyInvitation.create(
        organization_id=pair.organization.id, kind=SurveyKind.CLOSING, match=pair.match, program_id=pair.program.id,
        person_id=pair.mentee.id, state=InvitationState.OPEN, opens_at=pair.match.created_at,
        closes_at=clock.now() + timedelta(days=20),
    )
    client = await client_of(pair.mentee)
    data = {"usefulness": "4", "goal_distance": "5", "recommend": "9", "goal_outcome": GoalOutcome.REACHED.value}
    answer = await client.post(f"/checkin/{asked.id}", data=data)
    assert (await Goal.get(id=goal.id)).state is GoalState.ACHIEVED
    assert "Undone." in await press_undo(client, answer)
    assert (await Goal.get(id=goal.id)).state is GoalState.ACTIVE
