"""Every field and mutation with values that nobody should send: a clear answer, never a surprise."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLType,
    build_schema,
    get_named_type,
)

from graphql_schema.export import sdl
from graphql_schema.ids import global_id
from server.kernel.actor import Actor, Grant, Permission
from server.kernel.ids import new_id
from tests import factories
from tests.graphql.ask import send
from tests.graphql.everything import Everything, everything

SCHEMA = build_schema(sdl())
ROUNDS = 300 if "ITHACA_CHAOS" in os.environ else 6
TEXTS = (
    "", " ", "\u0000", "a\u0000b", "x" * 300, "x" * 12_000, "9" * 9_000, "' OR 1=1 --", "%s%n{}$", "=1+1",
    "\u202egnirts\u202c",
    "🧭" * 90, "é\u0301", "<script>", "../../etc", "null", "\x01v1.0.x", "true", "\ufeff", "\r\nBcc: all", "en-GB",
    "Europe/Lisbon",
)
NUMBERS = (0, -1, 1, 5, 2**31 - 1, -(2**31))
DAYS = ("1900-01-01", "2199-12-31", "2026-11-22", "2027-02-28", "2024-02-29")
MOMENTS = (
    "1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z", "2026-11-23T10:00:00+14:00", "2026-11-23T10:07:01.5-12:00",
    "2027-03-28T01:30:00+01:00",
)


class Values:
    """Values for any input type, from a fixed seed and the ids of rows that are there."""

    def __init__(self, seed: int, home: Everything) -> None:
        self.chance = random.Random(seed)
        own = [home.id(kind) for kind in (*home.rows, *home.parts)]
        self.pools: dict[str, tuple[Any, ...]] = {
            "ID": (*own, *own, global_id("Match", new_id()), *TEXTS[:8], "TWF0Y2g6"),
            "String": TEXTS, "Int": NUMBERS, "Float": (0.0, -1.5, 1e308), "Boolean": (True, False),
            "Date": DAYS, "DateTime": MOMENTS,
        }

    def of(self, kind: GraphQLType) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self.of(kind.of_type)
        if isinstance(kind, GraphQLList):
            return [self.of(kind.of_type) for _ in range(self.chance.choice((0, 1, 3)))]
        if isinstance(kind, GraphQLEnumType):
            return self.chance.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return {
                name: self.of(field.type)
                for name, field in kind.fields.items()
                if name != "idempotencyKey" and (isinstance(field.type, GraphQLNonNull) or self.chance.random() < 0.6)
            }
        return self.chance.choice(self.pools[str(kind)])

    def arguments(self, field: GraphQLField) -> dict[str, Any]:
        """Values for the arguments of a field; pages alternate between their ends."""
        return {
            name: self.of(argument.type)
            for name, argument in field.args.items()
            if isinstance(argument.type, GraphQLNonNull) or self.chance.random() < 0.4
        }


def selection(kind: GraphQLType, depth: int = 3) -> str:
    """Everything below a type that takes no arguments, a few levels deep."""
    named = get_named_type(kind)
    if not isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    parts = [name + below for name, field in named.fields.items() if (below := _below(field, depth)) is not None]
    return "{ __typename " + " ".join(parts) + " }"


def _below(field: GraphQLField, depth: int) -> str | None:
    leaf = not isinstance(get_named_type(field.type), GraphQLObjectType | GraphQLInterfaceType)
    if any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values()) or not (leaf or depth):
        return None
    return "" if leaf else selection(field.type, depth - 1)


def documents() -> Iterator[tuple[str, GraphQLField, str]]:
    """A document with variables for every field of the roots and of the viewer."""
    assert SCHEMA.query_type
    assert SCHEMA.mutation_type
    for word, root in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type)):
        for name, field in root.fields.items():
            if name == "viewer":
                continue
            given = ", ".join(f"${one}: {argument.type}" for one, argument in field.args.items())
            passed = ", ".join(f"{one}: ${one}" for one in field.args)
            head = f"{word} ({given})" if given else word
            yield name, field, f"{head} {{ {name}{f'({passed})' if passed else ''} {selection(field.type, 2)} }}"


async def actors() -> tuple[Everything, tuple[Actor, ...]]:
    home = await everything()
    admin = factories.actor_of(home.pair.manager, *(Grant(permission) for permission in Permission))
    return home, (home.pair.mentee_actor, admin)


async def test_no_input_is_a_surprise(db: object) -> None:
    home, whos = await actors()
    values = Values(2026, home)
    surprises = []
    for number in range(ROUNDS):
        for name, field, document in documents():
            given = values.arguments(field)
            answer = await send(whos[number % len(whos)], document, **given)
            assert answer.status_code in (200, 413) or "TOO_BIG" in answer.text, f"{name} {given} {answer.text}"
            if "INTERNAL" in answer.text or "wrong on our side" in answer.text:
                surprises.append((name, str(given)[:300]))
    assert surprises == []


async def test_everything_of_ones_own_can_be_read_at_once(db: object) -> None:
    home, whos = await actors()
    viewer = SCHEMA.get_type("Viewer")
    assert isinstance(viewer, GraphQLObjectType)
    for who in whos:
        for name, field in viewer.fields.items():
            answer = await send(who, f"{{ viewer {{ {name} {selection(field.type, 2)} }} }}")
            assert "errors" not in answer.json(), answer.text
        for kind in home.rows:
            answer = await send(
                who, f"query ($id: ID!) {{ node(id: $id) {{ ... on {kind} {selection(SCHEMA.type_map[kind], 2)} }} }}",
                id=home.id(kind),
            )
            assert "errors" not in answer.json(), answer.text
