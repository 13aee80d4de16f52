"""Weights and rules over GraphQL: read, tried, set and put back."""

from graphql_schema.ids import global_id
from server.automation.building.actions import make_live, send_to_review
from server.automation.building.queries import plan_of
from server.programs.models import Program
from tests import factories
from tests.graphql.ask import ask, refusal
from tests.web.console.market import market

SET = """mutation ($input: SetMatchSettingsInput!) { setMatchSettings(input: $input) {
  errors { code field message } plan { draft { digest changes { path } } } } }"""
RESTORE = """mutation ($input: RestoreMatchSettingsInput!) { restoreMatchSettings(input: $input) {
  errors { code field message } plan { draft { digest changes { path } } } } }"""
PREVIEW = """query ($id: ID!, $weights: [WeightInput!]!, $rules: MatchRulesInput!) {
  matchPreview(programId: $id, weights: $weights, rules: $rules) { people outOf untrained moved
    now { placed meanFit lowestFit pastPairs saidYes best { enrollmentIds fit } } was { placed }
    rules { rule people alone } warnings } }"""
READ = """query ($id: ID!) { matchSettings(programId: $id) { version weights { category share } rules { sameCompany
  maxPairs leastFit pointsForWaiting heldBackPercent fixed { rule } } versions { number setById restores } } }"""


async def test_settings_are_read_tried_set_and_put_back(db: object) -> None:
    found = await market(3, 4)
    actor, key = factories.manager_of(found.manager, found.program), global_id("Program", found.program.id)
    read = (await ask(actor, READ, id=key))["matchSettings"]
    assert (read["version"], round(sum(one["share"] for one in read["weights"]), 9)) == (0, 1)
    weights, rules = [{"category": "AVAILABILITY", "amount": 3}, {"category": "GOALS", "amount": 1}], {
        "repeat": True, "repeatMonths": 24, "sameCompany": False, "leastGradeGap": 1, "mostGradeGap": 9,
        "maxPairs": 3, "leastFit": 20, "pointsForWaiting": 4, "heldBackPercent": 10}
    tried = (await ask(actor, PREVIEW, id=key, weights=weights, rules=rules))["matchPreview"]
    assert (tried["people"], tried["outOf"], tried["now"]["placed"], tried["was"]["placed"]) == (7, 7, 3, 4)
    assert (tried["warnings"], tried["untrained"]) == ([], 0)
    assert {one["rule"] for one in tried["rules"]} >= {"REPEAT", "GRADE_GAP", "COMPANY"}
    assert (await Program.get(id=found.program.id)).weights_version is None
    plan = await plan_of(actor, found.program.id)
    given = {"id": key, "weights": weights, "rules": rules, "seen": plan.seen}
    kept = (await ask(actor, SET, input=given))["setMatchSettings"]["plan"]["draft"]
    assert {"weights.AVAILABILITY", "rules.max_pairs"} <= {one["path"] for one in kept["changes"]}
    assert (await ask(actor, READ, id=key))["matchSettings"]["version"] == 0, "nothing of it holds yet"
    late = await ask(actor, SET, input={**given, "weights": weights[:1]})
    assert "Somebody changed this draft meanwhile" in late["setMatchSettings"]["errors"][0]["message"]
    await send_to_review(actor, found.program.id, seen=kept["digest"])
    live = await make_live(actor, found.program.id, seen=kept["digest"])
    read = (await ask(actor, READ, id=key))["matchSettings"]
    shares, own = {one["category"]: one["share"] for one in read["weights"]}, read["rules"]
    assert (read["version"], shares["AVAILABILITY"], own["sameCompany"], own["fixed"]) == (1, 0.75, False, [])
    assert (own["maxPairs"], own["leastFit"], own["pointsForWaiting"], own["heldBackPercent"]) == (3, 20, 4, 10)
    assert read["versions"] == [{"number": 1, "setById": global_id("Person", found.manager.id), "restores": None}]
    back = (await ask(actor, RESTORE, input={"id": key, "seen": live.digest, "version": 0}))["restoreMatchSettings"]
    digest = back["plan"]["draft"]["digest"]
    await send_to_review(actor, found.program.id, seen=digest)
    await make_live(actor, found.program.id, seen=digest)
    read = (await ask(actor, READ, id=key))["matchSettings"]
    assert (read["version"], read["versions"][0]["restores"]) == (2, 0)
    gone = await ask(actor, RESTORE, input={"id": key, "seen": digest, "version": 9})
    assert gone["restoreMatchSettings"]["errors"][0]["code"] == "NOT_FOUND"


async def test_what_cannot_be_comes_back_as_data_and_strangers_see_nothing(db: object) -> None:
    found = await market(1, 1)
    actor, key = factories.manager_of(found.manager, found.program), global_id("Program", found.program.id)
    for rules, weights, field in (
        ({}, [{"category": "GOALS", "amount": -1}], "weight-GOALS"),
        ({"leastGradeGap": 1}, [{"category": "GOALS", "amount": 1}], "gradeGap"),
    ):
        answer = await ask(actor, SET, input={"id": key, "seen": "x", "weights": weights, "rules": rules})
        assert [one["field"] for one in answer["setMatchSettings"]["errors"]] == [field]
    await Program.filter(id=found.program.id).update(type="PEER")
    answer = await ask(actor, SET, input={"id": key, "seen": "x", "weights": weights, "rules": {"repeat": True}})
    assert [(one["field"], one["message"]) for one in answer["setMatchSettings"]["errors"]] == [
        ("sameTeam", "Peers are never of one team.")]
    read = "query ($id: ID!) { matchSettings(programId: $id) { rules { sameTeam fixed { rule why } } } }"
    assert (await ask(actor, read, id=key))["matchSettings"]["rules"] == {
        "sameTeam": True, "fixed": [{"rule": "SAME_TEAM", "why": "Peers are never of one team."}]}
    assert (await refusal(factories.actor_of(found.stranger), READ, id=key))["extensions"]["code"] == "NOT_FOUND"
