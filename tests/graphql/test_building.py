"""A programme's configuration over GraphQL: read, drafted, put in force, brought and copied."""

import json

import pytest

from graphql_schema.ids import global_id
from server.programs.models import Program, ProgramVersion
from server.programs.states import PlanState
from tests import factories
from tests.graphql.ask import ask
from tests.web.console.market import market

PLAN = """plan { programId file draft { number state digest file restores overtaken changes { path was now } }
  versions { number state liveById restores } }"""
READ = f"query ($id: ID!) {{ programPlan(programId: $id) {PLAN.removeprefix('plan')} }}"

async def test_bad_input_is_told_in_words_at_its_place_and_no_part_of_it_is_kept(db: object) -> None:
    """Contradictions, a name that no message holds, a moment and a day that cannot be, rules that fit nobody; the same
    in the builder: tests/web/console/test_building_messages.py, test_building_audience.py, test_building.py."""
    found = await market(1, 1)
    actor, key = factories.manager_of(found.manager, found.program), global_id("Program", found.program.id)
    before = await Program.get(id=found.program.id).values()
    seen = (await ask(actor, AUDIENCE, id=key))["programAudience"]["seen"]
    department = [{"fact": "DEPARTMENT", "test": "IS", "values": [name]} for name in ("Pricing", "Operations")]
    words = {"wordings": [{"language": "en", "subject": "Hello", "body": "{colour} it is."}]}
    for mutation, said, path, told in (
        ("setMessage", {"kind": "F01", **words}, "messages.F01.words.en.body", "There is no {colour} here."),
        ("setMessage", {"kind": "F01", "moments": [367]}, "messages.F01.moments[1]", "from 1 to 366"),
        ("setMessage", {"kind": "F02", "isOn": False}, "messages.F02.on", "says that this was sent"),
        ("setMessage", {"kind": "F02", "moments": [1]}, "messages.F02.moments", ""),
        ("setAudience", {"audience": {"people": department}}, "audience.people[2]", "This and rule 1 leave nobody"),
        ("setAudience", {"audience": {"people": [{**department[0], "values": []}]}},
         "audience.people[1].value", "1 to"),
        ("setAudience", {"audience": {"people": [{**department[0], "values": ["Nowhere"]}]}},
         "audience.people[1].value", "Nowhere"),
    ):
        takes = f"{mutation[0].upper()}{mutation[1:]}Input"
        refused = (await ask(actor, doing(mutation, takes), input={"id": key, "seen": seen, **said}))[mutation]
        [error] = refused["errors"]
        assert (error["code"], error["field"], told in error["message"]) == ("INVALID", path, True), error
    day = f'mutation {{ setLastDayToJoin(input: {{id: "{global_id("Cohort", found.cohort.id)}", day: "2026-02-30"}}) '
    with pytest.raises(AssertionError, match="2026-02-30"):
        await ask(actor, f"{day} {{ errors {{ code }} }} }}")
    assert await Program.get(id=found.program.id).values() == before
    assert not await ProgramVersion.filter(state=PlanState.DRAFT).exists()
    empty = await ask(actor, AUDIENCE, id=key, instead={"people": [
        department[0], {"fact": "SENIORITY", "test": "AT_LEAST", "values": ["90"]}]})
    assert empty["programAudience"]["sides"][0]["count"] == 0


async def test_a_sequence_that_would_exceed_the_caps_says_where(db: object) -> None:
    found = await market(1, 1)
    actor, key = factories.manager_of(found.manager, found.program), global_id("Program", found.program.id)
    seen = (await ask(actor, AUDIENCE, id=key))["programAudience"]["seen"]
    await ask(actor, doing("setMessage", "SetMessageInput"), input={
        "id": key, "seen": seen, "kind": "F03", "moments": [6]})
    crowds = "query ($id: ID!) { programMessages(programId: $id) { kind crowds { kinds isOneDay day } } }"
    told = {one["kind"]: one["crowds"] for one in (await ask(actor, crowds, id=key))["programMessages"]}
    assert told["F03"] == [{"kinds": ["F01", "G01", "F02", "F03"], "isOneDay": False, "day": 6}]
    assert told["M08"] == []


AUDIENCE = """query ($id: ID!, $instead: AudienceInput) {
  programAudience(programId: $id, instead: $instead) { seen sides { count } } }"""
