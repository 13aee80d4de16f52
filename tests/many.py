"""Thousands of pairs that have nothing due, made by the database itself."""

from tortoise import Model
from tortoise.connection import get_connection

from server.kernel.facts import ScheduledAction
from server.matches.models import MatchMember
from tests.factories import Pair

PLANS_EACH, AT_ONCE = 2, 20_000
NUMBERS = {
    "SQLite": "(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i "
              "FROM n)",
    "PostgreSQL": "(SELECT generate_series({first}, {last}) AS i)",
}
FRESH = {
    "SQLite": "printf('{number:08d}-0000-7000-8000-%012x', i)",
    "PostgreSQL": "('{number:08d}-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid",
}
"""Ids of rows that are copied: known, so that one table can point to another."""


async def copy(name: str, row: Model, count: int, number: int, **own: str) -> None:
    """Copy a row `count` times, each with an id of its own; `own` gives other columns, by the number `i`."""
    table_name = row._meta.db_table
    other = {"id": FRESH[name].format(number=number), **own}
    columns = [str(field.source_field or key) for key, field in row._meta.fields_map.items() if field.has_db_field]
    values = ", ".join(other.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    for first in range(1, count + 1, AT_ONCE):
        numbers = NUMBERS[name].format(first=first, last=min(first + AT_ONCE - 1, count))
        await get_connection("default").execute_script(
            f'INSERT INTO "{table_name}" ({names}) SELECT {values} FROM "{table_name}", '
            f"{numbers} AS numbers WHERE id = '{row.pk}'"
        )


async def more_pairs(name: str, pair: Pair, count: int) -> None:
    """So many more matches like one, with both members and some of what is planned for them."""
    match_id = FRESH[name].format(number=1)
    await copy(name, pair.match, count, 1)
    for number, member in enumerate(await MatchMember.filter(match_id=pair.match.id), start=2):
        await copy(name, member, count, number, match_id=match_id)
    plans = await ScheduledAction.filter(subject_id=pair.match.id).order_by("-due_at").limit(PLANS_EACH)
    for number, planned in enumerate(plans, start=4):
        await copy(name, planned, count, number, subject_id=match_id, dedupe_key=f"'{number}:' || i")
    await get_connection("default").execute_script("ANALYZE")
