"""Trials by the API: rows as text in, pairs out, for the viewer alone, within the limits of a request."""

from datetime import timedelta

import pytest

from graphql_schema.limits import BODY_BYTES
from server.kernel import clock
from server.kernel.jobs import drain
from server.matchmaking.models import MatchTrial
from tests import factories
from tests.graphql.ask import ask, refusal, send
from tests.web.console.records import MENTEES, MENTORS, SHARED

START = """mutation ($people: [TrialFileInput!]!, $past: TrialFileInput) {
  startTrial(input: {people: $people, past: $past}) {
    errors { code field message } trial { id eraseAt files { name rows who columns { name holds examples } } } } }"""
FOUND = """shape people waiting violations pastPairs learnedFrom calibrated stages { stage inForce } proof { gap }
  gaps { code column file } waitlist { totalCount edges { node { person { key } code } } }
  pairs(first: 100) { totalCount edges { node { mentor { key name } mentee { key name } fit reasons caution } } }
  circles { edges { node { host { key } members { key } goals } } }"""
RUN = f"""mutation ($input: RunTrialInput!) {{ runTrial(input: $input) {{
  errors {{ code field message }} trial {{ kind matchedAt result {{ {FOUND} }} }} }} }}"""
READ = "query ($id: ID!) { matchTrial(id: $id) { id result { people } } }"
ERASE = "mutation ($id: ID!) { eraseTrial(input: {id: $id}) { id errors { code } } }"


def file(name: str, content: str) -> dict[str, str]:
    return {"fileName": name, "content": content}


BOTH = [file("mentors.csv", MENTORS), file("mentees.csv", MENTEES)]


async def test_a_trial_from_rows_to_result_and_gone(db: object) -> None:
    pair = await factories.active_match()
    past = file("past.csv", "mentor,mentee,accepted,cycle\nM2,S1,yes,2024\n")
    begun = (await ask(pair.manager_actor, START, people=BOTH, past=past))["startTrial"]
    assert begun["errors"] == []
    trial = begun["trial"]
    assert [(one["name"], one["rows"], one["who"]) for one in trial["files"]] == [
        ("mentors.csv", 3, "MENTORS"), ("mentees.csv", 3, "MENTEES"), ("past.csv", 1, "PAST")
    ]
    assert trial["files"][0]["columns"][3] == {
        "name": "expertise", "holds": "SKILLS", "examples": ["Negotiation;Leading stakeholders", "Python;SQL",
                                                             "React;JavaScript"]}
    done = (await ask(pair.manager_actor, RUN, input={"id": trial["id"]}))["runTrial"]
    found = done["trial"]["result"]
    assert (done["errors"], found["shape"], found["people"], found["violations"]) == ([], "PAIRS", 6, 0)
    assert (found["pastPairs"], found["learnedFrom"], found["calibrated"]) == (1, 1, False)
    assert [one["inForce"] for one in found["stages"]] == ["prior"] * 4
    made = {(one["node"]["mentee"]["name"], one["node"]["mentor"]["name"]) for one in found["pairs"]["edges"]}
    assert ("Noor Pell", "Ottoline Vane") not in made, "they were paired before"
    assert (len(made), found["pairs"]["totalCount"], found["waiting"]) == (3, 3, 0)
    assert all(len(one["node"]["reasons"]) == 3 and one["node"]["caution"] for one in found["pairs"]["edges"])
    assert (await ask(pair.manager_actor, READ, id=trial["id"]))["matchTrial"]["result"] == {"people": 6}
    assert (await ask(pair.manager_actor, ERASE, id=trial["id"]))["eraseTrial"] == {"id": trial["id"], "errors": []}
    assert (await refusal(pair.manager_actor, READ, id=trial["id"]))["extensions"]["code"] == "NOT_FOUND"


