"""Migrations make thousands of short-lived classes of models, one after each change of each of them.

To look for garbage after each few takes most of their time, and half of the rest goes into working out again and again
what the same columns can be filtered by.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from tortoise import models
from tortoise.contrib.postgres.fields import ArrayField, TSVectorField
from tortoise.fields import Field, JSONField
from tortoise.fields.relational import BackwardFKRelation, ManyToManyFieldInstance
from tortoise.filters import FilterInfoDict, get_filters_for_field

SELDOM = (100_000, 1, 1)
"""Objects made between two looks (Python: 700). From nothing to here: 3.6 s of processor for 7, 152 MB for 111."""
OWN_FILTERS = (ArrayField, BackwardFKRelation, JSONField, ManyToManyFieldInstance, TSVectorField)
"""Kinds of fields whose filters depend on more than their name and column."""


@contextmanager
def many_models() -> Iterator[None]:
    """Let Python look for garbage seldom within the block, and the same filters be worked out once; then as before."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    vars(models)["get_filters_for_field"] = filters_of
    try:
        yield
    finally:
        vars(models)["get_filters_for_field"] = get_filters_for_field
        gc.set_threshold(*before)


def filters_of(field_name: str, field: Field[object] | None, source_field: str) -> dict[str, FilterInfoDict]:
    """What upstream works out. Read it only: it is the same for all columns of this name."""
    if field_name == "pk" or isinstance(field, OWN_FILTERS):
        return get_filters_for_field(field_name, field, source_field)
    return _plain(field_name, source_field)


@cache
def _plain(name: str, column: str) -> dict[str, FilterInfoDict]:
    return get_filters_for_field(name, None, column)
