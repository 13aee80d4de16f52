"""The console's list of 10,000 people, each way in which it can be narrowed: statements and processor time of a page.

    python -m benchmarks.roster [people]
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path
from uuid import UUID

import httpx2

from benchmarks.figures import Figure, table
from benchmarks.ground import cpu_ms, empty_database, var_folder
from server.access.actions import open_session
from server.kernel.settings import settings
from server.kernel.text import folded
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchState
from server.people.models import Person
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests.conftest import environment
from tests.queries import queries_run
from tests.web.conftest import browser
from tests.web.console.market import Market, market

PEOPLE, STATEMENTS = 10_000, 20
LOCATIONS = ("Lisbon", "Leeds", "Nairobi", "Porto", "Tallinn")
WAYS = {
    "everybody": "", "paired": "state=PAIRED", "waiting for a mentor": "state=UNMATCHED",
    "in nothing, in Leeds": "state=NOTHING&place=Leeds", "by a part of the name": "q=mast 99",
}


async def measure(folder: Path, count: int) -> list[Figure]:
    """Each way once, and the middle of the whole list by its keys."""
    async with empty_database(folder):
        few = await market(1, 1)
        async with browser({"ithaca": await open_session(few.admin)}, breaks=False) as client:
            client.event_hooks = {}
            ways = {**WAYS, "from the middle on": f"after={await _crowd(few, count)}"}
            return [await _figure(client, f"people {name}, of {count:,}", way) for name, way in ways.items()]


async def _crowd(found: Market, count: int) -> UUID:
    """People in bulk: of ten, two mentors and two mentees paired, two mentees waiting, four in nothing.

    Returns the one in the middle.
    """
    ours = {"organization_id": found.organization.id}
    people = [
        Person(
            **ours, employee_id=f"c{number}", email=f"c{number}@example.test", given_name=f"Mast {number}",
            family_name=f"Yard {number:05}", search=folded(f"Mast {number} Yard {number:05} c{number}@example.test"),
            location=LOCATIONS[number % len(LOCATIONS)],
        )
        for number in range(count)
    ]
    await Person.bulk_create(people, batch_size=500)
    places = [
        Enrollment(
            **ours, program_id=found.program.id, cohort_id=found.cohort.id, person_id=one.id,
            role=ParticipantRole.MENTOR if number % 10 < 2 else ParticipantRole.MENTEE, state=EnrollmentState.ACTIVE,
        )
        for number, one in enumerate(people) if number % 10 < 6
    ]
    await Enrollment.bulk_create(places, batch_size=500)
    pairs = [(places[start + side], places[start + side + 2]) for start in range(0, len(places) - 5, 6)
             for side in (0, 1)]
    matches = [
        Match(**ours, program_id=found.program.id, cohort_id=found.cohort.id, state=MatchState.ACTIVE) for _ in pairs
    ]
    await Match.bulk_create(matches, batch_size=500)
    await MatchMember.bulk_create([
        MatchMember(
            **ours, match_id=match.id, person_id=one.person_id, enrollment_id=one.id, role=one.role,
            approval=Approval.ACCEPTED,
        )
        for match, pair in zip(matches, pairs, strict=True) for one in pair
    ], batch_size=500)
    return people[count // 2].id


async def _figure(client: httpx2.AsyncClient, name: str, way: str) -> Figure:
    path = f"/console/people?{way}"
    with queries_run() as ran:
        (await client.get(path)).raise_for_status()
    spent = await cpu_ms(partial(client.get, path))
    shown = f"{len(ran)} statements; {spent:.0f} ms CPU"
    return Figure(name, shown, f"at most {STATEMENTS} statements", len(ran) <= STATEMENTS)


def figures(count: int = PEOPLE) -> list[Figure]:
    """The lines of `make bench`."""
    with var_folder() as folder, environment(ITHACA_SEARCHES_A_MINUTE="10000"):
        assert settings().searches_a_minute == 10_000
        return asyncio.run(measure(folder, count))


if __name__ == "__main__":
    print(table(figures(*map(int, sys.argv[1:2]))))
