"""The builder: each part writes the draft alone, and nothing typed is ever lost."""

import re
from datetime import timedelta
from html import unescape

import httpx2
import pytest

from server.automation.building.actions import begin_draft, change_part
from server.automation.building.queries import plan_of
from server.kernel import clock
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matchmaking.weighing.settings import settings_for
from server.notifications.models import Message
from server.people.models import Person
from server.programs.actions import configure_program
from server.programs.models import Cohort, Program, ProgramVersion
from server.programs.states import PlanState, ProgramState, ProgramType
from server.programs.templates.shelf import Template
from tests import factories
from tests.queries import queries_run
from tests.web.conftest import HTMX, ClientOf
from tests.web.console.market import Market, market
from web.console.weighing_words import fields

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
    assert "Kept " in shown
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
    assert len(ran) <= 16


async def test_nobody_else_builds(client_of: ClientOf, found: Market) -> None:
    for who in (found.stranger, found.mentors[0].person):
        assert (await (await client_of(who)).get(here(found, "dates"))).status_code == 404


async def acted(client: httpx2.AsyncClient, found: Market, act: str, **more: str) -> httpx2.Response:
    """Press one of the buttons of Launch as its page shows it."""
    seen = re.findall(r'name="seen" value="(\w+)"', (await client.get(here(found, "launch"))).text)
    return await client.post(here(found, "launch"), data={"act": act, "seen": seen[0] if seen else "", **more})


async def drafted(found: Market, **given: object) -> None:
    actor = factories.manager_of(found.manager, found.program)
    await change_part(actor, found.program.id, given, seen=(await plan_of(actor, found.program.id)).seen)


