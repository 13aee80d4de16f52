"""Two peers from the invitation to the end, through the web face: each has a goal, neither is anybody's mentor."""

import re
from dataclasses import dataclass
from datetime import timedelta

import httpx2
import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import fresh_key
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchState
from server.people.models import Competency, Person
from server.programs.models import Cohort, Program
from server.programs.states import EnrollmentState, ParticipantRole, ProgramType
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.server.notifications.mail_server import mail_server
from tests.web.conftest import ClientOf
from tests.web.console.test_building import matching_kept
from tests.web.drawing import one, read, words

NAMED = re.compile(r"\bmentors?\b|\bmentees?\b", re.IGNORECASE)
JOIN = "/join/peer-pairs"


@dataclass
class Two:
    program: Program
    cohort: Cohort
    manager: Person
    people: tuple[Person, Person]
    skills: list[Competency]


@pytest.fixture
async def two(db: object) -> Two:
    return await two_invited()


async def two_invited() -> Two:
    """Noor and Idris, invited to a programme for peers that somebody runs."""
    org = await factories.organization()
    program = await factories.program(org, key="peer-pairs", name="Peer pairs", type=ProgramType.PEER)
    cohort = await factories.cohort(program)
    skills = [await factories.competency(org, name) for name in ("Negotiation", "Budgets")]
    pair = (await factories.person(org), await factories.person(org, given_name="Idris", family_name="Brightwater"))
    for person in pair:
        await factories.enrollment(cohort, person, ParticipantRole.PEER, state=EnrollmentState.INVITED,
                                   submitted_at=None, active_at=None)
    manager = await factories.person(org, given_name="Rui")
    await grant_role(system_actor(org.id), manager.id, Role.PROGRAM_MANAGER, program.id)
    return Two(program, cohort, manager, pair, skills)


async def said(client: httpx2.AsyncClient, path: str) -> str:
    """The words of a page, in which nobody is called mentor or mentee."""
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    text = words(read(answer.text))
    assert not NAMED.findall(text), (path, NAMED.findall(text), text)
    return text


async def joins(client: httpx2.AsyncClient, wants: Competency, brings: Competency) -> httpx2.Response:
    return await client.post(JOIN, data={
        "want": f"get good at {wants.name}", "measure": "two talks that ended well", "competency_id": str(wants.id),
        "by": "other", "due_on": factories.in_days(90).isoformat(), "day_parts": ["MORNINGS"],
        "skills": [str(brings.id)], "form_key": fresh_key(),
    })


async def test_two_peers_from_the_invitation_to_the_end(client_of: ClientOf, two: Two) -> None:
    async with mail_server() as post:
        await walk(client_of, two)
        told = [f"{mail['Subject']} {mail.get_body(('plain',)).get_content()}" for mail in post.mails]
    assert all(post.to(person.email) for person in two.people)
    assert not [words for words in told if NAMED.search(words)]


async def walk(client_of: ClientOf, two: Two) -> None:
    noor, idris = [await client_of(person) for person in two.people]
    assert "You are invited" in await said(noor, "/")
    assert "What you can help with" in await said(noor, JOIN)
    missing = await noor.post(JOIN, data={"want": "x", "day_parts": ["MORNINGS"], "form_key": fresh_key()})
    assert missing.status_code == 422
    assert "Choose at least one thing you can help with." in missing.text
    for client, wants, brings in ((noor, 0, 1), (idris, 1, 0)):
        answer = await joins(client, two.skills[wants], two.skills[brings])
        assert (answer.status_code, answer.headers.get("location")) == (303, "/waiting/peer-pairs")
    for client in (noor, idris):
        waiting = await said(client, "/waiting/peer-pairs")
        assert "1 peer offers what you want" in waiting
        assert "looking for your peer" in await said(client, "/")

    match = await drafted_and_published(client_of, two)
    assert "Negotiation" in await said(noor, f"/match/{match.id}")
    assert "Budgets" in await said(idris, f"/match/{match.id}")
    assert "What Idris wants" in await said(noor, f"/match/{match.id}")
    slot = one_slot((await noor.get(f"/match/{match.id}")).text)
    assert (await noor.post(f"/match/{match.id}", data={"slot": slot, "form_key": fresh_key()})).status_code == 303
    await said(noor, f"/match/{match.id}")
    assert (await idris.post(f"/match/{match.id}", data={"slot": slot, "form_key": fresh_key()})).status_code == 303
    session = await Session.get(match=match, state=SessionState.SCHEDULED)

    for client, own, other in ((noor, "Negotiation", "Idris"), (idris, "Budgets", "Noor")):
        home = await said(client, "/")
        assert f"Get good at {own}" in home
        assert f"The goal of {other}" in home
        assert f"with {other}" in home
        for path in (f"/session/{session.id}", f"/messages/{match.id}", f"/match/{match.id}/ending", "/you"):
            await said(client, path)
    await noor.post(f"/messages/{match.id}", data={"body": "See you then.", "form_key": fresh_key()})
    await noor.post(f"/match/{match.id}/closure", data={"thanks": "Thank you.", "form_key": fresh_key()})
    clock.move(timedelta(minutes=1))
    await drain()
    ended = await Match.get(id=match.id)
    assert (ended.state, ended.closure_reason) == (MatchState.CONCLUDED, ClosureReason.NO_FAULT)
    for client, other in ((noor, "Idris"), (idris, "Noor")):
        assert f"You and {other} have finished" in await said(client, "/")


async def drafted_and_published(client_of: ClientOf, two: Two) -> Match:
    """The run, the review queue and the approval, as the manager of the programme sees and does them."""
    console = await client_of(two.manager)
    queue = f"/console/matches?group={two.cohort.id}"
    await console.post("/console/matches/run", data={"group": str(two.cohort.id), "form_key": fresh_key()})
    await drain()
    draft = await Match.get(state=MatchState.DRAFT)
    shown = await said(console, f"{queue}&pair={draft.id}")
    assert "Noor Saltmarsh and Idris Brightwater" in shown or "Idris Brightwater and Noor Saltmarsh" in shown
    await said(console, f"/console/matches/runs/{draft.run_id}")
    await console.post(f"/console/matches/{draft.id}/approval", data={"form_key": fresh_key()})
    clock.move(timedelta(minutes=1))
    await drain()
    await said(console, f"/console/matches/{draft.id}")
    return await Match.get(id=draft.id)


def one_slot(html: str) -> str:
    found = read(html).findall(".//input[@name='slot']")
    return str(found[0].get("value"))


async def test_a_run_can_be_drawn_and_the_programmes_page_says_so(client_of: ClientOf, two: Two) -> None:
    console = await client_of(two.manager)
    page = f"/console/programs/{two.program.id}/build/matching"
    for pairing, apart, status in (("random", "0", 422), ("", "3", 422), ("random", "3", 303)):
        kept = await matching_kept(console, page, two.program, pairing=pairing, cycles_apart=apart)
        assert kept.status_code == status, (pairing, apart)
    tree = read((await console.get(page)).text)
    assert one(tree, ".//input[@value='random']").get("checked") is not None
