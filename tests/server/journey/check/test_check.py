"""A check-in with what happened so far: half-way at half of the weeks, open while it may be answered, read by whom."""

from datetime import timedelta

import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.goals import actions as goals
from server.journey.check.queries import check_in_page
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import NotFound
from server.kernel.ids import new_id
from server.matches.models import Match
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.surveys.actions import OPEN_FOR, answer_check_in, plan_check_in
from server.surveys.models import SurveyInvitation
from tests import factories
from tests.factories import Pair


@pytest.fixture
async def pair(db: object) -> Pair:
    made = await factories.active_match()
    await plan_check_in(system_actor(made.organization.id), made.match.id)
    return made


async def asked(pair: Pair) -> SurveyInvitation:
    return await SurveyInvitation.get(person_id=pair.mentee.id)


@pytest.mark.parametrize(("weeks", "half_way"), [(26, range(11, 16)), (12, range(4, 9)), (52, range(24, 29))])
async def test_half_way_is_within_two_weeks_of_the_middle(pair: Pair, weeks: int, half_way: range) -> None:
    invitation = await asked(pair)
    await Match.filter(id=pair.match.id).update(ends_on=factories.in_days(7 * weeks))
    found = []
    for _ in range(weeks):
        page = await check_in_page(pair.mentee_actor, invitation.id)
        assert page.weeks == weeks
        found += [page.week] if page.is_half_way else []
        clock.move(timedelta(days=7))
    assert found == list(half_way)


async def test_it_is_open_from_its_day_until_it_closes_or_is_answered(pair: Pair) -> None:
    invitation = await asked(pair)
    with clock.at(invitation.opens_at - timedelta(seconds=1)):
        assert not (await check_in_page(pair.mentee_actor, invitation.id)).is_open
        clock.move(timedelta(seconds=1))
        assert (await check_in_page(pair.mentee_actor, invitation.id)).is_open
        clock.move(OPEN_FOR - timedelta(seconds=1))
        assert (await check_in_page(pair.mentee_actor, invitation.id)).is_open
        clock.move(timedelta(seconds=1))
        assert not (await check_in_page(pair.mentee_actor, invitation.id)).is_open
    with clock.at(invitation.opens_at):
        await answer_check_in(pair.mentee_actor, invitation.id, usefulness=4, goal_distance=3)
        page = await check_in_page(pair.mentee_actor, invitation.id)
        assert page.answer is not None
        assert (page.is_open, page.answer.usefulness) == (False, 4)


async def test_it_says_what_happened_so_far(pair: Pair) -> None:
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="lead a product review", measure="two reviews led",
        due_on=factories.in_days(90),
    )
    steps = [await goals.add_milestone(pair.mentee_actor, goal.id, f"Step number {number}") for number in range(3)]
    await goals.tick_milestone(pair.mentee_actor, steps[0].id, True)
    await goals.drop_milestone(pair.mentee_actor, steps[2].id)
    for state in (SessionState.HELD, SessionState.LOGGED, SessionState.CANCELLED, SessionState.SCHEDULED):
        await Session.create(
            organization_id=pair.organization.id, match=pair.match, state=state, starts_at=clock.now(),
            ends_at=clock.now() + timedelta(minutes=45),
        )
    page = await check_in_page(pair.mentee_actor, (await asked(pair)).id)
    assert (page.held, page.steps, page.is_mentor, page.partner.id) == (2, (1, 2), False, pair.mentor.id)


async def test_who_reads_it_runs_this_programme_or_all(pair: Pair) -> None:
    system, invitation = system_actor(pair.organization.id), await asked(pair)
    other = await factories.program(pair.organization)
    assert (await check_in_page(pair.mentee_actor, invitation.id)).reader is None
    await grant_role(system, pair.stranger.id, Role.PROGRAM_MANAGER, other.id)
    assert (await check_in_page(pair.mentee_actor, invitation.id)).reader is None
    await grant_role(system, pair.manager.id, Role.PROGRAM_MANAGER, pair.program.id)
    reader = (await check_in_page(pair.mentee_actor, invitation.id)).reader
    assert reader is not None
    assert reader.id == pair.manager.id


async def test_it_is_nobody_elses(pair: Pair) -> None:
    invitation = await asked(pair)
    for actor in (pair.mentor_actor, pair.manager_actor, pair.line_manager_actor, pair.stranger_actor):
        with pytest.raises(NotFound):
            await check_in_page(actor, invitation.id)
    with pytest.raises(NotFound):
        await check_in_page(pair.mentee_actor, new_id())
