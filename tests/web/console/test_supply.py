"""The page of mentor places: what is short, a plan in its address, rates from the programme's own history."""

import pytest

from server.matches.models import Match
from server.matchmaking.models import MatchRun
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState, ParticipantRole, ProgramType
from tests import factories
from tests.web.conftest import HTMX, ClientOf
from tests.web.console.market import Market, draft, market


@pytest.fixture
async def found(db: object) -> Market:
    return await market(2, 6, capacity=1)


def page_of(found: Market) -> str:
    return f"/console/matches/groups/{found.cohort.id}/places"


async def test_what_is_short_is_told_and_the_queue_leads_there(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    assert f'href="{page_of(found)}"' in (await client.get("/console/matches")).text
    shown = (await client.get(page_of(found))).text
    assert "Four places short" in shown
    assert "6 people wait for a mentor, 2 places are free." in shown
    assert "2 mentors have fewer places than this programme allows" in shown


async def test_a_plan_is_worked_out_by_the_engine_and_stores_nothing(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    answer = await client.get(f"{page_of(found)}?more=2&raised=1", headers=HTMX)
    assert 'id="plan"' in answer.text
    assert "5, was 2" in answer.text
    whole = (await client.get(f"{page_of(found)}?more=4")).text
    assert "6, was 2" in whole
    assert [await table.all().count() for table in (MatchRun, Match)] == [0, 0]
    assert (await client.get(f"{page_of(found)}?size=12")).status_code == 422


async def test_a_draft_takes_no_place_here_in_no_figure(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    before = (await client.get(page_of(found))).text
    await draft(found, 0)
    after = (await client.get(page_of(found))).text
    assert after[after.index('id="skills"'):] == before[before.index('id="skills"'):]


async def test_past_mentors_count_at_the_rate_at_which_they_said_yes_here(client_of: ClientOf, found: Market) -> None:
    earlier = await factories.cohort(found.program)
    for number in range(4):
        someone = await factories.person(found.organization)
        state = EnrollmentState.COMPLETED if number < 2 else EnrollmentState.DECLINED
        await factories.enrollment(earlier, someone, ParticipantRole.MENTOR, state=state)
    await Enrollment.filter(cohort_id=earlier.id, state=EnrollmentState.DECLINED).update(active_at=None)
    shown = (await (await client_of(found.manager)).get(f"{page_of(found)}?past=2")).text
    assert "2 from earlier groups. 4 of 6 who were asked here said yes" in shown
    assert "3, was 2" in shown, "two thirds of two are one"


async def test_circles_and_strangers_have_no_such_page(client_of: ClientOf, found: Market) -> None:
    assert (await (await client_of(found.stranger)).get(page_of(found))).status_code == 404
    await Program.filter(id=found.program.id).update(type=ProgramType.CIRCLE)
    assert (await (await client_of(found.manager)).get(page_of(found))).status_code == 409
