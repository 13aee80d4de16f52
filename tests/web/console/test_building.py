"""The builder: each part writes the draft alone, and nothing typed is ever lost."""

import re
from html import unescape

import pytest

from server.automation.building.actions import begin_draft, change_part
from server.programs.models import Program, ProgramVersion
from server.programs.states import PlanState
from tests import factories
from tests.queries import queries_run
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, market

DATES = {
    "name": "Rising Leads 2", "duration_days": "90", "sessions_per_month": "3", "session_minutes": "30",
    "answer_within_days": "5", "invitation_days": "20", "places_max": "2", "meeting_url": "",
}


@pytest.fixture
async def found(db: object) -> Market:
    return await market(1, 1)


def here(found: Market, part: str) -> str:
    return f"/console/programs/{found.program.id}/build/{part}"


def seen_on(shown: str) -> str:
    return re.findall(r'name="seen" value="(\w+)"', shown)[0]


async def test_a_part_is_kept_in_a_draft_and_nothing_holds_yet(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    before = (await client.get(here(found, "dates"))).text
    assert "In force" in before
    assert "2 people, once you put it in force." in before
    sent = {**DATES, "seen": seen_on(before)}
    answer = await client.post(here(found, "dates"), data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, here(found, "dates"))
    draft = await ProgramVersion.get(program_id=found.program.id, state=PlanState.DRAFT)
    assert (draft.content["name"], draft.content["duration_days"]) == ("Rising Leads 2", 90)
    assert (await Program.get(id=found.program.id)).name == found.program.name
    shown = (await client.get(here(found, "dates"))).text
    assert "Draft, kept" in shown
    assert 'value="Rising Leads 2"' in shown
    assert "3 conversations a month of 30 minutes, for 90 days." in shown
    again = await client.post(here(found, "dates"), data={**DATES, "seen": seen_on(shown)})
    assert again.status_code == 303
    assert await ProgramVersion.filter(program_id=found.program.id).count() == 2


async def test_looking_or_keeping_what_is_there_begins_no_draft(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    shown = (await client.get(here(found, "dates"))).text
    same = {name: re.findall(rf'name="{name}" type="\w+" value="([^"]*)"', shown)[0] for name in DATES}
    same = {name: unescape(value) for name, value in same.items()}
    assert (await client.post(here(found, "dates"), data={**same, "seen": seen_on(shown)})).status_code == 303
    assert await ProgramVersion.filter(program_id=found.program.id).count() == 0


async def test_what_cannot_be_stays_typed_and_is_told_at_its_field(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    sent = {**DATES, "session_minutes": "soon", "name": "", "duration_days": "12000",
            "seen": seen_on((await client.get(here(found, "dates"))).text)}
    answer = await client.post(here(found, "dates"), data=sent)
    assert answer.status_code == 422
    for words in ('value="soon"', 'href="#session_minutes"', "Write a whole number from 5 to 480.", 'value="12000"',
                  "Write something here."):
        assert words in answer.text, words
    assert await ProgramVersion.filter(program_id=found.program.id).count() == 0


async def test_who_was_slower_is_told_and_can_keep_theirs(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    seen = seen_on((await client.get(here(found, "dates"))).text)
    actor = factories.manager_of(found.manager, found.program)
    await change_part(actor, found.program.id, {"places_max": 7, "note_prompts": ["What next?"]}, seen=seen)
    slower = await client.post(here(found, "dates"), data={**DATES, "seen": seen})
    assert slower.status_code == 409
    assert "What you typed is still here." in slower.text
    assert 'value="Rising Leads 2"' in slower.text
    assert (await client.post(here(found, "dates"), data={**DATES, "seen": seen_on(slower.text)})).status_code == 303
    draft = await ProgramVersion.get(program_id=found.program.id, state=PlanState.DRAFT)
    assert (draft.content["places_max"], draft.content["note_prompts"]) == (2, ["What next?"])


async def test_kind_and_cadence_stay_once_people_may_be_there(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    shown = (await client.get(here(found, "dates"))).text
    assert "These two stay" in shown
    assert 'name="type"' not in shown
    answer = await client.post(here(found, "dates"), data={**DATES, "type": "PEER", "seen": seen_on(shown)})
    assert answer.status_code == 422


async def test_each_page_of_the_builder_costs_few_statements(client_of: ClientOf, found: Market) -> None:
    await begin_draft(factories.manager_of(found.manager, found.program), found.program.id)
    client = await client_of(found.manager)
    with queries_run() as ran:
        assert (await client.get(here(found, "dates"))).status_code == 200
    assert len(ran) <= 20


async def test_nobody_else_builds(client_of: ClientOf, found: Market) -> None:
    for who in (found.stranger, found.mentors[0].person):
        assert (await (await client_of(who)).get(here(found, "dates"))).status_code == 404
