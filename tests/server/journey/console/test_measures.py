"""Each measure by hand: what is counted, what is not, and where the target lies."""

from datetime import datetime, timedelta

import pytest

from server.goals.models import Goal
from server.goals.states import GoalState
from server.journey.console.measures import Figure, MeasureKey, Standing, figures
from server.kernel import clock
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.states import ParticipantRole
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.factories import Pair


async def pair(of: Pair, days: float, **values: object) -> Match:
    """Two more people of the group, matched `days` ago."""
    people = [await factories.person(of.organization) for _ in range(2)]
    roles = (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
    mentor, mentee = [
        await factories.enrollment(of.cohort, someone, role) for someone, role in zip(people, roles, strict=True)
    ]
    return await factories.match(mentor, mentee, active_at=clock.now() - timedelta(days=days), **values)


async def met(match: Match, days_ago: float, state: SessionState = SessionState.HELD) -> None:
    ended: datetime = clock.now() - timedelta(days=days_ago)
    await Session.create(
        organization_id=match.organization_id, match=match, starts_at=ended - timedelta(minutes=45), ends_at=ended,
        state=state, booked_at=ended,
    )


async def counted(of: Pair) -> dict[MeasureKey, tuple[int, int]]:
    return {one.key: (one.part, one.whole) for one in await figures(of.manager_actor, [of.program.id])}


@pytest.fixture
async def group(db: object) -> Pair:
    """One pair that began today, and so counts nowhere but among the accepted."""
    return await factories.active_match()


async def test_a_pair_is_quiet_after_four_weeks_without_a_session(group: Pair) -> None:
    await pair(group, 27.9)
    for last in (28.1, 27.9, None):
        match = await pair(group, 60)
        if last:
            await met(match, last)
    await met(await pair(group, 60), 5, SessionState.NO_SHOW)
    await pair(group, 60, state=MatchState.PAUSED)
    assert (await counted(group))[MeasureKey.QUIET] == (3, 4)


async def test_pairs_of_three_weeks_have_started_once_they_met(group: Pair) -> None:
    await met(await pair(group, 21.1), 1)
    await met(await pair(group, 300, state=MatchState.CONCLUDED), 200)
    await pair(group, 22)
    await pair(group, 20.9)
    assert (await counted(group))[MeasureKey.STARTED] == (2, 3)


async def test_accepted_is_of_those_that_were_decided_or_ran_out(group: Pair) -> None:
    for state in (MatchState.DECLINED, MatchState.EXPIRED, MatchState.AWAITING_BOTH, MatchState.CANCELLED):
        made = await pair(group, 3, state=state)
        await Match.filter(id=made.id).update(active_at=None)
    assert (await counted(group))[MeasureKey.ACCEPTED] == (1, 3)


async def test_planned_sessions_follow_the_rhythm_of_the_last_four_weeks(group: Pair) -> None:
    long, short = await pair(group, 200), await pair(group, 15)
    for days_ago in (1, 10, 40):
        await met(long, days_ago)
    await met(short, 2)
    assert (await counted(group))[MeasureKey.HELD] == (3, 2 + 1)


async def test_a_goal_counts_once_it_is_no_draft(group: Pair) -> None:
    for state in (GoalState.ACTIVE, GoalState.DRAFT):
        match = await pair(group, 30)
        member = await match.members.filter(role=ParticipantRole.MENTEE).first()
        assert member is not None
        await Goal.create(
            organization_id=match.organization_id, enrollment_id=member.enrollment_id, person_id=member.person_id,
            match_id=match.id, state=state, want="To lead",
        )
    assert (await counted(group))[MeasureKey.GOALS] == (1, 2)


async def test_a_circle_counts_once_however_many_are_in_it(group: Pair) -> None:
    at = {"active_at": clock.now() - timedelta(days=30)}
    circle = await factories.active_circle(group.organization, group.program, **at)
    await met(circle.match, 2)
    found = await counted(group)
    assert (found[MeasureKey.STARTED], found[MeasureKey.QUIET]) == ((1, 1), (0, 1))
    assert found[MeasureKey.ACCEPTED] == (2, 2)


async def test_other_programmes_and_organisations_do_not_count(group: Pair) -> None:
    for other in (await factories.active_match(org=group.organization), await factories.active_match()):
        await pair(other, 60)
    assert (await counted(group))[MeasureKey.QUIET] == (0, 0)
    elsewhere = {one.key: one.whole for one in await figures(group.stranger_actor, [group.program.id])}
    assert set(elsewhere.values()) == {0}


@pytest.mark.parametrize(("key", "part", "standing"), [
    (MeasureKey.QUIET, 14, Standing.ON_TARGET), (MeasureKey.QUIET, 15, Standing.ON_TARGET),
    (MeasureKey.QUIET, 25, Standing.OFF_TARGET), (MeasureKey.QUIET, 26, Standing.RED),
    (MeasureKey.ACCEPTED, 85, Standing.ON_TARGET), (MeasureKey.ACCEPTED, 84, Standing.OFF_TARGET),
    (MeasureKey.ACCEPTED, 70, Standing.OFF_TARGET), (MeasureKey.ACCEPTED, 69, Standing.RED),
])
def test_a_figure_stands_where_the_target_says(key: MeasureKey, part: int, standing: Standing) -> None:
    assert Figure(key, part, 100).standing is standing


def test_without_a_denominator_there_is_no_figure() -> None:
    empty = Figure(MeasureKey.HELD, 0, 0)
    assert (empty.percent, empty.standing) == (None, Standing.NO_FIGURE)
    assert Figure(MeasureKey.HELD, 9, 6).percent == 100
