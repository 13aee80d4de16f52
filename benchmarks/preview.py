"""The preview beside the weights, as a browser asks for it: a form sent, a part of the page sent back.

    python -m benchmarks.preview [people ...]

Each programme is three quarters mentees and one quarter mentors, with skills, free times, words of their own and past
pairs. The first preview finds no stored meaning of the words and computes it; every later one reads it.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

import httpx2

from benchmarks.figures import Figure, at_most, table
from benchmarks.ground import ROUNDS, cpu_ms, empty_database, var_folder
from server.access.actions import open_session
from server.kernel import clock
from server.kernel.text import folded
from server.matches.models import Match, MatchMember
from server.matches.states import MatchState
from server.matchmaking.engine import CATEGORIES, ReasonCode
from server.matchmaking.weighing.settings import settings_for
from server.people.models import AvailabilityBlock, Person, PersonSkill, Profile
from server.people.states import SkillSide
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole, ProgramType
from tests import factories
from tests.web.conftest import HTMX, browser
from tests.web.console.market import Market, market
from web.console import weighing_words

SIZES, MOST_S = (300, 5_000), 2.0
SKILLS, PAST = 60, 500
MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
WORDS = ("leading a team through change", "prices and margins", "speaking before many", "care for customers abroad",
         "planning a product from data", "hiring with care", "writing that is read", "budgets that hold")

TOLD = {
    "fit": 70.0, "reasons": [], "caution": None, "factors": [
        {"code": ReasonCode.NOT_KNOWN, "category": name, "weight": 0.1, "fit": 70.0, "params": {}}
        for name in CATEGORIES
    ],
}
"""An explanation as past pairs have it: their nine fits are read for "Said yes before"."""


async def measure(folder: Path, people: int) -> list[Figure]:
    """What the first preview costs, and the ones after it."""
    async with empty_database(folder):
        found = await market(1, 1)
        await _crowd(found, people)
        async with browser({"ithaca": await open_session(found.manager)}, breaks=False) as client:
            client.event_hooks = {}
            return await _figures(client, f"/console/programs/{found.program.id}/build/matching/preview", people)


async def _figures(client: httpx2.AsyncClient, path: str, people: int) -> list[Figure]:
    name, ask = f"preview of weights, {people:,} people", partial(_ask, client, path, count())
    first = await _seconds(ask)
    wall = [await _seconds(ask) for _ in range(ROUNDS)]
    return [
        at_most(f"{name}, the first", first, MOST_S, " s"), at_most(f"{name}, wall clock", median(wall), MOST_S, " s"),
        Figure(f"{name}, processor", f"{await cpu_ms(ask):.0f} ms"),
    ]


async def _ask(client: httpx2.AsyncClient, path: str, turn: count[int]) -> None:
    """Another weight each time, as somebody moves a slider."""
    form = {name: value for name, value in weighing_words.fields(settings_for(ProgramType.ONE_TO_ONE)).items() if value}
    answer = await client.post(path, data={**form, "weight-GOALS": str(20 + next(turn) % 20)}, headers=HTMX)
    answer.raise_for_status()
    assert "Mean fit" in answer.text, "there is a preview in it"


async def _seconds(act: partial[object]) -> float:
    begun = perf_counter()
    await act()  # type: ignore[misc]  # a partial of a coroutine function
    return perf_counter() - begun


async def _crowd(found: Market, people: int) -> None:
    ours = {"organization_id": found.organization.id}
    persons = [
        Person(
            **ours, employee_id=f"c{number}", email=f"c{number}@example.test", given_name=f"Mast {number}",
            family_name=f"Yard {number:05}", search=folded(f"Mast {number} Yard {number:05}"), location="Lisbon",
            department=f"Department {number % 12}", seniority=1 + number % 9, languages=["en", "pt"][: 1 + number % 2],
        )
        for number in range(people)
    ]
    await Person.bulk_create(persons, batch_size=500)
    rows = [
        Enrollment(
            **ours, program_id=found.program.id, cohort_id=found.cohort.id, person_id=one.id,
            role=MENTOR if number % 4 == 0 else MENTEE, state=EnrollmentState.ACTIVE,
            capacity=2 if number % 4 == 0 else 1,
        )
        for number, one in enumerate(persons)
    ]
    await Enrollment.bulk_create(rows, batch_size=500)
    skills = [await factories.competency(found.organization, f"Skill {at}") for at in range(SKILLS)]
    await _told(ours, persons, [one.id for one in skills])
    await _past(found, rows[: 2 * PAST])


async def _told(ours: dict[str, UUID], persons: list[Person], skills: list[UUID]) -> None:
    """Three skills, two free mornings and some words of each."""
    await PersonSkill.bulk_create([
        PersonSkill(
            **ours, person_id=one.id, competency_id=skills[(7 * number + 11 * at) % SKILLS],
            side=SkillSide.OFFERED if number % 4 == 0 else SkillSide.WANTED,
        )
        for number, one in enumerate(persons) for at in range(3)
    ], batch_size=500)
    await AvailabilityBlock.bulk_create([
        AvailabilityBlock(**ours, person_id=one.id, weekday=(number + at) % 5, start_minute=540, end_minute=720)
        for number, one in enumerate(persons) for at in (0, 2)
    ], batch_size=500)
    await Profile.bulk_create([
        Profile(**ours, person_id=one.id, about=f"{WORDS[number % 8]}, {WORDS[number % 7]}, {number % 97} years",
                goal_text=f"{WORDS[number % 5]} and {WORDS[number % 3]}")
        for number, one in enumerate(persons)
    ], batch_size=500)


async def _past(found: Market, rows: list[Enrollment]) -> None:
    """Pairs that ran and ended."""
    mentors, mentees = ([row for row in rows if row.role is role] for role in (MENTOR, MENTEE))
    pairs = list(zip(mentors * 3, mentees, strict=False))
    ours = {"organization_id": found.organization.id}
    matches = [
        Match(**ours, program_id=found.program.id, cohort_id=found.cohort.id, state=MatchState.CONCLUDED,
              active_at=clock.now(), ended_at=clock.now(), explanation=TOLD)
        for _pair in pairs
    ]
    await Match.bulk_create(matches, batch_size=500)
    await MatchMember.bulk_create([
        MatchMember(**ours, match_id=match.id, person_id=one.person_id, enrollment_id=one.id, role=one.role)
        for match, pair in zip(matches, pairs, strict=True) for one in pair
    ], batch_size=500)


def figures(sizes: tuple[int, ...] = SIZES) -> list[Figure]:
    """The lines of `make bench`."""
    found: list[Figure] = []
    for people in sizes:
        with var_folder() as folder:
            found += asyncio.run(measure(folder, people))
    return found


if __name__ == "__main__":
    print(table(figures(tuple(map(int, sys.argv[1:])) or SIZES)))
