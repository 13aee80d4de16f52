"""Many rows at once without an object for each: the one way to write thousands (docs/decisions/0002-database.md).

A model instance costs some 20 microseconds, ten times its share of the INSERT. Here a row is a plain mapping; values
are checked and turned into stored ones by the fields of the model, once for each different value.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any

from tortoise import Model, fields
from tortoise.fields.base import Field

from server.kernel.secrets import EncryptedTextField

ROWS_AT_ONCE = 1_000
Row = Mapping[str, Any]


async def insert_rows(model: type[Model], rows: Sequence[Row]) -> None:
    """Insert rows in their order, within the open unit. All rows name the same fields; others get their default.

    Raises:
        ValidationError: a value that the field does not take.
        IntegrityError: a row that breaks a rule of the table.
    """
    if not rows:
        return
    db = model._choose_db(True)
    executor = db.executor_class(model=model, db=db)
    columns = [_stored(model, model._meta.fields_map[name], name, rows) for name in executor.regular_columns_all]
    values = list(map(list, zip(*columns, strict=True)))
    for start in range(0, len(values), ROWS_AT_ONCE):
        await db.execute_many(executor.insert_query_all, values[start : start + ROWS_AT_ONCE])


class _Turned(dict[Any, Any]):
    """What a field stores for a value, worked out once for each value."""

    def __init__(self, turn: Callable[[Any], Any]) -> None:
        super().__init__()
        self._turn = turn

    def __missing__(self, value: Any) -> Any:
        stored = self[value] = self._turn(value)
        return stored


def _stored(model: type[Model], field: Field[Any], name: str, rows: Sequence[Row]) -> Iterable[Any]:
    """One column as it is stored. Every row gets an id of its own; other defaults are worked out once."""

    def turn(value: Any) -> Any:
        return field.to_db_value(value, model)

    default = field.default if callable(field.default) else lambda: field.default
    if name not in rows[0]:
        return (turn(default()) for _ in rows) if field.pk else repeat(turn(default()), len(rows))
    given = map(itemgetter(name), rows)
    alone = field.pk or isinstance(field, fields.JSONField | EncryptedTextField)
    return map(turn, given) if alone else map(_Turned(turn).__getitem__, given)
