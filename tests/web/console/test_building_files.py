"""Files of a programme: uploaded in the builder, fetched by whom they are for, and by nobody else."""

import httpx2
import pytest

from server.automation.building.actions import begin_draft, change_part, discard_draft, make_live, send_to_review
from server.automation.building.document import content_of
from server.automation.building.moving import bring, duplicate_program
from server.automation.building.queries import plan_of
from server.journey.resources.queries import address
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.programs.models import Program, ProgramFile
from server.programs.plans.files import parsed, written
from server.programs.resources import actions
from server.programs.resources.setup import BYTES_MOST
from tests import factories
from tests.graphql.ask import ask
from tests.papers import PDF, document
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, market
from tests.web.console.test_building import here, seen_on


@pytest.fixture
async def found(db: object) -> Market:
    return await market(1, 1)


async def sent(
    client: httpx2.AsyncClient, found: Market, content: bytes | None, name: str = "x", **typed: str
) -> httpx2.Response:
    page = here(found, "resources")
    data = {"seen": seen_on((await client.get(page)).text), "new.title": "", "new.to": "PEOPLE", "new.when": "WAITING"}
    files = {"new.file": (name, content, "text/html")} if content is not None else None
    return await client.post(f"{page}/files", data={**data, **typed}, files=files)


def row(digest: str, number: int = 1, **changed: str) -> dict[str, str]:
    told = {"title": "Guide", "file": digest, "name": "Führung.pdf", "to": "PEOPLE", "when": "WAITING", **changed}
    return {f"resources.files[{number}].{name}": value for name, value in told.items()}


async def put_in_force(actor: Actor, program: Program) -> None:
    plan = await plan_of(actor, program.id)
    await send_to_review(actor, program.id, seen=plan.seen)
    await make_live(actor, program.id, seen=plan.seen)


async def test_what_no_file_is_is_refused_in_words_and_what_was_typed_stays(
    client_of: ClientOf, found: Market
) -> None:
    client, typed = await client_of(found.manager), {"new.title": "How we begin", "new.to": "MENTORS"}
    for content, name, words in (
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "guide.pdf", "none of the kinds"),
        (document("word/vbaProject.bin"), "guide.docx", "without macros"), (b"", "empty.pdf", "This file is empty."),
        (PDF + b"x" * BYTES_MOST, "guide.pdf", "larger than 5 MB"), (None, "", "Choose a file first."),
    ):
        answer = await sent(client, found, content, name, **typed)
        assert (answer.status_code, words in answer.text) == (422, True), name
        assert 'value="How we begin"' in answer.text
        assert '<option value="MENTORS" selected' in answer.text
        assert 'href="#new.file"' in answer.text
    assert not await ProgramFile.filter(organization_id=found.organization.id).exists()
    kept = await sent(client, found, PDF, "guide.pdf", **row("a" * 64), **typed)
    assert (kept.status_code, "is not kept here" in kept.text) == (422, True)
    assert 'href="#resources.files[1].title"' in kept.text
    digest = (await ProgramFile.get(organization_id=found.organization.id)).digest
    assert f'value="{digest}"' in kept.text, "what was uploaded need not be chosen again"


