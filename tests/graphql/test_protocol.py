"""GraphQL over HTTP: media types, statuses, methods, and clear answers to everything malformed."""

from __future__ import annotations

import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import get_introspection_query

from graphql_schema.app import GRAPHQL_RESPONSE, PLAIN_JSON, media_type
from graphql_schema.cost import BUDGET
from graphql_schema.limits import BODY_BYTES
from server.kernel import text
from server.kernel.actor import system_actor
from server.kernel.errors import NotFound
from server.kernel.ids import new_id
from server.people import queries
from tests import factories
from tests.conftest import environment
from tests.graphql.ask import client, send, send_as

SOMEBODY = system_actor(new_id())
TYPENAME = "{ __typename }"
FREE = {"cost": {"asked": 0, "budget": BUDGET}}


def is_json(content_type: str, kind: str) -> bool:
    return content_type == f"{kind}; charset=utf-8"


async def test_client_that_knows_the_newer_media_type_gets_it() -> None:
    answer = await send(SOMEBODY, TYPENAME)
    assert (answer.status_code, answer.json()) == (200, {"data": {"__typename": "Query"}, "extensions": FREE})
    assert is_json(answer.headers["content-type"], GRAPHQL_RESPONSE)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/html, application/json;q=0.9"])
async def test_any_other_client_gets_plain_json_and_200_even_for_a_mistake(accept: str) -> None:
    async with client(SOMEBODY) as asking:
        answer = await asking.post("", json={"query": "{ nothing }"}, headers={"accept": accept})
    assert answer.status_code == 200
    assert is_json(answer.headers["content-type"], PLAIN_JSON)
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (f"{GRAPHQL_RESPONSE}, {PLAIN_JSON};q=0.9", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.1, {PLAIN_JSON}", PLAIN_JSON),
        (f"{GRAPHQL_RESPONSE};q=0", PLAIN_JSON),
        (f"{GRAPHQL_RESPONSE.upper()} ; Q=0.5", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=much", PLAIN_JSON),
    ],
)
def test_quality_decides_between_the_media_types(accept: str, chosen: str) -> None:
    assert media_type({"accept": accept}) == chosen


@pytest.mark.parametrize(
    "document",
    [
        "{", "é", "{ nothing }", "{ organization }", "{ node(id: {}) { id } }",
        "query ($id: ID!) { node(id: $id) { id } }",
    ],
)
async def test_document_with_a_mistake_is_a_400_that_names_it(document: str) -> None:
    answer = await send(SOMEBODY, document)
    assert answer.status_code == 400
    assert "data" not in answer.json()
    for error in answer.json()["errors"]:
        assert error["extensions"] == {"code": "BAD_REQUEST"}
        assert "wrong on our side" not in error["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"1", b'"text"', b"null", b"\xff\xfe", b'{"query": NaN}', b"[" * 5000, b'{"a":' * 5000,
        b'[{"query": "{ __typename }"}]', b'{"query": 1}', b'{"variables": {}}', b'{"query": ""}',
        b'{"query": "{ __typename }", "variables": []}', b'{"query": "{ __typename }", "extensions": 1}',
        b'{"query": "{ __typename }", "operationName": "Other"}', b'{"query": "{ __typename }", "operationName": {}}',
        b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}', b'{"query": "subscription { x }"}',
        b'{"query": "query A { __typename } query B { __typename }"}',
        b'{"query": "fragment F on Query { __typename }"}',
    ],
)
async def test_malformed_body_is_a_400_in_json(body: bytes) -> None:
    async with client(SOMEBODY) as asking:
        answer = await asking.post("", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ";;"]
)
async def test_wrong_content_type_is_refused(content_type: str) -> None:
    async with client(SOMEBODY) as asking:
        body = json.dumps({"query": TYPENAME}).encode()
        answer = await asking.post("", content=body, headers={"content-type": content_type})
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_body_over_the_limit_is_refused_unread() -> None:
    async with client(SOMEBODY) as asking:
        answer = await asking.post("", json={"query": TYPENAME, "variables": {"text": "x" * BODY_BYTES}})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "TOO_LARGE")


async def test_query_may_come_by_get_with_its_variables() -> None:
    async with client(SOMEBODY) as asking:
        document = "query ($yes: Boolean!) { __typename @include(if: $yes) }"
        answer = await asking.get("", params={"query": document, "variables": '{"yes": true}'})
    assert answer.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("variables", ["{", "[]", "1", "\x00"])
async def test_malformed_variables_of_a_get_are_a_400(variables: str) -> None:
    async with client(SOMEBODY) as asking:
        answer = await asking.get("", params={"query": TYPENAME, "variables": variables})
    assert answer.status_code == 400


async def test_mutation_by_get_is_refused_and_does_nothing(db: object) -> None:
    someone = await factories.person(await factories.organization())
    async with client(factories.actor_of(someone)) as asking:
        document = 'mutation { updatePerson(input: {preferredName: "Nono"}) { person { name } } }'
        answer = await asking.get("", params={"query": document})
    assert answer.status_code == 405
    assert (await queries.person_of(factories.actor_of(someone))).preferred_name == ""


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_are_refused(method: str) -> None:
    async with client(SOMEBODY) as asking:
        answer = await asking.request(method, "", json={"query": TYPENAME})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_nobody_signed_in_is_told_so_before_anything_is_read() -> None:
    for accept in (GRAPHQL_RESPONSE, PLAIN_JSON):
        async with client(None) as asking:
            answer = await asking.post("", content=b"{", headers={"accept": accept})
        assert answer.status_code == 401
        assert answer.json() == {
            "errors": [{"message": "Sign in first.", "extensions": {"code": "UNAUTHENTICATED"}}]
        }


async def test_the_schema_describes_itself() -> None:
    described = await send(SOMEBODY, get_introspection_query())
    assert described.json()["data"]["__schema"]["queryType"]["name"] == "Query"


async def test_the_endpoint_itself_shows_no_page() -> None:
    with environment(ITHACA_DEMO="true"):
        async with client(SOMEBODY) as asking:
            page = await asking.get("", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("application/json")


async def test_surprise_is_masked_and_logged_without_values(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> Any:
        raise RuntimeError("canary")

    monkeypatch.setattr(queries, "organization_of", broken)
    with caplog.at_level(logging.ERROR):
        answer = await send(SOMEBODY, "{ organization { name } }")
    assert answer.json()["errors"][0]["message"] == "Something went wrong on our side."
    assert answer.json()["errors"][0]["extensions"] == {"code": "INTERNAL"}
    assert "canary" not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text


async def test_value_that_the_schema_cannot_show_is_masked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def odd(*_: object) -> Any:
        return SimpleNamespace(id=new_id(), name=object(), zone=["canary"], language=None)

    monkeypatch.setattr(queries, "organization_of", odd)
    answer = await send(SOMEBODY, "{ organization { name zone language } }")
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"INTERNAL"}
    assert "canary" not in answer.text


async def test_answers_speak_the_language_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = []

    async def listening(*_: object) -> Any:
        spoken.append(text.language())
        raise NotFound

    monkeypatch.setattr(queries, "organization_of", listening)
    for language in ("pt-PT", ""):
        await send_as(SOMEBODY, SimpleNamespace(language=language), "{ organization { name } }")
    assert spoken == ["pt-PT", text.DEFAULT_LANGUAGE]

