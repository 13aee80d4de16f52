"""Hostile documents are refused before any resolver runs, cheaply, in words that say what to change."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from graphql.type.introspection import SchemaMetaFieldDef

from graphql_schema import limits
from graphql_schema.cost import BUDGET
from graphql_schema.documents import LETTERS, Readings
from graphql_schema.limits import ERRORS, readings
from graphql_schema.schema import schema
from server.kernel.actor import system_actor
from server.kernel.facts import AuditEvent
from server.kernel.ids import new_id
from server.people import queries
from tests import factories
from tests.graphql.ask import client, send
from tests.queries import queries_run

SOMEBODY = system_actor(new_id())


def nested(levels: int) -> str:
    return "{ programs " + "{ edges { node { cohorts { program " * levels + "{ id }" + "} } } }" * levels + " }"


def fragments(count: int) -> str:
    """Each fragment spreads the next one twice: 2 to the `count` ways through."""
    spreads = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(count)]
    return "query { ...F0 } " + " ".join(spreads) + f" fragment F{count} on Query {{ __typename }}"


NAMED = "{ node(id: 1) { id } } "
SELF = "{ __schema { types { name fields { name args { name } type { name } } } } }"
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
    "one field at one place": "{ " + "viewer { unreadCount } " * 490 + "}",
    "one field at one place by fragments": "{ " + " ".join(f"...F{n}" for n in range(120)) + " } " + " ".join(
        f"fragment F{n} on Query {{ viewer {{ person {{ id }} }} }}" for n in range(120)
    ),
    "repeats in repeats": "{ " + ("viewer { " + "person { id id id id } " * 12 + "} ") * 12 + "}",
    "places without end": "{ ...F0 } " + " ".join(
        f"fragment F{n} on Cohort {{ " + " ".join(f"a{one}: program {{ cohorts {{ ...F{n + 1} }} }}"
        for one in range(3)) + " }" for n in range(4)
    ) + " fragment F4 on Cohort { id }",
    "names nearly right": "{ " + " ".join(f"organizatio{n}" for n in range(400)) + "}",
    "one thing a thousand times": NAMED * 700,
    "a page of millions": "{ people(first: 2000000000) { edges { node { name } } } }",
    "a page of millions by a default": "query ($n: Int = 9999999) { people(last: $n) { edges { node { name } } } }",
    "lists in lists": "{ viewer { matches(first: 100) { edges { node { members { profile { skillsOffered { name } "
    "skillsWanted { name } } } sessions { agenda { topic } notes { body } } goals { milestones { title } "
    "versions { why } } } } } } }",
    "pages beside pages": "{ " + " ".join(
        f"a{n}: people(first: 100) {{ edges {{ node {{ name record {{ email }} }} }} }}" for n in range(30)
    ) + " }",
    "pages by a fragment": "{ " + "...P " * 30 + "} fragment P on Query { people(first: 100) { edges { node "
    "{ record { email } } } } }",
    "a thousand ids": "{ nodes(ids: [" + '"x" ' * 1900 + "]) { id ... on Match { members { role } } } }",
    "the schema three times": "{ a: __schema { types { name } } b: __schema { types { name } } "
    "c: __schema { types { name } } }",
    "matching again and again": "mutation { " + " ".join(
        f'm{n}: runMatching(input: {{cohortId: "x"}}) {{ run {{ id }} }}' for n in range(6)
    ) + " }",
    "variables nearly right": "query (" + "$a: ID " * 300 + ") { __typename }",
}


TYPED = {
    "depth": "levels", "depth by a fragment": "levels", "aliases": "aliases", "aliases by a fragment": "aliases",
    "fragments in fragments with aliases": "aliases", "directives": "directives", "tokens": "tokens",
    "fields that must agree": "repeats", "one field at one place": "repeats",
    "one field at one place by fragments": "repeats", "repeats in repeats": "repeats", "places without end": "aliases",
    "one thing a thousand times": "tokens", "a page of millions": "cost", "a page of millions by a default": "cost",
    "lists in lists": "cost", "pages beside pages": "cost", "pages by a fragment": "cost", "a thousand ids": "cost",
    "the schema three times": "cost", "matching again and again": "cost",
}
"""The attacks that a limit of ours ends, and which one; the others are mistakes that validation names."""


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The fields of the roots that were resolved, in order: nothing below them is reached without them."""
    ran: list[str] = []

    def noted(name: str, resolve: Any) -> Any:
        def resolving(*given: Any, **named: Any) -> Any:
            ran.append(name)
            return resolve(*given, **named)

        return resolving

    with monkeypatch.context() as patch:
        for root in (schema._schema.query_type, schema._schema.mutation_type):
            for name, field in (root.fields if root else {}).items():
                patch.setattr(field, "resolve", noted(name, field.resolve))
        patch.setattr(SchemaMetaFieldDef, "resolve", noted("__schema", SchemaMetaFieldDef.resolve))
        yield ran


@pytest.mark.parametrize("attack", ATTACKS)
async def test_attack_is_a_400_at_once_and_nothing_ran(attack: str, resolved: list[str]) -> None:
    started = time.process_time()
    with queries_run() as ran:
        answer = await send(SOMEBODY, ATTACKS[attack])
    spent = time.process_time() - started
    assert (answer.status_code, resolved, ran) == (400, [], []), answer.text
    errors = answer.json()["errors"]
    assert {error["extensions"]["code"] for error in errors} == {"TOO_BIG" if attack in TYPED else "BAD_REQUEST"}
    assert {error["extensions"].get("limit") for error in errors} == {TYPED.get(attack)}
    assert len(errors) <= ERRORS
    print(f"{attack}: {spent * 1000:.0f} ms")
    assert spent < 2, "a loop without an end would be cut off here; the figure itself is printed, never asserted"


