"""Inviting by a list, and everybody whom a programme is meant for: looked at first, and what was pasted stays."""

import re
from datetime import timedelta

import pytest

from server.access.queries import actor_for
from server.kernel import clock
from server.kernel.db import fresh_key
from server.people.models import Person
from server.programs.models import Cohort, Enrollment, Program, ProgramVersion
from server.programs.states import Approvals, EnrollmentState, PlanState, ProgramState
from tests import factories
from tests.graphql.ask import ask, gid
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, draft, market

LIST = "address,role\nnew@x.example,mentee\nnew@x.example\nnobody@x.example,mentor"

BY_API = """query ($cohort: ID!, $lines: String!) {
  invitationList(cohortId: $cohort, lines: $lines, role: MENTEE) { invited leftOut { line fate } } }"""


@pytest.fixture
async def found(db: object) -> Market:
    made = await market(1, 1)
    await factories.person(made.organization, email="new@x.example", department="Sales")
    return made


def seen_on(html: str) -> str:
    told = re.search(r'name="seen" value="([0-9a-f]{64})"', html)
    return told[1] if told else ""


async def test_a_list_is_looked_at_then_its_people_are_invited_and_the_rest_is_told(
    client_of: ClientOf, found: Market
) -> None:
    client, program = await client_of(found.manager), f"/console/programs/{found.program.id}"
    at = f"{program}/invitations"
    assert f'href="{at}"' in (await client.get(program)).text
    assert "Nobody is invited before you have seen what would happen." in (await client.get(at)).text
    empty = await client.post(at, data={"list": " "})
    assert (empty.status_code, "Paste at least one address" in empty.text) == (422, True)
    looked = await client.post(at, data={}, files={"file": ("list.csv", LIST.encode())})
    assert looked.status_code == 200
    for words in ("1 person gets an invitation", "Line 2 names the same address", "Check its spelling"):
        assert words in looked.text, words
    assert "new@x.example,mentee\nnew@x.example" in looked.text, "what the file held can be gone on with"
    assert found.mentees[0].person.full_name not in looked.text
    form = {"list": LIST, "group": str(found.cohort.id), "seen": seen_on(looked.text)}
    file = await client.post(f"{at}/not-invited.csv", data=form)
    assert (file.headers["content-type"], file.text.count("\r\n")) == ("text/csv; charset=utf-8", 3)

    await Person.filter(email="new@x.example").update(email="other@x.example")
    meanwhile = await client.post(f"{at}/sent", data=form)
    assert (meanwhile.status_code, "Look at the list again" in meanwhile.text) == (422, True)
    assert "nobody@x.example,mentor" in meanwhile.text
    await Person.filter(email="other@x.example").update(email="new@x.example")
    assert await Enrollment.filter(state=EnrollmentState.INVITED).count() == 0
    sent = await client.post(f"{at}/sent", data=form)
    assert (sent.status_code, "1 person is invited" in sent.text, "Invite 1 person" in sent.text) == (200, True, False)
    assert await Enrollment.filter(state=EnrollmentState.INVITED, person__email="new@x.example").count() == 1
    read = await ask(await actor_for(found.manager), BY_API, cohort=gid(found.cohort), lines=LIST)
    assert read["invitationList"] == {"invited": 0, "leftOut": [
        {"line": 2, "fate": "HERE"}, {"line": 3, "fate": "TWICE"}, {"line": 4, "fate": "UNKNOWN"}]}
    only = await client.post(f"{at}/sent", data={
        "list": found.stranger.email, "role": "MENTOR", "seen": seen_on(
            (await client.post(at, data={"list": found.stranger.email, "role": "MENTOR"})).text)})
    assert (only.status_code, only.headers["location"]) == (303, f"{at}?group={found.cohort.id}")
    assert (await (await client_of(found.stranger)).post(at, data=form)).status_code == 404
    assert (await client.post(f"{at}/not-invited.csv", data={"list": ""})).status_code == 422


async def test_everybody_whom_it_means_is_invited_after_a_yes_and_nobody_says_what_to_do(
    client_of: ClientOf, found: Market
) -> None:
    sales = {"people": [{"fact": "department", "how": "IS", "value": ["Sales"]}],
             "mentors": [{"fact": "department", "how": "IS", "value": ["Nowhere"]}]}
    await Program.filter(id=found.program.id).update(audience=sales)
    client, at = await client_of(found.manager), f"/console/programs/{found.program.id}/invitations"
    shown = (await client.get(at)).text
    assert "Yes, invite 1 person" in shown
    assert "The audience means nobody today." in shown
    form = {"group": str(found.cohort.id), "as": "MENTEE", "seen": "7"}
    other = await client.post(f"{at}/everybody", data=form)
    assert (other.status_code, "It would be 1 by now" in other.text) == (409, True)
    assert (await client.post(f"{at}/everybody", data={})).status_code == 422
    assert (await client.post(f"{at}/everybody", data={**form, "seen": "1"})).status_code == 303
    assert await Enrollment.filter(state=EnrollmentState.INVITED).count() == 1
    assert "Everybody whom it means takes part, was asked already, or is on leave." in (await client.get(at)).text
    await Cohort.filter(id=found.cohort.id).update(state=ProgramState.CLOSING)
    assert "Open a group first" in (await client.get(at)).text
    assert "Open a group first" in (await client.post(at, data={"list": "a@x.example"})).text