MESSAGES = """query ($id: ID!) { programMessages(programId: $id) {
  kind isOn countedIn moments usualMoments wordings { language subject body } staysOn
  onlyIf conditions channel sender } }"""

OWN_MESSAGES = """query ($id: ID!) { ownMessages(programId: $id) {
  key name when days to onlyIf wordings { language subject body } names } }"""


def doing(mutation: str, kind: str) -> str:
    return (f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ errors {{ code field message }} {PLAN} }} }}")


async def test_a_configuration_is_drafted_put_in_force_and_brought_back(db: object) -> None:
    found = await market(1, 1)
    actor, key = factories.manager_of(found.manager, found.program), global_id("Program", found.program.id)

    async def done(mutation: str, takes: str = "SeenDraftInput", **given: object) -> dict[str, object]:
        answer = (await ask(actor, doing(mutation, takes), input={"id": key, **given}))[mutation]
        assert answer["errors"] == [], answer
        return answer["plan"]["draft"] or answer["plan"]

    assert (await ask(actor, READ, id=key))["programPlan"]["draft"] is None
    draft = await done("beginDraft", "BeginDraftInput")
    file = json.dumps({**json.loads(draft["file"]), "places_max": 9})
    draft = await done("changeDraft", "ChangeDraftInput", seen=draft["digest"], file=file)
    assert draft["changes"] == [{"path": "places_max", "was": "3", "now": "9"}]
    wrong = await ask(actor, doing("changeDraft", "ChangeDraftInput"), input={
        "id": key, "seen": draft["digest"], "file": file.replace("9", "0")})
    assert wrong["changeDraft"]["errors"][0]["code"] == "INVALID"
    for said, field in (({"kind": "F99"}, "messages.F99"), ({"kind": "F02", "moments": [1]}, "messages.F02.moments"),
                        ({"kind": "G01", "sender": "nobody"}, "messages.G01.sender")):
        refused = await ask(actor, doing("setMessage", "SetMessageInput"), input={
            "id": key, "seen": draft["digest"], **said})
        assert refused["setMessage"]["errors"][0]["field"] == field
    words = [{"language": "en", "subject": "A word", "body": "From {program}."}]
    draft = await done("setMessage", "SetMessageInput", seen=draft["digest"], kind="G01", moments=[4], wordings=words,
                       onlyIf="FIRST_MATCH", channel="MAIL_ONLY", sender=found.manager.employee_id)
    told = {one["kind"]: one for one in (await ask(actor, MESSAGES, id=key))["programMessages"]}
    assert told["G01"] == {
        "kind": "G01", "isOn": True, "countedIn": "DAYS_AFTER", "moments": [4], "usualMoments": [3], "wordings": words,
        "staysOn": None, "onlyIf": "FIRST_MATCH", "conditions": ["NOTHING_BOOKED", "NOT_MET", "MET", "FIRST_MATCH"],
        "channel": "MAIL_ONLY", "sender": found.manager.employee_id,
    }
    assert told["M08"]["staysOn"]
    ours = {"key": "say-hello", "name": "Say hello", "when": "NOT_WRITTEN", "days": 2, "to": "MENTEE",
            "onlyIf": "FIRST_MATCH", "wordings": words}
    refused = await ask(actor, doing("setOwnMessages", "SetOwnMessagesInput"), input={
        "id": key, "seen": draft["digest"], "messages": [ours, ours]})
    assert refused["setOwnMessages"]["errors"][0]["field"] == "messages.OWN.say-hello"
    draft = await done("setOwnMessages", "SetOwnMessagesInput", seen=draft["digest"], messages=[ours])
    [own] = (await ask(actor, OWN_MESSAGES, id=key))["ownMessages"]
    assert own == {**ours, "names": ["name", "program", "group", "organization", "other"]}
    assert (await done("sendToReview", seen=draft["digest"]))["state"] == "REVIEW"
    plan = await done("makeLive", seen=draft["digest"])
    assert plan["versions"][0]["liveById"] == global_id("Person", found.manager.id)
    assert (await Program.get(id=found.program.id)).places_max == 9
    assert (await done("beginDraft", "BeginDraftInput", restores=1))["restores"] == 1
    assert (await done("discardDraft", "ById"))["draft"] is None
    brought = await ask(actor, doing("importProgram", "ImportProgramInput"), input={
        "key": found.program.key, "file": file.replace("9", "4"), "live": True})
    assert json.loads(brought["importProgram"]["plan"]["file"])["places_max"] == 4