@pytest.mark.parametrize(("attack", "words"), [
    ("depth", "by its id"), ("aliases", "with nodes"), ("directives", "Leave some out"),
    ("tokens", "values as variables"),
    ("lists in lists", "Most of it is in viewer: ask for a smaller page"),
])
async def test_refusal_says_what_to_change_and_by_how_much(attack: str, words: str) -> None:
    (error,) = (await send(SOMEBODY, ATTACKS[attack])).json()["errors"]
    assert words in error["message"]
    assert str(error["extensions"]["most"]) in error["message"]
    assert error["extensions"].get("asked", 9_999) > error["extensions"]["most"]


async def test_resolvers_are_seen_when_they_run(db: object, resolved: list[str]) -> None:
    await send(SOMEBODY, "{ people(first: 1) { edges { node { name } } } }")
    await send(SOMEBODY, SELF)
    await send(SOMEBODY, 'mutation { pauseMatch(input: {id: "x"}) { errors { code } } }')
    assert resolved == ["people", "__schema", "pauseMatch"]


@pytest.mark.parametrize("body", [
    json.dumps([{"query": "{ __typename }"}] * 6),
    json.dumps({"query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": ["x"] * 9_000}}),
    json.dumps({"query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": ["x"] * 90_000}}),
    '{"query": "{ __typename }", "variables": {"a": ' + "[" * 40_000 + "]" * 40_000 + "}}",
    json.dumps({"query": "query ($n: Int) { people(first: $n) { edges { node { id } } } }", "variables": {"n": 5_001}}),
], ids=("batch", "long list", "large body", "nested variables", "page by a variable"))
async def test_attack_by_the_body_is_refused_and_nothing_ran(body: str, resolved: list[str]) -> None:
    async with client(SOMEBODY) as asking:
        answer = await asking.post("", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 413), answer.text
    assert resolved == []


async def test_many_ways_through_few_fragments_cost_nothing() -> None:
    answer = (await send(SOMEBODY, fragments(120))).json()
    assert answer == {"data": {"__typename": "Query"}, "extensions": {"cost": {"asked": 0, "budget": BUDGET}}}


async def test_limits_leave_room_for_a_screen(db: object) -> None:
    document = "query { " + " ".join(f"a{n}: __typename" for n in range(30)) + " }"
    assert (await send(SOMEBODY, document)).status_code == 200
    assert (await send(SOMEBODY, nested(1))).json()["data"] == {"programs": {"edges": []}}


def slow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Makes the organisation's query endless; what becomes of it is noted."""
    ends: list[str] = []

    async def endless(*_: object) -> Any:
        ends.append("began")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ends.append("cut off")
            raise

    monkeypatch.setattr(queries, "organization_of", endless)
    monkeypatch.setattr(limits, "QUERY_S", 0.2)
    return ends


async def test_query_that_takes_too_long_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = slow(monkeypatch)
    answer = await send(SOMEBODY, "{ a: organization { name } b: organization { zone } }")
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (503, {"code": "TIMEOUT"})
    assert "Ask for less at a time" in answer.text
    assert "data" not in answer.json()
    await asyncio.sleep(0)
    assert ends == ["began", "began", "cut off", "cut off"]


async def test_others_are_answered_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    slow(monkeypatch)
    waiting = asyncio.create_task(send(SOMEBODY, "{ organization { name } }"))
    await asyncio.sleep(0.05)
    quick = await send(SOMEBODY, "{ __typename }")
    assert not waiting.done()
    assert quick.status_code == 200
    assert (await waiting).status_code == 503


async def test_change_that_is_cut_off_leaves_nothing_behind(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = factories.actor_of(await factories.person(await factories.organization()))
    audit, cut_off = AuditEvent.bulk_create, list[bool]()

    async def slow_once(*given: Any, **named: Any) -> Any:
        if not cut_off:
            await asyncio.sleep(60)
        return await audit(*given, **named)

    monkeypatch.setattr(AuditEvent, "bulk_create", slow_once)
    change = 'mutation { updatePerson(input: {preferredName: "Nono", idempotencyKey: "k"}) { errors { code } } }'
    with monkeypatch.context() as hurried:
        hurried.setattr(limits, "MUTATION_S", 0.3)
        cut = await send(actor, change)
    cut_off.append(True)
    assert cut.json()["errors"][0]["extensions"] == {"code": "TIMEOUT"}
    assert "with the same key" in cut.text
    assert (await queries.person_of(actor)).preferred_name == ""
    again = await send(actor, change)
    assert again.json()["data"] == {"updatePerson": {"errors": []}}
    assert (await queries.person_of(actor)).preferred_name == "Nono"


async def test_readings_are_bounded_by_their_letters() -> None:
    for number in range(200):
        await send(SOMEBODY, f"query Q{number} {{ {'__typename ' * 100} }}")
    assert readings.letters <= LETTERS
    assert len(readings) < 100


def test_reading_that_is_asked_for_again_stays() -> None:
    kept, read = Readings(most=30), list[str]()

    def reading(text: str) -> Any:
        read.append(text)
        return text

    for text in ("a" * 10, "b" * 10, "c" * 10, "a" * 10, "d" * 10, "a" * 10, "b" * 10, "e" * 40):
        kept.of(text, reading)
    assert [text[0] for text in read] == ["a", "b", "c", "d", "b", "e"]
    assert (len(kept), kept.letters) == (0, 0)
