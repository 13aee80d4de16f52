"""Choosing whom to ask on screen: reached from where one waits, one tap, undo, and every limit in words."""

from uuid import UUID

import httpx2
import pytest

from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.models import Enrollment, Program
from server.programs.states import Approvals, EnrollmentState
from tests.web.conftest import HTMX, ClientOf
from tests.web.console.market import Market, market


@pytest.fixture
async def found(db: object) -> Market:
    made = await market()
    await Program.filter(id=made.program.id).update(mentees_may_ask=True)
    return made


def page_of(row: Enrollment) -> str:
    return f"/enrollment/{row.id}/asking"


async def ask(client: httpx2.AsyncClient, row: Enrollment, partner_id: UUID | str) -> httpx2.Response:
    return await client.post(page_of(row), data={"partner": str(partner_id), "form_key": str(new_id())})


async def test_one_comes_from_waiting_and_the_first_page_and_asks_in_one_tap(
    found: Market, client_of: ClientOf
) -> None:
    mentee, mentor = found.mentees[0], found.mentors[0]
    client = await client_of(mentee.person)
    for place in ("/", f"/waiting/{found.program.key}"):
        assert page_of(mentee) in (await client.get(place)).text
    shown = (await client.get(page_of(mentee))).text
    assert "Who would you like as your mentor?" in shown
    assert [shown.count(f">Ask {row.person.first_name}<") for row in found.mentors] == [1, 1, 1]
    assert shown.count('<ul class="reasons">') == 3
    asked = await ask(client, mentee, mentor.id)
    assert asked.headers["location"] == page_of(mentee)
    match = await Match.get(state=MatchState.AWAITING_MENTOR)
    waiting = (await client.get(page_of(mentee))).text
    assert f'action="/match/{match.id}/withdrawal"' in waiting.partition("</main>")[2], "the toast has its Undo"
    for words in ("Idris has your request", "You hear by", "You can ask one person at a time."):
        assert words in waiting
    assert ">Ask " not in waiting
    assert page_of(mentee) not in (await client.get("/")).text, "there is nothing to ask for"
    asked_side = (await (await client_of(mentor.person)).get(f"/match/{match.id}")).text
    assert '<ul class="reasons">' in asked_side, "who is asked reads why"
    await client.post(f"/match/{match.id}/withdrawal")
    assert ">Ask Idris<" in (await client.get(page_of(mentee))).text


async def test_what_cannot_be_is_said_on_the_page(found: Market, client_of: ClientOf) -> None:
    mentee, mentor = found.mentees[0], found.mentors[0]
    client = await client_of(mentee.person)
    nobody = await client.post(page_of(mentee), data={})
    assert (nobody.status_code, "Choose somebody to ask." in nobody.text) == (422, True)
    await Enrollment.filter(id=mentor.id).update(capacity=0)
    late = await ask(client, mentee, mentor.id)
    assert (late.status_code, "Idris Crane0 has no free place any more." in late.text) == (409, True)
    assert ">Ask Idris<" not in late.text
    assert ">Ask Ottoline<" in late.text
    assert (await ask(client, mentee, new_id())).status_code == 404
    fragment = await client.get(page_of(mentee), headers=HTMX)
    assert "<html" not in fragment.text


@pytest.mark.parametrize(("change", "words"), [
    ({"state": EnrollmentState.PAUSED}, "You can ask later"), ({"capacity": 0}, "Your places are taken"),
])
async def test_who_cannot_ask_now_reads_why(
    found: Market, client_of: ClientOf, change: dict[str, object], words: str
) -> None:
    mentee = found.mentees[0]
    await Enrollment.filter(id=mentee.id).update(**change)
    assert words in (await (await client_of(mentee.person)).get(page_of(mentee))).text


async def test_where_one_does_not_ask_nothing_leads_there_and_the_page_says_so(
    found: Market, client_of: ClientOf
) -> None:
    mentor = found.mentors[0]
    client = await client_of(mentor.person)
    assert "Here you are matched" in (await client.get(page_of(mentor))).text
    for place in ("/", f"/waiting/{found.program.key}"):
        assert page_of(mentor) not in (await client.get(place)).text
    assert (await ask(client, mentor, found.mentees[0].id)).status_code == 403
    await Program.filter(id=found.program.id).update(mentors_may_ask=True)
    assert page_of(mentor) in (await client.get("/")).text
    assert "Whose mentor would you like to be?" in (await client.get(page_of(mentor))).text


async def test_no_and_no_answer_are_said_without_blame_and_others_follow(found: Market, client_of: ClientOf) -> None:
    mentee = found.mentees[0]
    client = await client_of(mentee.person)
    for mentor, state in zip(found.mentors[:2], (MatchState.DECLINED, MatchState.EXPIRED), strict=True):
        await ask(client, mentee, mentor.id)
        await Match.filter(state=MatchState.AWAITING_MENTOR).update(state=state)
    shown = (await client.get(page_of(mentee))).text
    for words in ("Idris can’t just now.", "Ottoline did not answer in time.", ">Ask Juno<"):
        assert words in shown
    assert "If you would also like to learn" in shown, "few fit well"
    await Enrollment.filter(id=found.mentors[2].id).update(capacity=0)
    nobody = (await client.get(page_of(mentee))).text
    assert ("Nobody to ask just now" in nobody, "What would help" in nobody) == (True, False)


async def test_where_nobody_need_agree_it_begins_and_can_be_undone(found: Market, client_of: ClientOf) -> None:
    await Program.filter(id=found.program.id).update(approvals=Approvals.NONE)
    mentee = found.mentees[0]
    client = await client_of(mentee.person)
    asked = await ask(client, mentee, found.mentors[0].id)
    match = await Match.get(state=MatchState.ACTIVE)
    assert asked.headers["location"] == f"/match/{match.id}"
    assert "are matched" in (await client.get(f"/match/{match.id}")).text
    await client.post(f"/match/{match.id}/withdrawal")
    assert (await Match.get(id=match.id)).state is MatchState.CANCELLED


async def test_to_anybody_else_there_is_no_such_page(found: Market, client_of: ClientOf) -> None:
    client = await client_of(found.stranger)
    assert (await client.get(page_of(found.mentees[0]))).status_code == 404
    assert (await ask(client, found.mentees[0], found.mentors[0].id)).status_code == 404