async def test_a_draft_is_looked_at_put_in_force_and_taken_back(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    assert "Nothing is prepared." in (await client.get(here(found, "launch"))).text
    assert (await acted(client, found, "review")).status_code == 404
    await drafted(found, places_max=5, pause_moves_end=True)
    shown = (await client.get(here(found, "launch"))).text
    for words in ("Mentees one mentor may take", "A pause moves the last day", "Send to review"):
        assert words in shown, words
    assert "places_max" not in re.sub(r"<input[^>]*>", "", shown), "in plain words, not by path"
    assert (await acted(client, found, "live")).status_code == 409, "not before it was looked at"
    for act in ("review", "live"):
        assert (await acted(client, found, act)).status_code == 303
    assert (await Program.get(id=found.program.id)).places_max == 5
    shown = (await client.get(here(found, "launch"))).text
    assert "Version 2" in shown
    assert "Rui Palegrove" in shown
    for act in ("back", "review", "live"):
        assert (await acted(client, found, act, number="1")).status_code == 303
    assert (await Program.get(id=found.program.id)).places_max == 3
    await drafted(found, places_max=9)
    assert (await acted(client, found, "discard")).status_code == 303
    assert not await ProgramVersion.filter(program_id=found.program.id, state=PlanState.DRAFT).exists()


async def test_before_it_is_in_force_it_says_how_many_people_that_tells(client_of: ClientOf, found: Market) -> None:
    client, letters = await client_of(found.manager), f"{here(found, 'launch')}/letters"
    shown = (await client.get(here(found, "launch"))).text
    assert "Nobody is told by itself." in shown
    await Person.filter(id=found.stranger.id).update(line_manager_id=found.admin.id)
    sent = {"seen": seen_on(shown), "L01": "1", "L03": "1"}
    answer = await client.post(letters, data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, here(found, "launch"))
    draft = await ProgramVersion.get(program_id=found.program.id, state=PlanState.DRAFT)
    assert draft.content["messages"] == {"L01": {"on": True}, "L03": {"on": True}}
    shown = (await client.get(here(found, "launch"))).text
    assert "2 go that are off as usual." in shown
    assert "This tells 3 people. This briefs 1 line manager. Each gets it once" in shown, "two of five take part"
    stale = await client.post(letters, data={"seen": sent["seen"], "L02": "1"})
    assert (stale.status_code, 'id="L02" checked' in stale.text, 'id="L01" checked' in stale.text) == (409, True, False)
    for act in ("review", "live"):
        assert (await acted(client, found, act)).status_code == 303
    await drain()
    assert await Message.filter(kind="L01").count() == 3
    shown = (await client.get(here(found, "launch"))).text
    assert ("It has gone." in shown, "This tells" in shown) == (True, False)


async def test_what_was_set_elsewhere_meanwhile_is_taken_over_first(client_of: ClientOf, found: Market) -> None:
    client, actor = await client_of(found.manager), factories.manager_of(found.manager, found.program)
    await drafted(found, places_max=5)
    await configure_program(actor, found.program.id, mentees_may_ask=True)
    assert "Take them over" in (await client.get(here(found, "launch"))).text
    for act in ("take_over", "review", "live"):
        assert (await acted(client, found, act)).status_code == 303
    row = await Program.get(id=found.program.id)
    assert (row.places_max, row.mentees_may_ask) == (5, True)


async def test_a_file_is_looked_at_before_it_is_the_draft(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    file = (await client.get(f"{here(found, 'launch')}/file")).text
    assert "attachment" in (await client.get(f"{here(found, 'launch')}/file")).headers["content-disposition"]
    wrong = await client.post(f"{here(found, 'launch')}/look", files={"file": ("a.toml", b"places_max = 3")})
    assert (wrong.status_code, "This release reads format 1." in wrong.text) == (422, True)
    assert (await client.post(f"{here(found, 'launch')}/look", files={"x": b""})).status_code == 422
    other = file.replace("places_max = 3", "places_max = 8")
    looked = await client.post(f"{here(found, 'launch')}/look", files={"file": ("a.toml", other.encode())})
    assert "Mentees one mentor may take" in looked.text
    assert not await ProgramVersion.filter(program_id=found.program.id).exists()
    for status in (303, 409):
        sent = {"content": unescape(re.findall(r'name="content" value="([^"]*)"', looked.text)[0])}
        assert (await client.post(f"{here(found, 'launch')}/bring", data=sent)).status_code == status
    draft = await ProgramVersion.get(program_id=found.program.id, state=PlanState.DRAFT)
    assert draft.content["places_max"] == 8
    assert (await client.post(f"{here(found, 'launch')}/bring", data={"content": "{"})).status_code == 422


async def test_a_copy_needs_a_key_of_its_own(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.admin)
    sent = {"name": "The copy", "key": found.program.key}
    taken = await client.post(f"{here(found, 'launch')}/copy", data=sent)
    assert (taken.status_code, 'value="The copy"' in taken.text) == (422, True)
    assert (await client.post(f"{here(found, 'launch')}/copy", data={**sent, "key": "other"})).status_code == 303
    assert (await Program.get(key="other")).name == "The copy"


async def test_it_winds_down_for_good_and_comes_back_from_the_archive(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    await Program.filter(id=found.program.id).update(state=ProgramState.ENROLLING)
    for _ in range(2):
        assert (await acted(client, found, "wind_down")).status_code == 303
    row, group = await Program.get(id=found.program.id), await Cohort.get(id=found.cohort.id)
    assert (row.state, group.state) == (ProgramState.CLOSING, ProgramState.CLOSING)
    assert await AuditEvent.filter(action="program.move").count() == 1
    assert (await acted(client, found, "unarchive")).status_code == 409
    assert (await acted(client, found, "archive")).status_code == 409
    await Program.filter(id=found.program.id).update(state=ProgramState.CLOSED)
    assert (await acted(client, found, "wind_down")).status_code == 409
    for act, state in (("archive", ProgramState.ARCHIVED), ("unarchive", ProgramState.CLOSED)):
        assert (await acted(client, found, act)).status_code == 303
        assert (await Program.get(id=found.program.id)).state is state


async def test_weights_and_whose_yes_are_tried_and_kept_in_the_draft(client_of: ClientOf, found: Market) -> None:
    client, page = await client_of(found.manager), here(found, "matching")
    shown = (await client.get(page)).text
    assert "Change a weight and the preview runs again on 2 of your own people." in shown
    sent = {**fields(settings_for(ProgramType.ONE_TO_ONE)), "weight-GOALS": "90", "approvals": "MENTOR",
            "asked_first": "TOGETHER", "circles": "WAITING", "mentees_may_ask": "1", "seen": seen_on(shown)}
    sent = {name: value for name, value in sent.items() if value}
    tried = await client.post(f"{page}/preview", data=sent, headers=HTMX)
    assert 'id="preview"' in tried.text
    assert "<form" not in tried.text, "the preview alone"
    assert not await ProgramVersion.filter(program_id=found.program.id).exists()
    wrong = await client.post(page, data={**sent, "repeat_months": "500"})
    assert (wrong.status_code, 'value="500"' in wrong.text) == (422, True)
    wrong = await client.post(page, data={**sent, "approvals": "SOMEBODY"})
    assert (wrong.status_code, 'href="#approvals"' in wrong.text) == (422, True)
    assert (await client.post(page, data=sent)).status_code == 303
    draft = await ProgramVersion.get(program_id=found.program.id, state=PlanState.DRAFT)
    assert (sum(draft.content["weights"].values()), draft.content["weights"]["GOALS"] > 40) == (100, True)
    assert (draft.content["approvals"], draft.content["circles"], draft.content["mentees_may_ask"]) == (
        "MENTOR", "WAITING", True)
    assert draft.content["pause_moves_end"] is False
    assert "How large a circle is to be" in (await client.get(page)).text, "the draft is shown, not what is in force"
    assert (await Program.get(id=found.program.id)).approvals == "BOTH"
    assert (await client.get(f"{page}?start=PEER")).status_code == 200


async def matching_kept(client: httpx2.AsyncClient, page: str, program: Program, **given: str) -> httpx2.Response:
    """Matching as a type usually has it, with something else."""
    sent = {**fields(settings_for(program.type)), **given, "seen": seen_on((await client.get(page)).text)}
    return await client.post(page, data={name: value for name, value in sent.items() if value or name in given})


async def test_questions_and_examples_are_kept_without_gaps(client_of: ClientOf, found: Market) -> None:
    client, page = await client_of(found.manager), here(found, "resources")
    sent = {"note_prompts": "What helped?\r\n\r\n What next? ", "goal_examples[2].want": "lead a review",
            "goal_examples[2].measure": "", "seen": seen_on((await client.get(page)).text),
            "goal_privacy.levels": ["MANAGERS", "PRIVATE"], "goal_privacy.usual": "PAIR"}
    wrong = await client.post(page, data=sent)
    assert (wrong.status_code, 'href="#goal_examples[1].measure"' in wrong.text) == (422, True)
    many = await client.post(page, data={**sent, "note_prompts": "\n".join(["What?"] * 11)})
    assert (many.status_code, 'href="#note_prompts"' in many.text) == (422, True)
    unusual = await client.post(page, data={**sent, "goal_examples[2].measure": "two are led"})
    assert (unusual.status_code, 'href="#goal_privacy.usual"' in unusual.text) == (422, True)
    sent |= {"goal_examples[2].measure": "two are led", "goal_privacy.usual": "PRIVATE"}
    assert (await client.post(page, data=sent)).status_code == 303
    draft = await ProgramVersion.get(program_id=found.program.id, state=PlanState.DRAFT)
    assert draft.content["note_prompts"] == ["What helped?", "What next?"]
    assert draft.content["goal_examples"] == [{"want": "lead a review", "measure": "two are led", "competency": ""}]
    assert draft.content["goal_privacy"] == {"levels": ["PRIVATE", "MANAGERS"], "usual": "PRIVATE"}
    assert "2 questions for notes, 1 example of a goal." in (await client.get(page)).text


async def test_a_new_programme_begins_from_a_template_and_what_was_typed_stays(
    found: Market, client_of: ClientOf
) -> None:
    client, new = await client_of(found.admin), "/console/programs/new"
    assert f'href="{new}"' in (await client.get("/console/more")).text
    shown = (await client.get(new)).text
    assert shown.count('name="template"') == len(Template)
    wrong = await client.post(new, data={"template": "nothing", "name": "Side by side", "starts_on": "2026-02-30"})
    assert wrong.status_code == 422
    for words in ("Choose what to begin from.", "Write the date as", 'value="Side by side"', 'value="2026-02-30"'):
        assert words in wrong.text
    nameless = await client.post(new, data={"template": "peer", "name": " "})
    assert (nameless.status_code, "Give it a name." in nameless.text) == (422, True)
    day = (clock.now() + timedelta(days=30)).date()
    typed = {"template": "peer", "name": "Side by side", "starts_on": day.isoformat()}
    begun = await client.post(new, data=typed)
    made = await Program.get(organization_id=found.organization.id, name="Side by side")
    assert begun.headers["location"].startswith(f"/console/programs/{made.id}/build/dates")
    assert (made.type, made.state) == (ProgramType.PEER, ProgramState.DRAFT)
    assert (await Cohort.get(program_id=made.id)).starts_on == day
    again = await client.post(new, data=typed)
    assert (again.status_code, 'value="Side by side"' in again.text) == (422, True)
    of_one = await client_of(found.manager)
    assert new not in (await of_one.get("/console/more")).text
    assert [(await of_one.get(new)).status_code, (await of_one.post(new, data=typed)).status_code] == [403, 403]


async def test_links_are_kept_and_found_by_whom_and_when_they_are_meant(client_of: ClientOf, found: Market) -> None:
    client, page = await client_of(found.manager), here(found, "resources")
    row = {"resources.links[1].title": "How to begin", "resources.links[1].link": "https://intranet.example/begin",
           "resources.links[1].to": "PEOPLE", "resources.links[1].when": "BEGINNING"}
    sent = {**row, "goal_privacy.levels": ["PAIR"], "goal_privacy.usual": "PAIR",
            "seen": seen_on((await client.get(page)).text)}
    for path, wrong in (("link", "javascript:alert(1)"), ("link", ""), ("title", "")):
        answer = await client.post(page, data={**sent, f"resources.links[1].{path}": wrong})
        assert (answer.status_code, f'href="#resources.links[1].{path}"' in answer.text) == (422, True)
    twice = {name.replace("[1]", "[3]"): value for name, value in row.items()}
    assert "This link is there already." in (await client.post(page, data={**sent, **twice})).text
    assert (await client.post(page, data=sent)).status_code == 303
    draft = await ProgramVersion.get(program_id=found.program.id, state=PlanState.DRAFT)
    links = draft.content["resources"]["links"]
    assert links == [{"title": "How to begin", "link": "https://intranet.example/begin", "to": "PEOPLE",
                      "when": "BEGINNING"}]
    assert ", 1 link." in (await client.get(page)).text
    await Program.filter(id=found.program.id).update(resources={"links": [
        *links, {**links[0], "title": "Guide", "to": "MENTORS", "when": "ANY"},
        {**links[0], "title": "While you wait", "when": "WAITING"},
    ]})
    mentee, mentor = [await client_of(await one.person) for one in (found.mentees[0], found.mentors[0])]
    assert await _at_hand(mentee) == {"While you wait"}
    await factories.match(found.mentors[0], found.mentees[0])
    assert (await _at_hand(mentee), await _at_hand(mentor)) == ({"How to begin"}, {"Guide"})


async def _at_hand(client: httpx2.AsyncClient) -> set[str]:
    shown = (await client.get("/")).text
    return {title for title in ("How to begin", "Guide", "While you wait") if title in shown}
