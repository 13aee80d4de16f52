"""The people file on screen: wrong files, mended rows, what it would do, and the act itself; and the framework."""

from collections.abc import AsyncGenerator

import httpx2
import pytest

from server.automation.lives.records import framework_file
from server.demo.cast import SKILLS
from server.kernel.facts import AuditEvent
from server.people.models import Competency, ConsentText, ImportRun, Person
from server.people.states import ConsentPurpose, ImportState, PersonStatus
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, market
from web.bodies import LISTEN_BYTES
from web.console.imports import MOST

HERE = "/console/people/import"
HEADER = "employee_id,email,given_name,family_name,department,status,desk\n"
GOOD = HEADER + "N1,ada@example.test,Ada,Tern,Pricing,ACTIVE,4\nN2,bo@example.test,Bo,Vane,Finance,ACTIVE,5\n"
BAD = GOOD + "N3,not-an-address,Cy,Holt,Finance,ACTIVE,6\n"


@pytest.fixture
async def found(db: object) -> Market:
    """An organisation with an administrator."""
    return await market(1, 1)


def file_of(content: str | bytes, name: str = "group.csv") -> dict[str, tuple[str, bytes, str]]:
    return {"file": (name, content.encode() if isinstance(content, str) else content, "text/csv")}


async def checked(client_of: ClientOf, found: Market, content: str, **data: str) -> tuple[httpx2.AsyncClient, str]:
    client = await client_of(found.admin)
    answer = await client.post(HERE, files=file_of(content), data=data)
    assert answer.status_code == 303, answer.text
    return client, answer.headers["location"]


async def test_a_good_file_is_shown_then_added(client_of: ClientOf, found: Market) -> None:
    client, here = await checked(client_of, found, GOOD)
    shown = await client.get(here)
    assert "Every row can be read" in shown.text
    assert "Left out" in shown.text
    assert "desk" in shown.text
    assert "Ada Tern" in shown.text
    assert "Add 2<" in shown.text
    assert not await Person.filter(employee_id="N1").exists()
    for _ in range(2):
        assert (await client.post(f"{here}/application")).status_code == 303
    assert await Person.filter(employee_id__in=["N1", "N2"]).count() == 2
    assert await AuditEvent.filter(action="import.finish").count() == 1
    assert "2 people added." in (await client.get(here)).text
    again, there = await checked(client_of, found, GOOD)
    same = await again.get(there)
    assert "Nothing to do" in same.text
    assert "/application" not in same.text


async def test_a_change_shows_now_and_will_be(client_of: ClientOf, found: Market) -> None:
    client, here = await checked(client_of, found, GOOD)
    await client.post(f"{here}/application")
    moved = GOOD.replace("Pricing,ACTIVE", "Fleet,LEAVE")
    answer = await client.post(HERE, files=file_of(moved))
    shown = await client.get(answer.headers["location"])
    for words in ("Department", "Pricing", "Fleet", "Ada Tern goes on leave.", "Change 1<", "Will be"):
        assert words in shown.text, words
    same = await client.get(f"{answer.headers['location']}?rows=unchanged")
    assert "Bo Vane" in same.text


async def test_a_refused_row_is_mended_in_place(client_of: ClientOf, found: Market) -> None:
    client, here = await checked(client_of, found, BAD)
    shown = await client.get(here)
    assert "One row needs you" in shown.text
    assert 'name="row-4-email"' in shown.text
    assert 'value="not-an-address"' in shown.text
    rows = (await client.get(f"{here}/refused-rows.csv")).content
    assert b"not-an-address" in rows
    still = await client.post(f"{here}/rows", data={"row-4-email": "nor-this"})
    assert 'value="nor-this"' in (await client.get(still.headers["location"])).text
    fine = await client.post(f"{here}/rows", data={"row-4-email": "cy@example.test"})
    after = await client.get(fine.headers["location"])
    assert "Every row can be read" in after.text
    await client.post(f"{here}/application")
    assert (await Person.get(employee_id="N3")).email == "cy@example.test"


async def test_what_cannot_be_read_waits_when_the_rest_is_added(client_of: ClientOf, found: Market) -> None:
    client, here = await checked(client_of, found, BAD)
    await client.post(f"{here}/application")
    shown = await client.get(here)
    assert "2 people added. 1 row was left out." in shown.text
    late = await client.post(f"{here}/rows", data={"row-4-email": "cy@example.test"})
    assert late.status_code == 422


