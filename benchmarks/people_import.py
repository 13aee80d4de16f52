"""Import of 1,000 people with enrolments, against `executemany` of every row that it writes.

The peer gets the finished rows of every table, audit and outbox included, as tuples, and inserts them into an empty
database of the same form: plain sqlite3, one transaction. Both are timed from an empty
organisation; medians of several rounds. The import parses, checks, compares and maps besides.

    python -m benchmarks.people_import [rounds]
"""

import asyncio
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tortoise import Tortoise

from benchmarks.figures import Figure, at_most, table
from server.journey.importing import actions
from server.kernel.actor import Actor, system_actor
from server.kernel.db import database
from server.kernel.ids import new_id
from server.people import actions as people
from server.programs import actions as programs
from server.programs.states import ProgramType

PEOPLE, ROUNDS = 1_000, 7
GOAL = 8.0
HEADER = (
    "employee_id,email,given_name,family_name,title,department,location,country,seniority,manager_employee_id,hire_date,"
    "time_zone,language,skills,goals,about,availability,program,role,capacity\n"
)
SKILLS = ("Coaching", "Budgets", "Negotiation", "Public speaking", "Stakeholders", "Python", "Writing", "Finance")


def people_file(count: int) -> bytes:
    """`count` made-up rows that fill every kind of column; each ninth person manages the eight that follow."""
    lines = [HEADER]
    for number in range(count):
        boss = f"E{number // 9 * 9}" if number % 9 else ""
        role, seats = ("mentor", 2) if number % 3 == 0 else ("mentee", 1)
        lines.append(
            f"E{number},p{number}@example.test,Given{number},Family{number},Engineer,Field Operations,Lisbon,PT,"
            f"{number % 10 + 1},{boss},2020-01-01,Europe/Lisbon,en-GB,{SKILLS[number % 8]};{SKILLS[(number + 3) % 8]},"
            f"{SKILLS[(number + 1) % 8]},Hello from {number},Mon-09:00-12:00,rising,{role},{seats}\n"
        )
    return "".join(lines).encode()


async def office() -> Actor:
    """An organisation with a framework and an open programme."""
    actor = system_actor(new_id())
    await people.create_organization(actor, key="bench", name="Bench", zone="Europe/Lisbon")
    rows = "".join(f"{name},{name}\n" for name in SKILLS)
    await people.import_framework(actor, f"key,name\n{rows}".encode(), "skills.csv")
    program = await programs.create_program(actor, key="rising", name="Rising", type=ProgramType.ONE_TO_ONE)
    await programs.open_cohort(actor, program.id, key="one", name="One", starts_on=date(2026, 1, 1))
    return actor


class Took(NamedTuple):
    """Seconds on the clock, and of the processor in all threads: the second holds still on a busy machine."""

    wall: float
    cpu: float


@contextmanager
def timing(into: list[Took]) -> Iterator[None]:
    """Add what the block took."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    into.append(Took(time.perf_counter() - wall, time.process_time() - cpu))


async def import_once(actor: Actor, content: bytes, previews: list[Took], applies: list[Took]) -> None:
    """Preview and apply, each timed."""
    with timing(previews):
        run = await actions.preview_import(actor, "people.csv", content)
    with timing(applies):
        run = await actions.apply_import(actor, run.id)
    if run.summary["counts"]["created"] != PEOPLE:
        raise SystemExit(f"Not every row was taken: {run.summary}")


def written(before: Path, after: Path) -> dict[str, tuple[str, list[tuple[object, ...]]]]:
    """Every row that `after` has and `before` lacks: table -> INSERT and tuples, parents first."""
    old, new = sqlite3.connect(before), sqlite3.connect(after)
    names = [name for (name,) in new.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rootpage")]
    found: dict[str, tuple[str, list[tuple[object, ...]]]] = {}
    for name in names:
        if "id" not in [column[1] for column in new.execute(f'PRAGMA table_info("{name}")')]:
            continue
        known = set(old.execute(f'SELECT id FROM "{name}"'))
        rows = [row for row in new.execute(f'SELECT * FROM "{name}"') if (row[0],) not in known]
        if rows:
            found[name] = (f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(rows[0]))})', rows)
    return found


def executemany_once(path: Path, tables: dict[str, tuple[str, list[tuple[object, ...]]]], peers: list[Took]) -> None:
    """Insert the same rows in one transaction; the import takes several, so that it can be resumed."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON")
    with timing(peers):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("PRAGMA defer_foreign_keys=ON")
        for statement, rows in tables.values():
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
    connection.close()


async def measure(rounds: int) -> dict[str, tuple[float, float, float]]:
    """Run both sides: medians of preview, import and peer by unit, in seconds."""
    content = people_file(PEOPLE)
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.db"
        async with database(f"sqlite://{empty}"):
            await Tortoise.generate_schemas()
            actor = await office()
        previews: list[Took] = []
        applies: list[Took] = []
        peers: list[Took] = []
        for number in range(rounds):
            ours, peer = Path(folder) / f"ours{number}.db", Path(folder) / f"peer{number}.db"
            shutil.copy(empty, ours)
            shutil.copy(empty, peer)
            async with database(f"sqlite://{ours}"):
                await import_once(actor, content, previews, applies)
            tables = written(empty, ours)
            executemany_once(peer, tables, peers)
    counts = {name: len(rows) for name, (_, rows) in tables.items()}
    print(", ".join(f"{name} {count}" for name, count in counts.items()), f"= {sum(counts.values())} rows")
    return {unit: (_median(unit, previews), _median(unit, applies), _median(unit, peers)) for unit in Took._fields}


def _median(unit: str, side: list[Took]) -> float:
    return float(statistics.median(getattr(one, unit) for one in side))


def report(unit: str, preview: float, applying: float, peer: float) -> Figure:
    """How many times the peer, in one unit."""
    ratio, took = (preview + applying) / peer, f"{preview:.2f} + {applying:.2f} s against {peer:.3f} s"
    return at_most(f"import of 1,000 people, {unit}: {took}", ratio, GOAL, " times executemany")


def figures(rounds: int = ROUNDS) -> list[Figure]:
    """The lines of `make bench`."""
    return [report(unit, *seconds) for unit, seconds in asyncio.run(measure(rounds)).items()]


def main() -> None:
    """Measure with the number of rounds given."""
    print(table(figures(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)))


if __name__ == "__main__":
    main()
