"""No interruption loses or doubles a row, and no bytes break anything."""

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.journey.importing import actions, planning
from server.journey.importing.outcomes import Kind
from server.kernel.actor import Actor, system_actor
from server.kernel.db import database
from server.kernel.errors import Invalid
from server.kernel.facts import AuditEvent, OutboxEvent, ScheduledAction
from server.people.models import (
    AvailabilityBlock,
    ImportRun,
    Organization,
    Person,
    PersonAttribute,
    PersonSkill,
    Profile,
)
from server.people.states import ImportState
from server.programs.models import Enrollment
from tests import factories
from tests.pools import Kept
from tests.queries import queries_run

PEOPLE = 57
BATCH = 5
HEADER = (
    "employee_id,email,given_name,family_name,manager_employee_id,department,skills,about,availability,program,role"
)
TABLES = {
    Person: ("employee_id", "email", "department", "status", "line_manager__employee_id"),
    PersonAttribute: ("person__employee_id", "name", "source"),
    Profile: ("person__employee_id", "about"),
    PersonSkill: ("person__employee_id", "competency__name", "side", "position"),
    AvailabilityBlock: ("person__employee_id", "weekday", "start_minute"),
    Enrollment: ("person__employee_id", "role", "state", "capacity"),
    AuditEvent: ("action", "target_kind"),
    OutboxEvent: ("kind",),
    ScheduledAction: ("rule", "state"),
}
"""What is compared after an interruption: everything but ids and moments."""


class Killed(BaseException):
    """The process dies here."""


def a_file() -> bytes:
    """Managers stand after those they manage; some rows are refused, and with them new people's reports.

    Some people have a second row, with another role and with words that the first one lacks.
    """
    rows = [
        f"{number},p{number}@example.test,Given{number},Family,{number + 3 if number + 3 < PEOPLE else ''},"
        f"{'Fleet' if number % 2 else 'Port'},Coaching;Unheard of,About {number},mornings,rising,"
        f"{'mentor' if number % 3 else ('captain' if number % 7 == 0 else 'mentee')}"
        for number in range(PEOPLE)
    ]
    again = [f"{number},,,,,,,Later words,,rising,peer" for number in range(1, PEOPLE, 8)]
    rows = [row.replace(f"About {number}", "") if number % 8 == 1 else row for number, row in enumerate(rows)]
    return "\n".join([HEADER, *rows, *again]).encode()


async def an_office() -> tuple[Organization, Actor]:
    org = await factories.organization()
    await factories.competency(org, "Coaching")
    await factories.cohort(await factories.program(org, key="rising"))
    for number in (200, 201, 202):
        await factories.person(org, employee_id=str(number), email=f"here{number}@example.test")
    for number in (4, 5):
        await factories.person(org, employee_id=str(number), email=f"old{number}@example.test")
    return org, system_actor(org.id)


async def table_hash() -> str:
    lines = []
    for model, columns in TABLES.items():
        rows = await model.all().values_list(*columns)
        lines.append(f"{model.__name__} {sorted(map(repr, rows))}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@contextmanager
def dying_at(step: int) -> Iterator[None]:
    """Die within the `step`th unit of applying, after its writes and before its commit."""
    units = 0
    real = actions.unit_of_work

    @asynccontextmanager
    async def unit_of_work(actor: Actor) -> AsyncGenerator[object, None]:
        nonlocal units
        async with real(actor) as unit:
            yield unit
            units += 1
            if units == step:
                raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "unit_of_work", unit_of_work)
        yield


@pytest.fixture
def small_batches() -> Iterator[None]:
    """Batches of five rows, so that a small file has many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "BATCH_ROWS", BATCH)
        patch.setattr(planning, "BATCH_ROWS", BATCH)
        yield


async def imported(actor: Actor) -> ImportRun:
    run = await actions.preview_import(actor, "people.csv", a_file(), complete=True)
    return await actions.apply_import(actor, run.id, confirmed=True)


@asynccontextmanager
async def an_empty(database_url: str, template: Path, connections: Kept) -> AsyncGenerator[None, None]:
    """The test's database without a row."""
    if database_url.startswith("sqlite"):
        path = Path(database_url.removeprefix("sqlite://"))
        for part in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            part.unlink(missing_ok=True)
        shutil.copy(template, path)
    else:
        await connections.empty()
    async with database(database_url):
        yield


