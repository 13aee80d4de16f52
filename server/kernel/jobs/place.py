"""Who runs jobs under which name: one process for each executor id, shown by a heartbeat.

DBOS would run a neighbour's work a second time if two processes had the same id (engineering notes of the stack, 4).
"""

import os
import platform
from datetime import timedelta
from pathlib import Path

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from server.kernel import clock
from server.kernel.facts import Worker

BEAT_S = 5.0
SILENT = timedelta(seconds=30)


class PlaceTaken(Exception):
    """Another live process runs jobs under this executor id. The text says what to do."""


async def take_place(executor_id: str) -> str:
    """Become the process that runs jobs as `executor_id`; returns how this process is known.

    A predecessor that died on this machine is replaced at once, one elsewhere when it was silent for 30 seconds.

    Raises:
        PlaceTaken: it is alive.
    """
    me, moment = this_process(), clock.now()
    try:
        async with in_transaction("default") as connection:
            there = await Worker.filter(id=executor_id).using_db(connection).select_for_update().first()
            if there is None:
                await Worker.create(id=executor_id, process=me, beat_at=moment, using_db=connection)
            elif is_alive(there):
                raise PlaceTaken(_explanation(there))
            else:
                await Worker.filter(id=executor_id).using_db(connection).update(process=me, beat_at=moment)
    except IntegrityError as error:
        raise PlaceTaken(f"Another process has just started to run jobs as '{executor_id}'.") from error
    return me


async def beat(executor_id: str, me: str) -> bool:
    """Say that this process lives. False when another one has taken its place."""
    return bool(await Worker.filter(id=executor_id, process=me).update(beat_at=clock.now()))


async def leave_place(executor_id: str, me: str) -> None:
    """Free the place, so that the next start need not wait."""
    await Worker.filter(id=executor_id, process=me).delete()


def is_seen(there: Worker) -> bool | None:
    """Whether the process of a place lives, as this machine sees it; None for one elsewhere: only its beat tells."""
    machine, number, started = there.process.rsplit("/", 2)
    if started and machine == _machine():
        return _started(int(number)) == started
    return None


def this_process() -> str:
    """This process among all others: machine, process number, and the moment it started."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}"


def is_alive(there: Worker) -> bool:
    """Whether the process of a place works: as this machine sees it, or by its beat."""
    seen = is_seen(there)
    return there.beat_at > clock.now() - SILENT if seen is None else seen


def _machine() -> str:
    """A boot of a machine, and the process numbers that are valid there: containers have their own."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}.{Path('/proc/self/ns/pid').readlink().name.strip('pid:[]')}"
    except OSError:
        return platform.node()[:40]


def _started(number: int) -> str:
    """When a process started, in the system's ticks; empty when it is gone, or where the system does not tell."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def _explanation(there: Worker) -> str:
    silent = int((clock.now() - there.beat_at).total_seconds())
    return (
        f"Another process already runs jobs as '{there.id}' (heard {silent} s ago). "
        "Stop it, or give this one a name of its own with ITHACA_EXECUTOR_ID."
    )
