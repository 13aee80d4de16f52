"""Inviting 1,000 people by a list of addresses: looking at it, then doing it, on a file of its own (feature F52).

    python -m benchmarks.inviting
"""

import asyncio
import tempfile
import time
from datetime import date
from pathlib import Path

from tortoise import Tortoise

from benchmarks.figures import Figure, at_most, table
from benchmarks.people_import import PEOPLE, office
from server.kernel.db import database
from server.people.models import Person
from server.programs.actions import open_cohort
from server.programs.inviting.actions import invite_listed
from server.programs.inviting.lines import lines_of
from server.programs.inviting.queries import look_at
from server.programs.models import Program
from server.programs.states import ParticipantRole

GOAL_S = 10.0


async def measure(path: Path) -> float:
    """Seconds from the text to the last invitation."""
    async with database(f"sqlite://{path}"):
        await Tortoise.generate_schemas()
        actor = await office()
        program = await Program.get(organization_id=actor.organization_id)
        cohort = await open_cohort(actor, program.id, key="two", name="Two", starts_on=date(2026, 2, 1))
        await Person.bulk_create([
            Person(
                organization_id=actor.organization_id, employee_id=f"E{number}", email=f"e{number}@harbour.example",
                given_name="Noor", family_name="Saltmarsh", zone="Europe/Lisbon",
            ) for number in range(PEOPLE)
        ], batch_size=500)
        text = "address,role\n" + "".join(f"e{number}@harbour.example,mentee\n" for number in range(PEOPLE))
        begun = time.perf_counter()
        lines = lines_of(text)
        sheet = await look_at(actor, cohort.id, lines)
        done = await invite_listed(actor, cohort.id, lines, seen=sheet.seen, usual=ParticipantRole.MENTEE)
        if len(done.invited) != PEOPLE:
            raise SystemExit(f"Not everybody was invited: {done.counts}")
        return time.perf_counter() - begun


def figures() -> list[Figure]:
    """The line of `make bench`."""
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(measure(Path(folder) / "inviting.db"))
    return [at_most(f"inviting {PEOPLE:,} people by a list", took, GOAL_S, " s")]


if __name__ == "__main__":
    print(table(figures()))
