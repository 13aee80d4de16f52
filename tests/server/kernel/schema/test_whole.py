"""A new database made in one step is what the migrations, run one by one, come to."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import asyncpg
import pytest
from tortoise.context import TortoiseContext
from tortoise.filters import get_filters_for_field

from server.kernel.db import database
from server.kernel.ids import new_id
from server.kernel.schema import whole
from server.kernel.schema.guard import migrate
from server.kernel.schema.short_lived import OWN_FILTERS, filters_of
from tests.conftest import ENGINES, SERVER_VARIABLE
from tests.made import address
from tests.tables import PACKAGE, one_by_one

OF_SQLITE = ("SELECT type, name, sql FROM sqlite_master", "SELECT app, name FROM tortoise_migrations ORDER BY id")
HERE = "= current_schema()::regnamespace"
OF_POSTGRES = (
    "SELECT table_name, column_name, ordinal_position, data_type, character_maximum_length, is_nullable, column_default"
    " FROM information_schema.columns WHERE table_schema = current_schema()",
    f"SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace {HERE}",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    f"SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace {HERE}",
    "SELECT app, name FROM tortoise_migrations ORDER BY id",
)


@pytest.fixture(params=ENGINES)
async def twins(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[tuple[str, str], None]:
    """Two empty databases on one engine."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path / 'one.db'}", f"sqlite://{tmp_path / 'other.db'}"
        return
    base = os.environ[SERVER_VARIABLE]
    names = [f"twin_{new_id().hex}" for _ in range(2)]
    connection = await asyncpg.connect(base)
    for name in names:
        await connection.execute(f'CREATE DATABASE "{name}"')
    yield address(base, names[0]), address(base, names[1])
    for name in names:
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


async def test_it_is_what_the_migrations_come_to(
    twins: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    done = await migrate(twins[0], tmp_path / "backups", migrations=one_by_one(tmp_path))
    assert await migrate(twins[1], tmp_path / "backups") == done
    step_by_step, at_once = await _held(twins[0]), await _held(twins[1])
    assert at_once == step_by_step, "Run: make tables"


def test_it_stands_beside_the_migrations_that_are_shipped() -> None:
    assert {file.name for file in (PACKAGE / whole.FOLDER).iterdir()} == {"sqlite.sql", "postgres.sql"}


async def test_filters_worked_out_once_are_those_of_each_field(db: TortoiseContext) -> None:
    assert db.apps is not None
    fields = [(name, field) for one in db.apps.get_models_iterable() for name, field in one._meta.fields_map.items()]
    plain = [(name, field, field.source_field or name) for name, field in fields if not isinstance(field, OWN_FILTERS)]
    assert len(plain) > 500
    for asked in plain:
        assert filters_of(*asked) == get_filters_for_field(*asked)


async def _held(url: str) -> list[list[str]]:
    async with database(url) as context:
        connection = context.connections.get("default")
        questions = OF_SQLITE if url.startswith("sqlite") else OF_POSTGRES
        return [sorted(repr(dict(row)) for row in (await connection.execute_query(one))[1]) for one in questions]
