"""Imports as such: who may, the same file twice, and what changed between preview and apply."""

import pytest

from server.journey.importing import actions, queries
from server.journey.importing.outcomes import Kind
from server.kernel.errors import NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.ids import new_id
from server.people.models import ImportRun
from tests import factories
from tests.server.journey.importing.office import HEADER, IDRIS, NOOR, office, table


async def test_only_who_may_imports_and_only_at_home(db: object) -> None:
    org, actor = await office()
    plain = factories.actor_of(await factories.person(org))
    _, stranger = await office()
    with pytest.raises(Refused):
        await actions.preview_import(plain, "people.csv", table(HEADER, NOOR))
    run = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR))
    for other in (plain, stranger):
        for act in (actions.apply_import, queries.import_report, queries.refused_rows_file):
            with pytest.raises(NotFound):
                await act(other, run.id)
        with pytest.raises(NotFound):
            await actions.correct_rows(other, run.id, {})
        assert await queries.recent_runs(other) == []
    with pytest.raises(NotFound):
        await actions.apply_import(actor, new_id())
    assert [one.id for one in await queries.recent_runs(actor)] == [run.id]


async def test_the_same_file_waits_once_and_applies_once(db: object) -> None:
    _, actor = await office()
    first = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR))
    second = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR))
    assert first.id == second.id
    for _ in range(2):
        await actions.apply_import(actor, first.id)
    assert await AuditEvent.filter(action="person.create").count() == 1
    assert await AuditEvent.filter(action="import.finish").count() == 1
    third = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR))
    assert third.id != first.id
    assert await ImportRun.all().count() == 2


async def test_ground_lost_between_preview_and_apply_refuses_the_row_alone(db: object) -> None:
    org, actor = await office()
    run = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR, IDRIS))
    await factories.person(org, employee_id="9", email="noor@example.test")
    await actions.apply_import(actor, run.id)
    report = await queries.import_report(actor, run.id)
    assert (report.counts[Kind.CREATED], report.counts[Kind.REFUSED]) == (1, 1)
    assert [row.number for row in report.refused] == [2]
