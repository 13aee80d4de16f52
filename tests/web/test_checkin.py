"""The Check-in screen: asked once, answered once, read by who runs the programme."""

import re
from datetime import timedelta

import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import fresh_key
from server.surveys.actions import plan_check_in
from server.surveys.models import SurveyAnswer, SurveyInvitation
from tests import factories
from tests.factories import Pair
from tests.web.conftest import ClientOf


@pytest.fixture
async def pair(db: object) -> Pair:
    made = await factories.active_match()
    system = system_actor(made.organization.id)
    await grant_role(system, made.manager.id, Role.PROGRAM_MANAGER, made.program.id)
    await plan_check_in(system, made.match.id)
    return made


async def invitation(pair: Pair) -> SurveyInvitation:
    return await SurveyInvitation.get(person_id=pair.mentee.id)


async def test_before_its_day_it_says_when_it_opens(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentee)
    assert "opens on" in (await client.get(f"/checkin/{(await invitation(pair)).id}")).text


async def test_three_taps_are_enough_and_twice_is_once(client_of: ClientOf, pair: Pair) -> None:
    clock.move(timedelta(days=92))
    asked = await invitation(pair)
    client = await client_of(pair.mentee)
    data = {"usefulness": "4", "goal_distance": "3", "help": ["SHARPER_AGENDAS"], "form_key": fresh_key()}
    for _ in range(2):
        assert (await client.post(f"/checkin/{asked.id}", data=data)).status_code == 303
    answer = await SurveyAnswer.get(invitation_id=asked.id)
    assert (answer.usefulness, answer.goal_distance, answer.help_wanted) == (4, 3, ["SHARPER_AGENDAS"])
    assert "Thank you" in (await client.get(f"/checkin/{asked.id}")).text


async def test_of_answers_sent_again_the_last_ones_hold(client_of: ClientOf, pair: Pair) -> None:
    clock.move(timedelta(days=92))
    asked, client, key = await invitation(pair), await client_of(pair.mentee), fresh_key()
    for distance in ("1", "3"):
        data = {"usefulness": "4", "goal_distance": distance, "form_key": key}
        assert (await client.post(f"/checkin/{asked.id}", data=data)).status_code == 303
    assert (await SurveyAnswer.get(invitation_id=asked.id)).goal_distance == 3


async def test_who_reads_it_is_said_by_name(client_of: ClientOf, pair: Pair) -> None:
    clock.move(timedelta(days=92))
    client = await client_of(pair.mentee)
    assert "Rui, who runs Rising Leads, sees your answers" in (
        await client.get(f"/checkin/{(await invitation(pair)).id}")
    ).text


async def test_a_missing_scale_is_said_and_the_words_stay(client_of: ClientOf, pair: Pair) -> None:
    clock.move(timedelta(days=92))
    client = await client_of(pair.mentee)
    answer = await client.post(f"/checkin/{(await invitation(pair)).id}", data={"words": "Something typed"})
    assert answer.status_code == 422
    assert "Something typed" in answer.text
    assert not await SurveyAnswer.all().exists()


async def test_nobody_else_opens_it(client_of: ClientOf, pair: Pair) -> None:
    asked = await invitation(pair)
    for person in (pair.mentor, pair.manager, pair.line_manager, pair.stranger):
        assert (await (await client_of(person)).get(f"/checkin/{asked.id}")).status_code == 404


async def test_it_counts_weeks_as_the_journey_does(client_of: ClientOf, pair: Pair) -> None:
    pair.match.ends_on = clock.now().date() + timedelta(days=353)
    await pair.match.save(update_fields=["ends_on"])
    for days in (178, 175):
        clock.move(timedelta(days=days))
        client = await client_of(pair.mentee)
        found = re.search(r"Week \d+ of \d+", (await client.get("/")).text)
        assert found
        assert found[0] in (await client.get(f"/checkin/{(await invitation(pair)).id}")).text


@pytest.mark.parametrize(("days", "title"), [(8, "How is it going?"), (91, "Half-way. How is it going?")])
async def test_half_way_is_said_at_half_of_the_weeks(client_of: ClientOf, pair: Pair, days: int, title: str) -> None:
    asked = await invitation(pair)
    asked.opens_at = clock.now()
    await asked.save(update_fields=["opens_at"])
    clock.move(timedelta(days=days))
    text = (await (await client_of(pair.mentee)).get(f"/checkin/{asked.id}")).text
    heading = re.search(r"<h1[^>]*>\s*([^<]+?)\s*</h1>", text)
    assert heading
    assert heading[1] == title


async def test_a_wish_for_change_leads_on(client_of: ClientOf, pair: Pair) -> None:
    clock.move(timedelta(days=92))
    asked, client = await invitation(pair), await client_of(pair.mentee)
    data = {"usefulness": "2", "goal_distance": "3", "help": ["ANOTHER_MENTOR", "MEET_MORE"], "form_key": fresh_key()}
    await client.post(f"/checkin/{asked.id}", data=data)
    page = (await client.get(f"/checkin/{asked.id}")).text
    assert f'href="/match/{pair.match.id}/ending"' in page
    assert "Another mentor, Meet more often" in page or "Meet more often, Another mentor" in page
