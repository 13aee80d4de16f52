"""The demonstration on screen: be anybody in one tap, let time pass, read every mail; absent anywhere else."""

from datetime import timedelta

import httpx2
import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.jobs import drain
from server.kernel.settings import settings
from server.matches.states import MatchState
from server.notifications import sink
from server.notifications.channels import gate
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.conftest import environment
from tests.queries import queries_run
from tests.web.conftest import HOME, _web_face
from tests.web.drawing import one, read, words
from web import mailbox
from web.mailbox import paragraphs
from web.sign_in import own_path


@pytest.fixture
async def pair(db):
    """A pair of a demonstration that catches its mail; nobody has answered yet."""
    gate.SMTP_GATE.passed()
    with environment(ITHACA_DEMO="true", ITHACA_SMTP_HOST="", ITHACA_BASE_URL=HOME):
        async with sink.running(settings()):
            yield await factories.active_match(
                await factories.organization(is_demo=True), state=MatchState.AWAITING_BOTH
            )


async def letters(pair) -> None:
    """Both are told that their match has begun."""
    pair.match.state = MatchState.ACTIVE
    await pair.match.save()
    async with unit_of_work(system_actor(pair.organization.id)) as unit:
        about = {"match_id": pair.match.id, "program_id": pair.program.id}
        await unit.publish("match.activated", subject_id=pair.match.id, **about)
    await drain()


ADDRESSES = ["/demo", "/demo/mailbox", "/demo/mailbox/01a200df-851c-74ff-bae3-7e86c39fb1d0"]


@pytest.mark.parametrize("path", ADDRESSES)
async def test_nothing_of_it_exists_elsewhere(client_of, path):
    stranger = await factories.person(await factories.organization(is_demo=True))
    client = await client_of(None)
    assert (await client.get(path)).status_code == 404
    assert (await client.post("/demo/sign-in", data={"person": str(stranger.id)})).status_code == 404
    assert (await client.post("/demo/clock", data={"days": "1"})).status_code == 404
    assert clock.offset() == timedelta()


async def test_an_empty_demonstration_says_how_to_fill_it(client_of):
    with environment(ITHACA_DEMO="true"):
        assert "Nobody is here yet" in (await (await client_of(None)).get("/demo")).text


async def test_everybody_stands_with_what_waits_for_them(pair, client_of):
    invited = await factories.person(pair.organization, given_name="Ottoline", location="Bristol")
    await factories.enrollment(
        pair.cohort, invited, ParticipantRole.MENTOR, state=EnrollmentState.INVITED, submitted_at=None, active_at=None
    )
    await grant_role(system_actor(pair.organization.id), pair.manager.id, Role.PROGRAM_MANAGER)
    tree = read((await (await client_of(None)).get("/demo")).text)
    rows = [words(row) for row in tree.iter("button") if row.get("name") == "person"]
    assert rows == [
        "NSNoor SaltmarshMentee. Idris would like to meet1 request",
        "IBIdris BrightwaterMentor. Noor would like to meet1 request",
        "OSOttoline SaltmarshMentor, Bristol. Invited to Rising Leads, not joined yetInvited",
        "RPRui PenhallowProgramme manager, one programme",
        "MTMei TidewellManager of Noor, takes no part: sees nothing of theirs",
    ]
    starts = [box.get("value") for box in tree.iter("input") if box.get("name") == "next"]
    match = f"/match/{pair.match.id}"
    assert starts == [match, match, f"/join/{pair.program.key}", "/console", "/"]


async def test_somebody_is_found_by_name(pair, client_of):
    client = await client_of(None)
    page = await client.get("/demo?find=idris&next=/you")
    assert "Noor Saltmarsh" not in page.text
    assert 'name="next" value="/you"' in page.text
    assert "Nobody is called that." in (await client.get("/demo?find=nessie")).text


