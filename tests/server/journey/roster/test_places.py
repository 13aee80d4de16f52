"""A manager sets a mentor's places: never fewer than are taken, and more let the waiting list move up."""

import pytest

from server.journey.roster import actions
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.programs.models import Enrollment, WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories


@pytest.fixture
async def pair(db: object) -> factories.Pair:
    return await factories.active_match()


async def capacity(pair: factories.Pair) -> int:
    return (await Enrollment.get(id=pair.mentor_enrollment.id)).capacity


async def test_places_are_kept_once_and_audited(pair: factories.Pair) -> None:
    for _ in range(2):
        await actions.set_places(pair.manager_actor, pair.mentor_enrollment.id, 4)
    assert await capacity(pair) == 4
    [entry] = await AuditEvent.filter(action="enrollment.set_places")
    assert entry.detail == {"was": 2, "now": 4}


@pytest.mark.parametrize("places", [0, -1, 21])
async def test_places_stay_within_bounds(pair: factories.Pair, places: int) -> None:
    with pytest.raises(Invalid):
        await actions.set_places(pair.manager_actor, pair.mentor_enrollment.id, places)


async def test_taken_places_are_never_taken_back(pair: factories.Pair) -> None:
    other = await factories.enrollment(pair.cohort, pair.stranger, ParticipantRole.MENTEE)
    await factories.match(pair.mentor_enrollment, other)
    with pytest.raises(Invalid, match="2"):
        await actions.set_places(pair.manager_actor, pair.mentor_enrollment.id, 1)
    assert await capacity(pair) == 2


async def test_more_places_let_the_waiting_list_move_up(pair: factories.Pair) -> None:
    rows = []
    for _ in range(2):
        someone = await factories.person(pair.organization)
        row = await factories.enrollment(
            pair.cohort, someone, ParticipantRole.MENTEE, state=EnrollmentState.WAITLISTED
        )
        await WaitlistEntry.create(organization_id=row.organization_id, enrollment=row, cohort_id=row.cohort_id)
        rows.append(row)
    await actions.set_places(pair.manager_actor, pair.mentor_enrollment.id, 2)
    await actions.set_places(pair.manager_actor, pair.mentor_enrollment.id, 3)
    states = [(await Enrollment.get(id=row.id)).state for row in rows]
    assert states == [EnrollmentState.ACTIVE, EnrollmentState.ACTIVE]


async def test_only_a_mentor_has_places_and_only_a_manager_sets_them(pair: factories.Pair) -> None:
    with pytest.raises(Conflict):
        await actions.set_places(pair.manager_actor, pair.mentee_enrollment.id, 2)
    for actor in (pair.mentor_actor, pair.stranger_actor):
        with pytest.raises((NotFound, Refused)):
            await actions.set_places(actor, pair.mentor_enrollment.id, 3)
