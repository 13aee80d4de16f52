"""What an operator may know of all organisations at once: counts, moments, and whether the key opens; never a word."""

from datetime import datetime, timedelta
from typing import Any

from tortoise.context import require_context
from tortoise.expressions import Q

from server.access.models import RoleGrant, UserSession
from server.access.states import Role
from server.kernel import clock
from server.kernel.facts import ActionState, AuditEvent, OutboxEvent, ScheduledAction, Worker
from server.kernel.jobs import load_handlers
from server.kernel.jobs.lanes import LANES
from server.kernel.jobs.place import SILENT
from server.kernel.secrets import MARK, EncryptedTextField, SecretUnreadable
from server.people.models import Organization
from server.people.states import PersonStatus

LATE = timedelta(minutes=10)


async def unreadable_columns() -> list[str]:
    """The encrypted columns whose newest value does not open with this installation's key."""
    apps = require_context().apps
    assert apps is not None
    fields = [
        (model._meta.db_table, model._meta.fields_db_projection[name], field)
        for model in apps.get_models_iterable() for name, field in model._meta.fields_map.items()
        if isinstance(field, EncryptedTextField)
    ]
    return [f"{table}.{column}" for table, column, field in fields if not await _opens(table, column, field)]


async def parked_count() -> int:
    """Rows of jobs that were given up: somebody has to look at them."""
    facts = await OutboxEvent.filter(parked_at__isnull=False).count()
    return facts + await ScheduledAction.filter(state=ActionState.PARKED).count()


async def late_counts() -> dict[str, int]:
    """By lane, rows that were due over ten minutes ago and that nobody works on or has put off."""
    load_handlers()
    moment = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lte=moment)
    counts = {
        lane.name: await lane.model.filter(free, **lane.open, **{f"{lane.due}__lt": moment - LATE}).count()
        for lane in LANES.values()
    }
    return {name: count for name, count in counts.items() if count}


async def keys_without_administrator() -> list[str]:
    """The keys of organisations in which nobody who works there may give roles."""
    led = RoleGrant.filter(role=Role.GLOBAL_ADMIN).exclude(person__status=PersonStatus.ENDED)
    led_ids = set(await led.values_list("organization_id", flat=True))
    return [row.key for row in await Organization.all().order_by("key") if row.id not in led_ids]


async def silent_workers() -> list[str]:
    """The names of processes that should run jobs and were not heard of for 30 seconds."""
    silent = Worker.filter(beat_at__lt=clock.now() - SILENT).order_by("id")
    return [str(name) for name in await silent.values_list("id", flat=True)]


async def newest_entry_at() -> datetime | None:
    """When the last thing happened that was written down."""
    newest = await AuditEvent.all().order_by("-at").first()
    return newest.at if newest else None


async def clock_of_the_server() -> datetime | None:
    """What a PostgreSQL server takes for now; SQLite has no clock of its own."""
    connection = require_context().connections.get("default")
    if connection.capabilities.dialect == "sqlite":
        return None
    _, rows = await connection.execute_query("SELECT clock_timestamp() AS now")
    moment: datetime = rows[0]["now"]
    return moment


async def forget_processes_and_sessions() -> None:
    """End what belongs to the moment of a backup, not to that of its return."""
    await Worker.filter().delete()
    await UserSession.filter().delete()


async def _opens(table: str, column: str, field: EncryptedTextField) -> bool:
    connection = require_context().connections.get("default")
    sql = f'SELECT "{column}" AS value FROM "{table}" WHERE "{column}" LIKE \'{MARK}%\' ORDER BY "id" DESC LIMIT 1'  # noqa: S608  # names of our models
    _, rows = await connection.execute_query(sql)
    values: list[Any] = [row["value"] for row in rows]
    try:
        return all(field.to_python_value(value) is not None for value in values)
    except SecretUnreadable:
        return False
