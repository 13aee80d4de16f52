"""Circles beside the pairs of a programme: for who waits, or for everybody; places count for each kind apart."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from server.journey.asking.queries import Asking, asking_page
from server.journey.closing.actions import complete_learners
from server.journey.closing.queries import ever_matched
from server.journey.console.queries import today
from server.journey.leaving.actions import leave_program, take_break
from server.journey.record.queries import pair_record
from server.journey.reviewing.queries import groups
from server.journey.roster.queries import Asked, roster
from server.journey.roster.states import Stand
from server.journey.today.queries import home
from server.journey.waiting.queries import waiting_page
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, ClosureReason, MatchKind, MatchState
from server.matches.steps import UNDO_ONE
from server.matchmaking import queries
from server.matchmaking.circles.forming import proof_of
from server.matchmaking.gather import gather
from server.matchmaking.queue.queries import someone_is_needed
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.today.actions import accept_match
from server.people.models import PersonSkill
from server.people.states import SkillSide
from server.programs import actions as programs
from server.programs.models import Enrollment
from server.programs.states import Circles, EnrollmentState, ParticipantRole, ProgramType
from tests import factories
from tests.server.matchmaking.circles.test_circles import World, a_world


async def paired(world: World, circles: Circles) -> dict[MatchKind, list[Match]]:
    """One of those who lead is a mentor with two places too; then a run. The drafts by kind."""
    manager = world.manager
    await programs.set_circles(manager, world.program.id, circles)
    lead = world.leaders[0]
    await lead.fetch_related("person")
    mentor = await type(lead).create(
        organization_id=lead.organization_id, program_id=lead.program_id, cohort_id=lead.cohort_id,
        person_id=lead.person_id, role=ParticipantRole.MENTOR, state=EnrollmentState.ACTIVE, capacity=2,
    )
    assert await PersonSkill.filter(person_id=mentor.person_id, side=SkillSide.OFFERED).exists()
    await run_matching(manager, world.cohort.id)
    drafts = await match_queries.matches_in(manager, world.cohort.id, [MatchState.DRAFT])
    return {kind: [one for one in drafts if one.kind is kind] for kind in MatchKind}


async def test_who_waits_for_a_mentor_is_offered_a_circle_and_keeps_the_place_in_line(db: object) -> None:
    world = await a_world(type=ProgramType.ONE_TO_ONE)
    made = await paired(world, Circles.WAITING)
    assert len(made[MatchKind.PAIR]) == 2
    seated = {one.enrollment_id for match in made[MatchKind.CIRCLE] for one in match_queries.learners(match)}
    mentored = {one.enrollment_id for match in made[MatchKind.PAIR] for one in match_queries.learners(match)}
    assert seated == {row.id for row in world.members} - mentored
    line = await queries.line(world.manager, world.cohort.id)
    assert {one.enrollment.id for one in line} == seated
    run = await queries.latest_run(world.manager, world.cohort.id)
    assert run is not None
    proof = proof_of(run.result)
    assert proof is not None
    assert (proof.seated, proof.violations) == (10, 0)


async def test_everybody_has_a_circle_besides_and_nobody_sits_with_their_own_mentor(db: object) -> None:
    world = await a_world(type=ProgramType.ONE_TO_ONE)
    made = await paired(world, Circles.EVERYBODY)
    circles, pairs = made[MatchKind.CIRCLE], made[MatchKind.PAIR]
    assert len({one.enrollment_id for match in circles for one in match_queries.learners(match)}) == 12
    for pair in pairs:
        both = {one.person_id for one in match_queries.in_order(pair)}
        assert all(len(both & {one.person_id for one in match_queries.in_order(one)}) < 2 for one in circles)
    for match in (*pairs, *circles):
        if match_queries.is_circle(match) and match_queries.facilitator_of(match) is None:
            continue
        assert (await matches.publish_match(world.manager, match.id)).state is MatchState.AWAITING_BOTH


async def test_with_circles_whoever_stood_in_line_outside_is_let_in(db: object) -> None:
    world = await a_world(leading=0, type=ProgramType.ONE_TO_ONE)
    row = world.members[0]
    await type(row).filter(id=row.id).update(state=EnrollmentState.PENDING_APPROVAL)
    waiting = await programs.approve_admission(world.manager, row.id)
    assert waiting.state is EnrollmentState.WAITLISTED
    await programs.set_circles(world.manager, world.program.id, Circles.WAITING)
    assert (await type(row).get(id=row.id)).state is EnrollmentState.ACTIVE


@dataclass(frozen=True)
class Beside:
    """A running circle of a programme of pairs, and a mentor with one free place there."""

    circle: factories.Circle
    mentor: Enrollment

    @property
    def ana(self) -> Enrollment:
        """The first member."""
        return self.circle.enrollments[0]

    async def pair(self, **values: object) -> Match:
        """Ana and the mentor."""
        return await factories.match(self.mentor, self.ana, **values)


async def beside(**values: object) -> Beside:
    """`values` differ the circle."""
    org = await factories.organization()
    of = await factories.program(org, type=ProgramType.ONE_TO_ONE, circles=Circles.WAITING, mentees_may_ask=True)
    circle = await factories.active_circle(org, of, **values)
    mentor = await factories.person(org, given_name="Sol", family_name="Brightwater")
    await factories.working_week(mentor)
    return Beside(circle, await factories.enrollment(circle.cohort, mentor, ParticipantRole.MENTOR))


async def test_a_pair_of_somebody_in_a_running_circle_is_approved_agreed_to_and_begins(db: object) -> None:
    there = await beside()
    pair = await there.pair(state=MatchState.DRAFT)
    assert (await asking_page(there.circle.member_actors[0], there.ana.id)).asking is Asking.OPEN
    await matches.publish_match(there.circle.manager_actor, pair.id, undo_within=timedelta())
    mentor = factories.actor_of(await there.mentor.person)
    for actor in (there.circle.member_actors[0], mentor):
        pair = await accept_match(actor, pair.id)
    assert (pair.state, pair.closure_reason) == (MatchState.ACTIVE, None)
    assert (await Match.get(id=there.circle.match.id)).state is MatchState.ACTIVE
    assert (await asking_page(there.circle.member_actors[0], there.ana.id)).asking is Asking.FULL


async def test_who_has_a_pair_joins_a_circle(db: object) -> None:
    there = await beside(state=MatchState.DRAFT)
    await there.pair()
    circle = await matches.publish_match(there.circle.manager_actor, there.circle.match.id, undo_within=timedelta())
    for actor in (there.circle.facilitator_actor, *there.circle.member_actors):
        circle = await accept_match(actor, circle.id)
    assert circle.state is MatchState.ACTIVE
    assert {one.approval for one in circle.members} == {Approval.ACCEPTED}


async def test_an_end_of_a_pair_or_of_a_circle_is_taken_back_beside_the_other_kind(db: object) -> None:
    there = await beside()
    pair, manager = await there.pair(), there.circle.manager_actor
    for match in (pair, there.circle.match):
        await matches.end_match(manager, match.id, ClosureReason.NO_FAULT, undo_within=UNDO_ONE)
        assert await matches.undo_change(manager, match.id)
        assert (await Match.get(id=match.id)).state is MatchState.ACTIVE


async def test_who_meets_in_a_circle_alone_still_waits_for_a_mentor_and_may_ask(db: object) -> None:
    there = await beside()
    ana = there.circle.member_actors[0]
    seen = await home(ana)
    assert [len(one) for one in (seen.circles, seen.waiting, seen.may_ask)] == [1, 1, 1]
    assert (await waiting_page(ana, there.circle.program.key)).match is None
    assert (await home(there.circle.facilitator_actor)).waiting == []
    pair = await there.pair()
    seen = await home(ana)
    assert [len(one) for one in (seen.circles, seen.waiting, seen.may_ask)] == [1, 0, 0]
    found = (await waiting_page(ana, there.circle.program.key)).match
    assert found is not None
    assert found.id == pair.id
    await matches.end_match(there.circle.manager_actor, pair.id, ClosureReason.NO_FAULT)
    seen = await home(ana)
    assert [(one.match.id, one.goes_on) for one in seen.parted] == [(pair.id, True)], "the circle does not hide it"
    await take_break(ana, there.ana.id, factories.in_days(9))
    assert (await home(ana)).resting == [], "the circle tells of the break"


async def test_who_is_left_without_a_mentor_is_told_of_whatever_circle_they_sit_in(db: object) -> None:
    there = await beside()
    pair, manager = await there.pair(), there.circle.manager_actor
    waiting = [one.person.given_name for one in (await roster(manager, Asked(stand=Stand.UNMATCHED))).people]
    assert waiting == ["Bao", "Chidi", "Dina", "Emre", "Noor"]
    await leave_program(factories.actor_of(await there.mentor.person), there.mentor.id)
    assert [one.match.id for one in (await today(manager)).partings] == [pair.id]
    assert (await pair_record(manager, pair.id)).successor is None
    found = (await roster(manager, Asked(stand=Stand.UNMATCHED))).people
    assert "Ana" in {one.person.given_name for one in found}


async def test_who_stepped_out_of_a_circle_is_in_none_on_the_list_of_people(db: object) -> None:
    there = await beside()
    await matches.end_match(there.circle.member_actors[0], there.circle.match.id, ClosureReason.NO_FAULT)
    found = (await roster(there.circle.manager_actor, Asked(words="Ana"))).people
    assert [one.matches for one in found] == [[]]
    paired = (await roster(there.circle.manager_actor, Asked(stand=Stand.PAIRED))).people
    assert "Ana" not in {one.person.given_name for one in paired}


async def nobody_is_sought_for_ana(there: Beside) -> None:
    """In no run, no line and no count, whatever still waits for the five others."""
    manager, cohort = there.circle.manager_actor, there.circle.cohort
    others = {row.id for row in there.circle.enrollments[1:]}
    pool = (await gather(manager, cohort)).pool
    assert {one.id for one in pool.participants} == {str(one) for one in (*others, there.mentor.id)}
    assert {one.enrollment.id for one in await queries.line(manager, cohort.id)} == others
    assert not await someone_is_needed(manager, there.ana)
    assert [group.unmatched for group in await groups(manager)] == [len(others)]
    unmatched = {one.person.id for one in (await roster(manager, Asked(stand=Stand.UNMATCHED))).people}
    assert unmatched == {row.person_id for row in there.circle.enrollments[1:]}
    seen = await home(there.circle.member_actors[0])
    assert (seen.waiting, seen.may_ask) == ([], [])


@pytest.mark.parametrize("way", ["ended", "left", "not answered"])
async def test_who_had_their_time_has_completed_it_however_their_circle_ends(db: object, way: str) -> None:
    there = await beside()
    pair, circle, ana = await there.pair(), there.circle.match, there.circle.member_actors[0]
    await Match.filter(id=pair.id).update(state=MatchState.DURATION_COMPLETED)
    if way == "not answered":
        await MatchMember.filter(match_id=circle.id, person_id=ana.person_id).update(approval=Approval.PENDING)
        await Match.filter(id=circle.id).update(answer_by=clock.now())
    await matches.close_match(ana, pair.id)
    await drain(strict=False)
    assert (await Enrollment.get(id=there.ana.id)).state is EnrollmentState.ACTIVE
    if way == "not answered":
        await matches.expire_match(system_actor(circle.organization_id), circle.id)
    else:
        actor = ana if way == "left" else there.circle.manager_actor
        await matches.end_match(actor, circle.id, ClosureReason.NO_FAULT)
    await drain(strict=False)
    states = [row.state for row in await Enrollment.filter(cohort_id=circle.cohort_id).order_by("id")]
    assert (await Enrollment.get(id=there.ana.id)).state is EnrollmentState.COMPLETED
    assert states.count(EnrollmentState.COMPLETED) == 1


async def test_a_pair_ends_while_a_circle_runs_and_the_circle_while_others_wait_for_a_mentor(db: object) -> None:
    there = await beside()
    pair, circle = await there.pair(), there.circle.match
    product, ids = system_actor(pair.organization_id), [row.id for row in there.circle.enrollments]
    states = []
    for match in (pair, circle):
        await Match.filter(id=match.id).update(state=MatchState.DURATION_COMPLETED)
        await matches.close_match(product, match.id)
        await complete_learners(product, match.id)
        states.append((await Enrollment.get(id=there.ana.id)).state)
        if match is pair:
            assert await match_queries.seats_taken(product, ids, MatchKind.CIRCLE) == dict.fromkeys(ids, 1)
            await nobody_is_sought_for_ana(there)
    assert states == [EnrollmentState.ACTIVE, EnrollmentState.COMPLETED]
    assert {row.state for row in await Enrollment.filter(id__in=ids[1:])} == {EnrollmentState.ACTIVE}
    assert await ever_matched(product, ids) == {there.ana.id}, "a circle beside is no end of the wait for a mentor"
