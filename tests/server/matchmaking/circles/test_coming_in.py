"""Who leads a circle, from a row of a file or by themselves, to the circle that they lead."""

import pytest

from server.goals.wording import Wording
from server.journey.join.actions import JoinForm, join_program
from server.journey.waiting.queries import waiting_page
from server.matches.queries import facilitator_of, matches_in
from server.matches.states import MatchState
from server.matchmaking.runs.actions import run_matching
from server.people.states import DayPart
from server.programs.actions import set_circles
from server.programs.models import Enrollment
from server.programs.states import Circles, EnrollmentState, ParticipantRole, ProgramType
from tests import factories
from tests.server.journey.importing.office import HEADER, office, refusals, somebody, take_in

SEAT = HEADER + ",program,role,capacity"
LEADS = "2,idris@example.test,Idris,Brightwater,circles"
FACILITATOR, MENTEE = ParticipantRole.FACILITATOR, ParticipantRole.MENTEE


async def test_a_file_brings_in_who_leads_and_they_lead_as_many_circles_as_they_offered(db: object) -> None:
    org, system = await office()
    program = await factories.program(org, key="circles", type=ProgramType.CIRCLE)
    cohort = await factories.cohort(program)
    skill = await factories.competency(org)
    await take_in(system, SEAT, LEADS + ",facilitator,3")
    idris = await somebody(org, "2")
    invited = await Enrollment.get(person_id=idris.id)
    assert (invited.role, invited.state, invited.capacity) == (FACILITATOR, EnrollmentState.INVITED, 3)
    form = JoinForm(FACILITATOR, [DayPart.MORNINGS], skills=[skill.id], places=2, words_for_mentees="Bring a case.")
    await join_program(factories.actor_of(idris), "circles", form)
    joined = await Enrollment.get(person_id=idris.id)
    assert (joined.role, joined.state, joined.capacity) == (FACILITATOR, EnrollmentState.ACTIVE, 2)
    for at in range(8):
        one = await factories.person(org, given_name=f"Member{at}")
        await factories.working_week(one)
        await factories.enrollment(cohort, one, MENTEE)
    await run_matching(system, cohort.id)
    circles = await matches_in(system, cohort.id, [MatchState.DRAFT])
    assert [leads.person_id if (leads := facilitator_of(one)) else None for one in circles] == [idris.id] * len(circles)
    assert len(circles) in (1, 2)


@pytest.mark.parametrize(("kind", "role"), [
    (ProgramType.CIRCLE, "mentor"), (ProgramType.ONE_TO_ONE, "facilitator"), (ProgramType.PEER, "facilitator"),
])
async def test_a_role_that_a_programme_does_not_know_is_named_in_the_file(
    db: object, kind: ProgramType, role: str
) -> None:
    org, system = await office()
    await factories.cohort(await factories.program(org, key="circles", type=kind))
    assert await refusals(system, SEAT, f"{LEADS},{role},1") == [(2, "role")]


async def test_who_would_lead_circles_beside_pairs_waits_for_a_circle_and_no_mentor(db: object) -> None:
    org = await factories.organization()
    program = await factories.program(org, key="leads", type=ProgramType.ONE_TO_ONE)
    await factories.cohort(program)
    skill, idris = await factories.competency(org), await factories.person(org, given_name="Idris")
    manager = factories.manager_of(await factories.person(org), program)
    await set_circles(manager, program.id, Circles.WAITING)
    form = JoinForm(FACILITATOR, [DayPart.MORNINGS], skills=[skill.id], places=1)
    await join_program(factories.actor_of(idris), "leads", form)
    assert (await waiting_page(factories.actor_of(idris), "leads")).is_of_circles
    ana = await factories.person(org, given_name="Ana")
    wish = Wording("lead a review", "two reviews decided", skill.id, factories.in_days(90))
    await join_program(factories.actor_of(ana), "leads", JoinForm(MENTEE, [DayPart.MORNINGS], goal=wish))
    assert not (await waiting_page(factories.actor_of(ana), "leads")).is_of_circles
