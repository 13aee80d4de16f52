"""A pair put together by hand: seen before it is made, never against a hard rule, on screen and through GraphQL."""

import pytest

from server.matches.models import Match, MatchOverride
from server.matches.states import MatchOrigin, MatchState, OverrideKind
from server.matchmaking.wishes import actions as saying
from server.people.models import Person
from server.programs.models import Enrollment, Program
from tests import factories
from tests.graphql.ask import ask, gid
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, draft, market

HERE = "/console/matches/by-hand"
TRIED = """query ($group: ID!, $mentor: ID!, $mentee: ID!) {
  pairTried(cohortId: $group, mentorEnrollmentId: $mentor, menteeEnrollmentId: $mentee) {
    fit confidence calibratedOn reasons { title } factors { category } caution { title } rules broken
  }
}"""
SUGGEST = """mutation ($mentor: ID!, $mentee: ID!) {
  suggestMatch(input: {mentorEnrollmentId: $mentor, menteeEnrollmentId: $mentee, reason: "They asked me"}) {
    match { state fit review { origin } } errors { code kind }
  }
}"""


@pytest.fixture
async def found(db: object) -> Market:
    return await market(capacity=1)


def asked(found: Market, mentor: Enrollment, mentee: Enrollment) -> dict[str, str]:
    return {"group": str(found.cohort.id), "mentor": str(mentor.id), "mentee": str(mentee.id)}


async def test_the_two_are_seen_with_reasons_and_rules_and_then_made(found: Market, client_of: ClientOf) -> None:
    client, (mentor, other, _third) = await client_of(found.manager), found.mentors
    mentee = found.mentees[0]
    beside = await draft(found, 1)
    assert HERE in (await client.get(f"/console/matches?group={found.cohort.id}")).text
    empty = (await client.get(HERE, params={"group": str(found.cohort.id)})).text
    assert (mentor.person.full_name in empty, other.person.full_name in empty) == (True, False), "free people alone"
    seen = (await client.get(HERE, params=asked(found, mentor, mentee))).text
    for words in ("No reporting line", "Not kept apart", "Idris offers what Noor wants to learn"):
        assert words in seen
    assert await Match.all().count() == 1, "looking makes nothing"
    made = await client.post(HERE, data={**asked(found, mentor, mentee), "reason": "They asked me"})
    row = await Match.get(origin=MatchOrigin.MANAGER)
    assert made.headers["location"] == f"/console/matches?pair={row.id}"
    assert (row.state, row.fit is not None, len(row.explanation["reasons"])) == (MatchState.DRAFT, True, 3)
    assert [one.reason for one in await MatchOverride.filter(kind=OverrideKind.PIN)] == ["They asked me"]
    assert (await Match.get(id=beside.id)).state is MatchState.DRAFT
    again = await client.post(HERE, data=asked(found, mentor, mentee))
    assert (again.status_code, "has no free place any more" in again.text) == (409, True)
    assert (await client.post(HERE, data={"group": str(found.cohort.id)})).status_code == 422
    for nobody in (await client_of(found.stranger), await client_of(mentee.person)):
        assert (await nobody.get(HERE, params=asked(found, mentor, mentee))).status_code == 404


@pytest.mark.parametrize("rule", ["REPORTING_LINE", "BLOCKED", "BANNED", "GRADE_GAP"])
async def test_a_hard_rule_is_never_broken(found: Market, client_of: ClientOf, rule: str) -> None:
    mentor, mentee = found.mentors[0], found.mentees[0]
    match rule:
        case "REPORTING_LINE":
            await Person.filter(id=mentee.person_id).update(line_manager_id=mentor.person_id)
        case "BLOCKED":
            await Program.filter(id=found.program.id).update(mentees_may_ask=True)
            await saying.set_aside(factories.actor_of(mentee.person), mentee.id, mentor.id)
        case "BANNED":
            await factories.match(mentor, mentee, state=MatchState.DECLINED)
        case "GRADE_GAP":
            await Program.filter(id=found.program.id).update(rules={"grade_gap": [4, 6]})
    before = await Match.all().count()
    manager = factories.manager_of(found.manager, found.program)
    keys = {"mentor": gid(mentor), "mentee": gid(mentee)}
    told = (await ask(manager, TRIED, group=gid(found.cohort), **keys))["pairTried"]
    assert rule in told["broken"]
    assert set(told["broken"]) <= set(told["rules"])
    assert len(told["factors"]) == 9
    client = await client_of(found.manager)
    seen = (await client.get(HERE, params=asked(found, mentor, mentee))).text
    assert ("keeps these two apart" in seen, "Put them into the queue" in seen) == (True, False)
    assert (await client.post(HERE, data=asked(found, mentor, mentee))).status_code == 409
    done = (await ask(manager, SUGGEST, **keys))["suggestMatch"]
    assert (done["match"], done["errors"]) == (None, [{"code": "CONFLICT", "kind": "rule"}])
    assert await Match.all().count() == before


async def test_what_only_speaks_against_a_pair_is_shown_and_left_to_whoever_decides(found: Market) -> None:
    mentor, mentee = found.mentors[0], found.mentees[1]
    await Person.filter(id=mentor.person_id).update(zone="Pacific/Auckland")
    manager = factories.manager_of(found.manager, found.program)
    keys = {"mentor": gid(mentor), "mentee": gid(mentee)}
    told = (await ask(manager, TRIED, group=gid(found.cohort), **keys))["pairTried"]
    assert (told["broken"], told["caution"] is None, told["calibratedOn"]) == ([], False, 0)
    done = (await ask(manager, SUGGEST, **keys))["suggestMatch"]
    assert (done["errors"], done["match"]["state"], done["match"]["review"]) == ([], "DRAFT", {"origin": "MANAGER"})
    assert done["match"]["fit"] == round(told["fit"])


async def test_where_nobody_is_left_nothing_is_asked(client_of: ClientOf, db: object) -> None:
    found = await market(mentors=1, mentees=1, capacity=1)
    await draft(found, 0)
    shown = (await (await client_of(found.manager)).get(f"{HERE}?group={found.cohort.id}")).text
    assert "Nobody to put together just now" in shown
    assert "<select" not in shown