async def test_being_somebody_is_one_tap_and_ends_who_one_was(pair, client_of):
    client = await client_of(None)
    answer = await client.post("/demo/sign-in", data={"person": str(pair.mentee.id), "next": "/you"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/you")
    held = answer.headers["set-cookie"]
    assert held.startswith("ithaca=")
    assert "HttpOnly" in held
    assert "SameSite=lax" in held
    first = client.cookies["ithaca"]
    await client.post("/demo/sign-in", data={"person": str(pair.mentor.id)})
    assert client.cookies["ithaca"] != first
    again = await client_of(None)
    again.cookies.set("ithaca", first)
    assert (await again.get("/waiting/nowhere")).headers["location"] == "/sign-in?next=/waiting/nowhere"


@pytest.mark.parametrize("given", ["//evil.test", "https://evil.test", ""])
async def test_one_never_ends_up_elsewhere(pair, client_of, given):
    client = await client_of(None)
    answer = await client.post("/demo/sign-in", data={"person": str(pair.mentee.id), "next": given})
    assert answer.headers["location"] == "/"


async def test_only_people_of_the_demonstration_can_be_chosen(pair, client_of):
    stranger = await factories.person(await factories.organization())
    client = await client_of(None)
    for person in (str(stranger.id), "nobody", ""):
        assert (await client.post("/demo/sign-in", data={"person": person})).status_code == 404
    assert "ithaca" not in client.cookies


async def test_a_day_passes_and_is_named(pair, client_of):
    client = await client_of(None)
    answer = await client.post("/demo/clock", data={"days": "7"})
    assert answer.headers["location"] == "/demo"
    assert clock.offset() == timedelta(days=7)
    page = await client.get("/demo")
    assert f"It is {clock.now():%A}" in page.text
    assert (await client.post("/demo/clock", data={"days": "8"})).status_code == 422


async def test_the_mailbox_is_empty_until_something_was_sent(pair, client_of):
    page = await (await client_of(None)).get("/demo/mailbox")
    assert "Nothing was sent yet" in page.text
    assert "Move the clock" in page.text


async def test_every_mail_says_why_it_was_sent_and_when_not(pair, client_of):
    await letters(pair)
    client = await client_of(None)
    page = await client.get("/demo/mailbox")
    tree = read(page.text)
    assert words(one(tree, ".//h1")) == "Two messages"
    assert "M08, Match announcement" in page.text
    assert "the match has begun" in page.text
    assert "it has ended" in page.text
    opened = one(tree, ".//article")
    assert words(opened).count("are a match") == 1
    assert "--" not in words(opened)
    href = next(link.get("href", "") for link in opened.iter("a") if link.get("href", "").endswith("/letter"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(_web_face(True)), base_url=HOME) as plain:
        letter = await plain.get(href)
    assert letter.text.startswith("<!")
    assert letter.headers["content-security-policy"].startswith("sandbox")
    assert "script" not in letter.headers["content-security-policy"]


async def test_a_mail_leads_on_as_its_reader(pair, client_of):
    await letters(pair)
    client = await client_of(None)
    page = await client.get(f"/demo/mailbox?for={pair.mentee.id}")
    article = one(read(page.text), ".//article")
    fields = {box.get("name"): box.get("value", "") for box in article.iter("input")}
    assert fields["person"] == str(pair.mentee.id)
    assert own_path(fields["next"])
    answer = await client.post("/demo/sign-in", data=fields)
    assert answer.headers["location"] == fields["next"]


async def test_the_mailbox_is_narrowed_by_person_and_kind_and_keeps_it(pair, client_of):
    await letters(pair)
    client = await client_of(None)
    page = await client.get(f"/demo/mailbox?for={pair.mentee.id}&kind=M08")
    rows = list(one(read(page.text), ".//section").iter("a"))
    assert [words(row).startswith("NS") for row in rows] == [True]
    assert (await client.get(rows[0].get("href", ""))).status_code == 200
    assert "No mail here" in (await client.get("/demo/mailbox?kind=M03")).text
    assert (await client.get("/demo/mailbox?for=nobody&kind=%27")).status_code == 200


async def test_a_long_mailbox_has_pages_and_keeps_what_was_asked(pair, client_of, monkeypatch):
    monkeypatch.setattr(mailbox, "SHOWN", 1)
    await letters(pair)
    client = await client_of(None)
    first = await client.get("/demo/mailbox?kind=M08")
    assert 'href="/demo/mailbox?kind=M08&amp;page=2"' in first.text
    second = await client.get("/demo/mailbox?kind=M08&page=2")
    assert 'href="/demo/mailbox?kind=M08"' in second.text
    assert "Next page" not in second.text
    for page in ("0", "-1", "x", "²", "999999999999"):
        assert (await client.get(f"/demo/mailbox?page={page}")).status_code == 200


def test_only_our_own_addresses_become_links():
    with environment(ITHACA_BASE_URL="http://ithaca.test"):
        assert paragraphs("Hello,\nyou\n\n\nSee http://ithaca.test/match/7 or https://evil.test/x") == [
            [("Hello,\nyou", "")],
            [("See ", ""), ("http://ithaca.test/match/7", "/match/7"), (" or ", ""), ("https://evil.test/x", "")],
        ]
        assert paragraphs("http://ithaca.test.evil/x")[0][0][1] == ""
    assert paragraphs("") == []


async def test_the_page_costs_the_same_for_one_and_for_thirty(pair, client_of):
    client = await client_of(None)
    with queries_run() as few:
        await client.get("/demo")
    for _number in range(30):
        someone = await factories.person(pair.organization)
        await factories.enrollment(pair.cohort, someone, ParticipantRole.MENTEE)
    with queries_run() as many:
        await client.get("/demo")
    assert len(few) == len(many) <= 14
