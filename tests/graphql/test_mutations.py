"""Refusals are data; the same key acts once; a key that was used for something else says so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from server.kernel.facts import AuditEvent
from server.matches.states import MatchState
from server.people import actions as people
from tests import factories
from tests.graphql.ask import ask, gid, refusal, send

NAME = """mutation ($name: String!, $key: String) {
  updatePerson(input: {preferredName: $name, idempotencyKey: $key}) {
    person { firstName } errors { code field message kind retryAfter }
  }
}"""
END = """mutation ($id: ID!) {
  endMatch(input: {id: $id, reason: OTHER}) { match { state } errors { code field message } }
}"""


async def rename(actor: Any, name: str, key: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = (await ask(actor, NAME, name=name, key=key))["updatePerson"]
    return found


async def audited(action: str) -> int:
    return await AuditEvent.filter(action=action).count()


async def test_success_shows_the_subject_as_it_stands_now(db: object) -> None:
    pair = await factories.active_match()
    assert await rename(pair.mentee_actor, "Nono") == {"person": {"firstName": "Nono"}, "errors": []}


async def test_invalid_input_names_each_field_as_the_client_knows_it(db: object) -> None:
    pair = await factories.active_match()
    done = await rename(pair.mentee_actor, "N" * 121)
    assert done["person"] is None
    assert [(error["code"], error["field"]) for error in done["errors"]] == [("INVALID", "preferredName")]
    assert done["errors"][0]["message"]


async def test_refused_and_conflict_are_data(db: object) -> None:
    pair = await factories.active_match()
    document = "mutation ($id: ID!) { discardMatch(input: {id: $id}) { match { id } errors { code message } } }"
    refused = (await ask(pair.mentee_actor, document, id=gid(pair.match)))["discardMatch"]
    assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    conflict = (await ask(pair.manager_actor, document, id=gid(pair.match)))["discardMatch"]
    assert [error["code"] for error in conflict["errors"]] == ["CONFLICT"]
    assert refused["match"] is conflict["match"] is None


async def test_refusal_of_a_query_is_an_error_with_a_code(db: object) -> None:
    pair = await factories.active_match()
    error = await refusal(pair.mentee_actor, '{ program(key: "nowhere") { name } }')
    assert error["extensions"] == {"code": "NOT_FOUND"}
    assert error["path"] == ["program"]


@pytest.mark.parametrize("key", ["a", "k" * 200])
async def test_same_key_acts_once_and_answers_alike(db: object, key: str) -> None:
    pair = await factories.active_match()
    first = await rename(pair.mentee_actor, "Nono", key)
    await people.set_person_facts(pair.mentee_actor, preferred_name="Noor")
    before = await AuditEvent.all().count()
    again = await rename(pair.mentee_actor, "Nono", key)
    assert await AuditEvent.all().count() == before
    assert (first["errors"], again["errors"]) == ([], [])
    assert again["person"] == {"firstName": "Noor"}, "it shows what stands now"


async def test_racers_with_one_key_act_once(db: object) -> None:
    pair = await factories.active_match(state=MatchState.ACTIVE)
    document = """mutation ($id: ID!) {
      pauseMatch(input: {id: $id, idempotencyKey: "tap"}) { match { state } errors { code } }
    }"""
    answers = await asyncio.gather(*(ask(pair.mentee_actor, document, id=gid(pair.match)) for _ in range(4)))
    assert all(answer["pauseMatch"] == {"match": {"state": "PAUSED"}, "errors": []} for answer in answers)
    assert await audited("match.pause") == 1


async def test_key_used_for_something_else_is_a_conflict(db: object) -> None:
    pair = await factories.active_match()
    await rename(pair.mentee_actor, "Nono", "key")
    (error,) = (await rename(pair.mentee_actor, "Nina", "key"))["errors"]
    assert (error["code"], error["kind"]) == ("CONFLICT", "key_used")


async def test_key_belongs_to_one_person_and_one_mutation(db: object) -> None:
    pair = await factories.active_match()
    await rename(pair.mentee_actor, "Nono", "key")
    assert (await rename(pair.mentor_actor, "Idi", "key"))["person"] == {"firstName": "Idi"}
    document = 'mutation { setLook(input: {look: DARK, idempotencyKey: "key"}) { profile { look } errors { code } } }'
    assert (await ask(pair.mentee_actor, document))["setLook"]["profile"] == {"look": "DARK"}


async def test_refused_act_leaves_its_key_free(db: object) -> None:
    pair = await factories.active_match()
    await rename(pair.mentee_actor, "N" * 121, "key")
    assert (await rename(pair.mentee_actor, "Nono", "key"))["person"] == {"firstName": "Nono"}


async def test_endless_key_is_refused(db: object) -> None:
    pair = await factories.active_match()
    (error,) = (await rename(pair.mentee_actor, "Nono", "k" * 201))["errors"]
    assert (error["code"], error["field"]) == ("INVALID", "idempotencyKey")


async def test_mutations_of_one_document_run_in_order_and_see_each_other(db: object) -> None:
    pair = await factories.active_match()
    document = """mutation ($id: ID!) {
      a: pauseMatch(input: {id: $id}) { match { state } }
      b: resumeMatch(input: {id: $id}) { match { state } }
      c: endMatch(input: {id: $id, reason: NO_FAULT}) { match { state } errors { code } }
    }"""
    done = await ask(pair.mentee_actor, document, id=gid(pair.match))
    assert [done[name]["match"]["state"] for name in "abc"] == ["PAUSED", "ACTIVE", "CONCLUDED"]


async def test_bad_values_of_inputs_are_named_before_anything_runs(db: object) -> None:
    pair = await factories.active_match()
    for value in ({"id": gid(pair.match), "reason": "BECAUSE"}, {"id": 1.5, "reason": "OTHER"}, {"reason": "OTHER"}):
        document = "mutation ($input: EndMatchInput!) { endMatch(input: $input) { match { state } } }"
        answer = await send(pair.mentee_actor, document, input=value)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}
    assert (await ask(pair.mentee_actor, END, id=gid(pair.match)))["endMatch"]["match"] == {"state": "CONCLUDED"}


async def test_control_characters_never_reach_the_database(db: object) -> None:
    pair = await factories.active_match()
    documents = [
        '{ program(key: "a\\u0000b") { id } }', '{ people(search: "\\u0000") { totalCount } }',
        *(
            "mutation { %s { errors { code } } }".replace("%s", one)
            for one in (
                'joinProgram(input: {programKey: "\\u0000", role: MENTEE, dayParts: []})',
                'updateProfile(input: {about: "a\\u0000"})', 'setMutedKinds(input: {kinds: ["\\u0000"]})',
                'updatePerson(input: {zone: "\\u0000"})', 'updateProfile(input: {idempotencyKey: "\\u0000"})',
            )
        ),
    ]
    for document in documents:
        assert "INTERNAL" not in (await send(pair.mentee_actor, document)).text, document
