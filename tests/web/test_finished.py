"""The end of a voyage on screen: what changed, the last check-in, a word of thanks, and being asked again."""

from datetime import timedelta

import pytest

from server.goals import actions as goals
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import fresh_key
from server.matches.actions import reach_end_date
from server.matches.models import Match
from server.matches.states import MatchState
from server.messaging.models import ThreadMessage
from server.people import actions as people
from server.people.models import Consent
from server.people.states import ConsentPurpose
from server.surveys.actions import ask_at_the_end
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import GoalOutcome, SurveyKind
from tests import factories
from tests.factories import Pair
from tests.web.conftest import ClientOf

LINE = "Thank you. I decide faster now."


@pytest.fixture
async def pair(db: object) -> Pair:
    """Noor and Idris on their last day, with a goal that was revised once and has one of two steps behind it."""
    made = await factories.active_match(ends_on=factories.in_days(0))
    goal = await goals.save_goal(
        made.mentee_actor, made.mentee_enrollment.id, want="present at a review", measure="I did it twice",
        due_on=factories.in_days(90),
    )
    steps = [await goals.add_milestone(made.mentee_actor, goal.id, f"Step number {number}") for number in range(2)]
    await goals.tick_milestone(made.mentee_actor, steps[0].id, True)
    await goals.revise_goal(
        made.mentee_actor, goal.id, want="lead a product review", measure="I did it twice", competency_id=None,
        due_on=factories.in_days(90), why="One was too easy.",
    )
    await people.publish_consent_text(system_actor(made.organization.id), ConsentPurpose.ALUMNI, "Ask me again", "")
    system = system_actor(made.organization.id)
    await reach_end_date(system, made.match.id)
    await ask_at_the_end(system, made.match.id)
    return made


async def last_check_in(pair: Pair) -> str:
    row = await SurveyInvitation.get(kind=SurveyKind.CLOSING, person_id=pair.mentee.id)
    return f"/checkin/{row.id}"


async def test_the_last_day_shows_what_changed_and_how_to_close(client_of: ClientOf, pair: Pair) -> None:
    page = (await (await client_of(pair.mentee)).get("/")).text
    for words in ("You and Idris have reached your last day", "One of two", "Lead a product review",
                  "Present at a review", "Last check-in", "Close your time together"):
        assert words in page, words
    assert "May we ask you again?" not in page


async def test_closing_carries_a_word_of_thanks_and_the_voyage_is_complete(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentee)
    assert "A word of thanks" in (await client.get(f"/match/{pair.match.id}/ending")).text
    await client.post(f"/match/{pair.match.id}/closure", data={"thanks": LINE})
    assert (await Match.get(id=pair.match.id)).state is MatchState.COMPLETED
    assert [one.body for one in await ThreadMessage.all()] == [LINE]
    page = (await client.get("/")).text
    assert "Your voyage with Idris is complete" in page
    assert "<dt>Sessions</dt><dd>None</dd>" in page
    assert "Close your time together" not in page
    assert "Last check-in" in page
    assert "looking for your mentor" not in page
    assert LINE in (await (await client_of(pair.mentor)).get(f"/messages/{pair.match.id}")).text


async def test_too_long_a_word_of_thanks_closes_nothing_and_is_kept(client_of: ClientOf, pair: Pair) -> None:
    long = "thanks " * 800
    answer = await (await client_of(pair.mentee)).post(f"/match/{pair.match.id}/closure", data={"thanks": long})
    assert answer.status_code == 422
    assert long.strip() in answer.text
    assert (await Match.get(id=pair.match.id)).state is MatchState.DURATION_COMPLETED


@pytest.mark.parametrize(("data", "given"), [({"yes": "1"}, True), ({}, False)])
async def test_who_finished_says_once_whether_they_may_be_asked_again(
    client_of: ClientOf, pair: Pair, data: dict[str, str], given: bool
) -> None:
    client = await client_of(pair.mentor)
    await client.post(f"/match/{pair.match.id}/closure")
    assert "May we ask you again?" in (await client.get("/")).text
    await client.post("/alumni", data=data)
    assert (await Consent.get(purpose=ConsentPurpose.ALUMNI)).given is given
    assert "May we ask you again?" not in (await client.get("/")).text


async def test_the_first_page_lets_go_of_it_after_a_month(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentee)
    await client.post(f"/match/{pair.match.id}/closure")
    clock.move(timedelta(days=31))
    assert "is complete" not in (await client.get("/")).text


async def test_the_last_check_in_asks_two_more_questions_and_can_be_read_again(
    client_of: ClientOf, pair: Pair
) -> None:
    client, here = await client_of(pair.mentee), await last_check_in(pair)
    asked = (await client.get(here)).text
    assert "How was it?" in asked
    assert asked.count('name="recommend"') == 11
    assert asked.count('name="goal_outcome"') == 4
    assert "What would help now?" not in asked
    lacking = await client.post(here, data={"usefulness": "4", "goal_distance": "5", "form_key": fresh_key()})
    assert lacking.status_code == 422
    assert 'href="#recommend"' in lacking.text
    assert 'href="#goal_outcome"' in lacking.text
    whole = {"usefulness": "4", "goal_distance": "5", "recommend": "0", "goal_outcome": GoalOutcome.PARTLY.value}
    assert (await client.post(here, data={**whole, "form_key": fresh_key()})).status_code == 303
    assert ((answer := await SurveyAnswer.get()).recommend, answer.goal_outcome) == (0, GoalOutcome.PARTLY)
    shown = (await client.get(here)).text
    for words in ("Very useful", "There", "0 of 10", "Partly"):
        assert words in shown, words
    assert 'name="recommend"' not in shown


async def test_a_mentor_is_not_asked_what_became_of_the_goal(client_of: ClientOf, pair: Pair) -> None:
    row = await SurveyInvitation.get(kind=SurveyKind.CLOSING, person_id=pair.mentor.id)
    page = (await (await client_of(pair.mentor)).get(f"/checkin/{row.id}")).text
    assert 'name="recommend"' in page
    assert 'name="goal_outcome"' not in page