async def test_a_complete_file_that_ends_many_asks_first(client_of: ClientOf, found: Market) -> None:
    client, here = await checked(client_of, found, GOOD, complete="1")
    shown = await client.get(here)
    assert "are not in the file and are marked as left" in shown.text
    refused = await client.post(f"{here}/application")
    assert refused.status_code == 422
    assert (await ImportRun.get(complete=True)).state is ImportState.PREVIEWED
    await client.post(f"{here}/application", data={"confirmed": "1"})
    assert (await Person.get(id=found.stranger.id)).status is PersonStatus.ENDED
    assert (await Person.get(id=found.admin.id)).status is PersonStatus.ACTIVE


@pytest.mark.parametrize(("content", "words"), [
    (b"", "is empty"), (b"a,b\n1,2\n", "lacks the column"), (b"PK\x03\x04zip", "Excel"),
    ("employee_id\nÄ".encode("latin-1"), "is not UTF-8"),
])
async def test_a_wrong_file_says_its_cure(client_of: ClientOf, found: Market, content: bytes, words: str) -> None:
    answer = await (await client_of(found.admin)).post(HERE, files=file_of(content))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="#file"' in answer.text


async def test_no_file_is_said_at_the_field_and_the_switch_stays(client_of: ClientOf, found: Market) -> None:
    answer = await (await client_of(found.admin)).post(HERE, data={"complete": "1"})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.text
    assert 'id="complete" checked' in answer.text


@pytest.mark.parametrize("said", [True, False])
async def test_fifty_megabytes_are_refused_before_all_came(
    client_of: ClientOf, found: Market, said: bool
) -> None:
    client, pieces = await client_of(found.admin), iter(range(800))
    start = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'

    async def body() -> AsyncGenerator[bytes, None]:
        yield start
        for _piece in pieces:
            yield b"x" * 65_536

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    if said:
        headers["Content-Length"] = str(800 * 65_536 + len(start))
    answer = await client.post(HERE, content=body(), headers=headers)
    assert answer.status_code == 413
    assert "Choose a smaller file" in answer.text
    assert (800 - len(list(pieces))) * 65_536 <= LISTEN_BYTES + (0 if said else MOST) + 2 * 65_536


async def test_earlier_files_are_listed(client_of: ClientOf, found: Market) -> None:
    client, here = await checked(client_of, found, GOOD)
    shown = await client.get(HERE)
    assert "group.csv" in shown.text
    assert here in shown.text
    assert "Checked today, not written. 2 rows" in shown.text


async def test_only_who_may_brings_a_file(client_of: ClientOf, found: Market) -> None:
    _client, here = await checked(client_of, found, GOOD)
    for person, status in (
        (found.manager, 403), (found.stranger, 404), (await found.mentors[0].person, 404),
    ):
        client = await client_of(person)
        assert (await client.get(HERE)).status_code == status
        assert (await client.post(HERE, files=file_of(GOOD))).status_code == status
        for path in ("", "/refused-rows.csv"):
            assert (await client.get(f"{here}{path}")).status_code == 404
        for path in ("/rows", "/application"):
            assert (await client.post(f"{here}{path}")).status_code == 404
    foreign = await client_of((await market(1, 1)).admin)
    assert (await foreign.get(here)).status_code == 404
    assert (await foreign.post(f"{here}/application")).status_code == 404
    assert not await Person.filter(employee_id="N1").exists()


async def test_a_framework_is_taken_over_once(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.admin)
    for said in ("14 skills added, 0 changed.", "Nothing new in this file."):
        answer = await client.post("/console/more/framework", files=file_of(framework_file(SKILLS), "skills.csv"))
        assert said in (await client.get(answer.headers["location"])).text
    assert await Competency.filter(organization_id=found.organization.id, name="Coaching").count() == 1


async def test_a_wrong_framework_names_every_problem(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.admin)
    wrong = "key,name,parent\na,,\nb,B,missing\n"
    answer = await client.post("/console/more/framework", files=file_of(wrong, "skills.csv"))
    assert answer.status_code == 422
    assert 'href="#file"' in answer.text
    assert (await client.post("/console/more/framework")).status_code == 422


