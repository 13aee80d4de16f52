"""Models are finished once for each engine, not at each opening of a database: that took a third of the tests' time.

Finishing works out the filters, base queries and kinds of columns of every model for the engine of its connection. They
are the same each time, so what the library worked out the first time is put back; so are the texts of statements that
change a row, which the product forgets when it opens a database since it may be another engine's.
"""

from copy import copy
from typing import Any

from tortoise import Model
from tortoise.apps import Apps
from tortoise.backends.base import executor

REPLACED = ("basetable", "basequery", "basequery_all_fields")
FILLED = ("filters", "db_native_fields", "db_default_fields", "db_complex_fields")
"""What is worked out: in new objects, and into objects that stay, so that these have to be copied."""

_finished: dict[tuple[type, type[Model]], dict[str, Any]] = {}
_prepared: dict[tuple[tuple[type, type[Model]], ...], dict[Any, Any]] = {}
_finish = Apps._build_initial_querysets


def keep_models_finished() -> None:
    """From here on, in this process."""
    setattr(Apps, _finish.__name__, _finish_once)


def _finish_once(apps: Apps) -> None:
    models = [model for app in apps.apps.values() for model in app.values()]
    if any(_key(model) not in _finished for model in models):
        _finish(apps)
        _finished.update({_key(model): _worked_out(model) for model in models})
    executor.EXECUTOR_CACHE = _prepared.setdefault(tuple(_key(model) for model in models), {})
    for model in models:
        for name, value in _finished[_key(model)].items():
            setattr(model._meta, name, copy(value) if name in FILLED else value)


def _worked_out(model: type[Model]) -> dict[str, Any]:
    found = {name: getattr(model._meta, name) for name in (*REPLACED, *FILLED)}
    return {name: copy(value) if name in FILLED else value for name, value in found.items()}


def _key(model: type[Model]) -> tuple[type, type[Model]]:
    return model._meta.db.executor_class, model