async def test_killed_at_any_step_and_run_again_ends_like_a_clean_run(
    small_batches: None, database_url: str, sqlite_template: Path, connections: Kept
) -> None:
    async with an_empty(database_url, sqlite_template, connections):
        _, actor = await an_office()
        clean_run = await imported(actor)
        clean = await table_hash()
        assert clean_run.summary["counts"]["refused"] > 3
        assert clean_run.summary["ended"] == 3
    every_step = database_url.startswith("sqlite") or "ITHACA_CHAOS" in os.environ
    steps = 0
    for step in range(1, 100, 1 if every_step else 4):
        async with an_empty(database_url, sqlite_template, connections):
            _, actor = await an_office()
            await actions.preview_import(actor, "people.csv", a_file(), complete=True)
            try:
                with dying_at(step):
                    await imported(actor)
            except Killed:
                steps += 1
            else:
                break
            run = await imported(actor)
            assert run.state is ImportState.DONE
            assert run.summary == clean_run.summary
            assert await table_hash() == clean
    assert steps >= PEOPLE // BATCH // (1 if every_step else 4)


async def test_two_who_apply_at_once_write_each_row_once(db: object, small_batches: None) -> None:
    _, actor = await an_office()
    run = await actions.preview_import(actor, "people.csv", a_file())
    await asyncio.gather(*(actions.apply_import(actor, run.id) for _ in range(3)))
    done = await ImportRun.get(id=run.id)
    assert await AuditEvent.filter(action="person.create").count() == done.summary["counts"]["created"]
    assert await AuditEvent.filter(action="import.finish").count() == 1


async def test_ground_lost_during_an_interruption_refuses_those_rows_alone(db: object, small_batches: None) -> None:
    org, actor = await an_office()
    await Person.filter(employee_id="200").update(email="manager@example.test")
    rows = [
        "1,taken@example.test,A,B,,,,,,rising,mentor", "1,,,,,,,,,rising,mentee", "2,b@example.test,A,B,1,,,,,,",
        "3,c@example.test,A,B,200,,,,,,", "4,,,,,Fleet,,,,,",
    ]
    run = await actions.preview_import(actor, "people.csv", "\n".join([HEADER, *rows]).encode())
    with pytest.raises(Killed), dying_at(2):
        await actions.apply_import(actor, run.id)
    await factories.person(org, email="taken@example.test")
    await Person.filter(employee_id="200").delete()
    run = await actions.apply_import(actor, run.id)
    refused = [(problem["number"], problem["column"]) for problem in run.summary["refused"]]
    assert sorted(refused) == [
        (2, "email"), (3, "employee_id"), (4, "manager_employee_id"), (5, "manager_employee_id")
    ]
    assert run.summary["counts"] == {"refused": 4, "changed": 1}
    assert (await Person.get(employee_id="4")).department == "Fleet"
    assert not await Person.filter(employee_id__in=["1", "2", "3"]).exists()


async def test_twice_is_unchanged_on_both_engines(db: object, small_batches: None) -> None:
    _, actor = await an_office()
    first = await imported(actor)
    second = await imported(actor)
    assert first.id != second.id
    counts = {kind: second.summary["counts"].get(kind.value, 0) for kind in Kind}
    assert counts[Kind.CREATED] == counts[Kind.CHANGED] == 0
    assert counts[Kind.REFUSED] == first.summary["counts"]["refused"]


async def test_statements_do_not_grow_with_rows(db: object) -> None:
    _, actor = await an_office()
    lines = a_file().splitlines()
    ran_for = []
    for rows in (10, 40):
        with queries_run() as ran:
            await actions.preview_import(actor, "people.csv", b"\n".join(lines[: rows + 1]))
        ran_for.append(len(ran))
    assert ran_for[0] == ran_for[1]


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["1", "2", "3", "a@example.test", "b@example.test", "NULL", "2024-02-29", "rising", "mentor",
                     "coach", "=1+1", "mornings", "Mon-09:00-12:00", '"', "leave", "Africa/Nairobi", ""]),
)
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=13).map(",".join), max_size=8).map("\n".join).map(str.encode)
FILES_TRIED = int(os.environ.get("ITHACA_CHAOS_INPUTS", "1200")) // 20
FILES = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=200).map(lambda tail: HEADER.encode() + b"\n" + tail),
    LINES.map(lambda tail: (HEADER + ",status,time_zone\n").encode() + tail),
)


@settings(max_examples=FILES_TRIED, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=FILES)
async def test_any_bytes_are_taken_whole_or_refused_in_words(db: object, content: bytes) -> None:
    org, actor = await an_office()
    before = await Person.filter(organization_id=org.id).count()
    with suppress(Invalid):
        run = await actions.preview_import(actor, "people.csv", content)
        assert await Person.filter(organization_id=org.id).count() == before
        run = await actions.apply_import(actor, run.id)
        counts = run.summary["counts"]
        assert sum(counts.values()) == run.rows_total
        assert await Person.filter(organization_id=org.id).count() == before + counts.get("created", 0)
        again = await actions.preview_import(actor, "people.csv", content)
        assert again.summary["counts"]["created"] == again.summary["counts"]["changed"] == 0
