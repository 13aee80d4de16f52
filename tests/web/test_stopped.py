"""Where a screen offers an act: what stands there when the match rests or is over, and what becomes of typed words."""

from datetime import timedelta

import httpx2
import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import fresh_key
from server.matches.models import Match
from server.matches.states import MatchState
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.times import slots_for_match
from server.surveys.actions import plan_check_in
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState
from tests import factories
from tests.factories import Pair
from tests.web.conftest import ClientOf

LINE = "Ask Mei what she fears about the change."
ENDED = (MatchState.CONCLUDED, MatchState.COMPLETED)


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def becomes(pair: Pair, state: MatchState, **values: object) -> None:
    await Match.filter(id=pair.match.id).update(state=state, **values)


async def booked(pair: Pair) -> Session:
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    return await sessions.book_session(pair.mentee_actor, pair.match.id, slot.starts_at)


@pytest.mark.parametrize(("state", "words", "onward"), [
    (MatchState.PAUSED, "You and Idris are on a pause until", "/"),
    (MatchState.DURATION_COMPLETED, "You and Idris have reached your last day.", "ending"),
    (MatchState.CONCLUDED, "You and Idris have finished.", "match"),
    (MatchState.COMPLETED, "You and Idris have finished.", "match"),
    (MatchState.AWAITING_MENTOR, "This match has not begun.", "match"),
])
async def test_no_time_is_offered_where_none_can_be_booked(
    client_of: ClientOf, pair: Pair, state: MatchState, words: str, onward: str
) -> None:
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    begun = None if state is MatchState.AWAITING_MENTOR else clock.now()
    await becomes(pair, state, paused_until=factories.in_days(20), active_at=begun)
    client, there = await client_of(pair.mentee), f"/match/{pair.match.id}"
    for answer in (
        await client.get(f"{there}/session"),
        await client.post(f"{there}/session", data={"slot": slot.starts_at.isoformat()}),
    ):
        assert words in answer.text
        assert 'name="slot"' not in answer.text
        assert f'href="{ {"/": "/", "match": there, "ending": f"{there}/ending"}[onward] }"' in answer.text
    assert answer.status_code == 409
    assert not await Session.exists()


async def test_a_session_in_a_pause_can_be_written_up_but_books_nothing(client_of: ClientOf, pair: Pair) -> None:
    session = await booked(pair)
    clock.move(session.ends_at - clock.now() + timedelta(hours=1))
    await becomes(pair, MatchState.PAUSED)
    client = await client_of(pair.mentee)
    page = (await client.get(f"/session/{session.id}")).text
    assert "You and Idris are on a pause." in page
    assert "You share no free time" not in page
    assert 'name="next"' not in page
    kept = await client.post(f"/session/{session.id}", data={"do": "save", "note-0": LINE, "form_key": fresh_key()})
    assert kept.headers["location"] == "/"


@pytest.mark.parametrize("state", ENDED)
async def test_what_is_written_as_a_match_ends_is_given_back(
    client_of: ClientOf, pair: Pair, state: MatchState
) -> None:
    session = await booked(pair)
    await becomes(pair, state)
    client = await client_of(pair.mentee)
    sent = {f"/session/{session.id}": {"do": "save", "note-0": LINE}, f"/messages/{pair.match.id}": {"body": LINE}}
    for path, fields in sent.items():
        answer = await client.post(path, data={**fields, "form_key": fresh_key()})
        assert answer.status_code == 409
        assert answer.text.count(LINE) == 1
        assert "Copy it before you go on." in answer.text
        assert f'href="/match/{pair.match.id}"' in answer.text


async def test_a_check_in_that_closed_meanwhile_gives_the_words_back(client_of: ClientOf, pair: Pair) -> None:
    await plan_check_in(system_actor(pair.organization.id), pair.match.id)
    invitation = await SurveyInvitation.get(person_id=pair.mentee.id)
    await SurveyInvitation.filter(id=invitation.id).update(state=InvitationState.EXPIRED)
    client = await client_of(pair.mentee)
    fields = {"usefulness": "4", "goal_distance": "3", "words": LINE}
    answer = await client.post(f"/checkin/{invitation.id}", data=fields)
    assert answer.status_code == 409
    assert "This check-in is closed." in answer.text
    assert LINE in answer.text


async def test_a_called_off_session_leads_to_another_time(client_of: ClientOf, pair: Pair) -> None:
    session = await booked(pair)
    await sessions.cancel_session(pair.mentee_actor, session.id)
    page = (await (await client_of(pair.mentor)).get(f"/session/{session.id}")).text
    assert f'href="/match/{pair.match.id}/session"' in page
    assert "Choose another time" in page


@pytest.mark.parametrize(("path", "onward"), [
    ("/match/{match}/closure", "/match/{match}"), ("/match/{match}/refusal", "/match/{match}"),
    ("/match/{match}/pause", "/"), ("/match/{match}/resumption", "/"), ("/enrollment/{own}/return", "/"),
])
async def test_an_act_that_came_too_late_says_so_on_a_page_that_goes_on(
    client_of: ClientOf, pair: Pair, path: str, onward: str
) -> None:
    await becomes(pair, MatchState.COMPLETED)
    names = {"match": pair.match.id, "own": pair.mentee_enrollment.id}
    client = await client_of(pair.mentee)
    answer = await client.post(path.format(**names), data={"until": factories.in_days(20).isoformat()})
    assert (answer.status_code, answer.headers["location"]) == (303, onward.format(**names))
    assert await toast_of(client, answer)


async def test_leaving_what_has_ended_says_so(client_of: ClientOf, pair: Pair) -> None:
    await type(pair.mentee_enrollment).filter(id=pair.mentee_enrollment.id).update(state="COMPLETED")
    client = await client_of(pair.mentee)
    answer = await client.post(f"/enrollment/{pair.mentee_enrollment.id}/withdrawal")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def toast_of(client: httpx2.AsyncClient, answer: httpx2.Response) -> bool:
    """Whether the page that follows says what happened."""
    return 'class="toast"' in (await client.get(answer.headers["location"])).text
