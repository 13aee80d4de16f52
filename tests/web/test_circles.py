"""A circle through the web face: what who leads it sees and does, and what everybody else does."""

import re
from datetime import timedelta

import httpx2
import pytest

from server.journey.roster.records import record
from server.kernel import clock
from server.kernel.db import fresh_key
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.messaging.models import ThreadMessage
from server.people.models import Person
from server.programs.states import ParticipantRole
from server.sessions.models import Absence, Session, SessionNote
from server.sessions.states import SessionState
from tests import factories
from tests.circles import WORDS, joined_late, lived, with_reasons
from tests.factories import Circle
from tests.web.conftest import ClientOf
from tests.web.drawing import read, words
from web.console.people_words import parts
from web.dates import day_month

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The screens are the same on both; tests/server and tests/graphql ask both."""
NAMED = re.compile(r"\bmentors?\b|\bmentees?\b|\bpartner\b", re.IGNORECASE)


@pytest.fixture
async def circle(db: object) -> Circle:
    return await factories.active_circle()


async def said(client: httpx2.AsyncClient, path: str) -> str:
    """The words of a page, in which nobody is called mentor, mentee or partner."""
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    text = words(read(answer.text))
    assert not NAMED.findall(text), (path, NAMED.findall(text), text)
    return text


async def test_a_circle_from_nothing_booked_to_after_a_meeting(client_of: ClientOf, circle: Circle) -> None:
    ana, idris = await client_of(circle.members[0]), await client_of(circle.facilitator)
    at = f"/match/{circle.match.id}"
    home = await said(ana, "/")
    for words_there in ("Leading circles, seven people", "Seven people", "No reporting lines", "Leads the circle",
                        "Show all seven", "Idris books the next meeting."):
        assert words_there in home
    assert "Choose a time" not in home
    assert (await ana.get(f"{at}/session")).status_code == 403
    assert "Everybody is free on" in await said(idris, "/")

    slot = read((await idris.get(f"{at}/session")).text).findall(".//input[@name='slot']")[0].get("value")
    assert (await idris.post(f"{at}/session", data={"slot": slot, "form_key": fresh_key()})).status_code == 303
    session = await Session.get(match=circle.match, state=SessionState.SCHEDULED)
    page = f"/session/{session.id}"
    assert "Idris leads." in await said(ana, "/")
    meeting = await said(ana, page)
    assert "Meeting 1 of your circle" in meeting
    assert "7 of 7 come" in meeting
    assert "Move it" not in meeting
    assert "Move it" in await said(idris, page)
    said_no = {"attendance": f"away-{circle.members[0].id}", "form_key": fresh_key()}
    assert (await ana.post(f"{page}/attendance", data=said_no)).status_code == 303
    assert "6 of 7 come" in await said(idris, page)
    assert "Without Ana this time." in await said(idris, page)
    assert "I come after all" in await said(ana, page)

    clock.move(session.ends_at - clock.now() + timedelta(hours=1))
    await drain()
    ana, idris = await client_of(circle.members[0]), await client_of(circle.facilitator)
    assert "6 of 7 were there" in await said(idris, page)
    assert "6 of 7 came last time" in await said(ana, "/")
    await ana.post(page, data={"do": "save", "visibility": "SHARED", "note-0": "Ask first.", "form_key": fresh_key()})
    assert "Ana, What became clearer?" in await said(idris, page)


async def test_who_comes_late_reads_what_the_others_agreed_until_they_have_been_there(
    client_of: ClientOf, circle: Circle
) -> None:
    nia = await client_of(await joined_late(circle))
    home = await said(nia, "/")
    for words_there in ("The others have met two times", "Agreed last time", "Book the room", "Read the last meeting",
                        "Idris books the next meeting.", "7 of 7 came last time"):
        assert words_there in home
    assert "Write your notes" not in home, "they were not there"
    last = await Session.filter(match=circle.match).order_by("-starts_at").first()
    assert last is not None
    assert "Book the room" in await said(nia, f"/session/{last.id}")
    assert "The others have met" not in await said(await client_of(circle.members[0]), "/")
    starts = clock.now() + timedelta(days=1)
    await Session.create(
        organization_id=circle.organization.id, match=circle.match, starts_at=starts, number=3, state=SessionState.HELD,
        ends_at=starts + timedelta(minutes=60), booked_at=starts, proposed_by_id=circle.facilitator.id,
    )
    clock.move(timedelta(days=2))
    home = await said(await client_of(await Person.get(given_name="Nia")), "/")
    assert "The others have met" not in home
    assert "8 of 8 came last time" in home


async def test_a_member_reads_what_a_circle_brings_them_and_of_nobody_else(
    client_of: ClientOf, circle: Circle
) -> None:
    await with_reasons(circle)
    page = f"/circle/{circle.match.id}"
    ana = await said(await client_of(circle.members[0]), page)
    for words_there in ("What it brings you", "Your goal is what", "Leading stakeholders",
                        "Nobody here offers all you want", "not Law"):
        assert words_there in ana
    assert "Negotiation" not in ana, "what another one wants"
    assert "What it brings you" not in await said(await client_of(circle.facilitator), page)


async def test_one_thread_for_all_of_a_circle(client_of: ClientOf, circle: Circle) -> None:
    ana, bao = await client_of(circle.members[0]), await client_of(circle.members[1])
    thread = f"/messages/{circle.match.id}"
    assert "Hello everybody" in (await ana.get(thread)).text
    await ana.post(thread, data={"body": "Same room as last time.", "form_key": fresh_key()})
    page = await said(bao, thread)
    assert "You and Idris, Ana, Chidi, Dina, Emre, Noor read this" in page
    assert "Ana, " in page
    assert "Reply to all" in await said(bao, "/")
    await bao.post(f"{thread}/read", data={"form_key": fresh_key()})
    assert "read by one" in await said(ana, thread)
    assert (await (await client_of(circle.manager)).get(thread)).status_code == 404


async def test_who_waits_for_a_circle_reads_of_no_mentor(client_of: ClientOf, circle: Circle) -> None:
    late = await factories.person(circle.organization, given_name="Wilder")
    await factories.enrollment(circle.cohort, late, ParticipantRole.MENTEE)
    wilder = await client_of(late)
    assert "We’re looking for your circle" in await said(wilder, "/")
    assert "Who leads your circle books it" in await said(wilder, f"/waiting/{circle.program.key}")


@pytest.mark.usefixtures("clock_stands")
async def test_thanks_on_the_last_day_and_stepping_out_before_it(client_of: ClientOf, circle: Circle) -> None:
    ana, bao = await client_of(circle.members[0]), await client_of(circle.members[1])
    for time in range(2):
        form = {"thanks": "Thank you.", "form_key": fresh_key()}
        assert (await ana.post(f"/match/{circle.match.id}/closure", data=form)).status_code == 303
        assert "Six people" in await said(bao, "/")
        left = (await ana.get("/")).text
        assert "Seven people" not in words(read(left))
        if not time:
            assert f'action="/match/{circle.match.id}/undo"' in left
            back = await ana.post(f"/match/{circle.match.id}/undo", data={"form_key": fresh_key()})
            assert "Nobody got your words" in back.text
            assert "Seven people" in await said(ana, "/")
    clock.move(timedelta(seconds=11))
    late = await ana.post(f"/match/{circle.match.id}/undo", data={"form_key": fresh_key()})
    assert (late.status_code, late.headers["location"]) == (303, "/")
    assert "It is too late to undo this." in (await ana.get("/")).text
    (part,) = parts(await record(circle.manager_actor, circle.members[0].id))
    assert (part.state, part.next) == ("Left", f"Left {day_month(clock.now())}")
    (part,) = parts(await record(circle.manager_actor, circle.members[1].id))
    assert (part.state, part.next) == ("Running", "Not planned")
    await Match.filter(id=circle.match.id).update(state=MatchState.DURATION_COMPLETED)
    done = await bao.post(f"/match/{circle.match.id}/closure", data={"thanks": "Well led.", "form_key": fresh_key()})
    assert done.status_code == 303
    assert (await Match.get(id=circle.match.id)).state is MatchState.DURATION_COMPLETED


async def test_next_is_what_comes_first_and_the_other_is_one_tap_away(client_of: ClientOf, circle: Circle) -> None:
    ana, mentor = circle.members[0], await factories.person(circle.organization, given_name="Mei")
    run = await factories.cohort(await factories.program(circle.organization))
    pair = await factories.match(
        await factories.enrollment(run, mentor, ParticipantRole.MENTOR),
        await factories.enrollment(run, ana, ParticipantRole.MENTEE),
    )
    later, soon = [await Session.create(
        organization_id=ana.organization_id, match=match, starts_at=clock.now() + timedelta(days=days),
        ends_at=clock.now() + timedelta(days=days, minutes=45), state=SessionState.SCHEDULED, booked_at=clock.now(),
    ) for match, days in ((pair, 5), (circle.match, 2))]
    browser = await client_of(ana)
    assert (await browser.get("/session")).headers["location"] == f"/session/{soon.id}"
    first = await browser.get(f"/session/{soon.id}")
    assert "with Mei" in words(read(first.text))
    assert f'href="/session/{later.id}"' in first.text
    assert f'href="/session/{soon.id}"' in (await browser.get(f"/session/{later.id}")).text


async def test_the_end_of_a_circle_is_told_by_its_meetings(client_of: ClientOf, circle: Circle) -> None:
    await Match.filter(id=circle.match.id).update(state=MatchState.COMPLETED, ended_at=clock.now())
    page = await said(await client_of(circle.members[0]), "/")
    assert "Your voyage with your circle is complete" in page
    assert "Sessions" not in page
    assert "milestones" not in page


async def test_who_is_not_in_a_circle_gets_no_page_of_it(client_of: ClientOf) -> None:
    found = await lived()
    at, session = found.keys["match"], found.keys["session"]
    pages = (f"/messages/{at}", f"/session/{session}", f"/session/{session}/time", f"/match/{at}/session",
             f"/match/{at}/ending", f"/match/{at}/past-session", f"/goal/{found.keys['goal']}/revision",
             "/", "/messages", "/session", f"/match/{at}", f"/circle/{at}")
    acts = {f"/session/{session}/attendance": {"attendance": f"away-{found.circle.members[3].id}"},
            f"/session/{session}": {"do": "save", "visibility": "SHARED", "note-0": "Here?"},
            f"/messages/{at}": {"body": "Here?"}}
    before = await Absence.all().count(), await SessionNote.all().count(), await ThreadMessage.all().count()
    for name, person in found.outside.items():
        browser = await client_of(person)
        seen = {page: await browser.get(page) for page in pages}
        assert not [(page, words) for page, got in seen.items() for words in WORDS.values() if words in got.text], name
        assert [seen[page].status_code for page in pages[:7]] == [404] * 7, name
        asked_page = seen[f"/circle/{at}"]
        assert ("Chidi" in asked_page.text) is (name == "not yet in"), name   # who is asked reads who asks
        for path, data in acts.items():
            assert (await browser.post(path, data={**data, "form_key": fresh_key()})).status_code == 404, (name, path)
    assert before == (await Absence.all().count(), await SessionNote.all().count(), await ThreadMessage.all().count())
