"""What stands around every page: the right organisation's, in three queries; the manager's count only for managers."""

from datetime import timedelta

import pytest

from server.journey.frame.queries import drafts_waiting, frame_of
from server.kernel import clock
from server.kernel.actor import Grant, Permission, system_actor
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.models import Profile
from server.people.offers.actions import refuse_offer
from server.people.states import Look, Offer
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.factories import Pair
from tests.queries import queries_run


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def test_the_programme_of_the_latest_invitation_stands_there_and_every_role(pair: Pair) -> None:
    later = await factories.program(pair.organization, name="Open Waters")
    row = await factories.enrollment(
        await factories.cohort(later), pair.mentor, ParticipantRole.MENTEE,
        invited_at=clock.now() + timedelta(days=1),
    )
    frame = await frame_of(pair.mentor_actor, pair.mentor)
    assert (frame.program_name, set(frame.roles)) == ("Open Waters", {ParticipantRole.MENTOR, ParticipantRole.MENTEE})
    await Enrollment.filter(id=row.id).update(state=EnrollmentState.WITHDRAWN)
    frame = await frame_of(pair.mentor_actor, pair.mentor)
    assert (frame.program_name, set(frame.roles)) == ("Rising Leads", {ParticipantRole.MENTOR})


async def test_who_takes_part_in_nothing_has_a_frame_too(pair: Pair) -> None:
    frame = await frame_of(pair.stranger_actor, pair.stranger)
    assert (frame.program_name, frame.roles, frame.look) == ("", frozenset(), Look.SYSTEM)
    assert frame.organization.id == pair.organization.id


async def test_the_look_and_the_language_are_ones_own_else_the_organisations(pair: Pair) -> None:
    pair.organization.language = "pt-PT"
    await pair.organization.save()
    await Profile.create(organization_id=pair.organization.id, person=pair.mentee, look=Look.DARK)
    frame = await frame_of(pair.mentee_actor, pair.mentee)
    assert (frame.look, frame.language) == (Look.DARK, "pt-PT")
    pair.mentee.language = "en-GB"
    assert (await frame_of(pair.mentee_actor, pair.mentee)).language == "en-GB"


async def test_what_they_said_not_now_to_stands_there_for_every_page(pair: Pair) -> None:
    assert (await frame_of(pair.mentee_actor, pair.mentee)).refused == frozenset()
    for offer in Offer:
        await refuse_offer(pair.mentee_actor, offer)
    assert (await frame_of(pair.mentee_actor, pair.mentee)).refused == set(Offer)
    assert (await frame_of(pair.mentor_actor, pair.mentor)).refused == frozenset()


async def test_it_costs_three_queries_however_much_one_takes_part_in(pair: Pair) -> None:
    with queries_run() as few:
        await frame_of(pair.mentor_actor, pair.mentor)
    for _ in range(5):
        cohort = await factories.cohort(await factories.program(pair.organization))
        await factories.enrollment(cohort, pair.mentor, ParticipantRole.MENTOR)
    with queries_run() as many:
        await frame_of(pair.mentor_actor, pair.mentor)
    assert len(few) == len(many) == 3


async def test_what_waits_is_counted_in_ones_own_programmes(pair: Pair) -> None:
    other = await factories.active_match(pair.organization, state=MatchState.AWAITING_ADMIN)
    foreign = await factories.active_match(state=MatchState.DRAFT)
    await Match.filter(id=pair.match.id).update(state=MatchState.DRAFT)
    everything = factories.actor_of(pair.manager, Grant(Permission.PROGRAM_MATCHES_DECIDE))
    assert await drafts_waiting(pair.manager_actor) == 1
    assert await drafts_waiting(factories.manager_of(pair.manager, pair.program, other.program)) == 2
    assert await drafts_waiting(everything) == 2
    assert await drafts_waiting(system_actor(foreign.organization.id)) == 1
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_BOTH)
    assert await drafts_waiting(pair.manager_actor) == 0


async def test_nobody_else_pays_for_the_count(pair: Pair) -> None:
    readers = factories.actor_of(pair.manager, Grant(Permission.PROGRAM_MATCHES_READ))
    with queries_run() as ran:
        for actor in (pair.mentor_actor, pair.stranger_actor, readers):
            assert await drafts_waiting(actor) == 0
    assert ran == []
