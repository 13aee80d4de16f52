"""Mentor places by skill: offered, taken and wanted, the shortest first."""

import pytest

from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel.errors import NotFound
from server.matches.states import MatchState
from server.matchmaking.queries import supply_by_skill
from server.people.models import PersonSkill
from server.people.states import SkillSide
from tests import factories
from tests.queries import queries_run
from tests.web.console.market import Market, draft, market


@pytest.fixture
async def found(db: object) -> Market:
    """Three mentors with one place each for three skills; five mentees, two of whom want the first two skills."""
    return await market(3, 5, capacity=1)


async def amounts(found: Market, limit: int = 3) -> list[tuple[str, int, int, int, int]]:
    shown = await supply_by_skill(factories.manager_of(found.manager, found.program), found.cohort.id, limit)
    return [(one.competency.name, one.places, one.taken, one.wanted, one.short) for one in shown]


async def test_the_shortest_comes_first(found: Market) -> None:
    assert await amounts(found) == [
        ("Data and pricing", 1, 0, 2, 1), ("Leading stakeholders", 1, 0, 2, 1), ("Managing people", 1, 0, 1, 0),
    ]


async def test_drafts_and_open_matches_take_a_place_and_whoever_has_one_wants_none(found: Market) -> None:
    await draft(found, 0)
    await factories.match(found.mentors[1], found.mentees[1])
    await factories.match(found.mentors[2], found.mentees[2], state=MatchState.DECLINED, active_at=None)
    assert await amounts(found) == [
        ("Data and pricing", 1, 1, 1, 1), ("Leading stakeholders", 1, 1, 1, 1), ("Managing people", 1, 0, 1, 0),
    ]


async def test_what_a_goal_builds_on_is_wanted_once(found: Market) -> None:
    skill = await PersonSkill.filter(person_id=found.mentees[2].person_id, side=SkillSide.WANTED).first()
    assert skill is not None
    for row, state in ((2, GoalState.ACTIVE), (3, GoalState.DRAFT), (4, GoalState.ABANDONED)):
        await Goal.create(
            organization_id=found.organization.id, enrollment=found.mentees[row],
            person_id=found.mentees[row].person_id, competency_id=skill.competency_id, state=state,
        )
    assert ("Managing people", 1, 0, 2, 1) in await amounts(found)


async def test_it_costs_the_same_for_any_number_of_people(found: Market) -> None:
    many = await market(9, 20)
    counts = []
    for one in (found, many):
        with queries_run() as ran:
            await amounts(one)
        counts.append(len(ran))
    assert counts[0] == counts[1]


async def test_only_who_runs_the_programme_asks(found: Market) -> None:
    for actor in (factories.actor_of(found.stranger), factories.manager_of((await market(1, 1)).manager)):
        with pytest.raises(NotFound):
            await supply_by_skill(actor, found.cohort.id)
