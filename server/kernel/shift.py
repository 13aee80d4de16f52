"""A demonstration's clock, moved for good: kept in the database, so that a restart and other processes agree.

`kernel.clock.move` moves one process until it ends; this moves the installation. Production has no way to call it.
"""

from datetime import timedelta

from tortoise.transactions import in_transaction

from server.kernel import clock
from server.kernel.db import wake
from server.kernel.errors import Invalid, NotFound
from server.kernel.facts import ClockShift
from server.kernel.settings import settings
from server.kernel.text import gettext as _

LONGEST = timedelta(days=400)
"""The longest single step: a programme of twelve months and its end. Further is two steps."""


async def keep_shift() -> None:
    """Set this process's clock as the installation's was left. Nothing happens outside a demonstration."""
    if settings().demo:
        clock.reset(await _kept())


async def shift_clock(by: timedelta) -> timedelta:
    """Move the clock of a demonstration forward and let the jobs look at once. Returns how far it is moved in all.

    Raises:
        NotFound: this is no demonstration.
        Invalid: backward, or more than 400 days in one step; what has happened stays happened.
    """
    if not settings().demo:
        raise NotFound
    if not timedelta() < by <= LONGEST:
        raise Invalid({"days": _("Move the clock forward, by 400 days at most.")})
    async with in_transaction("default") as connection:
        await ClockShift.get_or_create(id=1, using_db=connection)
        row = await ClockShift.select_for_update().using_db(connection).get(id=1)
        row.seconds += int(by.total_seconds())
        await row.save(using_db=connection, update_fields=["seconds"])
    clock.reset(timedelta(seconds=row.seconds))
    wake()
    return clock.offset()


async def _kept() -> timedelta:
    row = await ClockShift.get_or_none(id=1)
    return timedelta(seconds=row.seconds if row else 0)
