"""No migration loses a row, an index or a reference: it survives whole, or the database is put back."""

import os
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from server.kernel.db import database
from server.kernel.ids import new_id
from server.kernel.schema.drafting import changes, write
from server.kernel.schema.guard import MigrationFailed, migrate, pending
from server.kernel.schema.snapshot import Snapshot, promised, take
from tests.conftest import SERVER_VARIABLE
from tests.made import postgres_copy
from tests.populate import populate

FIRST, NEXT = "0001_models", "0900_planted"
RENOTED = (
    "DELETE FROM tortoise_migrations",
    f"INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('models', '{FIRST}', CURRENT_TIMESTAMP)",
)
HEAD = "from tortoise import fields, migrations\nfrom tortoise.migrations import operations as ops\n\n\n"
Plant = Callable[[str], str]


@pytest.fixture(scope="session")
async def models(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Path, None]:
    """All the models as one migration, in a package: which tests work through in a fraction of the time."""
    folder = tmp_path_factory.mktemp("models") / "all_in_one"
    folder.mkdir()
    (folder / "__init__.py").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder.parent))
        (drafted,) = await changes(folder.name)
        write(drafted, "models")
        yield folder


@pytest.fixture(scope="session")
async def templates(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, made: Path
) -> AsyncGenerator[dict[str, str], None]:
    """A database on each engine as the real migrations make it, noted as made by one; with a row in every table."""
    file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("migrated") / "ithaca.db")
    server = await postgres_copy(os.environ[SERVER_VARIABLE], made, f"planted_{new_id().hex}")
    urls = {"sqlite": f"sqlite://{file}", "postgres": server}
    for url in urls.values():
        async with database(url) as context:
            await populate(context)
            for sql in RENOTED:
                await context.connections.get("default").execute_query(sql)
    yield urls
    await _drop_database(urls["postgres"])


@pytest.fixture(params=["sqlite", "postgres"])
async def url(
    request: pytest.FixtureRequest, templates: dict[str, str], tmp_path: Path
) -> AsyncGenerator[str, None]:
    """A copy of the filled database, this test's own."""
    template = templates[request.param]
    if request.param == "sqlite":
        shutil.copy(template.removeprefix("sqlite://"), tmp_path / "ithaca.db")
        yield f"sqlite://{tmp_path / 'ithaca.db'}"
        return
    copy = await _create_database(template)
    yield copy
    await _drop_database(copy)


@pytest.fixture
async def before(url: str) -> Snapshot:
    """What the database holds before the migration: something in every table."""
    held = await _held(url)
    assert [table for table, count in held.rows.items() if not count] == []
    return held


