"""Readiness says what is wrong, in words, and is not fooled by a worker that died."""

from datetime import timedelta
from pathlib import Path

from tortoise.context import TortoiseContext

from server import migrations
from server.kernel import clock
from server.kernel.db import database
from server.kernel.facts import Worker
from server.kernel.readiness import readiness
from tests.ports import free_port

NEWEST = max(path.stem for path in Path(migrations.__file__).parent.glob("[0-9]*.py"))
"""The migration that is applied last."""


async def found() -> dict[str, tuple[bool, str]]:
    return {part.name: (part.ready, part.words) for part in await readiness()}


async def test_without_a_worker_it_is_not_ready(db: TortoiseContext) -> None:
    assert (await found())["worker"] == (False, "no process runs jobs")
    assert (await found())["database"] == (True, "answers")


async def test_a_beating_worker_is_enough(db: TortoiseContext) -> None:
    await Worker.create(id="one", process="here", beat_at=clock.now())
    assert (await found())["worker"] == (True, "beating")


async def test_a_silent_worker_is_told(db: TortoiseContext) -> None:
    with clock.at(clock.now()):
        await Worker.create(id="one", process="here", beat_at=clock.now() - timedelta(seconds=90))
        ready, words = (await found())["worker"]
    assert not ready
    assert "90 seconds" in words


async def test_a_missing_migration_is_told_with_what_to_do(db: TortoiseContext) -> None:
    writer = db.connections.get("default")
    await writer.execute_script(f"UPDATE tortoise_migrations SET name = 'away' WHERE name = '{NEWEST}'")
    ready, words = (await found())["migrations"]
    await writer.execute_script(f"UPDATE tortoise_migrations SET name = '{NEWEST}' WHERE name = 'away'")
    assert not ready
    assert "1 to apply: run 'ithaca migrate'" in words


async def test_a_database_that_is_away_is_all_that_is_told() -> None:
    async with database(f"postgresql://postgres@127.0.0.1:{free_port()}/ithaca"):
        ((name, (ready, words)),) = (await found()).items()
    assert (name, ready) == ("database", False)
    assert words.startswith("does not answer")
