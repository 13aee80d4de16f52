"""What an operation costs is counted as its answer grows: by objects, through lists, variables and fragments."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLObjectType, OperationDefinitionNode, build_schema, introspection_from_schema, parse, validate

from graphql_schema import cost
from graphql_schema.cost import BUDGET, COUNT, COUNTED, EXTRA, LENGTHS, MUTATION, SIZES, USUAL, Cost, cost_of
from graphql_schema.export import sdl
from graphql_schema.pagination import PAGE_MAX
from server.kernel.actor import system_actor
from server.kernel.ids import new_id
from tests import factories
from tests.graphql.ask import ask, client, send
from tests.graphql.test_docs import EXAMPLES
from tests.graphql.test_query_counts import LISTS
from web.explorer_examples import examples

SCHEMA = build_schema(sdl())
ROOM = 0.7
"""No document of a usual client comes nearer to the budget."""


def counted(text: str, **variables: Any) -> Cost:
    document = parse(text)
    assert validate(SCHEMA, document) == []
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return cost_of(SCHEMA, document, operation, variables)


PEOPLE = "{ edges { node { name } } }"
COSTS = {
    "{ __typename }": 0,
    "{ organization { name zone } }": 1,
    "{ viewer { person { name } } }": 2,
    "{ people " + PEOPLE + " }": 25,
    "{ people(first: 40) " + PEOPLE + " }": 40,
    "{ people(last: 7) { edges { cursor node { name record { email } } } } }": 14,
    "{ people(first: 0) " + PEOPLE + " }": 0,
    "{ people(first: -5) " + PEOPLE + " }": 0,
    "{ people(first: 40) { totalCount pageInfo { hasNextPage } } }": COUNT + 1,
    "{ programs(first: 10) { edges { node { name cohorts { name program { key } } } } } }": 10 * (1 + USUAL * 2),
    "{ viewer { matches(first: 2) { edges { node { members { person { name } } } } } } }": 1 + 2 * (1 + 2 * 2),
    '{ nodes(ids: ["a", "b", "c"]) { id } }': 3,
    '{ nodes(ids: "a") { id } }': USUAL,
    '{ freeSlots(matchId: "a", count: 12) { startsAt } }': 12,
    "{ a: organization { name } b: organization { name } }": 2,
    "{ ...O ...O } fragment O on Query { organization { name } }": 2,
    "{ people(first: 2) { ...P } more: people(first: 3) { ...P } } fragment P on PersonConnection " + PEOPLE: 5,
    "{ people(first: 2) { ... { edges { ... on PersonEdge { node { name } } } } } }": 2,
    '{ node(id: "a") { ... on Match { members { role } } } }': 3,
    'mutation { pauseMatch(input: {id: "a"}) { match { state } errors { code } } }': MUTATION + 1 + 1 + USUAL,
    'mutation { publishMatches(input: {ids: ["a"]}) { matches { id } } }': MUTATION + 1 + PAGE_MAX,
}


@pytest.mark.parametrize("document", COSTS)
def test_cost(document: str) -> None:
    assert counted(document).asked == COSTS[document]


def test_variables_say_how_long_a_list_is() -> None:
    document = "query ($n: Int = 30, $ids: [ID!] = []) { people(first: $n) " + PEOPLE + " nodes(ids: $ids) { id } }"
    document = document.replace("[ID!] = []", "[ID!]! = []")
    assert counted(document).asked == 30
    assert counted(document, n=5).asked == 5
    assert counted(document, n=5, ids=["a"] * 70).asked == 75
    assert counted(document, n="many").asked == 25
    assert counted(document, n=None).asked == 25


def test_the_dearest_field_is_named() -> None:
    document = "{ organization { name } people(first: 90) " + PEOPLE + " programs(first: 3) { edges { node { id } } } }"
    assert counted(document) == Cost(94, "people")
    assert counted("{ ...A } fragment A on Query { organization { name } }").dearest == "A"
    assert counted("{ ... { organization { name } } }").dearest == ""


def test_a_thousand_ways_through_fragments_are_counted_once_each() -> None:
    spreads = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    assert counted("{ ...F0 } " + spreads + " fragment F60 on Query { organization { id } }").asked == COUNTED


def test_every_name_in_the_tables_is_in_the_schema() -> None:
    named = {*LENGTHS, *SIZES, *(name for name in EXTRA if not name.startswith("Query.__"))}
    for place in named:
        kind, _, name = place.partition(".")
        found = SCHEMA.type_map[kind]
        assert isinstance(found, GraphQLObjectType)
        assert name in found.fields, place
    for place, argument in SIZES.items():
        root = SCHEMA.query_type
        assert root is not None
        assert argument in root.fields[place.removeprefix("Query.")].args


def objects_in(shown: Any) -> int:
    if isinstance(shown, dict):
        return 1 + sum(map(objects_in, shown.values()))
    return sum(map(objects_in, shown)) if isinstance(shown, list) else 0


def test_the_schema_about_itself_costs_what_it_shows() -> None:
    shown = introspection_from_schema(SCHEMA)
    assert 0.3 < EXTRA["Query.__schema"] / objects_in(shown) < 2


@pytest.mark.parametrize("document", [*EXAMPLES, *LISTS.values(), *(one.document for one in examples())])
def test_documents_of_usual_clients_have_room(document: str) -> None:
    asked = counted(document, ids=["x"] * PAGE_MAX).asked
    assert asked <= BUDGET * ROOM


async def test_every_answer_tells_cost_and_budget(db: object) -> None:
    someone = factories.actor_of(await factories.person(await factories.organization()))
    answer = (await send(someone, "{ people(first: 40) { edges { node { name } } } }")).json()
    assert answer["extensions"] == {"cost": {"asked": 40, "budget": BUDGET}}


async def test_a_refusal_for_its_cost_tells_it_too() -> None:
    answer = (await send(system_actor(new_id()), "{ people(first: 5001) { edges { node { name } } } }")).json()
    assert answer["extensions"] == {"cost": {"asked": 5001, "budget": BUDGET}}
    assert answer["errors"][0]["extensions"] == {"code": "TOO_BIG", "limit": "cost", "most": BUDGET, "asked": 5001}


async def test_the_budget_itself_is_still_answered(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    someone = factories.actor_of(await factories.person(await factories.organization()))
    document = "query ($n: Int) { people(first: $n) { edges { node { name } } } }"
    monkeypatch.setattr(cost, "BUDGET", 40)
    monkeypatch.setattr("graphql_schema.limits.BUDGET", 40)
    assert "people" in await ask(someone, document, n=40)
    assert (await send(someone, document, n=41)).status_code == 400


async def test_of_several_operations_the_one_that_runs_is_counted() -> None:
    document = "query A { __typename } query B { people(first: 9000) { edges { node { name } } } }"
    async with client(system_actor(new_id())) as asking:
        small = await asking.post("", json={"query": document, "operationName": "A"})
        large = await asking.post("", json={"query": document, "operationName": "B"})
    assert (small.status_code, large.status_code) == (200, 400)
