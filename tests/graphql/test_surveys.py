"""Check-ins through GraphQL: answered by whom they ask, read by who runs the programme."""

from __future__ import annotations

from graphql_schema.ids import global_id
from server.automation.building.queries import plan_of
from server.kernel.facts import Receipt
from server.surveys.forms.presets import preset
from server.surveys.states import SurveyKind
from tests import factories
from tests.forms import cast, sent_form
from tests.graphql.ask import ask, gid, send
from tests.graphql.everything import open_check_in

ANSWER = """mutation ($id: ID!, $usefulness: Int, $words: String! = "") {
  answerCheckIn(input: {id: $id, usefulness: $usefulness, goalDistance: 3, helpWanted: [MEET_MORE], words: $words}) {
    checkIn { state answer { usefulness goalDistance helpWanted words } } errors { code field }
  }
}"""
SURVEYS = """query ($waiting: Boolean! = true) { viewer { surveys(waiting: $waiting) { edges { node {
  id state anonymous matchId questions { kind text choices required } answer { numbers words } } } } } }"""
TELL = """mutation ($id: ID!, $numbers: [Int]!, $words: String! = "") {
  answerSurvey(input: {id: $id, idempotencyKey: "one", numbers: $numbers, words: $words}) {
    survey { state answer { numbers words } } errors { code field } }
}"""
RESULTS = """query ($id: ID!) { surveyResults(programId: $id) { key asked answered lines {
  count nps shares { choices count } words { by words } } } }"""
FORMS = """query ($id: ID!, $draft: Boolean! = false) { surveyForms(programId: $id, draft: $draft) {
  key kind name to when number againDays anonymous openDays reminderDays questions { kind text choices required } } }"""
CHANGE = """mutation ($id: ID!, $seen: String!, $forms: [SurveyFormInput!]!) {
  changeSurveyForms(input: {id: $id, seen: $seen, forms: $forms}) {
    plan { draft { digest } } errors { code field } } }"""
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


async def test_surveys_are_answered_changed_and_erased_by_whom_they_ask(db: object) -> None:
    pair = await factories.active_match()
    named, nobodys = await sent_form(pair, SurveyKind.POST_SESSION), await sent_form(pair, SurveyKind.NPS)

    async def mine(*, waiting: bool = True) -> dict[str, dict[str, object]]:
        edges = (await ask(pair.mentee_actor, SURVEYS, waiting=waiting))["viewer"]["surveys"]["edges"]
        return {one["node"]["id"]: one["node"] for one in edges}

    first, second = (global_id("Survey", one.id) for one in (named, nobodys))
    assert {key: one["anonymous"] for key, one in (await mine()).items()} == {first: False, second: True}
    for numbers, words in (([2], "canary"), ([4, None], "Better")):
        done = (await ask(pair.mentee_actor, TELL, id=first, numbers=numbers, words=words))["answerSurvey"]
    assert done == {"survey": {"state": "ANSWERED", "answer": {"numbers": [4, None], "words": "Better"}}, "errors": []}
    for code in (None, "CONFLICT"):
        done = (await ask(pair.mentee_actor, TELL, id=second, numbers=[9], words="canary"))["answerSurvey"]
        assert [one["code"] for one in done["errors"]] == ([code] if code else [])
    assert (await mine(), (await mine(waiting=False))[second]["answer"]) == ({}, None)
    assert await Receipt.all().count() == 0, "a receipt would tell when somebody answered"
    for who in (pair.mentor_actor, pair.line_manager_actor, pair.stranger_actor, pair.manager_actor):
        assert (await ask(who, SURVEYS, waiting=False))["viewer"]["surveys"]["edges"] == []
    erase = "mutation { eraseSurveyAnswers(input: {}) { surveys { id state answer { words } } errors { code } } }"
    gone = (await ask(pair.mentee_actor, erase))["eraseSurveyAnswers"]
    assert gone == {"surveys": [{"id": first, "state": "EXPIRED", "answer": None}], "errors": []}
    assert (await ask(pair.mentee_actor, erase))["eraseSurveyAnswers"]["surveys"] == []


async def test_results_are_about_eight_people_or_hidden(db: object) -> None:
    pair = await factories.active_match()
    seen = []
    for numbers in ([10] * 7, [0], [9] * 7, [0]):
        await cast(pair, SurveyKind.NPS, numbers)
        (told,) = (await ask(pair.manager_actor, RESULTS, id=gid(pair.program)))["surveyResults"]
        seen.append((told["answered"], told["lines"][0]["count"], told["lines"][0]["nps"]))
    assert seen == [(7, None, None), (8, 8, 75), (15, 8, 75), (16, 16, 75)]
    assert {one["by"] for one in told["lines"][1]["words"]} == {""}
    await cast(pair, SurveyKind.EXIT, [0] * 9 + [1] * 2 + [2] * 5)
    exits = (await ask(pair.manager_actor, RESULTS, id=gid(pair.program)))["surveyResults"][0]
    assert [one["count"] for one in exits["lines"][0]["shares"]] in ([9, 7], [16])
    for who in (pair.mentee_actor, pair.line_manager_actor, pair.stranger_actor):
        assert (await send(who, RESULTS, id=gid(pair.program))).json()["errors"]


async def test_what_a_programme_asks_is_read_and_changed_in_the_draft(db: object) -> None:
    pair = await factories.active_match()
    program, manager = gid(pair.program), pair.manager_actor
    seen = (await plan_of(manager, pair.program.id)).seen
    form = {name: value for name, value in preset(SurveyKind.EXIT).items() if name not in ("again_days", "open_days")}
    form["reminderDays"] = form.pop("reminder_days")
    done = (await ask(manager, CHANGE, id=program, seen=seen, forms=[form]))["changeSurveyForms"]
    assert done["errors"] == []
    assert (await ask(manager, FORMS, id=program))["surveyForms"] == []
    (kept,) = (await ask(manager, FORMS, id=program, draft=True))["surveyForms"]
    assert {name: kept[name] for name in form} == form
    wrong = {**form, "key": "Two Words"}
    for digest, error in ((seen, ("CONFLICT", None)), (done["plan"]["draft"]["digest"], ("INVALID", "surveys[1].key"))):
        (told,) = (await ask(manager, CHANGE, id=program, seen=digest, forms=[wrong]))["changeSurveyForms"]["errors"]
        assert (told["code"], told["field"]) == error
