"""The power goes at any moment: what was confirmed is on the disk by then, and the database is whole.

ITHACA_CHAOS_MOMENTS says how many moments. See tests/faults/disk.py for what the model can and cannot show.
"""

import asyncio
import base64
import os
import random
import re
import shutil
import signal
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext

from server.kernel.ids import new_id
from tests.chance import seeded
from tests.conftest import environment
from tests.faults.disk import STRACE, Call, Disk, calls
from tests.faults.installation import KEY, environ_of, installed
from tests.faults.report import tell
from tests.faults.writers import Journal, confirming_writers

MOMENTS = int(os.environ.get("ITHACA_CHAOS_MOMENTS", "40"))
CONFIRMED = max(MOMENTS // 4, 30)
ID = re.compile(rb'"message":\{"id":"([A-Za-z0-9+/=]+)"')
pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="install strace to see what reaches the disk")


@dataclass(frozen=True)
class Recording:
    """What a run did, and the database as it was before."""

    calls: list[Call]
    files: dict[str, bytes]


@pytest.fixture(scope="module")
def chance() -> random.Random:
    return seeded()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_at_any_moment_all_that_was_confirmed_is_on_the_disk(
    db: TortoiseContext, database_url: str, tmp_path: Path, chance: random.Random
) -> None:
    run = await recorded(database_url, tmp_path, chance)
    lost, broken, confirmed = replayed(run, tmp_path, chance, MOMENTS)
    tell("R4", moments=MOMENTS, confirmed=confirmed, moments_with_a_loss=lost, broken_databases=broken)
    assert confirmed >= CONFIRMED
    assert (lost, broken) == (0, 0)
    without, _, _ = replayed(run, tmp_path, chance, 40, heed_syncs=False)
    print(f"on a disk that heeds no fsync: {without} of 40 moments with a loss")
    assert without > 10, "a disk without syncs must lose something"


async def recorded(database_url: str, tmp_path: Path, chance: random.Random) -> Recording:
    """Let people write to a server under strace, then kill it."""
    path, trace = Path(database_url.removeprefix("sqlite://")), tmp_path / "trace"
    journal, stop = Journal(), asyncio.Event()
    with environment(ITHACA_SECRET_KEY=KEY):
        writers = await confirming_writers(journal, chance)
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = {str(path): path.read_bytes(), f"{path}-wal": b""}
    async with installed(environ_of(tmp_path, database_url), "serve", before=(*STRACE, str(trace))) as here:
        writing = [asyncio.create_task(one.write(here.url, stop)) for one in writers]
        async with asyncio.timeout(600):
            while len(journal.confirmed) < CONFIRMED:
                await asyncio.sleep(0.05)
        stop.set()
        await asyncio.gather(*writing)
        await here.processes[0].end(signal.SIGKILL)
    assert journal.surprises == []
    return Recording(list(calls(trace)), files)


def replayed(
    run: Recording, tmp_path: Path, chance: random.Random, moments: int, *, heed_syncs: bool = True
) -> tuple[int, int, int]:
    """At how many moments something confirmed was lost, or the database broken; and how many were confirmed in all."""
    first = next(number for number, call in enumerate(run.calls) if call.kind == "said" and ID.search(call.data))
    when = sorted(chance.choices(range(first, len(run.calls)), k=moments))
    disk, confirmed, lost, broken = Disk(run.files, heed_syncs=heed_syncs), set[str](), 0, 0
    for number, call in enumerate(run.calls):
        disk.take(number, call)
        if call.kind == "said":
            confirmed |= {_row_id(found) for found in ID.findall(call.data)}
        while when and when[0] == number:
            when.pop(0)
            whole, there = restarted(disk, tmp_path / str(new_id()), chance)
            lost, broken = lost + (not confirmed <= there), broken + (not whole)
    return lost, broken, len(confirmed)


def restarted(disk: Disk, folder: Path, chance: random.Random) -> tuple[bool, set[str]]:
    """Whether the database is whole after the power came back, and which messages are in it."""
    folder.mkdir()
    disk.lose_power(folder, chance)
    (path,) = folder.glob("*.db")
    try:
        with closing(sqlite3.connect(path)) as file:
            whole = file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            found = {str(one).replace("-", "") for (one,) in file.execute("SELECT id FROM thread_message")}
    except sqlite3.DatabaseError:
        whole, found = False, set()
    shutil.rmtree(folder)
    return whole, found


def _row_id(global_id: bytes) -> str:
    return base64.b64decode(global_id).decode().partition(":")[2].replace("-", "")
