"""Takes an organisation out again, with everything in it: for a demonstration that was not loaded to its end."""

from graphlib import TopologicalSorter

from tortoise import Model
from tortoise.context import require_context
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.transactions import in_transaction

from server.people.models import Organization


async def remove(organization: Organization) -> None:
    """Delete every row of an organisation, and itself last, in one transaction."""
    async with in_transaction("default") as connection:
        for model in _leaves_first():
            if "organization_id" in model._meta.fields_db_projection.values():
                await model.filter(organization_id=organization.id).using_db(connection).delete()
        await organization.delete(using_db=connection)


def _leaves_first() -> list[type[Model]]:
    """Every table, each before those that its rows point to."""
    apps = require_context().apps
    assert apps is not None, "the database is open"
    pointing: dict[type[Model], set[type[Model]]] = {model: set() for model in apps.get_models_iterable()}
    for model in pointing:
        for target in _pointed_to(model) - {model}:
            pointing[target].add(model)
    return list(TopologicalSorter(pointing).static_order())


def _pointed_to(model: type[Model]) -> set[type[Model]]:
    about = model._meta
    keys = (about.fields_map[name] for name in (*about.fk_fields, *about.o2o_fields))
    return {key.related_model for key in keys if isinstance(key, ForeignKeyFieldInstance)}
