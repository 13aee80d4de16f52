"""Fixtures of every test: a real database on both engines, a clock that tests move, a fresh var folder."""

import gc
import os
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import hypothesis
import pytest
from tortoise.context import TortoiseContext

from server.kernel import clock, secrets
from server.kernel.db import database
from server.kernel.schema.drafting import changes
from server.kernel.schema.guard import migrate
from server.kernel.settings import settings
from tests import postgres

ENGINES = ("sqlite", "postgres")
SERVER_VARIABLE = "ITHACA_TEST_POSTGRES"
hypothesis.settings.load_profile("default" if "ITHACA_CHAOS" in os.environ else "ci")
"""`make test` tries the same examples each time, everywhere; new ones are sought by `make chaos`."""


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, in the controlling process; workers inherit its address."""
    if hasattr(config, "workerinput") or SERVER_VARIABLE in os.environ or config.option.collectonly:
        return
    server = postgres.start()
    os.environ[SERVER_VARIABLE] = server.base
    config.add_cleanup(server.stop)


def pytest_collection_finish() -> None:
    """What is imported stays: Python need not look through it for garbage again and again, nor so often."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A var folder of this worker's own, with its own installation key."""
    folder = tmp_path_factory.mktemp("var")
    with environment(ITHACA_VAR_DIR=str(folder)):
        yield folder


@pytest.fixture(autouse=True)
def steady_clock() -> Iterator[None]:
    """No test leaves the clock moved."""
    yield
    clock.reset()


@pytest.fixture
def clock_stands() -> Iterator[None]:
    """The time to undo does not run out while a slow machine works; `clock.move` still advances it."""
    with clock.at(clock.now()):
        yield


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with every table, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "ithaca.db"
    await _make_tables(f"sqlite://{path}", path.parent)
    return path


@pytest.fixture(scope="session")
async def postgres_database(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of this worker's own database with every table."""
    base = os.environ[SERVER_VARIABLE]
    name = f"ithaca_{os.getpid()}_{worker_id}"
    connection = await asyncpg.connect(base)
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    url = urlsplit(base)._replace(path=f"/{name}").geturl()
    await _make_tables(url, tmp_path_factory.mktemp("backups"))
    return url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database with every table, once on each engine."""
    if request.param == "sqlite":
        target = tmp_path / "ithaca.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), target)
        return f"sqlite://{target}"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture
async def db(database_url: str) -> AsyncGenerator[TortoiseContext, None]:
    """An open, empty database."""
    async with database(database_url) as context:
        if not database_url.startswith("sqlite"):
            await _empty(context)
        yield context


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Run with these environment variables; settings and keys are read anew."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    _forget()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        _forget()


def _forget() -> None:
    settings.cache_clear()
    secrets._installation_key.cache_clear()


async def _make_tables(url: str, backups: Path) -> None:
    """By the real migrations, as an operator gets them."""
    assert not await changes(), "The models have changed. Run: make migration name=..."
    await migrate(url, backups)


async def _empty(context: TortoiseContext) -> None:
    tables = ", ".join(f'"{model._meta.db_table}"' for model in context.apps.get_models_iterable())
    await context.connections.get("default").execute_script(f"TRUNCATE {tables} CASCADE")
