"""Running circles in the console: in the list, on Today when they need somebody, and their record to the end."""

import pytest

from server.kernel import clock
from server.matches.models import Match, MatchMember
from server.matches.states import MatchState
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState
from tests import factories
from tests.factories import Circle
from tests.web.conftest import ClientOf
from tests.web.console.market import manager_of
from tests.web.console.reading import Reading


@pytest.fixture
async def circle(db: object) -> Circle:
    return await factories.active_circle()


async def leave(circle: Circle, *, but: int, leader: bool) -> None:
    """Some of a circle are in it no more: all but so many of its members, and who leads it or not."""
    gone = [one.id for one in circle.members[but:]] + ([circle.facilitator.id] if leader else [])
    await MatchMember.filter(match_id=circle.match.id, person_id__in=gone).update(left_at=clock.now())


async def test_a_circle_that_needs_somebody_is_named_today_and_reached_by_the_list(
    client_of: ClientOf, circle: Circle
) -> None:
    client = await client_of(await manager_of(circle.organization, circle.program))
    here = f"/console/matches?pair={circle.match.id}"
    assert here not in (await client.get("/console")).text
    listed = (await client.get("/console/matches")).text
    assert "Circles under way" in listed
    assert here in listed
    await leave(circle, but=6, leader=True)
    assert "Nobody leads it." in (await client.get("/console")).text
    await MatchMember.filter(match_id=circle.match.id).update(left_at=None)
    await leave(circle, but=3, leader=False)
    shown = (await client.get("/console")).text
    assert "It is small" in shown
    assert f"{here}#people" in shown
    assert "Put somebody in" in (await client.get(here)).text


async def test_the_record_of_a_circle_speaks_of_all_of_it_and_outlives_it(client_of: ClientOf, circle: Circle) -> None:
    page, here = Reading(await client_of(await manager_of(circle.organization, circle.program))), circle.match.id
    shown = (await page.client.get(f"/console/matches/{here}")).text
    assert "A circle of 6</h1>" in shown
    assert all(one.full_name in shown for one in (circle.facilitator, *circle.members))
    assert "another-mentor" not in shown
    await page.post(f"/console/matches/{here}/pause", until=factories.in_days(20).isoformat())
    await page.post(f"/console/matches/{here}/resumption")
    await leave(circle, but=1, leader=True)
    await Enrollment.filter(person_id=circle.facilitator.id).update(state=EnrollmentState.WITHDRAWN)
    await Match.filter(id=here).update(state=MatchState.CONCLUDED, ended_at=clock.now())
    for path in (f"/console/matches/{here}", "/console", "/console/matches"):
        await page.get(path)
    assert not page.found, page.found


async def test_a_circle_is_given_more_time_and_it_is_taken_back(client_of: ClientOf, circle: Circle) -> None:
    client = await client_of(await manager_of(circle.organization, circle.program))
    here, was, later = f"/console/matches/{circle.match.id}", circle.match.ends_on, factories.in_days(250)
    refused = await client.post(f"{here}/last-day", data={"ends_on": ""})
    assert (refused.status_code, "Choose a day." in refused.text) == (422, True)
    refused = await client.post(f"{here}/last-day", data={"ends_on": factories.in_days(3).isoformat()})
    assert (refused.status_code, "Choose a day after the last day so far" in refused.text) == (422, True)
    await client.post(f"{here}/last-day", data={"ends_on": later.isoformat()})
    assert "They go on until" in (await client.get(here)).text
    assert (await Match.get(id=circle.match.id)).ends_on == later
    await client.post(f"{here}/undo")
    assert (await Match.get(id=circle.match.id)).ends_on == was
