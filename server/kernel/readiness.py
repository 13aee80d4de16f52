"""Whether this installation can do its work right now, part by part and in words, for whoever watches it."""

from dataclasses import dataclass

from tortoise.context import TortoiseContext, require_context
from tortoise.exceptions import BaseORMException

from server.kernel import clock
from server.kernel.errors import Unavailable
from server.kernel.facts import Worker
from server.kernel.jobs.place import SILENT
from server.kernel.schema.guard import pending

ASK = "SELECT 1"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that must be in order, and what was found."""

    name: str
    ready: bool
    words: str


async def readiness() -> list[Part]:
    """The database, its migrations and the jobs. Without a database nothing else is asked."""
    context = require_context()
    database = await _database(context)
    if not database.ready:
        return [database]
    return [database, await _migrations(context), await _worker()]


async def _database(context: TortoiseContext) -> Part:
    try:
        await context.connections.get("default").execute_query(ASK)
    except (BaseORMException, Unavailable) as error:
        return Part("database", False, f"does not answer ({type(error.__cause__ or error).__name__})")
    return Part("database", True, "answers")


async def _migrations(context: TortoiseContext) -> Part:
    lacking = await pending(context)
    if lacking:
        return Part("migrations", False, f"{len(lacking)} to apply: run 'ithaca migrate'")
    return Part("migrations", True, "all applied")


async def _worker() -> Part:
    latest = await Worker.all().order_by("-beat_at").first()
    if latest is None:
        return Part("worker", False, "no process runs jobs")
    silent_s = (clock.now() - latest.beat_at).total_seconds()
    if silent_s > SILENT.total_seconds():
        return Part("worker", False, f"not heard of for {silent_s:.0f} seconds")
    return Part("worker", True, "beating")
