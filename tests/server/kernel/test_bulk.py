"""Many rows at once: stored as one by one, whole or not at all."""

from datetime import UTC, datetime

import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError, ValidationError

from server.kernel.actor import system_actor
from server.kernel.bulk import insert_rows
from server.kernel.db import unit_of_work
from server.kernel.facts import AuditEvent, Receipt
from server.people.models import Person, PersonAttribute
from server.people.states import Source
from tests import factories


async def test_rows_arrive_with_their_defaults_and_ids_of_their_own(db: object) -> None:
    org = await factories.organization()
    someone = await factories.person(org)
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    await insert_rows(PersonAttribute, [
        {"organization_id": org.id, "person_id": someone.id, "name": "title", "value": value, "valid_from": moment}
        for value in ("Captain", "Captain", "")
    ])
    rows = await PersonAttribute.all().order_by("id")
    assert [(row.value, row.valid_from, row.source) for row in rows] == [
        ("Captain", moment, Source.FILE), ("Captain", moment, Source.FILE), ("", moment, Source.FILE)
    ]
    assert len({row.id for row in rows}) == 3
    assert {row.person_id for row in rows} == {someone.id}


async def test_json_and_encrypted_values_are_stored_as_by_their_models(db: TortoiseContext) -> None:
    org = await factories.organization()
    await insert_rows(AuditEvent, [
        {"organization_id": org.id, "actor_kind": "system", "actor_id": "x", "action": "a", "target_kind": "T",
         "detail": {"row": number}}
        for number in range(3)
    ])
    assert [entry.detail for entry in await AuditEvent.all().order_by("id")] == [{"row": 0}, {"row": 1}, {"row": 2}]
    await insert_rows(Receipt, [
        {"organization_id": org.id, "actor_id": "x", "key": key, "outcome": "canary"} for key in ("1", "2")
    ])
    _, stored = await db.connections.get("default").execute_query("SELECT outcome FROM receipt")
    assert not any("canary" in row["outcome"] for row in stored)
    assert [row.outcome for row in await Receipt.all()] == ["canary", "canary"]


async def test_a_value_that_does_not_fit_is_refused(db: object) -> None:
    org = await factories.organization()
    with pytest.raises(ValidationError):
        await insert_rows(Receipt, [
            {"organization_id": org.id, "actor_id": "x", "key": "k" * 81, "outcome": ""}
        ])


async def test_a_failure_takes_the_whole_unit_back(db: object) -> None:
    org = await factories.organization()
    row = {"organization_id": org.id, "actor_id": "x", "key": "1", "outcome": ""}
    with pytest.raises(IntegrityError):
        async with unit_of_work(system_actor(org.id)):
            await insert_rows(Receipt, [row])
            await insert_rows(Receipt, [row])
    assert await Receipt.all().count() == 0


async def test_no_rows_are_no_statement_and_thousands_arrive(db: object) -> None:
    org = await factories.organization()
    await insert_rows(Person, [])
    about = {"organization_id": org.id, "given_name": "A", "family_name": "B"}
    await insert_rows(Person, [{**about, "employee_id": str(n), "email": str(n)} for n in range(2_345)])
    assert await Person.all().count() == 2_345
