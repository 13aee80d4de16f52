"""Settings and groups of one programme: kept, moved on step by step, and nobody else's."""

import re
from uuid import UUID

import pytest

from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.models import Message
from server.programs.models import Cohort, Enrollment, Program
from server.programs.plans.telling import OWN
from server.programs.states import EnrollmentState, ProgramState
from tests import factories
from tests.queries import queries_run
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, manager_of, market
from tests.web.console.reminded import reminded
from tests.web.drawing import read
from tests.web.drawing import words as said


@pytest.fixture
async def found(db: object) -> Market:
    """Three mentors, three mentees, one pair."""
    made = await market()
    await factories.match(made.mentors[0], made.mentees[0])
    return made


def here(found: Market) -> str:
    return f"/console/programs/{found.program.id}"


async def move(found: Market, state: ProgramState, cohort: ProgramState) -> None:
    await Program.filter(id=found.program.id).update(state=state)
    await Cohort.filter(id=found.cohort.id).update(state=cohort)


async def test_the_page_says_where_it_stands_and_what_comes_next(client_of: ClientOf, found: Market) -> None:
    await Enrollment.filter(id=found.mentees[2].id).update(state=EnrollmentState.INVITED)
    client = await client_of(found.manager)
    assert f'href="{here(found)}"' in (await client.get("/console/more")).text
    shown = (await client.get(here(found))).text
    for words in ("Settings and groups", "5 people take part.", "5 take part, 1 on the way in", found.cohort.name):
        assert words in shown, words


async def test_its_settings_are_set_in_the_builder_alone(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    shown = (await client.get(here(found))).text
    for part in ("dates", "matching"):
        assert f'href="{here(found)}/build/{part}"' in shown
        assert (await client.get(f"{here(found)}/build/{part}")).status_code == 200
    assert (await client.post(f"{here(found)}/settings", data={"approvals": "MENTOR"})).status_code == 404
    assert re.findall(r'action="[^"]*/programs/[^"]*?/(\w+)"', shown) == ["state"] * shown.count("/state\"")


async def test_a_programme_and_its_group_go_through_their_states(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    await move(found, ProgramState.RUNNING, ProgramState.RUNNING)
    group = f"{here(found)}/groups/{found.cohort.id}/state"
    early = await client.post(f"{here(found)}/state", data={"state": "CLOSED"})
    assert early.status_code == 409
    assert "That is not the next step of this programme." in early.text
    await client.post(f"{here(found)}/state", data={"state": "CLOSING"})
    held = await client.get(here(found))
    assert "Close its groups first." in held.text
    assert f'action="{here(found)}/state"' not in held.text
    assert (await client.post(f"{here(found)}/state", data={"state": "CLOSED"})).status_code == 409
    for state in ("CLOSING", "CLOSED", "ARCHIVED"):
        assert (await client.post(group, data={"state": state})).status_code == 303, state
    assert (await Match.get(cohort_id=found.cohort.id)).state is MatchState.COMPLETED
    assert {one.state for one in await Enrollment.filter(cohort_id=found.cohort.id)} == {EnrollmentState.COMPLETED}
    for state in ("CLOSED", "ARCHIVED"):
        assert (await client.post(f"{here(found)}/state", data={"state": state})).status_code == 303, state
    over = await client.get(here(found))
    assert "This was its last step." in over.text
    assert (await client.post(group, data={"state": "RUNNING"})).status_code == 409
    assert (await client.post(group, data={"state": "x"})).status_code == 409


@pytest.mark.parametrize("who", ["stranger", "mentor", "other", "foreign"])
async def test_nobody_else_reads_or_changes_it(client_of: ClientOf, found: Market, who: str) -> None:
    people = {
        "stranger": found.stranger, "mentor": await found.mentors[0].person,
        "other": await manager_of(found.organization, await factories.program(found.organization)),
        "foreign": (await market()).admin,
    }
    client = await client_of(people[who])
    assert (await client.get(here(found))).status_code == 404
    refused = (403, 404)
    assert (await client.post(f"{here(found)}/state", data={"state": "CLOSING"})).status_code in refused
    group = f"{here(found)}/groups/{found.cohort.id}/state"
    assert (await client.post(group, data={"state": "CLOSING"})).status_code in refused
    assert (await Program.get(id=found.program.id)).state is found.program.state


async def test_five_groups_cost_as_many_statements_as_one(client_of: ClientOf, found: Market) -> None:
    client, counts = await client_of(found.manager), []
    for more in (0, 4):
        made: list[UUID] = [(await factories.cohort(found.program, key=f"more-{n}")).id for n in range(more)]
        with queries_run() as ran:
            shown = await client.get(here(found))
        assert all(str(one) in shown.text for one in made)
        counts.append(len(ran))
    assert counts[0] == counts[1]


async def test_it_says_what_became_of_messages_and_whether_reminders_help(client_of: ClientOf, found: Market) -> None:
    client, there = await client_of(found.admin), f"/console/programs/{found.program.id}/delivery"
    assert "Nothing was sent yet" in (await client.get(there)).text
    await reminded(found.program)
    shown = read((await client.get(there)).text)
    rows = [[said(cell) for cell in row] for row in shown.iterfind(".//tbody/tr")]
    assert rows[0] == ["A first time, second word", "Sent24", "Arrived24", "Came back0", "Opened0", "Acted20"]
    assert [said(one) for one in shown.iterfind(".//details[@id='few']//li")] == ["The next session"]
    helps, unknown = rows[2:]
    assert helps[1:] == [
        "Reminded, acted20 of 24, 83%", "Left out, acted3 of 12, 25%", "Difference+58 points, between +24 and +77",
        "SoIt helps",
    ]
    assert unknown[-1] == "SoWe can’t tell yet"
    assert "20 in 100 matches get no reminders" in said(shown)
    seen = shown.find(".//input[@name='seen']").get("value")
    wrong = await client.post(there, data={"held_out_percent": "90", "seen": seen})
    assert (wrong.status_code, 'value="90"' in wrong.text) == (422, True)
    assert (await client.post(there, data={"held_out_percent": "30", "seen": "x"})).status_code == 409
    assert (await client.post(there, data={"held_out_percent": "30", "seen": seen})).status_code == 303
    assert "The draft says 30." in (await client.get(there)).text
    assert (await Program.get(id=found.program.id)).held_out_percent == 20, "it counts once it is in force"
    their_own = {"name": "Say hello", "when": "JOINED", "days": 1, "to": "BOTH", "words": {}}
    await Program.filter(id=found.program.id).update(messages={OWN: {"hello": their_own}})
    for key in ("hello", "gone"):
        row = await factories.told(await found.mentees[0].person, OWN)
        await Message.filter(id=row.id).update(program_id=found.program.id, own=key)
    named = {said(one) for one in read((await client.get(there)).text).iterfind(".//details[@id='few']//li")}
    assert {"Say hello", "gone"} <= named, "each by itself; one that was taken out by its key"
    other = await client_of(await found.mentees[0].person)
    assert (await other.get(there)).status_code == 404
    assert (await other.post(there, data={"held_out_percent": "0", "seen": seen})).status_code in (403, 404)
