"""Whoever comes when circles stand: a seat is found for them, a manager gives it, and nobody else moves."""

import asyncio
from datetime import timedelta

import pytest

from server.kernel.db import Json
from server.kernel.errors import Conflict
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchState
from server.matchmaking.circles.actions import move_into
from server.matchmaking.circles.forming import proof_of
from server.matchmaking.engine import WaitCode
from server.matchmaking.engine.groups.seating import MOST
from server.matchmaking.models import MatchRun
from server.matchmaking.queries import line
from server.matchmaking.queue.actions import match_newcomers, preview_matching, use_run
from server.matchmaking.queue.seats import seats_found
from server.matchmaking.runs.actions import carry_out, run_matching, start_run
from server.matchmaking.states import RunState
from server.people.models import PersonSkill
from server.people.states import SkillSide
from server.programs.actions import set_circle_size
from server.programs.models import Enrollment
from tests import factories
from tests.server.matchmaking.circles.test_circles import MENTEE, World, a_world, actor_of, begun
from tests.server.matchmaking.circles.test_circles import drafted as drafts


@pytest.fixture
async def world(db: object) -> World:
    """Two circles of six: one that runs, and a draft."""
    world = await a_world()
    await begun(world)
    return world


async def comes(world: World, name: str = "Nia", skill: str = "Python") -> Enrollment:
    """Somebody joins who knows something, and wants what somebody knows."""
    person = await factories.person(await world.program.organization, given_name=name, seniority=4)
    await factories.working_week(person)
    known = await PersonSkill.filter(competency__name=skill).first().prefetch_related("competency")
    assert known is not None
    await PersonSkill.create(
        organization_id=person.organization_id, person_id=person.id, competency=known.competency, side=SkillSide.WANTED
    )
    return await factories.enrollment(world.cohort, person, MENTEE)


async def newcomers(world: World) -> MatchRun:
    return await carry_out(world.manager, (await match_newcomers(world.manager, world.cohort.id)).id)


async def rows() -> list[Json]:
    return [*await Match.all().order_by("id").values(), *await MatchMember.all().order_by("id").values()]


async def the(world: World, state: MatchState) -> Match:
    (found,) = await match_queries.matches_in(world.manager, world.cohort.id, [state])
    return await match_queries.visible_match(world.manager, found.id)


@pytest.mark.parametrize("state", [MatchState.ACTIVE, MatchState.DRAFT])
async def test_a_newcomer_is_offered_a_seat_and_nobody_who_stands_is_touched(world: World, state: MatchState) -> None:
    other = await the(world, MatchState.DRAFT if state is MatchState.ACTIVE else MatchState.ACTIVE)
    circle = await the(world, state)
    if state is MatchState.ACTIVE:
        await matches.lock_pair(world.manager, other.id)
    else:
        await matches.pause_match(world.manager, other.id)
    nia, before = await comes(world), await rows()
    run = await newcomers(world)
    assert await rows() == before
    proof = proof_of(run.result)
    assert proof is not None
    assert (proof.circles, proof.seats, run.result["waiting"]) == (0, 1, 1)
    (waits,) = await line(world.manager, world.cohort.id)
    assert (waits.enrollment.id, waits.code) == (nia.id, WaitCode.SEAT_FOUND)
    assert [row.id for row in await seats_found(world.manager, circle)] == [nia.id]
    assert await seats_found(world.manager, other) == []

    moved = await move_into(world.manager, circle.id, nia.id, "The matching found this seat.")
    assert str(nia.id) in moved.explanation["circle"]["members"]
    assert await seats_found(world.manager, moved) == []
    member = next(one for one in match_queries.learners(moved) if one.enrollment_id == nia.id)
    assert member.approval is Approval.PENDING
    if state is MatchState.DRAFT:
        await matches.publish_match(world.manager, moved.id, undo_within=timedelta())
    answered = await matches.accept_match(actor_of(member), moved.id)
    assert len(match_queries.learners(answered)) == 7
    assert await line(world.manager, world.cohort.id) == []


async def test_a_run_for_everybody_finds_seats_in_circles_that_run_for_who_is_left(world: World) -> None:
    running = await the(world, MatchState.ACTIVE)
    await matches.lock_pair(world.manager, (await the(world, MatchState.DRAFT)).id)
    names = [await comes(world, name) for name in ("Nia", "Otto", "Pia")]
    run = await run_matching(world.manager, world.cohort.id)
    assert len(await seats_found(world.manager, running)) == MOST - 6
    codes = [one["code"] for one in run.result["waitlist"]]
    assert sorted(codes) == sorted([WaitCode.SEAT_FOUND, WaitCode.SEAT_FOUND, WaitCode.TOO_FEW])
    assert {one["enrollment_id"] for one in run.result["waitlist"]} == {str(row.id) for row in names}


async def test_a_rule_that_came_up_since_keeps_somebody_from_the_seat_that_was_found(world: World) -> None:
    circle = await the(world, MatchState.ACTIVE)
    await matches.lock_pair(world.manager, (await the(world, MatchState.DRAFT)).id)
    nia = await comes(world)
    await newcomers(world)
    person = await nia.person
    person.line_manager_id = match_queries.learners(circle)[0].person_id
    await person.save()
    before = await rows()
    with pytest.raises(Conflict, match="reporting line"):
        await move_into(world.manager, circle.id, nia.id, "The matching found this seat.")
    assert await rows() == before


async def test_two_runs_asked_for_at_once_are_one_and_a_preview_that_was_overtaken_says_so(db: object) -> None:
    world = await a_world()
    preview = await carry_out(world.manager, (await preview_matching(world.manager, world.cohort.id)).id)
    first, second = await asyncio.gather(*(start_run(world.manager, world.cohort.id) for _time in range(2)))
    assert first.id == second.id
    done = await asyncio.gather(*(carry_out(world.manager, first.id) for _time in range(2)))
    assert [one.state for one in done] == [RunState.DONE] * 2
    made = await drafts(world)
    everybody = [member.enrollment_id for one in made for member in match_queries.in_order(one)]
    assert (len(made), len(everybody), len(set(everybody))) == (2, 14, 14)
    with pytest.raises(Conflict, match="Look again at what would change"):
        await use_run(world.manager, preview.id)
    assert {one.id for one in await drafts(world)} == {one.id for one in made}


async def test_circles_have_the_size_that_was_set_when_the_run_was_asked_for(db: object) -> None:
    world = await a_world(leading=3)
    await set_circle_size(world.manager, world.program.id, 4)
    asked = await start_run(world.manager, world.cohort.id)
    await set_circle_size(world.manager, world.program.id, 8)
    await carry_out(world.manager, asked.id)
    assert sorted(len(match_queries.learners(one)) for one in await drafts(world)) == [4, 4, 4]