async def test_courses_are_added_and_strangers_named(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.admin)
    number = (await Person.filter(organization_id=found.organization.id).first()).employee_id
    skill = (await Competency.filter(organization_id=found.organization.id).first()).name
    rows = f"employee_id,course,completed_on,skills\n{number},Sailing,2026-01-31,{skill}\n"
    added = await client.post("/console/more/courses", files={"courses": ("c.csv", rows.encode())})
    assert "1 completed course added, 0 given another day." in (await client.get(added.headers["location"])).text
    named = await client.post("/console/more/courses", files={"courses": ("c.csv", f"{rows}x9,Pottery,2026-01-31,\n")})
    assert named.status_code == 200
    for words in ("Nothing new in this file.", "nobody here has the employee number: x9.", "was found in: Pottery."):
        assert words in named.text
    wrong = await client.post("/console/more/courses", files={"courses": ("c.csv", f"{rows}{number},,2026-01-31,\n")})
    assert wrong.status_code == 422
    assert "row 3: Needs an employee number" in wrong.text
    assert 'href="#courses"' in wrong.text
    assert (await client.post("/console/more/courses")).status_code == 422
    manager = await client_of(found.manager)
    assert "Courses file" not in (await manager.get("/console/more")).text
    assert (await manager.post("/console/more/courses", files={"courses": ("c.csv", rows)})).status_code == 403


async def test_more_is_for_managers_and_the_framework_for_the_administrator(
    client_of: ClientOf, found: Market
) -> None:
    manager = await client_of(found.manager)
    shown = await manager.get("/console/more")
    assert "Framework file" not in shown.text
    assert "Rising Leads" in shown.text
    refused = await manager.post("/console/more/framework", files=file_of(framework_file(SKILLS), "skills.csv"))
    assert refused.status_code == 403
    assert (await (await client_of(found.stranger)).get("/console/more")).status_code == 404
    assert not await Competency.filter(name="Coaching").exists()


async def test_what_people_agree_to_is_worded_and_put_in_force(client_of: ClientOf, found: Market) -> None:
    client, here = await client_of(found.admin), "/console/more/wordings"
    assert f'href="{here}"' in (await client.get("/console/more")).text
    assert (await client.get(here)).text.count("There is no wording yet, so nobody is asked.") == len(ConsentPurpose)
    said = {"wording": "Let my employer’s rating count", "why": "A no changes nothing else."}
    for _ in range(2):
        done = await client.post(f"{here}/talent", data=said)
        shown = (await client.get(done.headers["location"])).text
        assert "In force: Let my employer’s rating count" in shown
        assert "Version 1, in force since" in shown, "the same again adds nothing"
    await client.post(f"{here}/matching", data={"wording": "Use my profile", "needed": "1"})
    rows = {row.purpose: row for row in await ConsentText.filter(organization_id=found.organization.id)}
    assert {purpose: row.required for purpose, row in rows.items()} == {
        ConsentPurpose.TALENT: False, ConsentPurpose.MATCHING: True}
    assert rows[ConsentPurpose.TALENT].explanation == said["why"]


async def test_a_wording_that_cannot_be_keeps_what_was_typed(client_of: ClientOf, found: Market) -> None:
    client, here = await client_of(found.admin), "/console/more/wordings"
    wrong = await client.post(f"{here}/talent", data={"wording": " ", "why": "Because we ask."})
    assert (wrong.status_code, "Write what people agree to." in wrong.text) == (422, True)
    assert 'href="#wording-talent"' in wrong.text
    assert "Because we ask." in wrong.text
    needed = await client.post(f"{here}/talent", data={"wording": "Yes", "needed": "1"})
    assert (needed.status_code, "Nobody needs to agree to this to take part." in needed.text) == (422, True)
    assert (await client.post(f"{here}/anything", data={"wording": "Yes"})).status_code == 404
    manager = await client_of(found.manager)
    assert here not in (await manager.get("/console/more")).text
    assert (await manager.get(here)).status_code == 403
    assert (await manager.post(f"{here}/talent", data={"wording": "Yes"})).status_code == 403
    assert not await ConsentText.all().exists()
