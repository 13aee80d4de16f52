"""An empty database for each state, the web face served beside it, one browser, and the report at the end."""

import gc
import shutil
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser
from tortoise.context import TortoiseContext

from a11y_tests import report
from a11y_tests.serving import Recorder, served
from a11y_tests.window import Window
from server.kernel import clock
from server.kernel.db import database
from server.kernel.settings import settings
from server.notifications import sink
from tests.conftest import environment
from tests.live import chromium
from tests.made import shared_folder, sqlite_file

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""The moment at which every state stands: the same picture every day."""


@pytest.fixture(scope="package")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A var folder of this worker's own, in a demonstration; tests of other packages run in none."""
    folder = tmp_path_factory.mktemp("a11y-var")
    with environment(ITHACA_VAR_DIR=str(folder), ITHACA_DEMO="true", ITHACA_SMTP_HOST=""):
        yield folder


@pytest.fixture(scope="package")
async def tables(settled: Path, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with every table, by the real migrations; copied for each state."""
    return await sqlite_file(shared_folder(tmp_path_factory, worker_id))


@pytest.fixture
async def rows(tables: Path, tmp_path: Path) -> AsyncGenerator[TortoiseContext, None]:
    """An open, empty database of this state's own, its clock held."""
    target = tmp_path / "ithaca.db"
    shutil.copy(tables, target)
    with clock.at(MONDAY):
        async with database(f"sqlite://{target}") as context:
            await context.connections.get("default").execute_script("PRAGMA synchronous = OFF")
            yield context


@pytest.fixture(scope="package")
async def site(settled: Path) -> AsyncGenerator[tuple[str, Recorder], None]:
    """The address of the web face, and what watches it."""
    async with sink.running(settings()), served() as found:
        yield found


@pytest.fixture(scope="session")
async def browser() -> AsyncGenerator[Browser, None]:
    """One browser for the worker."""
    async with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def window(browser: Browser) -> Window:
    """Its window, in which one state is looked at after another."""
    return Window(browser)


def pytest_configure(config: pytest.Config) -> None:
    """Keep what every state reports."""
    config.pluginmanager.register(report.Keeper(config), "a11y-report")


def pytest_collection_finish() -> None:
    """What is imported stays, as in the other tests; how seldom Python looks for garbage came with their conftest."""
    gc.freeze()
