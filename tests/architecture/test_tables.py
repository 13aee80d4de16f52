"""Tables: what the models say is what the migrations make, references are indexed, the tenant leads."""

import ast
from collections.abc import Iterable

from tortoise import Model
from tortoise.context import TortoiseContext

from server.kernel.db import configuration
from server.kernel.schema.drafting import changes
from tests.architecture import source


async def test_the_migrations_say_what_the_models_say() -> None:
    operations = [operation for writer in await changes() for operation in writer.operations]
    drafted = [f"{type(operation).__name__} {vars(operation)}"[:200] for operation in operations]
    assert not drafted, "Run make migration name=... for:\n" + "\n".join(drafted)


def test_nobody_asks_for_an_index_that_migrations_never_make() -> None:
    found = [
        f"{name}:{node.lineno}" for name in source.modules() for node in ast.walk(source.tree(name))
        if isinstance(node, ast.keyword) and node.arg in ("db_index", "index")
        and name.endswith(("models.py", "facts.py"))
    ]
    assert not found, "Name an Index in Meta.indexes: db_index makes none through migrations.\n" + "\n".join(found)


async def test_every_reference_is_found_by_an_index() -> None:
    """A foreign key gets no index by itself: it is the first or second column of one (after the organisation)."""
    unindexed = [
        f"{model.__name__}.{column}" for model in await models() for column in _references(model)
        if not any(column in columns[:2] for columns in _indexes(model))
    ]
    assert not unindexed, "\n".join(unindexed)


async def test_every_index_has_a_name() -> None:
    unnamed = [
        f"{model.__name__}: {index}" for model in await models() for index in model._meta.indexes
        if not getattr(index, "name", "")
    ]
    assert not unnamed, "\n".join(unnamed)


async def models() -> list[type[Model]]:
    """Every table of the product."""
    async with TortoiseContext() as context:
        await context.init(config=configuration("sqlite://:memory:"))
        assert context.apps is not None
        return list(context.apps.get_models_iterable())


def _references(model: type[Model]) -> Iterable[str]:
    for name in (*model._meta.fk_fields, *model._meta.o2o_fields):
        column = model._meta.fields_map[name].source_field
        if column != "organization_id":
            yield str(column)


def _indexes(model: type[Model]) -> list[tuple[str, ...]]:
    unique = [(name,) for name in model._meta.fields_db_projection if model._meta.fields_map[name].unique]
    together = [tuple(names) for names in model._meta.unique_together]
    named = [tuple(getattr(index, "fields", index)) for index in model._meta.indexes]
    return [*unique, *together, *named]
