"""What a worker that died had taken is free again as soon as a living one notices, not only when its leases end."""

import time
from datetime import datetime

from tortoise.transactions import in_transaction

from server.kernel.facts import Worker
from server.kernel.jobs.lanes import give_back
from server.kernel.jobs.place import SILENT, is_seen
from server.kernel.log import note


class Watch:
    """One worker's eye on the others. Those on its machine it sees; those elsewhere it listens to.

    Silence is measured here: a machine whose clock is behind is not taken for dead.
    """

    def __init__(self, executor_id: str, silent_s: float = SILENT.total_seconds()) -> None:
        self._executor_id, self._silent_s = executor_id, silent_s
        self._heard: dict[str, tuple[datetime, float]] = {}

    async def adopt(self) -> list[str]:
        """Free the places and leases of workers that died; returns their names.

        The lanes find the rows at their next look. One that was running counts as crashed once, so that it cannot take
        one worker after another with it.
        """
        others = await Worker.exclude(id=self._executor_id)
        return [one.id for one in others if self._is_dead(one) and await _bury(one)]

    def _is_dead(self, there: Worker) -> bool:
        seen = is_seen(there)
        if seen is not None:
            return not seen
        beat_at, since = self._heard.get(there.id, (None, 0.0))
        if beat_at != there.beat_at:
            self._heard[there.id] = (there.beat_at, time.monotonic())
            return False
        return time.monotonic() - since > self._silent_s


async def _bury(dead: Worker) -> bool:
    """Under the lock that `take_place` takes: a successor of the same name keeps what it has taken since."""
    async with in_transaction("default") as connection:
        same = Worker.filter(id=dead.id, process=dead.process, beat_at=dead.beat_at).using_db(connection)
        if await same.select_for_update().first() is None:
            return False
        await give_back(dead.id)
        await same.delete()
    note("worker.adopted", executor=dead.id)
    return True
