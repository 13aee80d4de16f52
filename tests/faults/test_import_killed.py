"""Ten thousand people are imported by the command, which is killed in each of its batches in turn and run again: the
tables end like those of one clean run, and memory stays within bounds (R10, R8).

Within each transaction, at small sizes: tests/server/journey/importing/test_interruptions.py.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from server.journey.importing.planning import BATCH_ROWS
from server.people.models import ImportRun
from server.people.states import ImportState
from tests import factories
from tests.chance import LONG, seeded
from tests.crowd import peak_mb
from tests.faults.installation import ITHACA, environ_of
from tests.faults.report import tell
from tests.pools import Kept
from tests.server.journey.importing.test_interruptions import HEADER, an_empty, table_hash

ROWS = int(os.environ.get("ITHACA_CHAOS_ROWS", "10000"))
MEMORY_MB, PATIENCE_S, WITHIN_S = 350, 1_200, 0.5
pytestmark = pytest.mark.skipif(not LONG, reason="ten thousand rows, twenty kills: runs in 'make chaos'")


def a_file() -> bytes:
    """Managers stand after those they manage, across batches; a row in a hundred is refused."""
    rows = [
        f"{number},p{number}@example.test,Given{number},Family,{number + 700 if number + 700 < ROWS else ''},"
        f"{'Fleet' if number % 2 else 'Port'},Coaching,About {number},mornings,rising,"
        f"{'mentor' if number % 3 else ('captain' if number % 100 == 0 else 'mentee')}"
        for number in range(ROWS)
    ]
    return "\n".join([HEADER, *rows]).encode()


@dataclass
class Command:
    """`ithaca import FILE --apply`, each time in a process of its own. `most_mb` is what any of them held at most."""

    environ: dict[str, str]
    file: Path
    most_mb: float = 0

    async def run(self, until: Callable[[], Awaitable[bool]], pause_s: float = 0) -> int:
        """Start it, kill it `pause_s` after `until` holds, and say how it ended: -9 when it was killed."""
        process = await asyncio.create_subprocess_exec(
            ITHACA, "import", str(self.file), "--organization", "import", "--apply", env=self.environ,
            start_new_session=True, stdout=asyncio.subprocess.DEVNULL,
        )
        ended = asyncio.create_task(process.wait())
        async with asyncio.timeout(PATIENCE_S):
            while not ended.done() and not await until():
                with suppress(OSError, StopIteration):      # it has just ended
                    self.most_mb = max(self.most_mb, peak_mb(process.pid))
                await asyncio.wait([ended], timeout=0.1)
        await asyncio.wait([ended], timeout=pause_s)
        if not ended.done():
            os.killpg(process.pid, signal.SIGKILL)
        return await ended


async def test_killed_in_each_batch_it_ends_like_a_clean_run(
    database_url: str, sqlite_template: Path, connections: Kept, tmp_path: Path
) -> None:
    file, chance, killed = tmp_path / "people.csv", seeded(), 0
    file.write_bytes(a_file())
    command = Command(environ_of(tmp_path, database_url), file)
    async with an_empty(database_url, sqlite_template, connections):
        await an_office()
        assert await command.run(never) == 1, "some rows are refused"
        clean, clean_run = await table_hash(), await ImportRun.get()
    async with an_empty(database_url, sqlite_template, connections):
        await an_office()
        for batch in range(-(-ROWS // BATCH_ROWS)):
            killed += await command.run(partial(has_written, batch * BATCH_ROWS), WITHIN_S * chance.random()) < 0
        await command.run(never)
        run = await ImportRun.get()
        again = await table_hash()
    tell(
        "R10", engine=database_url.partition(":")[0], rows=ROWS, batches=-(-ROWS // BATCH_ROWS), kills=killed,
        refused=clean_run.summary["counts"]["refused"], same_tables=again == clean, memory_mb=round(command.most_mb),
    )
    assert killed >= ROWS // BATCH_ROWS - 2, "it was too quick to be killed"
    assert (run.state, run.summary) == (ImportState.DONE, clean_run.summary)
    assert again == clean
    assert command.most_mb <= MEMORY_MB


async def an_office() -> None:
    org = await factories.organization(key="import")
    await factories.competency(org, "Coaching")
    await factories.cohort(await factories.program(org, key="rising"))


async def never() -> bool:
    return False


async def has_written(rows: int) -> bool:
    """Whether the rows before a batch are stored, and the batch itself is under way."""
    return await ImportRun.filter(state=ImportState.RUNNING, rows_applied__gte=rows).exists()
