"""A database of its own with one busy person in it, and asking the real application without a network."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from server.kernel.db import database
from server.kernel.schema.guard import migrate
from tests.conftest import environment

ROUNDS, BATCH = 5, 4


@asynccontextmanager
async def empty_database() -> AsyncGenerator[Path, None]:
    """A migrated SQLite database, open, in a var folder that `ithaca serve` can take over; yields the folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with environment(ITHACA_VAR_DIR=name):
            url = f"sqlite://{folder / 'ithaca.db'}"
            await migrate(url, folder / "backups")
            async with database(url):
                yield folder


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
