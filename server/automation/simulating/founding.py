"""What a simulation begins with: an organisation, a programme and its people, as an administrator would set them up."""

from datetime import date, datetime, timedelta

from server.access.actions import grant_role
from server.access.states import Role
from server.automation.building.moving import bring
from server.automation.lives.living import plan_lives, plan_runs
from server.automation.lives.records import framework_file
from server.automation.lives.somebody import Somebody
from server.automation.lives.world import World
from server.automation.simulating.crowd import MANAGER, SKILLS, crowd, people_file
from server.automation.simulating.mails import Mails
from server.journey.importing.actions import apply_import, preview_import
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import Json
from server.kernel.ids import new_id
from server.people import actions as people
from server.people.models import Person
from server.people.states import ConsentPurpose
from server.programs import actions as programs
from server.programs.models import Program
from server.programs.states import Cadence, ProgramState, ProgramType

KEY, PROGRAM = "simulated", "lived"
ENDS_BEFORE = timedelta(days=7)


async def found(document: Json, mails: Mails, *, seed: int, size: int, until: datetime) -> World:
    """Set everything up as of now: the programme begins, everybody is invited, and their lives are planned."""
    system, today = system_actor(new_id()), clock.now().date()
    await people.create_organization(
        system, key=KEY, name="Harbourline", zone="Europe/Lisbon", language="en-GB", is_demo=True
    )
    await people.import_framework(system, framework_file(SKILLS), "framework.csv")
    await people.publish_consent_text(
        system, ConsentPurpose.MATCHING, "Use my profile and goal to find a match", "Needed to take part.",
        required=True,
    )
    program = await _begun(system, await bring(system, PROGRAM, document))
    cohort = await programs.open_cohort(
        system, program.id, key="first", name="First group", starts_on=today, ends_on=until.date() - ENDS_BEFORE,
        state=ProgramState.ENROLLING if program.cadence is Cadence.COHORT else ProgramState.RUNNING,
    )
    everybody = crowd(seed, size, program.type, program.circles)
    await _bring_in(system, everybody, today, program.type)
    by_number = {one.employee_id: one for one in await Person.filter(organization_id=system.organization_id)}
    manager = by_number[everybody[MANAGER].key]
    await grant_role(system, manager.id, Role.PROGRAM_MANAGER, program.id)
    world = World(system, mails.keep)
    plan_lives(world, cohort, {by_number[one.key].id: one for one in everybody}, until)
    plan_runs(world, cohort, manager.id, until)
    return world


async def _begun(system: Actor, program: Program) -> Program:
    if program.state is not ProgramState.DRAFT:
        return program
    begins = ProgramState.ENROLLING if program.cadence is Cadence.COHORT else ProgramState.RUNNING
    return await programs.move_program(system, program.id, begins)


async def _bring_in(system: Actor, everybody: list[Somebody], today: date, kind: ProgramType) -> None:
    run = await preview_import(system, "people.csv", people_file(everybody, today, PROGRAM, kind))
    await apply_import(system, run.id)
