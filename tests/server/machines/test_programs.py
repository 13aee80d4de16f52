"""Every row of the tables of programmes, groups and goals (glossary section 5), walked; and the end of a group."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from server.goals import actions as goals
from server.goals.models import Goal
from server.goals.states import GoalState
from server.journey.closing import actions as closing
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import NotFound
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import OPEN_MATCHES, MatchState
from server.people.models import Organization
from server.programs import actions
from server.programs.models import Cohort, Enrollment, Program, WaitlistEntry
from server.programs.states import Cadence, EnrollmentState, ParticipantRole, ProgramState
from tests import factories
from tests.server.machines.walking import at_one_go, refused, table, walked

PHASES = table("""
DRAFT     | publish                | ENROLLING
DRAFT     | publish, always on     | RUNNING
ENROLLING | begin matching         | MATCHING
MATCHING  | begin                  | RUNNING
RUNNING   | begin closing          | CLOSING
CLOSING   | close                  | CLOSED
CLOSED    | archive                | ARCHIVED
""")
GOALS = table("""
(none)        | save, then all of it   | ACTIVE
DRAFT         | measure and date       | ACTIVE
DRAFT         | ABANDONED              | ABANDONED
ACTIVE        | revise                 | ACTIVE
ACTIVE        | ACHIEVED               | ACHIEVED
ACTIVE        | ABANDONED              | ABANDONED
ACTIVE        | CARRIED_OVER           | CARRIED_OVER
""")
MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
S, S_ = EnrollmentState, ProgramState
WORDING: dict[str, Any] = {"want": "Lead a review", "measure": "Three reviews held", "competency_id": None}


async def programme(state: str, event: str, org_id: UUID) -> tuple[Organization, Program, ProgramState]:
    cadence = Cadence.ROLLING if "always on" in event else Cadence.COHORT
    org = await factories.organization(id=org_id)
    made = await factories.program(org, state=ProgramState(state), cadence=cadence)
    after = next(row.after for row in PHASES if (row.before, row.event) == (state, event))
    return org, made, ProgramState(after)


async def walk_program(state: str, event: str) -> tuple[UUID, str]:
    async with at_one_go() as org_id:
        org, made, after = await programme(state, event, org_id)
        manager = factories.manager_of(await factories.person(org), made)
    for _twice in range(2):
        await actions.move_program(manager, made.id, after)
    return made.id, (await Program.get(id=made.id)).state.value


async def walk_cohort(state: str, event: str) -> tuple[UUID, str]:
    async with at_one_go() as org_id:
        org, program, after = await programme(state, event, org_id)
        cohort = await factories.cohort(program, state=ProgramState(state))
        manager = factories.manager_of(await factories.person(org), program)
    for _twice in range(2):
        await closing.move_cohort(manager, cohort.id, after)
    return cohort.id, (await Cohort.get(id=cohort.id)).state.value


async def walk_goal(state: str, event: str) -> tuple[UUID, str]:
    async with at_one_go() as org_id:
        org = await factories.organization(id=org_id)
        someone = await factories.person(org)
        place = await factories.enrollment(await factories.cohort(await factories.program(org)), someone, MENTEE)
    own, day = factories.actor_of(someone), factories.in_days(60)
    if not state:
        draft = await goals.save_goal(own, place.id, want="Lead a review")
        assert draft.state is GoalState.DRAFT, "a goal saves with whatever is there"
        made = await goals.save_goal(own, place.id, due_on=day, **WORDING)
        return made.id, made.state.value
    goal = await Goal.create(
        organization_id=org.id, enrollment=place, person_id=someone.id, state=GoalState(state), due_on=day,
        want="Lead a review", measure="Three reviews held" if state == "ACTIVE" else "",
    )
    if event in ("revise", "measure and date"):
        await goals.revise_goal(own, goal.id, due_on=factories.in_days(70), **WORDING)
    else:
        await goals.settle_goal(own, goal.id, GoalState(event))
    return goal.id, (await Goal.get(id=goal.id)).state.value


async def test_every_row_of_the_programme_table_is_walked(db: object) -> None:
    assert await walked(PHASES, walk_program) == []


async def test_every_row_of_the_programme_table_is_walked_by_its_groups(db: object) -> None:
    assert await walked(PHASES, walk_cohort) == []


async def test_every_row_of_the_goal_table_is_walked(db: object) -> None:
    assert await walked(GOALS, walk_goal) == []


@pytest.fixture
async def manager(db: object) -> Actor:
    someone = await factories.person(await factories.organization())
    program = await factories.program(await someone.organization)
    await factories.cohort(program, state=ProgramState.RUNNING)
    return factories.manager_of(someone, program)


async def test_no_state_is_skipped_or_taken_back_and_only_who_runs_it_moves_it(manager: Actor) -> None:
    program, cohort = await Program.get(), await Cohort.get()
    for state in ProgramState:
        if state not in (ProgramState.RUNNING, ProgramState.CLOSING):
            assert await refused(actions.move_program(manager, program.id, state)) == "CONFLICT", state
            assert await refused(closing.move_cohort(manager, cohort.id, state)) == "CONFLICT", state
    member = factories.actor_of(await factories.person(await program.organization))
    assert await refused(actions.move_program(member, program.id, ProgramState.CLOSING)) == "FORBIDDEN"
    assert await refused(closing.move_cohort(member, cohort.id, ProgramState.CLOSING)) == "FORBIDDEN"
    assert await refused(actions.configure_program(member, program.id, mentees_may_ask=True)) == "FORBIDDEN"
    foreign = (await factories.active_match()).manager_actor
    with pytest.raises(NotFound):
        await closing.close_cohort(foreign, cohort.id)


async def test_a_programme_closes_after_its_groups(manager: Actor) -> None:
    program, cohort = await Program.get(), await Cohort.get()
    await actions.move_program(manager, program.id, ProgramState.CLOSING)
    assert await refused(actions.move_program(manager, program.id, ProgramState.CLOSED)) == "groups_open"
    await closing.move_cohort(manager, cohort.id, ProgramState.CLOSING)
    await closing.close_cohort(manager, cohort.id)
    assert (await actions.move_program(manager, program.id, ProgramState.CLOSED)).state is ProgramState.CLOSED


async def test_closing_a_group_leaves_nothing_open_in_it_and_touches_no_other(db: object) -> None:
    pair, other = await factories.active_match(), await factories.active_match()
    places = {**dict.fromkeys((S.INVITED, S.IN_PROGRESS, S.PENDING_APPROVAL, S.WAITLISTED), MENTEE), S.PAUSED: MENTOR}
    rows = {
        state: await factories.enrollment(pair.cohort, await factories.person(pair.organization), role, state=state)
        for state, role in places.items()
    }
    await WaitlistEntry.create(
        organization_id=pair.organization.id, enrollment=rows[S.WAITLISTED], cohort_id=pair.cohort.id
    )
    free = await factories.enrollment(pair.cohort, await factories.person(pair.organization), MENTEE)
    asked = await factories.match(pair.mentor_enrollment, free, state=MatchState.AWAITING_BOTH)
    await Cohort.filter(id=pair.cohort.id).update(state=ProgramState.CLOSING)
    for _twice in range(2):
        await closing.close_cohort(pair.manager_actor, pair.cohort.id)
    stands = {row.id: row.state for row in await Enrollment.filter(cohort_id=pair.cohort.id)}
    assert {state: stands[row.id] for state, row in rows.items()} == {
        **dict.fromkeys((S.INVITED, S.IN_PROGRESS, S.PENDING_APPROVAL, S.WAITLISTED), S.REMOVED), S.PAUSED: S.COMPLETED,
    }
    assert stands[pair.mentor_enrollment.id] is stands[free.id] is S.COMPLETED
    assert (await Match.get(id=pair.match.id)).state is MatchState.COMPLETED
    assert (await Match.get(id=asked.id)).state is MatchState.CANCELLED
    assert (await Match.get(id=other.match.id)).state is MatchState.ACTIVE
    assert (await Enrollment.get(id=other.mentor_enrollment.id)).state is S.ACTIVE
    await drain()


async def test_a_group_closes_by_itself_once_its_last_match_may_have_been_closed(db: object) -> None:
    org = await factories.organization()
    system, program = system_actor(org.id), await factories.program(org)
    cohort = await actions.open_cohort(
        system, program.id, key="spring", name="Spring", starts_on=clock.now().date(), ends_on=factories.in_days(100)
    )
    seats = [await factories.enrollment(cohort, await factories.person(org), role) for role in (MENTOR, MENTEE)]
    match = await factories.match(seats[0], seats[1], ends_on=factories.in_days(130))
    states = []
    for days in (70, 3, 42, 20, 12):
        clock.move(timedelta(days=days))
        await drain()
        states.append((await Cohort.get(id=cohort.id)).state)
    assert states == [S_.ENROLLING, S_.CLOSING, S_.CLOSING, S_.CLOSING, S_.CLOSED]
    assert (await Match.get(id=match.id)).state not in OPEN_MATCHES


async def test_matching_and_a_first_match_bring_a_group_forward_and_never_back(db: object) -> None:
    pair = await factories.active_match()
    system = system_actor(pair.organization.id)
    seen = []
    for state in (S_.MATCHING, S_.RUNNING, S_.MATCHING):
        seen.append((await actions.advance_cohort(system, pair.cohort.id, state)).state)
    assert seen == [S_.MATCHING, S_.RUNNING, S_.RUNNING]


