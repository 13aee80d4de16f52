"""Whom a programme is for: rules as sentences, counted as they are typed, kept in the draft."""

from html import unescape

import pytest

from server.access.queries import actor_for
from server.kernel import clock
from server.notifications.models import MailboxState
from server.notifications.queries import mark_of
from server.people.models import Person
from server.programs.models import ProgramVersion
from server.programs.states import PlanState
from tests.graphql.ask import ask, gid
from tests.web.conftest import HTMX, ClientOf
from tests.web.console.market import Market, market
from tests.web.console.test_building import here, seen_on


@pytest.fixture
async def found(db: object) -> Market:
    return await market(2, 3)


RULE = {
    "people-1-fact": "department", "people-1-was": "department", "people-1-how": "IS", "people-1-value": ["Pricing"],
}
BAND = {"people-2-fact": "seniority", "people-2-was": "seniority", "people-2-how": "AT_LEAST"}


async def test_rules_are_sentences_with_the_people_left_and_go_into_the_draft(
    client_of: ClientOf, found: Market
) -> None:
    client, at = await client_of(found.admin), here(found, "audience")
    empty = (await client.get(at)).text
    assert "No rules: everybody in the organisation." in empty
    assert "There are places enough." in empty
    places = f"/console/matches/groups/{found.cohort.id}/places"
    assert f'href="{places}"' in empty
    assert (await client.get(places)).status_code == 200
    added = (await client.post(f"{at}/preview", data={"more": "people"})).text
    assert 'id="audience.people[1].fact"' in added
    assert "error-summary" not in added
    counted = await client.post(f"{at}/preview", data={**RULE, **BAND, "people-2-value": "5"}, headers=HTMX)
    assert (counted.status_code, "<html" in counted.text) == (200, False)
    assert '<span class="big-num">3</span>' in counted.text
    assert await ProgramVersion.filter(program_id=found.program.id).count() == 0
    kept = await client.post(at, data={**RULE, **BAND, "people-2-value": "5", "seen": seen_on(empty)})
    assert kept.status_code == 303
    draft = await ProgramVersion.get(program_id=found.program.id, state=PlanState.DRAFT)
    assert draft.content["audience"]["people"] == [
        {"fact": "department", "how": "IS", "value": ["Pricing"]}, {"fact": "seniority", "how": "AT_LEAST", "value": 5}]
    shown = (await client.get(at)).text
    assert "Department is Pricing, and Band is at least 5." in shown
    assert "checked" in shown[shown.index('value="Pricing"'):][:90]
    less = {**RULE, **BAND, "people-2-value": "5", "without": "people-1"}
    assert 'id="audience.people[2]"' not in (await client.post(f"{at}/preview", data=less)).text
    manager = (await (await client_of(found.manager)).get(at)).text
    assert '<span class="big-num">3</span>' in manager
    assert found.mentees[0].person.full_name in shown
    assert found.mentees[0].person.full_name not in manager, "who runs one programme sees how many, not who"


async def test_a_rule_that_cannot_be_turns_to_its_error_and_nobody_is_told_with_the_nearest_rule(
    client_of: ClientOf, found: Market
) -> None:
    client, at = await client_of(found.admin), here(found, "audience")
    seen = seen_on((await client.get(at)).text)
    refused = await client.post(at, data={**RULE, **BAND, "people-2-value": "six", "seen": seen})
    assert refused.status_code == 422
    assert 'value="six"' in refused.text
    assert 'href="#audience.people[2].value"' in refused.text
    against = {"people-2-fact": "department", "people-2-was": "department", "people-2-how": "IS",
               "people-2-value": "Operations"}
    clash = await client.post(f"{at}/preview", data={**RULE, **against})
    assert "This and rule 1 leave nobody" in clash.text
    other = await client.post(f"{at}/preview", data={**RULE, "people-1-fact": "tenure_days"})
    assert 'inputmode="numeric"' in other.text
    nobody = await client.post(f"{at}/preview", data={**RULE, **BAND, "people-2-value": "90"})
    nearest = "No one today. The nearest rule is “Band is at least 90”: without it, it is 3 people."
    assert nearest in unescape(nobody.text)
    stranger = await client_of(found.stranger)
    assert [(await stranger.get(at)).status_code, (await stranger.post(f"{at}/preview")).status_code] == [404, 404]


async def test_whom_no_letter_reaches_and_whose_zone_is_assumed_stand_beside_the_rules_while_they_are_typed(
    client_of: ClientOf, found: Market
) -> None:
    empty, dead, mended = (one.person for one in found.mentees)
    await Person.filter(id=empty.id).update(email="", zone_assumed=True)
    for person, address in ((dead, dead.email), (mended, "before@harbourline.example")):   # it has another one now
        await MailboxState.create(
            organization_id=person.organization_id, person=person, address_mark=mark_of(address), status="5.1.1",
            dead_at=clock.now(),
        )
    for who, named in ((found.admin, True), (found.manager, False)):
        at = f"{here(found, 'audience')}/preview"
        told = unescape((await (await client_of(who)).post(at, data={**RULE, **BAND, "people-2-value": "5"})).text)
        assert "2 of 3 have no address that works. Mend them in the employer’s records." in told
        assert "The records name no time zone for 1 of 3" in told
        assert [f"/console/people/{one.id}" in told for one in (empty, dead, mended)] == [named, named, False]
    seen = await ask(await actor_for(found.manager), REACH, id=gid(found.program))
    assert seen["programAudience"]["sides"][0] == {"unreached": 2, "zoneAssumed": 1}
    nobody = await client_of(found.admin)
    none_meant = await nobody.post(f"{here(found, 'audience')}/preview", data={**RULE, **BAND, "people-2-value": "90"})
    people, _here, mentors = none_meant.text.partition('id="mentors-meant"')
    assert ("no address that works" in people, "2 of 8 have no address that works" in mentors) == (False, True)


REACH = "query ($id: ID!) { programAudience(programId: $id) { sides { unreached zoneAssumed } } }"
