"""A group whose people meet in circles, with a manager who really holds the role."""

from dataclasses import dataclass

from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking.runs.actions import run_matching
from server.people.models import Person
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import ParticipantRole, ProgramType
from tests import factories
from tests.web.console.market import manager_of

NAMES = ("Ana", "Bao", "Chidi", "Dina", "Emre", "Fay", "Goran", "Hana")


@dataclass
class Ring:
    """Eight who meet in circles of four and one who leads, so that one circle has nobody; `late` could lead it."""

    program: Program
    cohort: Cohort
    members: list[Enrollment]
    leads: Enrollment
    late: Person
    manager: Person

    async def drafts(self) -> list[Match]:
        """The drafted circles, the one that is led first."""
        rows = Match.filter(cohort_id=self.cohort.id, state=MatchState.DRAFT)
        found = await rows.prefetch_related("members__person", "members__enrollment", "program", "cohort")
        return sorted(found, key=lambda one: (one.held_back, one.id))


async def ring(**values: object) -> Ring:
    """Half are free in the morning, half in the afternoon; who leads is free in the morning."""
    org = await factories.organization()
    program = await factories.program(org, **{"type": ProgramType.CIRCLE, "name": "Leading circles", **values})
    cohort, members = await factories.cohort(program), []
    for at, name in enumerate(NAMES):
        person = await factories.person(
            org, given_name=name, family_name="Saltmarsh", seniority=4, title="Analyst", location="Lisbon",
        )
        await factories.working_week(person, *((8 * 60, 12 * 60) if at < 4 else (13 * 60, 17 * 60)))
        members.append(await factories.enrollment(cohort, person, ParticipantRole.MENTEE))
    leads = await factories.person(org, given_name="Idris", family_name="Brightwater", seniority=6)
    await factories.working_week(leads, 8 * 60, 12 * 60)
    late = await factories.person(org, given_name="Mei", family_name="Tidewell", seniority=6)
    await factories.working_week(late)
    return Ring(
        program, cohort, members, await factories.enrollment(cohort, leads, ParticipantRole.FACILITATOR), late,
        await manager_of(org, program),
    )


async def formed(found: Ring) -> list[Match]:
    """Run the matching of the group; the drafted circles."""
    await run_matching(factories.manager_of(found.manager, found.program), found.cohort.id)
    return await found.drafts()
