"""A group with mentors, mentees and a manager who really holds the role, ready for a run of the engine."""

from dataclasses import dataclass

from server.access.actions import grant_role
from server.access.states import Role
from server.kernel.actor import system_actor
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.models import Organization, Person, PersonSkill
from server.people.states import SkillSide
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import ParticipantRole
from tests import factories

MENTORS = ("Idris", "Ottoline", "Juno")
MENTEES = ("Noor", "Tamsin", "Wilder")
SKILLS = ("Leading stakeholders", "Data and pricing", "Managing people")


@dataclass
class Market:
    """`manager` runs `program` alone; `admin` runs everything; `stranger` only works there."""

    organization: Organization
    program: Program
    cohort: Cohort
    mentors: list[Enrollment]
    mentees: list[Enrollment]
    manager: Person
    admin: Person
    stranger: Person


async def market(mentors: int = 3, mentees: int = 3, capacity: int = 2) -> Market:
    """Each mentor offers one skill, each mentee wants one."""
    org = await factories.organization()
    program = await factories.program(org)
    cohort = await factories.cohort(program)
    skills = [await factories.competency(org, name) for name in SKILLS]
    rows: dict[ParticipantRole, list[Enrollment]] = {ParticipantRole.MENTOR: [], ParticipantRole.MENTEE: []}
    for role, count, names, side in (
        (ParticipantRole.MENTOR, mentors, MENTORS, SkillSide.OFFERED),
        (ParticipantRole.MENTEE, mentees, MENTEES, SkillSide.WANTED),
    ):
        for number in range(count):
            is_mentor = role is ParticipantRole.MENTOR
            someone = await factories.person(
                org, given_name=names[number % 3], family_name=f"{'Crane' if is_mentor else 'Pell'}{number}",
                title="Head of Operations" if is_mentor else "Analyst", location="Lisbon",
                department="Operations" if is_mentor else "Pricing", seniority=7 if is_mentor else 5,
            )
            await factories.working_week(someone)
            row = await factories.enrollment(cohort, someone, role, capacity=capacity if is_mentor else 1)
            await PersonSkill.create(
                organization_id=org.id, person=someone, competency=skills[number % 3], side=side
            )
            rows[role].append(row)
    return Market(
        org, program, cohort, rows[ParticipantRole.MENTOR], rows[ParticipantRole.MENTEE],
        manager=await manager_of(org, program), admin=await manager_of(org, None),
        stranger=await factories.person(org, given_name="Kofi", family_name="Windrose"),
    )


async def manager_of(org: Organization, program: Program | None) -> Person:
    """Somebody who runs one programme, or with None the whole organisation."""
    someone = await factories.person(org, given_name="Rui", family_name="Palegrove")
    role = Role.PROGRAM_MANAGER if program else Role.GLOBAL_ADMIN
    await grant_role(system_actor(org.id), someone.id, role, program.id if program else None)
    return someone


async def drafts_of(found: Market) -> list[Match]:
    """The drafts of the group, oldest first."""
    rows = Match.filter(organization_id=found.organization.id, cohort_id=found.cohort.id, state=MatchState.DRAFT)
    return await rows.order_by("id")


async def draft(found: Market, number: int = 0, fit: int = 88, **values: object) -> Match:
    """A draft of the n-th mentor and mentee, as a run would leave it."""
    return await factories.match(
        found.mentors[number], found.mentees[number], state=MatchState.DRAFT, fit=fit, **values
    )
