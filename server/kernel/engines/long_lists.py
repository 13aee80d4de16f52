"""Long lists of values as one array: PostgreSQL takes 32,767 values for a statement, and groups may be larger.

Short ones stay as they are: `kept_sql` knows the text of each length.
"""

from typing import Any

from pypika_tortoise.enums import Equality
from pypika_tortoise.terms import BasicCriterion, Criterion, Function, Term, ValueWrapper
from tortoise import filters

LONG = 1_000


def is_in(field: Term, value: Any) -> Criterion:
    """`field` is one of the values."""
    if not _is_long(value):
        return filters.is_in(field, value)
    return BasicCriterion(Equality.eq, field, _all_at_once("ANY", value))


def not_in(field: Term, value: Any) -> Criterion:
    """`field` is none of the values, or NULL."""
    if not _is_long(value):
        return filters.not_in(field, value)
    return BasicCriterion(Equality.ne, field, _all_at_once("ALL", value)) | field.isnull()


def _is_long(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset) and len(value) > LONG


def _all_at_once(quantifier: str, value: Any) -> Function:
    return Function(quantifier, ValueWrapper(list(value)))
