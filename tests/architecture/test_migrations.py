"""Migrations only add, so that the release before goes on beside the new one while it is put in its place."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tortoise.migrations import operations as ops

from server import migrations

FIRST = ("0001_initial", "0002_same_organization")
"""Before the first release: there was no code beside them."""
ADDING: tuple[type, ...] = (ops.CreateModel, ops.AddField, ops.AddIndex, ops.RunSQL, ops.RunPython)
UNTOUCHED = {"Reworded", "Loosened"}
"""An enum got a value: the models know, the database stays as it is. And a column that may be empty from now on: the
release before goes on to fill it."""
TAKING_AWAY: dict[str, str] = {}
"""Migrations that take away or change, with the release that was the last to read what goes. The changelog says so."""
NAMES = sorted(path.stem for path in Path(migrations.__file__).parent.glob("[0-9]*.py"))
LATER = [name for name in NAMES if name not in FIRST]


def operations(name: str) -> list[Any]:
    return list(import_module(f"server.migrations.{name}").Migration.operations)


@pytest.mark.parametrize("name", LATER)
def test_a_migration_only_adds(name: str) -> None:
    if name in TAKING_AWAY:
        return
    others = {type(one).__name__ for one in operations(name) if not isinstance(one, ADDING)}
    assert others <= UNTOUCHED, f"{name}: the release before still reads this. Add now, take away one release later."


@pytest.mark.parametrize("name", LATER)
def test_a_new_column_is_filled_without_the_code_that_knows_it(name: str) -> None:
    """The release before writes rows without it."""
    added = [one for one in operations(name) if isinstance(one, ops.AddField)]
    needed = [one.name for one in added if not one.field.null and not one.field.has_db_default()]
    assert needed == [], f"{name}: let it be empty, or give it db_default"


@pytest.mark.parametrize("name", LATER)
def test_no_rule_is_added_that_rows_of_the_release_before_may_break(name: str) -> None:
    unique = [
        one for one in operations(name)
        if (isinstance(one, ops.AddField) and one.field.unique) or getattr(getattr(one, "index", None), "unique", False)
    ]
    assert unique == [], f"{name}: the release before does not keep this rule"


def test_the_list_of_those_that_take_away_is_true() -> None:
    assert TAKING_AWAY.keys() <= set(LATER)
