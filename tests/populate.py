"""One row in every table, made from the models themselves, so that a new table is covered the day it appears."""

from datetime import date, timedelta
from enum import Enum
from typing import Any

from tortoise import Model, fields
from tortoise.context import TortoiseContext
from tortoise.fields.relational import ForeignKeyFieldInstance

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.ids import new_id

ORGANIZATION_ID = new_id()


async def populate(context: TortoiseContext) -> dict[str, Model]:
    """Make one row of every model, each pointing to the rows it needs; returns them by class name."""
    rows: dict[str, Model] = {}
    assert context.apps is not None
    async with unit_of_work(system_actor(ORGANIZATION_ID)):
        for model in context.apps.get_models_iterable():
            await _row(model, rows)
    return rows


async def _row(model: type[Model], rows: dict[str, Model]) -> Model:
    name = model.__name__
    if name not in rows:
        values = {field: await _value(model, field, rows) for field in _needed(model)}
        rows[name] = await model.create(**values)
    return rows[name]


def _needed(model: type[Model]) -> list[str]:
    """Every relation that is not to the model itself, and every column that has no default."""
    meta = model._meta
    relations = [
        name for name in (*meta.fk_fields, *meta.o2o_fields)
        if getattr(meta.fields_map[name], "related_model", None) is not model
    ]
    taken = {meta.fields_map[name].source_field for name in (*meta.fk_fields, *meta.o2o_fields)}
    columns = [name for name in meta.fields_db_projection if name not in taken and _is_required(model, name)]
    return [*relations, *columns]


def _is_required(model: type[Model], name: str) -> bool:
    if name == "organization_id" or (name == "id" and model.__name__ == "Organization"):
        return True
    field = model._meta.fields_map[name]
    return bool(field.required) and not field.null


async def _value(model: type[Model], name: str, rows: dict[str, Model]) -> Any:
    field = model._meta.fields_map[name]
    if name == "organization_id" or (name == "id" and model.__name__ == "Organization"):
        return ORGANIZATION_ID
    if isinstance(field, ForeignKeyFieldInstance):
        return await _row(field.related_model, rows)
    if enum := getattr(field, "enum_type", None):
        return _first(enum)
    return _plain(field)


def _first(enum: type[Enum]) -> Enum:
    return next(iter(enum))


def _plain(field: fields.Field[Any]) -> Any:
    samples: list[tuple[type[fields.Field[Any]], Any]] = [
        (fields.BooleanField, True),
        (fields.IntField, 1),
        (fields.SmallIntField, 1),
        (fields.FloatField, 0.5),
        (fields.UUIDField, new_id()),
        (fields.DatetimeField, clock.now() + timedelta(days=1)),
        (fields.DateField, date(2026, 11, 22)),
        (fields.BinaryField, b"\x00\x01"),
        (fields.JSONField, {}),
        (fields.TextField, "words"),
        (fields.CharField, str(new_id())[: getattr(field, "max_length", 36)]),
    ]
    return next(sample for kind, sample in samples if isinstance(field, kind))
