"""A database of its own with one busy person in it, and asking the real application without a network."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median

from server.kernel.db import database
from server.kernel.schema.guard import migrate
from tests.conftest import environment

ROUNDS, BATCH = 5, 4


@contextmanager
def var_folder() -> Iterator[Path]:
    """A var folder of its own, which the settings of this process point to."""
    with tempfile.TemporaryDirectory() as name, environment(ITHACA_VAR_DIR=name):
        yield Path(name)


@asynccontextmanager
async def empty_database(folder: Path) -> AsyncGenerator[None, None]:
    """A migrated SQLite database in a var folder, open; `ithaca serve` can take it over afterwards."""
    url = f"sqlite://{folder / 'ithaca.db'}"
    await migrate(url, folder / "backups")
    async with database(url):
        yield


async def cpu_ms(act: Callable[[], Awaitable[object]]) -> float:
    """Processor milliseconds of one act in all threads: the median of some rounds, after a first one that warms up."""
    await act()
    took = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(BATCH):
            await act()
        took.append((time.process_time() - started) / BATCH * 1000)
    return median(took)
