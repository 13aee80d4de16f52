"""An organisation of real people, ready for the journey: imported, all but six joined, the first round published."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from server.access.actions import grant_role, open_session
from server.access.queries import actor_for
from server.access.states import Role
from server.goals.wording import Wording
from server.journey.importing.actions import apply_import, preview_import
from server.journey.importing.queries import import_report
from server.journey.importing.report import Report
from server.journey.join.actions import JoinForm, join_program
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import database
from server.kernel.facts import OutboxEvent
from server.kernel.ids import new_id
from server.matches.actions import publish_matches
from server.matches.queries import matches_in
from server.matches.states import MatchState
from server.matchmaking.engine import MatchingResult, run
from server.matchmaking.engine.candidates import scores
from server.matchmaking.gather import gather, rules_of, weights_of
from server.matchmaking.runs.actions import run_matching
from server.people import actions as people
from server.people.models import Organization, Person
from server.people.queries import skills_of
from server.people.states import ConsentPurpose, DayPart, SkillSide
from server.programs import actions as programs
from server.programs.models import Cohort, Enrollment
from server.programs.queries import cohort_by_id, enrollments_in
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState, ProgramType
from tests.journeys.real_people import PROGRAM, framework_file, people_file

ITHACA = Path(sys.executable).with_name("ithaca")
MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
BY_BROWSER = 3
"""Pairs whose two people join in the browser: one by pointer, one without scripts, one by keyboard alone."""
DURATION_DAYS = 28


@dataclass
class Scene:
    """What the browser needs: secrets of sessions by name, the group's id, and the figures of the table."""

    group: str
    manager: str
    mentees: list[tuple[str, str]]
    mentors: list[tuple[str, str]]
    figures: dict[str, object]


def migrated(var: Path) -> str:
    """A fresh, migrated database under `var`; returns its address."""
    subprocess.run([str(ITHACA), "migrate"], check=True, capture_output=True, timeout=120)
    return f"sqlite://{var / 'ithaca.db'}"


async def prepare(url: str) -> Scene:
    """Import the real people, let all but six join, match and publish the first round."""
    async with database(url):
        system = system_actor(new_id())
        org = await people.create_organization(
            system, key="real", name="Real records", zone="Europe/Lisbon", is_demo=True
        )
        await _furnish(system)
        cohort = await _group(system)
        started = time.perf_counter()
        report = await _import(system)
        imported_s = time.perf_counter() - started
        mentors, mentees = await _joined(system, cohort)
        figures = await _first_round(system, cohort)
        figures |= {"people": len(report.created), "refused": len(report.refused), "import seconds": imported_s,
                    "tags unknown to the framework": len(report.missed_tags)}
        manager = await _manager(system, org, cohort)
        await _all_told(system)
        return Scene(str(cohort.id), manager, await _secrets(mentees), await _secrets(mentors), figures)


async def _furnish(system: Actor) -> None:
    await people.import_framework(system, framework_file(), "technologies.csv")
    await people.publish_consent_text(
        system, ConsentPurpose.MATCHING, "Use my profile and goal to find a match", "Stop any time.", required=True
    )


async def _group(system: Actor) -> Cohort:
    program = await programs.create_program(
        system, key=PROGRAM, name="Real people", type=ProgramType.ONE_TO_ONE, state=ProgramState.RUNNING,
        duration_days=DURATION_DAYS, answer_within_days=90, meeting_url="https://meet.example.test/room",
    )
    return await programs.open_cohort(
        system, program.id, key="first", name="first group", starts_on=clock.now().date(), state=ProgramState.RUNNING
    )


async def _import(system: Actor) -> Report:
    run_ = await preview_import(system, "real-people.csv", people_file())
    report = await import_report(system, run_.id)
    await apply_import(system, run_.id)
    return report


async def _joined(system: Actor, cohort: Cohort) -> tuple[Sequence[Enrollment], Sequence[Enrollment]]:
    """Everybody joins through the product's own action but the last of each side, who will in the browser.

    Their consent is added by this test: the records are real, their people never heard of Ithaca.
    """
    invited = [EnrollmentState.INVITED]
    mentors = await enrollments_in(system, cohort.id, role=MENTOR, states=invited)
    mentees = await enrollments_in(system, cohort.id, role=MENTEE, states=invited)
    for row in (*mentors[:-BY_BROWSER], *mentees[:-BY_BROWSER]):
        await _join(system, row)
    return mentors[-BY_BROWSER:], mentees[-BY_BROWSER:]


async def _join(system: Actor, row: Enrollment) -> None:
    parts, agreed = (DayPart.MORNINGS, DayPart.AFTERNOONS), [ConsentPurpose.MATCHING]
    if row.role is MENTOR:
        offered = (await skills_of(system, [row.person_id], SkillSide.OFFERED))[row.person_id]
        form = JoinForm(MENTOR, parts, agreed, skills=[one.id for one in offered][:5], places=row.capacity)
    else:
        wanted = (await skills_of(system, [row.person_id], SkillSide.WANTED))[row.person_id]
        names = ", ".join(one.name for one in wanted) or "something new"
        form = JoinForm(MENTEE, parts, agreed, goal=Wording(f"learn {names}"))
    await join_program(await actor_for(row.person), PROGRAM, form)


async def _first_round(system: Actor, cohort: Cohort) -> dict[str, object]:
    """Match everybody who has joined, prove it against a dense exact assignment, and publish all of it."""
    whole = await cohort_by_id(system, cohort.id)
    gathered = await gather(system, whole)
    started = time.perf_counter()
    stored = await run_matching(system, cohort.id)
    seconds = time.perf_counter() - started
    result = await asyncio.to_thread(
        run.run_matching, gathered.pool, rules_of(whole.program), weights_of(whole.program), standing=gathered.standing
    )
    drafts = await matches_in(system, cohort.id, [MatchState.DRAFT])
    published, stale = await publish_matches(system, [draft.id for draft in drafts])
    assert not stale
    exact = dense_optimum(result)
    return {
        "matched": len(published), "value": result.certificate.value, "exact": exact,
        "share": result.certificate.value / exact, "violations": stored.result["violations"], "match seconds": seconds,
    }


def dense_optimum(result: MatchingResult) -> float:
    """The most that any assignment of these people is worth: the Hungarian method over every mentee and seat."""
    columns = result.market.columns
    ground = run.Ground(result.market, result.factors, run.Steering(np.zeros(len(columns.mentees), np.float32), None))
    table = scores(ground, np.arange(len(columns.mentees))).astype(np.float64)
    seats = np.repeat(np.arange(len(columns.mentors)), columns.mentors.capacity)
    worth = np.where(np.isfinite(table), table + 1, 0.0)[:, seats]
    return float(worth[linear_sum_assignment(worth, maximize=True)].sum())


async def _manager(system: Actor, org: Organization, cohort: Cohort) -> str:
    person = await Person.create(
        organization=org, employee_id="RUI", email="rui@example.test", given_name="Rui", family_name="Manager",
        zone="Europe/Lisbon",
    )
    await grant_role(system, person.id, Role.PROGRAM_MANAGER, cohort.program_id)
    return await open_session(person)


async def _all_told(system: Actor) -> None:
    """Mails to those who are not in the browser are other tests' affair: a thousand, minutes of the server's time."""
    await OutboxEvent.filter(organization_id=system.organization_id).update(delivered_at=clock.now())


async def _secrets(rows: Sequence[Enrollment]) -> list[tuple[str, str]]:
    """(name, secret of a session) of some people: screens are counted from a signed-in start (decision 20)."""
    return [(row.person.given_name, await open_session(row.person)) for row in rows]


