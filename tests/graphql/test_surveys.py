"""Check-ins through GraphQL: answered by whom they ask, read by who runs the programme."""

from __future__ import annotations

from graphql_schema.ids import global_id
from tests import factories
from tests.graphql.ask import ask, gid, send
from tests.graphql.everything import open_check_in

ANSWER = """mutation ($id: ID!, $usefulness: Int, $words: String! = "") {
  answerCheckIn(input: {id: $id, usefulness: $usefulness, goalDistance: 3, helpWanted: [MEET_MORE], words: $words}) {
    checkIn { state answer { usefulness goalDistance helpWanted words } } errors { code field }
  }
}"""
RECEIVED = """query ($waiting: Boolean! = true) { checkInAnswers(waiting: $waiting) { totalCount edges { node {
  matchId person { name } answer { id usefulness words handledAt } } } } }"""


async def test_check_in_is_answered_and_handled(db: object) -> None:
    pair = await factories.active_match()
    asked = global_id("CheckIn", (await open_check_in(pair)).id)
    done = (await ask(pair.mentee_actor, ANSWER, id=asked, usefulness=2, words="Slow."))["answerCheckIn"]
    answer = {"usefulness": 2, "goalDistance": 3, "helpWanted": ["MEET_MORE"], "words": "Slow."}
    assert done == {"checkIn": {"state": "ANSWERED", "answer": answer}, "errors": []}
    own = "{ viewer { checkIns { edges { node { id state matchId answer { usefulness } } } } } }"
    seen = (await ask(pair.mentee_actor, own))["viewer"]["checkIns"]["edges"][0]["node"]
    assert seen == {"id": asked, "state": "ANSWERED", "matchId": gid(pair.match), "answer": {"usefulness": 2}}
    (received,) = (await ask(pair.manager_actor, RECEIVED))["checkInAnswers"]["edges"]
    assert received["node"]["person"] == {"name": pair.mentee.full_name}
    handle = """mutation ($id: ID!) { handleCheckInAnswer(input: {id: $id}) {
      answer { handledAt } errors { code } } }"""
    handled = await ask(pair.manager_actor, handle, id=received["node"]["answer"]["id"])
    assert handled["handleCheckInAnswer"]["answer"]["handledAt"]
    assert (await ask(pair.manager_actor, RECEIVED))["checkInAnswers"]["totalCount"] == 0
    assert (await ask(pair.manager_actor, RECEIVED, waiting=False))["checkInAnswers"]["totalCount"] == 1


async def test_answers_off_the_scale_are_named(db: object) -> None:
    pair = await factories.active_match()
    asked = global_id("CheckIn", (await open_check_in(pair)).id)
    for usefulness in (None, 0, 6, -1, 2**31 - 1):
        done = (await ask(pair.mentee_actor, ANSWER, id=asked, usefulness=usefulness))["answerCheckIn"]
        assert done == {"checkIn": None, "errors": [{"code": "INVALID", "field": "usefulness"}]}


async def test_partner_line_manager_and_strangers_read_no_answer(db: object) -> None:
    pair = await factories.active_match()
    asked = global_id("CheckIn", (await open_check_in(pair)).id)
    await ask(pair.mentee_actor, ANSWER, id=asked, usefulness=2, words="canary")
    node = "query ($id: ID!) { node(id: $id) { ... on CheckIn { answer { words } } } }"
    for who in (pair.mentor_actor, pair.line_manager_actor, pair.stranger_actor):
        for document, variables in ((RECEIVED, {"waiting": False}), (node, {"id": asked})):
            answer = await send(who, document, **variables)
            assert "canary" not in answer.text