async def test_a_group_has_a_day_on_which_matches_are_told_where_nobody_is_asked(
    client_of: ClientOf, found: Market
) -> None:
    client, program = await client_of(found.manager), f"/console/programs/{found.program.id}"
    at, day = f"{program}/groups/{found.cohort.id}/announcement", str(clock.today("UTC") + timedelta(days=9))
    asked = await client.post(at, data={"announce_on": day})
    assert (asked.status_code, "People are asked here before they are matched" in asked.text) == (422, True)
    await Program.filter(id=found.program.id).update(approvals=Approvals.NONE)
    past = await client.post(at, data={"announce_on": "2020-01-01"})
    assert (past.status_code, 'value="2020-01-01"' in past.text) == (422, True)
    assert (await client.post(at, data={"announce_on": day})).status_code == 303
    assert "matches told on" in (await client.get(program)).text
    assert "Matches are told on" in (await client.get(f"{program}/build/dates")).text
    made = await draft(found)
    assert "Undo until then." in (await client.get(f"/console/matches?group={found.cohort.id}")).text
    done = await client.post("/console/matches/approvals", data={
        "group": str(found.cohort.id), "pairs": str(made.id), "form_key": fresh_key()})
    assert "One is approved. Nobody is told before" in (await client.get(done.headers["location"])).text
    await Program.filter(id=found.program.id).update(approvals=Approvals.BOTH)
    assert "People are asked first" in (await client.get(f"{program}/build/dates")).text
    page = await client.post(at, data={"announce_on": str(clock.today("UTC") + timedelta(days=3))})
    assert "People are asked here before they are matched" in page.text


async def test_a_group_has_a_last_day_to_join_and_then_its_page_says_so(client_of: ClientOf, found: Market) -> None:
    client, program = await client_of(found.manager), f"/console/programs/{found.program.id}"
    at, today = f"{program}/groups/{found.cohort.id}/last-day", clock.today("UTC")
    past = await client.post(at, data={"enrol_by_on": "2020-01-01"})
    assert (past.status_code, 'value="2020-01-01"' in past.text) == (422, True)
    assert (await client.post(at, data={"enrol_by_on": str(today + timedelta(days=2))})).status_code == 303
    assert "joining until" in (await client.get(program)).text
    clock.move(timedelta(days=5))
    closed = (await (await client_of(found.stranger)).get(f"/join/{found.program.key}")).text
    assert "The last day to join was" in closed
    assert "Tell me" in closed
    api = await ask(await actor_for(found.manager), JOINING, cohort=gid(found.cohort))
    assert api["setLastDayToJoin"] == {"cohort": {"enrolByOn": None}, "errors": []}
    assert api["setAnnouncementDay"] == {"cohort": {"announceOn": None}, "errors": []}
    seen = (await ask(await actor_for(found.manager), READ, id=gid(found.program)))
    assert seen["programJoining"]["menteesLaterDays"] == 0
    assert [one["count"] for one in seen["programAudience"]["sides"]] == [1, 6]
    set_both = await ask(
        await actor_for(found.manager), SET, id=gid(found.program), seen=seen["programAudience"]["seen"])
    assert set_both["setJoining"]["errors"] == []
    draft = await ProgramVersion.get(program_id=found.program.id, state=PlanState.DRAFT)
    assert (draft.content["intake"], draft.content["triggers"]["enrol"][0]["when"]) == (
        {"mentees_later_days": 3, "newcomers": True}, "HIRED")
    wrong = await ask(await actor_for(found.manager), AUDIENCE, id=gid(found.program), seen=draft.digest)
    assert wrong["setAudience"]["errors"][0]["code"] == "INVALID"
    begun = await ask(await actor_for(found.admin), BEGIN)
    assert begun["beginProgram"]["errors"] == []
    assert len((await ask(await actor_for(found.admin), "{ programTemplates { key type } }"))["programTemplates"]) == 8


JOINING = """mutation ($cohort: ID!) {
  setLastDayToJoin(input: {id: $cohort}) { cohort { enrolByOn } errors { code } }
  setAnnouncementDay(input: {id: $cohort}) { cohort { announceOn } errors { code } } }"""
READ = """query ($id: ID!) { programJoining(programId: $id) { menteesLaterDays seen }
  programAudience(programId: $id, instead: {people: [{fact: DEPARTMENT, test: IS, values: ["Sales"]}]}) {
    seen sides { count words rules { fact left } } } }"""
SET = """mutation ($id: ID!, $seen: String!) { setJoining(input: {
  id: $id, seen: $seen, menteesLaterDays: 3, newcomers: true, rules: [{when: HIRED, role: MENTEE, days: 30}]
}) { errors { code message } } }"""
AUDIENCE = """mutation ($id: ID!, $seen: String!) { setAudience(input: {id: $id, seen: $seen, audience: {
  people: [{fact: SENIORITY, test: UNDER, values: ["six"]}]}}) { errors { code field } } }"""
BEGIN = """mutation { beginProgram(input: {template: "flash", name: "Ask me"}) { errors { code message } } }"""
