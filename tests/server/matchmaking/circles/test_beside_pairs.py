"""Circles beside the pairs of a programme: for who waits, or for everybody; places count for each kind apart."""

from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match
from server.matches.states import MatchKind, MatchState
from server.matchmaking import queries
from server.matchmaking.circles.forming import proof_of
from server.matchmaking.runs.actions import run_matching
from server.people.models import PersonSkill
from server.people.states import SkillSide
from server.programs import actions as programs
from server.programs.states import Circles, EnrollmentState, ParticipantRole, ProgramType
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
