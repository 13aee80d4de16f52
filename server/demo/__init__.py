"""A living organisation to show the product with. Everybody in it is made up."""

from collections.abc import Callable

from server.demo.removal import remove
from server.demo.setting import KEY, UNFINISHED
from server.demo.story import LIVED_DAYS, live
from server.demo.turn import alone
from server.kernel.errors import NotFound
from server.kernel.jobs.batches import without_workers
from server.kernel.settings import Settings
from server.notifications import sink
from server.people.models import Organization
from server.people.queries import organization_by_key


async def load(settings: Settings, tell: Callable[[str], object], *, days: int = LIVED_DAYS) -> None:
    """Load the demonstration into an open, migrated database, unless it is there already; `tell` hears what is done.

    What an earlier load left when it was cut off is removed first.

    Raises:
        Conflict: another process is loading it, or runs jobs on this database.
    """
    async with alone(settings):
        if await _found(KEY):
            tell("It is there already.")
            return
        async with without_workers(settings.executor_id):
            if begun := await _found(UNFINISHED):
                tell("An earlier load was cut off. What it left is removed, and the load begins anew.")
                await remove(begun)
            tell("Loading the demonstration organisation; this takes some minutes.")
            with sink.hands_to(sink.keep):
                await live(days)
        tell("It is loaded.")


async def _found(key: str) -> Organization | None:
    try:
        return await organization_by_key(key)
    except NotFound:
        return None
