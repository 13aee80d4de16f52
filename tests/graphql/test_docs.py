"""docs/api.md tells the truth: its examples fit the schema, its limits are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from graphql_schema import cost, limits
from graphql_schema.export import sdl
from graphql_schema.limits import QUERY_S
from graphql_schema.pagination import PAGE_MAX, PAGE_SIZE

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```graphql\n(.*?)```", TEXT, re.DOTALL)
SCHEMA = build_schema(sdl())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.split("(")[0].split()[1])
def test_example_fits_the_schema_and_the_limits(example: str) -> None:
    document = parse(example, max_tokens=limits.TOKENS)
    assert validate(SCHEMA, document) == []
    assert limits.problems(SCHEMA, document) == ()


def test_limits_are_those_of_the_code() -> None:
    document = f"{limits.TOKENS:,} tokens, {limits.DEPTH} levels, {limits.ALIASES} aliases and {limits.DIRECTIVES}"
    assert f"{document} directives a document" in TEXT
    assert f"{limits.REPEATS} repeats" in TEXT
    assert f"may cost {cost.BUDGET:,}" in TEXT
    assert f"by {PAGE_SIZE} for a page" in TEXT
    assert f"by {cost.USUAL} for a list" in TEXT
    assert f"A change costs {cost.MUTATION} besides, `totalCount` {cost.COUNT}" in TEXT
    assert f"take {QUERY_S} seconds, a change {limits.MUTATION_S}" in TEXT
    assert f"{PAGE_SIZE} unless told otherwise and {PAGE_MAX} at most" in TEXT
    assert f"{limits.BODY_BYTES // 1000} kB" in TEXT
