"""Hostile documents are refused, and cheaply: the attacks of the threat table that a document can carry."""

from __future__ import annotations

import time

import pytest

from graphql_schema.limits import ERRORS
from server.kernel.actor import system_actor
from server.kernel.ids import new_id
from tests.graphql.ask import send

SOMEBODY = system_actor(new_id())


def nested(levels: int) -> str:
    return "{ programs " + "{ edges { node { cohorts { program " * levels + "{ id }" + "} } } }" * levels + " }"


def fragments(count: int) -> str:
    """Each fragment spreads the next one twice: 2 to the `count` ways through."""
    spreads = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(count)]
    return "query { ...F0 } " + " ".join(spreads) + f" fragment F{count} on Query {{ __typename }}"


ATTACKS = {
    "depth": nested(3),
    "depth by a fragment": "query { programs { edges { node { ...A } } } } " + " ".join(
        f"fragment {name} on Program {{ cohorts {{ program {{ ...{below} }} }} }}"
        for name, below in ("AB", "BC", "CD", "DE")
    ) + " fragment E on Program { id }",
    "aliases": "{ " + " ".join(f"a{n}: __typename" for n in range(31)) + " }",
    "aliases by a fragment": "{ " + "...A " * 16 + "} fragment A on Query { a: __typename b: __typename }",
    "directives": "{ __typename " + "@include(if: true) " * 51 + "}",
    "fragments in fragments with aliases": fragments(120).replace("__typename", "a: __typename"),
    "fragments in a circle": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "tokens": "{ " + "__typename " * 2001 + "}",
    "introspection in circles": "{ __schema { types " + "{ fields { type " * 8 + "{ name }" + "} }" * 8 + " } }",
    "nested lists": "{ node(id: " + "[" * 900 + "]" * 900 + ") { id } }",
    "nested selections": "{ a" * 600 + " }" * 600,
    "nested fragments": " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(240)) + " { ...F0 }",
    "fields that must agree": "{ " + "node(id: 1) { id } " * 200 + "node(id: 2) { id } }",
    "names nearly right": "{ " + "organizatio " * 400 + "}",
    "variables nearly right": "query (" + "$a: ID " * 300 + ") { __typename }",
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_attack_is_a_400_at_once(attack: str) -> None:
    started = time.process_time()
    answer = await send(SOMEBODY, ATTACKS[attack])
    spent = time.process_time() - started
    assert answer.status_code == 400, answer.text
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"BAD_REQUEST"}
    assert len(answer.json()["errors"]) <= ERRORS
    print(f"{attack}: {spent * 1000:.0f} ms")
    assert spent < 2, "a loop without an end would be cut off here; the figure itself is printed, never asserted"


async def test_many_ways_through_few_fragments_cost_nothing() -> None:
    assert (await send(SOMEBODY, fragments(120))).json() == {"data": {"__typename": "Query"}}


async def test_limits_leave_room_for_a_screen(db: object) -> None:
    document = "query { " + " ".join(f"a{n}: __typename" for n in range(30)) + " }"
    assert (await send(SOMEBODY, document)).status_code == 200
    assert (await send(SOMEBODY, nested(1))).json() == {"data": {"programs": {"edges": []}}}
