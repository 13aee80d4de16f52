"""A mentee whose match ran its time and was closed has completed the programme, before the group ends."""

import pytest

from server.journey.closing import actions
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Refused
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchState
from server.matchmaking.gather import gather
from server.programs.actions import invite, invite_many
from server.programs.models import Cohort, Enrollment
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState
from tests import factories
from tests.factories import Pair

MENTEE = ParticipantRole.MENTEE


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match(state=MatchState.DURATION_COMPLETED)


async def states(pair: Pair) -> tuple[EnrollmentState, EnrollmentState]:
    """Of mentor and mentee."""
    mentor = await Enrollment.get(id=pair.mentor_enrollment.id)
    return mentor.state, (await Enrollment.get(id=pair.mentee_enrollment.id)).state


async def in_the_pool(pair: Pair) -> set[str]:
    gathered = await gather(system_actor(pair.organization.id), pair.cohort)
    return {one.id for one in gathered.pool.participants}


async def another(pair: Pair, state: MatchState) -> Match:
    someone = await factories.person(pair.organization)
    mentor = await factories.enrollment(pair.cohort, someone, ParticipantRole.MENTOR)
    return await factories.match(mentor, pair.mentee_enrollment, state=state)


async def test_the_mentee_has_completed_it_and_the_mentor_takes_the_next(pair: Pair) -> None:
    assert str(pair.mentee_enrollment.id) in await in_the_pool(pair)
    await matches.close_match(pair.mentee_actor, pair.match.id)
    await drain(strict=False)
    assert await states(pair) == (EnrollmentState.ACTIVE, EnrollmentState.COMPLETED)
    assert await in_the_pool(pair) == {str(pair.mentor_enrollment.id)}
    await actions.complete_learners(system_actor(pair.organization.id), pair.match.id)
    assert await AuditEvent.filter(action="enrollment.cohort_end").count() == 1


@pytest.mark.parametrize("state", [MatchState.ACTIVE, MatchState.AWAITING_MENTOR, MatchState.DURATION_COMPLETED])
async def test_not_while_another_match_of_theirs_goes_on(pair: Pair, state: MatchState) -> None:
    await another(pair, state)
    await matches.close_match(pair.mentee_actor, pair.match.id)
    await drain(strict=False)
    assert await states(pair) == (EnrollmentState.ACTIVE, EnrollmentState.ACTIVE)


async def test_a_draft_that_a_run_made_meanwhile_goes(pair: Pair) -> None:
    draft = await another(pair, MatchState.DRAFT)
    await matches.close_match(pair.mentee_actor, pair.match.id)
    await drain(strict=False)
    assert await states(pair) == (EnrollmentState.ACTIVE, EnrollmentState.COMPLETED)
    assert (await Match.get(id=draft.id)).state is MatchState.CANCELLED


async def test_an_end_before_its_time_leaves_the_mentee_in_the_pool(db: object) -> None:
    pair = await factories.active_match()
    await matches.end_match(pair.mentee_actor, pair.match.id, ClosureReason.NO_FAULT)
    await drain(strict=False)
    assert await states(pair) == (EnrollmentState.ACTIVE, EnrollmentState.ACTIVE)


async def test_only_the_product_completes_somebody(pair: Pair) -> None:
    with pytest.raises(Refused):
        await actions.complete_learners(pair.manager_actor, pair.match.id)


async def test_a_group_that_closes_is_a_cycle_for_whoever_found_nobody_and_the_next_one_knows_it(pair: Pair) -> None:
    rows = [
        await factories.enrollment(pair.cohort, await factories.person(pair.organization), MENTEE, state=state)
        for state in (EnrollmentState.ACTIVE, EnrollmentState.WAITLISTED, EnrollmentState.PAUSED)
    ]
    await Enrollment.filter(id=rows[1].id).update(active_at=None)
    await Enrollment.filter(id__in=[rows[0].id, pair.mentee_enrollment.id]).update(waited_cycles=2)
    await Match.filter(id=pair.match.id).update(active_at=clock.now())
    await Cohort.filter(id=pair.cohort.id).update(state=ProgramState.CLOSING)
    for _ in range(2):
        await actions.close_cohort(pair.manager_actor, pair.cohort.id)
    everybody = [*rows, pair.mentee_enrollment]
    assert [(await Enrollment.get(id=row.id)).waited_cycles for row in everybody] == [3, 1, 0, 0]
    spring = await factories.cohort(pair.program)
    again = await invite_many(pair.manager_actor, spring.id, [(row.person_id, MENTEE, 1) for row in everybody])
    assert [row.waited_cycles for row in again] == [3, 1, 0, 0]
    left = await factories.enrollment(
        pair.cohort, pair.stranger, MENTEE, state=EnrollmentState.WITHDRAWN, waited_cycles=4
    )
    assert (await invite(pair.manager_actor, spring.id, left.person_id, MENTEE)).waited_cycles == 0, "they left"