async def test_a_file_is_fetched_by_whom_it_is_for_and_as_nothing_that_runs(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    answer = await sent(client, found, PDF, "Führung.html")
    assert (answer.status_code, answer.headers["location"]) == (303, here(found, "resources"))
    shown = (await client.get(here(found, "resources"))).text
    kept = await ProgramFile.get(organization_id=found.organization.id)
    href = address(found.program.id, kept.digest)
    assert ", 1 file." in shown
    assert href in shown
    assert 'value="Führung"' in shown, "without a title it is called as the file"
    mentee, mentor = [await client_of(await one.person) for one in (found.mentees[0], found.mentors[0])]
    assert (await mentee.get(href)).status_code == 404, "it is not in force"
    assert (await client.get(href)).content == PDF
    actor = factories.manager_of(found.manager, found.program)
    links = (await client.get(here(found, "resources"))).text
    main = {"seen": seen_on(links), "goal_privacy.levels": ["PAIR"], "goal_privacy.usual": "PAIR"}
    assert (await client.post(here(found, "resources"), data=main)).status_code == 303, "the other form keeps files"
    await put_in_force(actor, found.program)
    assert f'href="{href}"' in (await mentee.get("/")).text
    assert "Führung.pdf, 1 kB" in (await mentee.get("/")).text
    asks = factories.actor_of(await found.mentees[0].person)
    read = await ask(asks, "{ viewer { resources { title address fileName bytes } } }")
    assert read["viewer"]["resources"] == [
        {"title": "Führung", "address": href, "fileName": "Führung.pdf", "bytes": len(PDF)}]
    fetched = await mentee.get(href)
    assert (fetched.content, fetched.headers["content-type"]) == (PDF, "application/pdf")
    assert fetched.headers["content-disposition"] == (
        "attachment; filename=\"F_hrung.pdf\"; filename*=UTF-8''F%C3%BChrung.pdf")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in fetched.headers["content-security-policy"]
    assert fetched.headers["cache-control"].startswith("private")
    elsewhere = await factories.active_match()
    for nobody in (mentor, await client_of(found.stranger), await client_of(elsewhere.mentee)):
        assert (await nobody.get(href)).status_code == 404
    assert (await mentee.get(address(found.program.id, "0" * 64))).status_code == 404
    await factories.match(found.mentors[0], found.mentees[0])
    assert (await mentee.get(href)).status_code == 404, "nobody waits any more"


async def test_files_go_with_versions_and_copies_and_nobody_keeps_what_nothing_names(found: Market) -> None:
    actor = factories.manager_of(found.manager, found.program)
    program, other = found.program, await factories.program(found.organization)
    with pytest.raises(Refused):
        await actions.keep_file(actor, other.id, PDF)
    kept = [await actions.keep_file(actor, program.id, one) for one in (PDF, PDF, document())]
    assert len({one.id for one in kept}) == 2, "the same again is the one that is there"
    one, two = kept[0].digest, kept[2].digest

    async def named(*digests: str) -> None:
        entries = [{"title": "Guide", "file": digest, "name": "a.exe"} for digest in digests]
        seen = (await plan_of(actor, program.id)).seen
        await change_part(actor, program.id, {"resources": {"files": entries}}, seen=seen)

    await named(one, two)
    told = (await plan_of(actor, program.id)).content["resources"]["files"]
    assert [(each["name"], each["bytes"]) for each in told] == [("a.pdf", len(PDF)), ("a.docx", len(document()))]
    await named(one)
    assert await digests_of(program) == {one}, "what was taken out before it was in force goes"
    await put_in_force(actor, program)
    await named()
    await put_in_force(actor, program)
    assert await digests_of(program) == {one}, "an earlier version names it"
    await begin_draft(actor, program.id, of=2)
    await put_in_force(actor, program)
    await actions.keep_file(actor, program.id, document())
    await begin_draft(actor, program.id)
    await discard_draft(actor, program.id)
    assert await digests_of(program) == {one}, "an upload that no draft came to name goes with the draft"
    system = system_actor(found.organization.id)
    text = written(await content_of(actor, await Program.get(id=program.id)))
    assert one in text
    with pytest.raises(Invalid, match="not kept here"):
        await bring(factories.manager_of(found.manager, other), other.key, parsed(text))
    copies = [await duplicate_program(system, program.id, key="twin", name="Twin"),
              await bring(system, "again", parsed(text))]
    assert [await digests_of(copy) for copy in copies] == [{one}, {one}]
    assert await AuditEvent.filter(action="program.keep_file", target_id=copies[0].id).count() == 1
    away = (await factories.active_match()).manager_actor
    with pytest.raises(Invalid, match="not kept here"):
        await bring(system_actor(away.organization_id), "taken", parsed(text))
    with pytest.raises(NotFound):
        await actions.keep_file(away, program.id, PDF)


async def digests_of(program: Program) -> set[str]:
    return {one.digest for one in await ProgramFile.filter(program_id=program.id)}