async def test_columns_kind_and_rules_are_the_callers(db: object) -> None:
    pair = await factories.active_match()
    rows = "".join(f"{at},{('SQL', 'Go')[at % 2]},{('Go', 'SQL')[at % 2]}\n" for at in range(8))
    people = [file("all.csv", f"number,brings,needs of them\n{rows}")]
    trial = (await ask(pair.manager_actor, START, people=people))["startTrial"]["trial"]
    columns = [{"name": "brings", "holds": "SKILLS"}, {"name": "needs_of_them", "holds": "WISHES"}]
    reading = {"id": trial["id"], "files": [{"who": "EVERYBODY", "columns": columns}]}
    peers = (await ask(pair.manager_actor, RUN, input=reading | {"kind": "PEER"}))["runTrial"]["trial"]["result"]
    assert (peers["shape"], peers["pairs"]["totalCount"]) == ("PEERS", 4)
    circles = await ask(pair.manager_actor, RUN, input={"id": trial["id"], "kind": "CIRCLE", "circleSize": 4})
    found = circles["runTrial"]["trial"]["result"]
    assert [len(one["node"]["members"]) for one in found["circles"]["edges"]] == [4, 4]
    assert (found["proof"], found["pairs"]["edges"]) == (None, [])
    apart = {"kind": "PEER", "id": trial["id"], "rules": {"company": "DIFFERENT"}}
    told = (await ask(pair.manager_actor, RUN, input=apart))["runTrial"]["trial"]["result"]["gaps"]
    assert {"code": "RULE_BLIND", "column": "COMPANY", "file": ""} in told


@pytest.mark.parametrize(("given", "field"), [
    ({"kind": "ONE_TO_ONE"}, "who"), ({"places": 99}, "places"), ({"circleSize": 3}, "size"),
    ({"rules": {"hours": 40}}, "hours"), ({"files": [{"columns": [{"name": "shoe", "holds": "SKILLS"}]}]}, "columns"),
])
async def test_what_cannot_be_matched_is_data_in_words(db: object, given: dict[str, object], field: str) -> None:
    pair = await factories.active_match()
    trial = (await ask(pair.manager_actor, START, people=[BOTH[0]]))["startTrial"]["trial"]
    answer = (await ask(pair.manager_actor, RUN, input={"id": trial["id"]} | given))["runTrial"]
    (error,) = answer["errors"]
    assert (answer["trial"], error["code"], error["field"]) == (None, "INVALID", field)
    assert error["message"]


async def test_a_trial_is_the_viewers_alone_and_over_after_a_day(db: object) -> None:
    pair = await factories.active_match()
    trial = (await ask(pair.manager_actor, START, people=BOTH))["startTrial"]["trial"]
    away = await factories.active_match()
    for other in (pair.mentee_actor, pair.stranger_actor, away.manager_actor):
        assert (await refusal(other, READ, id=trial["id"]))["extensions"]["code"] == "NOT_FOUND"
        for document, name in ((RUN, "runTrial"), (ERASE, "eraseTrial")):
            given = {"input": {"id": trial["id"]}} if name == "runTrial" else {"id": trial["id"]}
            assert (await ask(other, document, **given))[name]["errors"][0]["code"] == "NOT_FOUND"
    assert (await ask(pair.mentee_actor, START, people=BOTH))["startTrial"]["errors"][0]["code"] == "FORBIDDEN"
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert (await refusal(pair.manager_actor, READ, id=trial["id"]))["extensions"]["code"] == "NOT_FOUND"
        await drain()
        assert await MatchTrial.all().count() == 0


async def test_a_request_holds_no_more_than_the_limit(db: object) -> None:
    pair = await factories.active_match()
    large = [file("large.csv", "id,skills\n" + "M1,SQL\n" * (BODY_BYTES // 7))]
    assert (await send(pair.manager_actor, START, people=large)).status_code == 413
    assert await MatchTrial.all().count() == 0


@pytest.mark.skipif(not SHARED.exists(), reason="the real records of ../shared/data are not here")
async def test_the_real_records_fit_into_one_request(db: object) -> None:
    pair = await factories.active_match()
    head = (SHARED / "skills_and_wishes.csv").read_text("utf-8").splitlines(keepends=True)[:101]
    people = [file("mentor_profiles.csv", (SHARED / "mentor_profiles.csv").read_text("utf-8")),
              file("skills_and_wishes.csv", "".join(head))]
    trial = (await ask(pair.manager_actor, START, people=people))["startTrial"]["trial"]
    found = (await ask(pair.manager_actor, RUN, input={"id": trial["id"]}))["runTrial"]["trial"]["result"]
    assert (found["pairs"]["totalCount"], found["waiting"], found["violations"]) == (100, 0, 0)
