"""Who runs the programme gives a circle a later last day, and everybody in it hears of it once."""

from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.errors import Conflict, Invalid, Refused
from server.kernel.jobs import drain
from server.matches import actions
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.models import Message
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState
from tests import factories
from tests.factories import Circle


@pytest.fixture
async def circle(db: object) -> Circle:
    return await factories.active_circle()


async def test_everybody_in_it_is_told_once_and_it_is_undone_before_that(circle: Circle) -> None:
    was, later = circle.match.ends_on, factories.in_days(250)
    for _ in range(2):
        longer = await actions.extend_circle(circle.manager_actor, circle.match.id, later)
    assert (longer.ends_on, longer.state) == (later, MatchState.ACTIVE)
    assert await actions.undo_change(circle.manager_actor, circle.match.id)
    assert (await Match.get(id=circle.match.id)).ends_on == was
    await actions.extend_circle(circle.manager_actor, circle.match.id, later)
    clock.move(timedelta(minutes=11))
    await drain()
    told = await Message.filter(kind="Z03-circle").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted(one.id for one in (circle.facilitator, *circle.members))
    assert not await actions.undo_change(circle.manager_actor, circle.match.id)


async def test_past_its_last_day_it_meets_again(circle: Circle) -> None:
    clock.move(timedelta(days=183))
    assert (await actions.reach_end_date(circle.manager_actor, circle.match.id)).state is MatchState.DURATION_COMPLETED
    await Enrollment.filter(id=circle.enrollments[0].id).update(state=EnrollmentState.PAUSED)  # they keep their seat
    again = await actions.extend_circle(circle.manager_actor, circle.match.id, factories.in_days(30))
    assert (again.state, again.ends_on) == (MatchState.ACTIVE, factories.in_days(30))
    clock.move(timedelta(days=31))
    await drain()
    assert (await Match.get(id=circle.match.id)).state is MatchState.DURATION_COMPLETED


async def test_no_day_but_a_later_one_and_nobody_but_who_runs_it(circle: Circle) -> None:
    for day in (factories.in_days(5), factories.in_days(400)):
        with pytest.raises(Invalid):
            await actions.extend_circle(circle.manager_actor, circle.match.id, day)
    with pytest.raises(Refused):
        await actions.extend_circle(circle.facilitator_actor, circle.match.id, factories.in_days(250))


async def test_a_pair_agrees_on_it_by_itself(db: object) -> None:
    pair = await factories.active_match()
    with pytest.raises(Conflict, match="agree on that themselves"):
        await actions.extend_circle(pair.manager_actor, pair.match.id, factories.in_days(250))
