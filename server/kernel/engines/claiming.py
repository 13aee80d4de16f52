"""Taking rows in one statement: UPDATE ... RETURNING. PostgreSQL passes by what another process is about to take."""

from typing import Any
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

OWNER, UNTIL = "lease_owner", "lease_until"


async def take(free: QuerySet[Any], values: list[Any]) -> set[UUID]:
    """Write `values`, an owner and until when, into the rows of `free`. Returns the ids of those that were free still,
    as one statement sees it."""
    connection = get_connection("default")
    rows = free.only("id").select_for_update(skip_locked=True).using_db(connection)
    rows._make_query()
    inner, given = rows.query.get_parameterized_sql()
    if connection.capabilities.dialect == "postgres":
        owner, until = f"${len(given) + 1}", f"${len(given) + 2}"
        given = [*given, *values]
    else:
        owner, until = "?", "?"
        given = [*values, *given]
    table = free.model._meta.db_table
    changed = f'UPDATE "{table}" SET "{OWNER}"={owner}, "{UNTIL}"={until} WHERE "id" IN ({inner}) RETURNING "id"'  # noqa: S608  # names of ours
    return {UUID(str(row["id"])) for row in await connection.execute_query_dict(changed, given)}
