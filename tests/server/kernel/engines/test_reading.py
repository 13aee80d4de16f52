"""Rows become the objects that Tortoise would have made of them, column for column."""

from typing import Any

import pytest
from tortoise import Model, Tortoise
from tortoise.backends.sqlite.executor import SqliteExecutor

from server.kernel.engines.sqlite import Executor
from tests import plenty


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_objects_are_those_that_tortoise_makes(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    await plenty.begin()
    models = list(Tortoise.apps["models"].values())
    ours = [[_plain(one) for one in rows] for model in models for rows in await _read(model)]
    monkeypatch.setattr(Executor, "execute_select", SqliteExecutor.execute_select)
    theirs = [[_plain(one) for one in rows] for model in models for rows in await _read(model)]
    assert ours == theirs
    assert sum(len(rows) for rows in ours) > 100, "there was something to read"


async def _read(model: type[Model]) -> list[list[Model]]:
    """All rows, with and without what they point to; and a part of each."""
    rows = model.all().order_by(model._meta.pk_attr)
    pointed = [name for name in model._meta.fk_fields if model._meta.fields_map[name].related_model is not model]
    return [await rows, await rows.select_related(*pointed), await rows.only(model._meta.pk_attr)]


def _plain(one: Model) -> dict[str, Any]:
    return {name: _plain(value) if isinstance(value, Model) else value for name, value in vars(one).items()}
