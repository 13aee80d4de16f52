"""The page of what was learned: figures with intervals, why each model stands or not, and who may read and start it."""

import pytest

from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matchmaking.models import LearnedModel
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.states import RunState
from server.programs.models import Program
from server.programs.states import ProgramType
from tests import factories
from tests.web.conftest import ClientOf
from tests.web.console.learned import a_learning
from tests.web.console.market import Market, market
from web.console.review_words import confidence

HERE = "/console/matches/learning"
ONE_TO_ONE = f"{HERE}?type=ONE_TO_ONE"


@pytest.fixture
async def found(db: object) -> Market:
    return await market()


async def test_the_report_tells_each_stage_with_its_figures_and_why(client_of: ClientOf, found: Market) -> None:
    row = await a_learning(found.organization)
    client = await client_of(found.manager)
    shown = (await client.get(ONE_TO_ONE)).text
    for words in (
        "A model of past pairs", "On 300 later pairs its log loss was 0.612 against 0.655 before it.",
        "0.612 ± 0.039", "0.741 ± 0.061", "31%", "27% to 38%", "Too few outcomes to learn from", "calibrated",
        "based on 900 pairs", "3, from 2026-01-05 to 2026-07-06",
    ):
        assert words in shown, words
    assert (await client.get(f"{HERE}/{row.id}")).text.count("<table") == shown.count("<table")


async def test_a_manager_lets_it_learn_and_the_run_page_leads_there(client_of: ClientOf, found: Market) -> None:
    run = await run_matching(system_actor(found.organization.id), found.cohort.id)
    client = await client_of(found.manager)
    assert ONE_TO_ONE in (await client.get(f"/console/matches/runs/{run.id}")).text
    assert "Nothing was learned yet" in (await client.get(ONE_TO_ONE)).text
    answer = await client.post(HERE, data={"type": "ONE_TO_ONE"})
    assert (answer.status_code, answer.headers["location"]) == (303, ONE_TO_ONE)
    assert "A learning is under way" in (await client.get(ONE_TO_ONE)).text
    await drain()
    shown = (await client.get(ONE_TO_ONE)).text
    assert "Too few outcomes to learn from" in shown
    assert "Confidence is not yet calibrated, based on 0 pairs." in shown
    await LearnedModel.filter(organization_id=found.organization.id).update(state=RunState.FAILED, report={})
    assert "came to nothing" in (await client.get(ONE_TO_ONE)).text


async def test_it_is_not_there_for_anybody_else(client_of: ClientOf, found: Market) -> None:
    row = await a_learning(found.organization)
    other = (await factories.active_match()).organization
    strangers = [found.stranger, await factories.person(other)]
    for stranger in strangers:
        client = await client_of(stranger)
        for address in (ONE_TO_ONE, f"{HERE}/{row.id}", f"{HERE}?type=NOTHING", HERE):
            assert (await client.get(address)).status_code == 404
        assert (await client.post(HERE, data={"type": "ONE_TO_ONE"})).status_code in (403, 404)
    assert await LearnedModel.all().count() == 1
    await Program.filter(id=found.program.id).update(type=ProgramType.REVERSE)
    assert (await (await client_of(found.manager)).get(ONE_TO_ONE)).status_code == 404, "no programme of that type"


def test_a_draft_says_what_its_confidence_rests_on() -> None:
    told = [confidence(Match(confidence=share, calibrated_on=on, based_on=known)) for share, on, known in (
        (None, 0, None), (0.614, 0, None), (0.614, 0, 1), (0.8, 240, 240),
    )]
    start = "Confidence that both say yes and meet twice: "
    assert told == [
        "", f"{start}61%, not yet calibrated, based on 0 pairs.", f"{start}61%, not yet calibrated, based on 1 pair.",
        f"{start}80%, calibrated, based on 240 pairs.",
    ]
