"""The committed schema is the code's; its shape follows the decision record."""

from __future__ import annotations

from enum import Enum

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLNonNull, GraphQLObjectType, build_schema

from graphql_schema.export import TARGET, sdl
from graphql_schema.schema import schema

SCHEMA = build_schema(sdl())
MUTATIONS = SCHEMA.mutation_type.fields if SCHEMA.mutation_type else {}


def test_committed_schema_equals_the_code() -> None:
    assert TARGET.read_text(encoding="utf-8") == sdl(), "run: python -m graphql_schema.export"


def test_an_enum_takes_in_its_members_and_not_their_text() -> None:
    every = schema._schema.type_map.items()
    kinds = [kind for name, kind in every if isinstance(kind, GraphQLEnumType) and not name.startswith("__")]
    assert len(kinds) > 30
    assert [kind.name for kind in kinds for word in kind.values if not isinstance(kind.parse_value(word), Enum)] == []


def test_every_mutation_takes_one_input_with_a_key_and_answers_with_a_payload() -> None:
    assert len(MUTATIONS) > 30
    for name, field in MUTATIONS.items():
        (argument,) = field.args.values()
        given = argument.type.of_type if isinstance(argument.type, GraphQLNonNull) else None
        assert isinstance(given, GraphQLInputObjectType), name
        assert str(given.fields["idempotencyKey"].type) == "String", name
        answer = field.type.of_type if isinstance(field.type, GraphQLNonNull) else None
        assert isinstance(answer, GraphQLObjectType), name
        assert "Payload" in {one.name for one in answer.interfaces}, name
        assert len(answer.fields) == 2, name


def test_every_field_of_the_roots_says_what_it_is_for() -> None:
    for root in (SCHEMA.query_type, SCHEMA.mutation_type):
        assert root is not None
        assert [name for name, field in root.fields.items() if not field.description] == []


def test_every_connection_takes_the_four_arguments() -> None:
    for kind in SCHEMA.type_map.values():
        for name, field in getattr(kind, "fields", {}).items():
            if str(getattr(field, "type", "")).endswith("Connection!"):
                assert {"first", "after", "last", "before"} <= field.args.keys(), f"{kind.name}.{name}"


def test_what_only_the_author_reads_has_no_field() -> None:
    hidden = {"declineReason", "performanceRating", "password", "secret", "fingerprint"}
    named = {name for kind in SCHEMA.type_map.values() for name in getattr(kind, "fields", {})}
    assert hidden & named == set()
