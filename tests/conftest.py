"""Fixtures of every test: a real database on both engines, a clock that tests move, a fresh var folder."""

import gc
import os
import re
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zlib import crc32

import hypothesis
import pytest
from tortoise.context import TortoiseContext

from server.kernel import clock, secrets
from server.kernel.db import database
from server.kernel.settings import settings
from tests import postgres
from tests.finished import keep_models_finished
from tests.made import postgres_copy, shared_folder, sqlite_file
from tests.pools import Kept, kept

ENGINES = ("sqlite", "postgres")
ENGINE = re.compile(rf"\b({'|'.join(ENGINES)})\b")
FACES = ("tests/web/", "tests/graphql/")
SERVER_VARIABLE = "ITHACA_TEST_POSTGRES"
gc.set_threshold(50_000, 10, 10)    # from the first import on: what is imported and collected leaves little garbage
keep_models_finished()
hypothesis.settings.load_profile("default" if "ITHACA_CHAOS" in os.environ else "ci")
"""`make test` tries the same examples each time, everywhere; new ones are sought by `make chaos`."""


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, in the controlling process; workers inherit its address."""
    if hasattr(config, "workerinput") or SERVER_VARIABLE in os.environ or config.option.collectonly:
        return
    server = postgres.start()
    os.environ[SERVER_VARIABLE] = server.base
    config.add_cleanup(server.stop)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The faces are thin, and what is below them is tested on both engines: a test of theirs runs on one, by turns.

    `make chaos` runs all of them on both.
    """
    if "ITHACA_CHAOS" in os.environ:
        return
    there = {item.nodeid for item in items}
    spared = {item for item in items if item.nodeid.startswith(FACES) and _is_the_others_turn(item.nodeid, there)}
    config.hook.pytest_deselected(items=list(spared))
    items[:] = [item for item in items if item not in spared]


def _is_the_others_turn(nodeid: str, there: set[str]) -> bool:
    """Whether its twin on the other engine is there, and is the one to run."""
    twins = [ENGINE.sub(engine, nodeid) for engine in ENGINES]
    return there.issuperset(twins) and twins[crc32(twins[0].encode()) % len(twins)] != nodeid


def pytest_collection_finish() -> None:
    """What is imported stays: Python need not look through it for garbage again and again."""
    gc.freeze()


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


@pytest.fixture
def morning() -> None:
    """What waits for its hours goes at once, whenever the test runs: it is ten on a working day. Only where no other
    process has a clock of its own."""
    moment = clock.now()
    ahead = (7 - moment.weekday()) if moment.weekday() > 4 else 0
    clock.move(moment.replace(hour=10, minute=0) + timedelta(days=ahead) - moment)


@pytest.fixture(scope="session")
def made(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of the run share."""
    return shared_folder(tmp_path_factory, worker_id)


@pytest.fixture(scope="session")
async def sqlite_template(made: Path) -> Path:
    """An empty database with every table, copied for each test."""
    return await sqlite_file(made)


@pytest.fixture(scope="session")
async def connections(worker_id: str, made: Path) -> AsyncGenerator[Kept, None]:
    """This worker's own PostgreSQL database with every table, and the connections to it."""
    url = await postgres_copy(os.environ[SERVER_VARIABLE], made, f"ithaca_{os.getpid()}_{worker_id}")
    async with kept(url) as found:
        yield found


@pytest.fixture(scope="session")
def postgres_database(connections: Kept) -> str:
    """Its address."""
    return connections.url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database with every table, once on each engine."""
    if request.param == "sqlite":
        target = tmp_path / "ithaca.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), target)
        return f"sqlite://{target}"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture
async def db(request: pytest.FixtureRequest, database_url: str) -> AsyncGenerator[TortoiseContext, None]:
    """An open, empty database."""
    async with database(database_url) as context:
        if not database_url.startswith("sqlite"):
            await request.getfixturevalue("connections").empty()
        else:       # that it reaches the disk is seen where processes of their own are stopped
            await context.connections.get("default").execute_script("PRAGMA synchronous = OFF")
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
