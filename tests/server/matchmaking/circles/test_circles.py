"""A programme of circles in the product: formed, proposed, answered, changed by a manager, and lived to its end."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import Conflict, NotFound
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, ClosureReason, MatchKind, MatchState
from server.matchmaking import queries
from server.matchmaking.circles.forming import proof_of
from server.matchmaking.runs.actions import cancel_run, carry_out, run_matching, start_run
from server.matchmaking.states import RunState
from server.matchmaking.today.actions import accept_match
from server.matchmaking.today.rules import is_parted
from server.people.models import Person, PersonSkill
from server.people.states import SkillSide
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import ParticipantRole, ProgramType
from tests import factories

MENTEE, FACILITATOR = ParticipantRole.MENTEE, ParticipantRole.FACILITATOR
NAMES = ("Ana", "Bao", "Chidi", "Dina", "Emre", "Fay", "Goran", "Hana", "Ivo", "Jun", "Kofi", "Lin")


@dataclass
class World:
    program: Program
    cohort: Cohort
    manager: Actor
    members: list[Enrollment]
    leaders: list[Enrollment]


@pytest.fixture
async def world(db: object) -> World:
    """Twelve who want to learn from each other, and two who lead; everybody is free in working hours."""
    return await a_world()


async def a_world(leading: int = 2, **values: object) -> World:
    org = await factories.organization()
    program = await factories.program(org, **{"type": ProgramType.CIRCLE, **values})
    cohort = await factories.cohort(program)
    skills = [await factories.competency(org, name) for name in ("Python", "Negotiation", "Budgets")]
    members = []
    for at, name in enumerate(NAMES):
        person = await factories.person(org, given_name=name, seniority=4)
        await factories.working_week(person)
        for skill, side in ((skills[at % 3], SkillSide.OFFERED), (skills[(at + 1) % 3], SkillSide.WANTED)):
            await PersonSkill.create(organization_id=org.id, person_id=person.id, competency=skill, side=side)
        members.append(await factories.enrollment(cohort, person, MENTEE))
    leaders = []
    for name in ("Idris", "Mei")[:leading]:
        person = await factories.person(org, given_name=name, seniority=6)
        await factories.working_week(person)
        await PersonSkill.create(
            organization_id=org.id, person_id=person.id, competency=skills[0], side=SkillSide.OFFERED
        )
        leaders.append(await factories.enrollment(cohort, person, FACILITATOR))
    return World(program, cohort, factories.manager_of(await factories.person(org), program), members, leaders)


async def drafted(world: World) -> list[Match]:
    return await match_queries.matches_in(world.manager, world.cohort.id, [MatchState.DRAFT])


async def proposed(world: World) -> Match:
    """The first circle of a run, published, past the time in which that can be undone."""
    await run_matching(world.manager, world.cohort.id)
    match = (await drafted(world))[0]
    await matches.publish_match(world.manager, match.id, undo_within=timedelta())
    return await now(world, match)


async def now(world: World, match: Match) -> Match:
    return await match_queries.visible_match(world.manager, match.id)


def actor_of(member: MatchMember) -> Actor:
    return factories.actor_of(member.person)


async def test_a_run_forms_circles_of_everybody_each_with_who_leads_it_and_keeps_the_proof(world: World) -> None:
    run = await run_matching(world.manager, world.cohort.id)
    circles = await drafted(world)
    assert [match.kind for match in circles] == [MatchKind.CIRCLE] * 2
    leading = [match_queries.facilitator_of(one) for one in circles]
    assert {one.enrollment_id for one in leading if one} == {row.id for row in world.leaders}
    seated = [member.enrollment_id for one in circles for member in match_queries.learners(one)]
    assert sorted(seated) == sorted(row.id for row in world.members)
    proof = proof_of(run.result)
    assert proof is not None
    assert (proof.circles, proof.seated, proof.waiting, proof.violations, proof.with_hour) == (2, 12, 0, 0, 1.0)
    assert proof.sizes == {6: 2}
    assert circles[0].explanation["circle"]["times"]


async def test_a_later_run_leaves_a_locked_circle_whole_byte_for_byte_and_its_people_alone(world: World) -> None:
    await run_matching(world.manager, world.cohort.id)
    kept, other = await drafted(world)
    await matches.lock_pair(world.manager, kept.id)
    before = [member.enrollment_id for member in match_queries.in_order(kept)]
    await run_matching(world.manager, world.cohort.id)
    after = await drafted(world)
    assert kept.id in {one.id for one in after}
    assert other.id not in {one.id for one in after}
    whole = next(one for one in after if one.id == kept.id)
    assert [member.enrollment_id for member in match_queries.in_order(whole)] == before
    everybody = [member.enrollment_id for one in after for member in match_queries.in_order(one)]
    assert len(everybody) == len(set(everybody)) == 14


async def test_a_stopped_run_leaves_the_queue_as_it_was_and_one_taken_up_again_forms_circles_once(world: World) -> None:
    stopped = await start_run(world.manager, world.cohort.id)
    await cancel_run(world.manager, stopped.id)
    assert (await carry_out(world.manager, stopped.id)).state is RunState.CANCELLED
    assert await drafted(world) == []
    begun_anew = await start_run(world.manager, world.cohort.id)
    for _time in range(2):
        assert (await carry_out(world.manager, begun_anew.id)).state is RunState.DONE
    assert len(await drafted(world)) == 2
    later = await start_run(world.manager, world.cohort.id)
    await cancel_run(world.manager, later.id)
    assert {one.run_id for one in await drafted(world)} == {begun_anew.id}


async def test_the_same_people_are_put_into_the_same_circles(world: World) -> None:
    first = await run_matching(world.manager, world.cohort.id)
    again = await run_matching(world.manager, world.cohort.id)
    assert first.result["circles"]["groups"] == again.result["circles"]["groups"]


async def test_a_circle_that_nobody_leads_waits_for_the_manager_to_name_somebody(db: object) -> None:
    world = await a_world(leading=1)
    await run_matching(world.manager, world.cohort.id)
    leaderless = next(one for one in await drafted(world) if match_queries.facilitator_of(one) is None)
    assert leaderless.held_back
    with pytest.raises(Conflict, match="Nobody leads"):
        await matches.publish_match(world.manager, leaderless.id)
    person = await factories.person(await world.program.organization, given_name="Rui")
    late = await factories.enrollment(world.cohort, person, FACILITATOR)
    await matches.put_in(world.manager, leaderless.id, late.id)
    published = await matches.publish_match(world.manager, leaderless.id, undo_within=timedelta())
    assert published.state is MatchState.AWAITING_BOTH


async def test_a_circle_begins_with_who_leads_it_and_two_and_whoever_says_yes_later_joins(world: World) -> None:
    match = await proposed(world)
    leads, *members = match_queries.in_order(match)
    assert match.state is MatchState.AWAITING_BOTH
    assert (await matches.accept_match(actor_of(members[0]), match.id)).state is MatchState.AWAITING_BOTH
    assert (await matches.accept_match(actor_of(members[1]), match.id)).state is MatchState.AWAITING_MENTOR
    begun = await matches.accept_match(actor_of(leads), match.id)
    assert begun.state is MatchState.ACTIVE
    began = begun.active_at
    later = await matches.accept_match(actor_of(members[2]), match.id)
    assert (later.state, later.active_at) == (MatchState.ACTIVE, began)
    again = await matches.accept_match(actor_of(members[2]), match.id)
    assert again.state is MatchState.ACTIVE


async def test_a_rule_that_came_between_keeps_a_latecomer_out_and_sends_a_circle_back(world: World) -> None:
    begun = await proposed(world)
    leads, *members = match_queries.in_order(begun)
    for one in (leads, *members[:2]):
        assert not is_parted(await accept_match(actor_of(one), begun.id), actor_of(one))
    await Person.filter(id=members[2].person_id).update(line_manager_id=members[0].person_id)
    for one, kept_out in ((members[2], True), (members[3], False)):
        found = await accept_match(actor_of(one), begun.id)
        assert (found.state, is_parted(found, actor_of(one))) == (MatchState.ACTIVE, kept_out)
    other = (await drafted(world))[0]
    await matches.publish_match(world.manager, other.id, undo_within=timedelta())
    _leads, first, second, *_rest = match_queries.in_order(await now(world, other))
    await accept_match(actor_of(first), other.id)
    await Person.filter(id=second.person_id).update(line_manager_id=first.person_id)
    back = await accept_match(actor_of(second), other.id)
    assert (back.state, back.held_back, is_parted(back, actor_of(second))) == (MatchState.DRAFT, True, True)
    said = {one.person_id: one.approval for one in match_queries.in_order(await now(world, other))}
    assert (said[first.person_id], said[second.person_id]) == (Approval.ACCEPTED, Approval.PENDING)


async def test_a_no_takes_one_out_and_the_circle_goes_on(world: World) -> None:
    match = await proposed(world)
    leads, *members = match_queries.in_order(match)
    await matches.decline_match(actor_of(members[0]), match.id)
    with pytest.raises(NotFound):
        await match_queries.visible_match(actor_of(members[0]), match.id)
    for one in (leads, members[1], members[2]):
        await matches.accept_match(actor_of(one), match.id)
    found = await now(world, match)
    assert found.state is MatchState.ACTIVE
    assert len(match_queries.learners(found)) == 5
    waiting = {one.enrollment.id for one in await queries.line(world.manager, world.cohort.id)}
    assert members[0].enrollment_id in waiting


async def test_who_did_not_answer_in_time_falls_out_of_a_circle_that_runs(world: World) -> None:
    match = await proposed(world)
    leads, *members = match_queries.in_order(match)
    for one in (leads, members[0], members[1]):
        await matches.accept_match(actor_of(one), match.id)
    assert match.answer_by is not None
    with clock.at(match.answer_by + timedelta(minutes=1)):
        await matches.expire_match(world.manager, match.id)
    found = await now(world, match)
    assert found.state is MatchState.ACTIVE
    assert [one.approval for one in match_queries.in_order(found)] == [Approval.ACCEPTED] * 3


async def test_a_circle_that_did_not_begin_in_time_expires_and_its_people_are_placed_again(world: World) -> None:
    match = await proposed(world)
    leads, *members = match_queries.in_order(match)
    for one in (leads, members[0]):
        await matches.accept_match(actor_of(one), match.id)
    assert match.answer_by is not None
    with clock.at(match.answer_by + timedelta(minutes=1)):
        assert (await matches.expire_match(world.manager, match.id)).state is MatchState.EXPIRED
        run = await run_matching(world.manager, world.cohort.id)
    proof = proof_of(run.result)
    assert proof
    assert proof.seated == 12


async def test_when_who_would_lead_says_no_the_circle_goes_back_to_the_manager(world: World) -> None:
    match = await proposed(world)
    leads, first, *_rest = match_queries.in_order(match)
    await matches.accept_match(actor_of(first), match.id)
    await matches.decline_match(actor_of(leads), match.id)
    back = await now(world, match)
    assert (back.state, back.held_back, back.published_at) == (MatchState.DRAFT, True, None)
    other = await factories.enrollment(
        world.cohort, await factories.person(await world.program.organization, given_name="Rui"), FACILITATOR
    )
    await matches.put_in(world.manager, match.id, other.id)
    again = await matches.publish_match(world.manager, match.id, undo_within=timedelta())
    answers = {one.person_id: one.approval for one in match_queries.in_order(again)}
    assert answers[first.person_id] is Approval.ACCEPTED
    assert answers[other.person_id] is Approval.PENDING


async def test_a_manager_moves_somebody_from_circle_to_circle_and_leaves_the_others_as_they_are(world: World) -> None:
    await run_matching(world.manager, world.cohort.id)
    one, other = await drafted(world)
    moved = match_queries.learners(one)[0].enrollment_id
    with pytest.raises(Conflict, match="another circle"):
        await matches.put_in(world.manager, other.id, moved)
    await matches.take_out(world.manager, one.id, moved)
    changed = await matches.put_in(world.manager, other.id, moved)
    assert len(match_queries.learners(changed)) == 7
    assert len(match_queries.learners(await now(world, one))) == 5


async def test_whoever_came_in_since_the_rules_were_looked_at_stops_a_move(world: World) -> None:
    await run_matching(world.manager, world.cohort.id)
    one, other = await drafted(world)
    moved, since = (row.enrollment_id for row in match_queries.learners(one)[:2])
    looked_at = {row.enrollment_id for row in match_queries.in_order(other)}
    for enrollment_id in (moved, since):
        await matches.take_out(world.manager, one.id, enrollment_id)
    await matches.put_in(world.manager, other.id, since)
    with pytest.raises(Conflict, match="faster"):
        await matches.put_in(world.manager, other.id, moved, among=looked_at)
    assert len(match_queries.learners(await now(world, other))) == 7
    for row in match_queries.in_order(await now(world, one))[1:]:
        await matches.take_out(world.manager, one.id, row.enrollment_id)
    with pytest.raises(Conflict, match="one person in it"):
        await matches.lock_pair(world.manager, one.id)


async def test_a_circle_goes_on_when_somebody_leaves_and_when_who_leads_it_does(world: World) -> None:
    match = await begun(world)
    leads, first, *_rest = match_queries.in_order(match)
    await matches.release_matches(actor_of(first), first.enrollment_id, ClosureReason.NO_FAULT)
    await matches.end_match(actor_of(leads), match.id, ClosureReason.NO_FAULT)
    found = await now(world, match)
    assert found.state is MatchState.ACTIVE
    assert match_queries.facilitator_of(found) is None
    assert len(match_queries.in_order(found)) == 5


async def test_a_circle_ends_when_one_is_left_and_is_completed_after_its_time(world: World) -> None:
    match = await begun(world)
    people = match_queries.in_order(match)
    for one in people[:-1]:
        await matches.end_match(actor_of(one), match.id, ClosureReason.NO_FAULT)
    assert (await now(world, match)).state is MatchState.CONCLUDED
    other = (await drafted(world))[0]
    await matches.publish_match(world.manager, other.id, undo_within=timedelta())
    for one in match_queries.in_order(await now(world, other)):
        await matches.accept_match(actor_of(one), other.id)
    running = await now(world, other)
    assert running.ends_on is not None
    with clock.at(clock.now() + timedelta(days=183)):
        assert (await matches.reach_end_date(world.manager, other.id)).state is MatchState.DURATION_COMPLETED
    with clock.at(clock.now() + timedelta(days=200)):
        assert (await matches.reach_closing_end(world.manager, other.id)).state is MatchState.COMPLETED


async def begun(world: World) -> Match:
    match = await proposed(world)
    for one in match_queries.in_order(match):
        await matches.accept_match(actor_of(one), match.id)
    return await now(world, match)


async def test_one_member_cannot_let_a_circle_rest_but_who_leads_it_can(world: World) -> None:
    match = await begun(world)
    leads, first, *_rest = match_queries.in_order(match)
    with pytest.raises(Exception, match="change this match"):
        await matches.pause_match(actor_of(first), match.id)
    assert (await matches.pause_match(actor_of(leads), match.id)).state is MatchState.PAUSED


async def test_somebody_on_a_break_keeps_the_seat_in_a_circle_that_goes_on(world: World) -> None:
    match = await begun(world)
    first = match_queries.learners(match)[0]
    await matches.pause_matches(actor_of(first), first.enrollment_id, None)
    assert (await now(world, match)).state is MatchState.ACTIVE
