"""Bring your own records on screen: files, columns, result, files to keep; for one manager, gone when they say so."""

import json

import httpx2
import pytest

from server.journey.trying.actions import AT_ONCE, matching_now
from server.matchmaking.models import MatchTrial
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, manager_of, market
from tests.web.console.records import MENTEES, MENTORS, PAST, people_file

HERE = "/console/matches/trial"


@pytest.fixture
async def found(db: object) -> Market:
    return await market()


def files_of(mentors: str, mentees: str = "") -> dict[str, tuple[str, bytes, str]]:
    held = {"mentors": ("mentors.csv", mentors.encode(), "text/csv")}
    return held | ({"mentees": ("mentees.csv", mentees.encode(), "text/csv")} if mentees else {})


async def started(client: httpx2.AsyncClient, mentors: str = MENTORS, mentees: str = MENTEES) -> str:
    answer = await client.post(HERE, files=files_of(mentors, mentees))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_two_files_are_tried_from_choosing_to_keeping(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    assert f'href="{HERE}"' in (await client.get("/console/matches")).text
    here = await started(client)
    columns = (await client.get(here)).text
    for words in ("mentors.csv", "3 rows", "Idris Crane", '<option value="SKILLS" selected', "They are erased on",
                  'name="places" type="number" inputmode="numeric" value="1"'):
        assert words in columns, words
    assert (await client.post(f"{here}/matching", data={})).status_code == 303
    shown = (await client.get(here)).text
    for words in ("3 of 3 mentees have a mentor", "That is proven.", "Noor Pell with Ottoline Vane",
                  "Ottoline Vane offers what Noor Pell wants to learn: Python", "Worth knowing:",
                  "No column names managers", "Not yet calibrated", "which nobody else sees"):
        assert words in shown, words
    assert "reason_3" in (await client.get(f"{here}/pairs.csv")).text
    assert (await client.get(f"{here}/waiting.csv")).text.endswith("mentee_id,mentee,position,code\r\n")
    assert json.loads((await client.get(f"{here}/trial.json")).text)["matched"] == 3


async def test_past_pairs_are_asked_about_kept_apart_and_weighed_honestly(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    past = {"past": ("past.csv", PAST.encode(), "text/csv")}
    answer = await client.post(HERE, files=files_of(MENTORS, MENTEES) | past)
    here = answer.headers["location"]
    columns = (await client.get(here)).text
    for words in ("None of them is made again.", '<option value="PAST_MENTOR" selected', "Both said yes (yes or no)"):
        assert words in columns, words
    assert 'name="who-2"' not in columns, "what past pairs are is no question"
    nameless = await client.post(f"{here}/matching", data={"column-2-0": "NOTHING"})
    assert (nameless.status_code, "Say which columns of past.csv name the mentor" in nameless.text) == (422, True)
    assert 'href="#column-2-0"' in nameless.text
    assert (await client.post(f"{here}/matching", data={"column-2-0": "PAST_MENTOR"})).status_code == 303
    shown = (await client.get(here)).text
    for words in ("Not yet calibrated, based on 2 pairs.", "What the past pairs taught", "Nobody who was paired before",
                  "The programme’s weights alone", "Free text was read in the words of your competency framework (3)"):
        assert words in shown, words
    assert "Noor Pell with Ottoline Vane" not in shown


async def test_one_file_is_tried_as_peers_and_as_circles(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    rows = "".join(f"P{at},Peer {at},{('SQL', 'Go')[at % 2]},{('Go', 'SQL')[at % 2]},en\n" for at in range(12))
    here = await started(client, f"id,name,skills,wants,languages\n{rows}", "")
    await client.post(f"{here}/matching", data={"kind": "PEER"})
    peers = (await client.get(here)).text
    for words in ("12 of 12 peers are in a pair", "as many as can be paired.", "Nothing is learned of peers"):
        assert words in peers, words
    await client.post(f"{here}/matching", data={"kind": "CIRCLE", "size": "4"})
    circles = (await client.get(here)).text
    for words in ("12 of 12 people sit in", "of all who looked for one.", "Circle 3, 4 members", "Goals that several"):
        assert words in circles, words
    assert (await client.get(f"{here}/circles.csv")).text.count("member") == 12
    refused = await client.post(f"{here}/matching", data={"kind": "REVERSE", "who-0": "EVERYBODY"})
    assert (refused.status_code, "This kind of programme has two sides." in refused.text) == (422, True)


async def test_rules_are_chosen_and_stay_chosen(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    here = await started(client)
    given = {"rule-company": "DIFFERENT", "rule-reporting_line": "NO", "rule-hours": "2", "size": "9"}
    refused = await client.post(f"{here}/matching", data=given)
    assert (refused.status_code, "Choose a number from 4 to 8." in refused.text) == (422, True)
    assert '<option value="DIFFERENT" selected' in refused.text
    await client.post(f"{here}/matching", data=given | {"size": "5"})
    shown = (await client.get(here)).text
    for words in ("Never within one company", "2 hours in common each week", "the rule about them keeps nobody apart"):
        assert words in shown, words
    assert "Nobody in their own reporting line" not in shown
    again = (await client.get(f"{here}?columns=1")).text
    assert '<details id="rules" open>' in again
    assert '<option value="2" selected' in again
    await client.post(f"{here}/matching", data={"rule-company": ""})
    assert "Never within one company" not in (await client.get(here)).text


async def test_two_at_once_are_enough_for_one_organisation(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    here = await started(client)
    matching_now[found.organization.id] = AT_ONCE
    try:
        answer = await client.post(f"{here}/matching", data={"places": "2"})
    finally:
        del matching_now[found.organization.id]
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert "Two trials of your organisation are being matched just now." in answer.text
    assert 'value="2"' in answer.text, "what was chosen stands"
    assert (await client.post(f"{here}/matching", data={"places": "2"})).status_code == 303
    assert not matching_now


async def test_columns_are_changed_and_matched_again(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    here = await started(client)
    left_out = {"column-0-3": "NOTHING", "column-1-3": "NOTHING", "places": "2", "kind": "PEER"}
    await client.post(f"{here}/matching", data=left_out)
    shown = (await client.get(here)).text
    assert "Nothing says what mentees want to learn" in shown
    again = (await client.get(f"{here}?columns=1")).text
    assert 'value="2"' in again
    assert '<option value="PEER" selected' in again
    assert '<option value="NOTHING" selected' in again


async def test_one_side_alone_gets_a_clear_answer(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    here = await started(client, MENTORS, "")
    answer = await client.post(f"{here}/matching", data={})
    assert answer.status_code == 422
    assert "These 3 people are all mentors. A match needs both sides" in answer.text
    assert 'href="#who-0"' in answer.text
    column = await client.post(f"{here}/matching", data={"who-0": "COLUMN"})
    assert (column.status_code, "No row says whether it is a mentor" in column.text) == (422, True)


@pytest.mark.parametrize(("content", "words"), [
    ("", "is empty"), ("id,id\n1,2\n", "has the column id twice"), ('id,name\n1,"open\n', "a quotation mark"),
])
async def test_files_that_are_no_tables(client_of: ClientOf, found: Market, content: str, words: str) -> None:
    client = await client_of(found.manager)
    answer = await client.post(HERE, files=files_of(content))
    assert (answer.status_code, words in answer.text) == (422, True)
    assert (await client.post(HERE, data={})).status_code == 422


async def test_cells_and_numbers_out_of_bounds(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    here = await started(client)
    answer = await client.post(f"{here}/matching", data={"places": "90"})
    assert (answer.status_code, "Choose a number from 1 to 50." in answer.text) == (422, True)
    assert (await client.get(f"{here}/pairs.csv")).status_code == 404, "nothing was matched yet"


async def test_pages_of_pairs_and_a_queue(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    here = await started(client, people_file(24, 40), "")
    await client.post(f"{here}/matching", data={})
    first, third = (await client.get(here)).text, (await client.get(f"{here}?page=3")).text
    assert "Page 1 of 3" in first
    assert "Page 3 of 3" in third
    assert "Page 3 of 3" in (await client.get(f"{here}?page=999")).text
    assert "Page 1 of 3" in (await client.get(f"{here}?page=x")).text
    assert "Page 3 of 3" in (await client.get(f"{here}?page={'9' * 5_000}")).text
    assert "16 mentees" not in first
    assert "24 of 40 mentees have a mentor" in first
    assert "Every fitting mentor is full" in first
    assert "Place: mentees" in first


async def test_nobody_else_opens_it_and_it_is_erased_at_once(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    here = await started(client)
    await client.post(f"{here}/matching", data={})
    for other in (found.admin, found.stranger, await manager_of(found.organization, found.program)):
        stranger = await client_of(other)
        for address in ("", "/pairs.csv", "/circles.csv", "/waiting.csv", "/trial.json"):
            assert (await stranger.get(here + address)).status_code == 404
        assert (await stranger.post(f"{here}/erasure")).status_code == 404
        assert (await stranger.post(f"{here}/matching", data={})).status_code == 404
    assert "Open it again" in (await client.get(HERE)).text
    assert (await client.post(f"{here}/erasure")).status_code == 303
    assert await MatchTrial.filter(organization_id=found.organization.id).count() == 0
    assert (await client.get(here)).status_code == 404


async def test_participants_cannot_try(client_of: ClientOf, found: Market) -> None:
    stranger = await client_of(found.stranger)
    assert (await stranger.get(HERE)).status_code == 404
    assert (await stranger.post(HERE, files=files_of(MENTORS))).status_code == 404


async def test_what_a_file_says_is_shown_as_text(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    hostile = MENTEES.replace("Noor Pell", "<script>alert(1)</script>")
    here = await started(client, MENTORS, hostile)
    await client.post(f"{here}/matching", data={})
    shown = (await client.get(here)).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown
