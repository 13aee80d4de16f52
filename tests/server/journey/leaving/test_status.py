"""What the employer's records say: leave, return, departure."""

import pytest

from server.access.actions import open_session
from server.access.models import UserSession
from server.journey.leaving import actions
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Refused
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchState
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.states import RunState
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.factories import Pair


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def becomes(person: Person, status: PersonStatus) -> None:
    """The fact, as an import writes it."""
    was = (await Person.get(id=person.id)).status
    await Person.filter(id=person.id).update(status=status)
    async with unit_of_work(system_actor(person.organization_id)) as unit:
        await unit.publish(
            "person.status_changed", subject_id=person.id, person_id=person.id, was=was, status=status
        )
    await drain(strict=False)


async def stands(pair: Pair) -> tuple[MatchState, EnrollmentState, EnrollmentState]:
    rows = await Enrollment.filter(cohort_id=pair.cohort.id)
    found = {row.id: row.state for row in rows}
    match = await Match.get(id=pair.match.id)
    return match.state, found[pair.mentor_enrollment.id], found[pair.mentee_enrollment.id]


async def test_leave_rests_the_match_and_return_goes_on(pair: Pair) -> None:
    await becomes(pair.mentor, PersonStatus.LEAVE)
    assert await stands(pair) == (MatchState.PAUSED, EnrollmentState.PAUSED, EnrollmentState.ACTIVE)
    await becomes(pair.mentor, PersonStatus.ACTIVE)
    assert await stands(pair) == (MatchState.ACTIVE, EnrollmentState.ACTIVE, EnrollmentState.ACTIVE)


async def test_a_break_of_ones_own_outlasts_a_return(pair: Pair) -> None:
    until = factories.in_days(40)
    await actions.take_break(pair.mentor_actor, pair.mentor_enrollment.id, until)
    await becomes(pair.mentor, PersonStatus.ACTIVE)
    assert (await Enrollment.get(id=pair.mentor_enrollment.id)).paused_until == until


async def test_departure_ends_everything_and_who_stays_waits_first(pair: Pair) -> None:
    await open_session(pair.mentor)
    await becomes(pair.mentor, PersonStatus.ENDED)
    assert await stands(pair) == (MatchState.CONCLUDED, EnrollmentState.DEPROVISIONED, EnrollmentState.ACTIVE)
    assert (await Match.get(id=pair.match.id)).closure_reason is ClosureReason.DEPARTURE
    assert not await UserSession.filter(person_id=pair.mentor.id, revoked_at=None).exists()
    assert (await Enrollment.get(id=pair.mentee_enrollment.id)).waited_cycles == 1


async def test_departure_told_twice_writes_nothing_more(pair: Pair) -> None:
    await becomes(pair.mentor, PersonStatus.ENDED)
    before = await AuditEvent.all().count()
    await becomes(pair.mentor, PersonStatus.ENDED)
    assert await AuditEvent.all().count() == before


async def test_who_comes_back_after_a_departure_does_not_get_the_old_place(pair: Pair) -> None:
    await becomes(pair.mentor, PersonStatus.ENDED)
    await becomes(pair.mentor, PersonStatus.ACTIVE)
    assert (await stands(pair))[1] is EnrollmentState.DEPROVISIONED


async def test_departure_reaches_enrolments_that_had_ended_and_keeps_their_day(pair: Pair) -> None:
    left = await actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    await becomes(pair.mentor, PersonStatus.ENDED)
    gone = await Enrollment.get(id=pair.mentor_enrollment.id)
    assert (gone.state, gone.ended_at) == (EnrollmentState.DEPROVISIONED, left.ended_at)


async def test_who_stays_gets_the_next_best_as_a_draft_that_names_the_match_that_ended(pair: Pair) -> None:
    other = await factories.enrollment(
        pair.cohort, await factories.person(pair.organization), ParticipantRole.MENTOR, capacity=1
    )
    run = await MatchRun.create(
        organization_id=pair.organization.id, program_id=pair.program.id, cohort_id=pair.cohort.id,
        state=RunState.DONE, engine_version="1", weights_version="1", started_by="system", pool_digest="",
    )
    for rank, mentor in enumerate((pair.mentor_enrollment, other)):
        await MatchSuggestion.create(
            organization_id=pair.organization.id, run_id=run.id, mentor_enrollment_id=mentor.id,
            mentee_enrollment_id=pair.mentee_enrollment.id, rank=rank, fit=80 - rank, confidence=0.5, factors={},
        )
    await becomes(pair.mentor, PersonStatus.ENDED)
    draft = await Match.get(state=MatchState.DRAFT).prefetch_related("members")
    assert draft.rematch_of_id == pair.match.id
    assert {member.enrollment_id for member in draft.members} == {other.id, pair.mentee_enrollment.id}


async def test_only_the_product_follows_the_records(pair: Pair) -> None:
    with pytest.raises(Refused):
        await actions.follow_status(pair.manager_actor, pair.mentor.id)
