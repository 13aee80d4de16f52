"""Two people kept apart from their draft or by hand, and the list of what was decided, on screen and by GraphQL."""

import pytest

from server.access.queries import actor_for
from server.journey.byhand.actions import pair_by_hand
from server.matches import actions
from server.matches.models import MatchOverride
from server.matches.states import OverrideKind
from tests.graphql.ask import ask, gid
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, draft, drafts_of, market

HERE = "/console/matches"
WHY = "They worked on one complaint"
BAN = """mutation ($one: ID!, $other: ID!) {
  banPair(input: {enrollmentId: $one, otherEnrollmentId: $other, reason: "They asked"}) {
    override { id kind reason liftedAt mentor { role } } errors { code kind }
  }
}"""
LISTED = """query ($group: ID!, $lifted: Boolean!) {
  matchOverrides(cohortId: $group, kinds: [BAN], lifted: $lifted) { totalCount edges { node { id liftedBy } } }
}"""
END = "mutation ($id: ID!) { %s(input: {id: $id}) { override { liftedAt } errors { kind } } }"
pytestmark = pytest.mark.usefixtures("clock_stands")


@pytest.fixture
async def found(db: object) -> Market:
    return await market(2, 2)


async def test_kept_apart_from_the_draft_and_taken_back(found: Market, client_of: ClientOf) -> None:
    client, match = await client_of(found.manager), await draft(found)
    refused = await client.post(f"{HERE}/{match.id}/ban", data={"apart": " "})
    assert refused.status_code == 422
    assert "Say in a few words why." in refused.text
    answer = await client.post(f"{HERE}/{match.id}/ban", data={"apart": WHY})
    shown = (await client.get(answer.headers["location"])).text
    ban = await MatchOverride.get(kind=OverrideKind.BAN)
    assert f"{HERE}/bans/{ban.id}/undo" in shown
    assert await drafts_of(found) == []
    await client.post(f"{HERE}/bans/{ban.id}/undo", data={"group": str(found.cohort.id)})
    assert [one.id for one in await drafts_of(found)] == [match.id]


async def test_kept_apart_by_hand(found: Market, client_of: ClientOf) -> None:
    client = await client_of(found.manager)
    both = {"group": str(found.cohort.id), "mentor": str(found.mentors[0].id), "mentee": str(found.mentees[0].id)}
    assert "Never these two" in (await client.get(f"{HERE}/by-hand", params=both)).text
    refused = await client.post(f"{HERE}/by-hand/ban", data=both)
    assert (refused.status_code, "How they fit" in refused.text) == (422, True)
    assert (await client.post(f"{HERE}/by-hand/ban", data={**both, "mentor": "", "apart": WHY})).status_code == 422
    assert (await client.post(f"{HERE}/by-hand/ban", data={**both, "apart": WHY})).status_code == 303
    assert "Never these two" not in (await client.get(f"{HERE}/by-hand", params=both)).text


async def test_the_list_says_who_why_and_when_and_ends_each(found: Market, client_of: ClientOf) -> None:
    client, actor = await client_of(found.manager), await actor_for(found.manager)
    page = f"{HERE}/groups/{found.cohort.id}/decisions"
    assert "No decision about a pair stands" in (await client.get(page)).text
    held, locked = await draft(found, 0), await draft(found, 1)
    await actions.hold_back(actor, held.id, True)
    await actions.lock_pair(actor, locked.id)
    ban = await actions.ban_pair(actor, found.mentors[0].id, found.mentees[1].id, reason=WHY)
    shown = (await client.get(page)).text
    for words in ("Three decisions stand", "Never these two", "Locked, stays", "Held back", WHY, "By Rui Palegrove"):
        assert words in shown, words
    listed = {"listed": str(found.cohort.id)}
    for act, data in ((f"{held.id}/hold", {}), (f"{locked.id}/lock", {"free": "1"}), (f"bans/{ban.id}/lift", {})):
        answer = await client.post(f"{HERE}/{act}", data={**data, **listed})
        assert answer.headers["location"] == page
    shown = (await client.get(page)).text
    for words in ("No decision about a pair stands", "Were kept apart", "Lifted by Rui Palegrove"):
        assert words in shown, words
    stranger = await client_of(found.stranger)
    assert (await stranger.get(page)).status_code == 404


async def test_a_choice_of_ones_own_is_listed_with_its_reason(found: Market, client_of: ClientOf) -> None:
    actor = await actor_for(found.manager)
    await pair_by_hand(actor, found.mentors[0].id, found.mentees[0].id, reason="They asked me")
    shown = (await (await client_of(found.manager)).get(f"{HERE}/groups/{found.cohort.id}/decisions")).text
    assert "Your own choice, stays in every run" in shown
    assert "They asked me" in shown


async def test_graphql_keeps_apart_lists_and_lifts(found: Market) -> None:
    actor = await actor_for(found.manager)
    two = {"one": gid(found.mentees[0]), "other": gid(found.mentors[0])}
    first = (await ask(actor, BAN, **two))["banPair"]
    assert (first["errors"], first["override"]["mentor"]["role"]) == ([], "MENTOR")
    for act, kinds in (("undoBan", []), ("undoBan", [{"kind": "told"}]), ("liftBan", [])):
        assert (await ask(actor, END % act, id=first["override"]["id"]))[act]["errors"] == kinds, act
    again = (await ask(actor, BAN, **two))["banPair"]["override"]
    group = gid(found.cohort)
    held = (await ask(actor, LISTED, group=group, lifted=False))["matchOverrides"]
    assert held == {"totalCount": 1, "edges": [{"node": {"id": again["id"], "liftedBy": None}}]}
    over = (await ask(actor, LISTED, group=group, lifted=True))["matchOverrides"]["edges"]
    assert over == [{"node": {"id": first["override"]["id"], "liftedBy": str(found.manager.id)}}]