@pytest.fixture
def plant(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Adds one migration and returns the package to run."""

    def make(operations: str) -> str:
        name = f"planted_{new_id().hex}"
        folder = tmp_path / name
        shutil.copytree(models, folder, ignore=shutil.ignore_patterns("__pycache__"))
        body = f"class Migration(migrations.Migration):\n    dependencies = [('models', '{FIRST}')]\n"
        (folder / f"{NEXT}.py").write_text(f"{HEAD}{body}    operations = [{operations}]\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        return name

    return make


WIDER = "ops.AlterField('Program', 'name', fields.CharField(max_length=250))"
ALTERATIONS = (
    WIDER,
    "ops.AlterField('Person', 'title', fields.CharField(max_length=400, default=''))",
    "ops.AlterField('Match', 'calibrated_on', fields.IntField(default=1))",
    "ops.AlterField('Enrollment', 'capacity', fields.IntField(default=2))",
    "ops.RemoveField('Goal', 'in_focus')",
    "ops.AddField('Thread', 'muted', fields.BooleanField(default=False, db_default=False))",
)


async def test_a_rebuilt_table_keeps_every_row_index_and_reference(
    url: str, before: Snapshot, plant: Plant, tmp_path: Path
) -> None:
    assert await migrate(url, tmp_path / "backups", migrations=plant(", ".join(ALTERATIONS))) == [NEXT]
    after = await _held(url)
    assert {name: after.rows[name] for name in before.rows if name != "tortoise_migrations"} == {
        name: count for name, count in before.rows.items() if name != "tortoise_migrations"
    }
    assert before.indexes - after.indexes == set()
    assert before.foreign_keys - after.foreign_keys == set()


LOSSES = {
    "rows": ("ops.RunSQL('DELETE FROM milestone')", "milestone: 1 rows before, 0 after"),
    "table": ("ops.RunSQL('DROP TABLE read_mark')", "read_mark: 1 rows before, 0 after"),
    "half-way": (
        "ops.RunSQL('DELETE FROM read_mark'), ops.RunSQL('SELECT nothing FROM nowhere')", "A migration failed",
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_loss_is_told_and_taken_back(
    url: str, before: Snapshot, plant: Plant, tmp_path: Path, loss: str
) -> None:
    operation, words = LOSSES[loss]
    with pytest.raises(MigrationFailed, match=words):
        await migrate(url, tmp_path / "backups", migrations=plant(operation))
    assert await _held(url) == before


async def test_a_dropped_index_that_the_models_want_never_stays_away(
    url: str, before: Snapshot, plant: Plant, tmp_path: Path
) -> None:
    planted = plant("ops.RunSQL('DROP INDEX ix_milestone_goal')")
    if url.startswith("sqlite"):
        await migrate(url, tmp_path / "backups", migrations=planted)
    else:
        with pytest.raises(MigrationFailed, match="milestone: index on organization_id, goal_id, position"):
            await migrate(url, tmp_path / "backups", migrations=planted)
    assert (await _held(url)).indexes == before.indexes


async def test_a_reference_to_nowhere_is_refused(url: str, before: Snapshot, plant: Plant, tmp_path: Path) -> None:
    planted = plant("""ops.RunSQL("UPDATE milestone SET goal_id = organization_id")""")
    with pytest.raises(MigrationFailed, match="milestone"):
        await migrate(url, tmp_path / "backups", migrations=planted)
    assert await _held(url) == before


async def test_the_file_is_copied_before_and_the_copy_stays(
    url: str, before: Snapshot, plant: Plant, tmp_path: Path
) -> None:
    await migrate(url, tmp_path / "backups", migrations=plant(WIDER))
    copies = list((tmp_path / "backups").glob("*.db"))
    if not url.startswith("sqlite"):
        assert copies == []
        return
    (copy,) = copies
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("SELECT count(*) FROM milestone").fetchone() == (before.rows["milestone"],)


async def test_a_migrated_database_has_every_index_that_the_models_promise(url: str) -> None:
    async with database(url) as context:
        held = await take(context.connections.get("default"))
        assert context.apps is not None
        assert promised(context.apps.get_models_iterable()) - held.indexes == set()


async def test_a_new_database_lacks_no_migration(sqlite_template: Path) -> None:
    async with database(f"sqlite://{sqlite_template}") as context:
        assert await pending(context) == []


async def test_nothing_to_do_touches_nothing(models: Path, url: str, tmp_path: Path) -> None:
    assert await migrate(url, tmp_path / "backups", migrations=models.name) == []
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_postgres_refuses_a_pointer_into_another_organization(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_milestone_goal_id_org"):
            await connection.execute("UPDATE milestone SET organization_id = $1", new_id())
        await connection.execute("DELETE FROM session")
        assert await connection.fetchval("SELECT organization_id FROM action_item WHERE session_id IS NULL")
    finally:
        await connection.close()


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_every_foreign_key_within_an_organization_has_its_twin_on_postgres(url: str) -> None:
    keys = (await _held(url)).foreign_keys
    within = {key.target for key in keys if key.columns[0] == "organization_id" and len(key.columns) == 2}
    plain = [key for key in keys if key.target in within and len(key.columns) == 1]
    single = {(key.table, *key.columns, key.on_delete) for key in plain}
    twins = {(key.table, key.columns[1], key.on_delete) for key in keys if len(key.columns) == 2}
    assert single == twins


async def _held(url: str) -> Snapshot:
    async with database(url) as context:
        return await take(context.connections.get("default"))


async def _create_database(template: str) -> str:
    name, base = f"guard_{new_id().hex}", os.environ[SERVER_VARIABLE]
    await _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{urlsplit(template).path[1:]}"')
    return urlsplit(base)._replace(path=f"/{name}").geturl()


async def _drop_database(url: str) -> None:
    await _on_server(f'DROP DATABASE "{urlsplit(url).path[1:]}" WITH (FORCE)')


async def _on_server(sql: str) -> None:
    connection = await asyncpg.connect(os.environ[SERVER_VARIABLE])
    await connection.execute(sql)
    await connection.close()
