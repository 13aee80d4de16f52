"""Ten seconds to take back a yes, a no, a withdrawal, a pause, an end, leaving, a move, a cancellation, on screen."""

import re
from datetime import timedelta

import httpx2
import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.journey.meeting.actions import accept_and_book
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import fresh_key
from server.matches.actions import propose_extension
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchOrigin, MatchState
from server.messaging.models import ThreadMessage
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState
from server.sessions.actions import book_session, hold_slot
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair
from tests.web.conftest import ClientOf

pytestmark = pytest.mark.usefixtures("clock_stands")

UNDO = re.compile(r'<div class="toast".*?action="([^"]+)"', re.DOTALL)


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def press_undo(client: httpx2.AsyncClient, answer: httpx2.Response) -> str:
    """Press Undo on the page that follows an answer; the page after that."""
    found = UNDO.search((await client.get(answer.headers["location"])).text)
    assert found, "no Undo is offered"
    undone = await client.post(found[1])
    return undone.text if undone.status_code == 200 else (await client.get(undone.headers["location"])).text


async def test_a_no_is_taken_back_with_the_time_that_was_held(client_of: ClientOf, db: object) -> None:
    asked = await factories.active_match(state=MatchState.AWAITING_BOTH)
    slot = (await slots_for_match(asked.mentor_actor, asked.match.id, 1))[0]
    held = await hold_slot(asked.mentor_actor, asked.match.id, slot.starts_at)
    client, here = await client_of(asked.mentee), f"/match/{asked.match.id}"
    shown = await press_undo(client, await client.post(f"{here}/refusal", data={"reason": "TIMES"}))
    assert "Undone. It stands as before." in shown
    assert "Pick a time" in shown
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_BOTH
    mine = await MatchMember.get(match_id=asked.match.id, person_id=asked.mentee.id)
    assert (mine.approval, mine.decline_reason) == (Approval.PENDING, None)
    again = await Session.get(id=held.id)
    assert (again.state, again.sequence) == (SessionState.PROPOSED, held.sequence)


async def test_a_withdrawal_is_taken_back(client_of: ClientOf, db: object) -> None:
    asked = await factories.active_match(state=MatchState.AWAITING_MENTOR, origin=MatchOrigin.MENTEE)
    client = await client_of(asked.mentee)
    await press_undo(client, await client.post(f"/match/{asked.match.id}/withdrawal"))
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_MENTOR


@pytest.mark.parametrize("act", ["pause", "closure"])
async def test_a_pause_and_an_end_are_taken_back(client_of: ClientOf, pair: Pair, act: str) -> None:
    client = await client_of(pair.mentee)
    data = {"until": factories.in_days(20).isoformat()}
    shown = await press_undo(client, await client.post(f"/match/{pair.match.id}/{act}", data=data))
    assert "Undone." in shown
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


@pytest.mark.parametrize("state", [MatchState.ACTIVE, MatchState.DURATION_COMPLETED])
@pytest.mark.parametrize("thanks", ["", "Thank you for every hour."])
async def test_an_end_is_taken_back_with_its_thanks(
    client_of: ClientOf, pair: Pair, state: MatchState, thanks: str
) -> None:
    await Match.filter(id=pair.match.id).update(state=state)
    client = await client_of(pair.mentee)
    ended = await client.post(f"/match/{pair.match.id}/closure", data={"thanks": thanks})
    assert (await Match.get(id=pair.match.id)).state not in (MatchState.ACTIVE, MatchState.DURATION_COMPLETED)
    shown = await press_undo(client, ended)
    assert (await Match.get(id=pair.match.id)).state is state
    assert not await ThreadMessage.exists()
    assert (thanks + "</textarea>" in shown) is bool(thanks), "what was written stands in its form again"


async def test_thanks_come_back_however_often_undo_is_sent(client_of: ClientOf, pair: Pair) -> None:
    client, here = await client_of(pair.mentee), f"/match/{pair.match.id}"
    await client.post(f"{here}/closure", data={"thanks": "Thank you for every hour."})
    key = {"form_key": fresh_key()}
    answers = [await client.post(f"{here}/undo", data=key, headers=htmx) for htmx in ({"HX-Request": "true"}, {})]
    assert all("Thank you for every hour.</textarea>" in one.text for one in answers), "the script sends it once more"
    await client.post(f"{here}/closure", data={})
    assert (await client.post(f"{here}/undo", data=key)).status_code == 303, "it is finished by now"


async def test_thanks_that_were_read_keep_the_end(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentee)
    ended = await client.post(f"/match/{pair.match.id}/closure", data={"thanks": "Thank you for every hour."})
    await (await client_of(pair.mentor)).post(f"/messages/{pair.match.id}/read")
    assert "has been read already" in await press_undo(client, ended)
    assert (await Match.get(id=pair.match.id)).state is MatchState.CONCLUDED


async def test_a_break_and_coming_back_are_taken_back(client_of: ClientOf, pair: Pair) -> None:
    client, at = await client_of(pair.mentor), f"/enrollment/{pair.mentor_enrollment.id}"
    data = {"until": factories.in_days(20).isoformat()}
    before = await Enrollment.filter(id=pair.mentor_enrollment.id).values()
    assert "Undone. It stands as before." in await press_undo(client, await client.post(f"{at}/break", data=data))
    assert await Enrollment.filter(id=pair.mentor_enrollment.id).values() == before
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE
    gone = await client.post(f"{at}/break", data=data)
    clock.move(timedelta(minutes=1))
    assert "It is too late to undo this." in await press_undo(client, gone)
    assert "Undone." in await press_undo(client, await client.post(f"{at}/return"))
    assert (await Enrollment.get(id=pair.mentor_enrollment.id)).state is EnrollmentState.PAUSED
    assert (await Match.get(id=pair.match.id)).state is MatchState.PAUSED


async def test_leaving_is_taken_back_or_refused_with_what_to_do(client_of: ClientOf, pair: Pair) -> None:
    client, at = await client_of(pair.mentor), f"/enrollment/{pair.mentor_enrollment.id}/withdrawal"
    assert "You take part as before." in await press_undo(client, await client.post(at))
    assert (await Enrollment.get(id=pair.mentor_enrollment.id)).state is EnrollmentState.ACTIVE
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE
    left = await client.post(at)
    clock.move(timedelta(minutes=1))
    assert "You can join the next group." in await press_undo(client, left)


@pytest.mark.parametrize("act", ["time", "cancellation"])
async def test_a_session_goes_back_to_its_time(client_of: ClientOf, pair: Pair, act: str) -> None:
    first, second = (await slots_for_match(pair.mentee_actor, pair.match.id, 2))
    session = await book_session(pair.mentee_actor, pair.match.id, first.starts_at)
    client = await client_of(pair.mentee)
    answer = await client.post(f"/session/{session.id}/{act}", data={"slot": second.starts_at.isoformat()})
    assert "Undone. It stands as before." in await press_undo(client, answer)
    row = await Session.get(id=session.id)
    assert (row.state, row.starts_at, row.sequence) == (SessionState.SCHEDULED, first.starts_at, 0)


async def test_too_late_is_said(client_of: ClientOf, pair: Pair) -> None:
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id, 1))[0]
    session = await book_session(pair.mentee_actor, pair.match.id, slot.starts_at)
    client = await client_of(pair.mentee)
    for path, words in (
        (f"/session/{session.id}/change/undo", "They know of it already."),
        (f"/match/{pair.match.id}/undo", "It is too late to undo this."),
    ):
        late = await client.post(path)
        assert words in (await client.get(late.headers["location"])).text


async def sessions_of(asked: Pair) -> list[tuple[SessionState, object, int]]:
    found = await Session.filter(match=asked.match).order_by("starts_at")
    return [(one.state, one.proposed_by_id, one.sequence) for one in found]


@pytest.mark.parametrize("chosen", [0, 1], ids=["the time on the table", "another time"])
async def test_a_yes_is_taken_back_with_the_time_that_was_chosen(client_of: ClientOf, db: object, chosen: int) -> None:
    asked = await factories.active_match(state=MatchState.AWAITING_BOTH)
    noor, idris, here = await client_of(asked.mentee), await client_of(asked.mentor), f"/match/{asked.match.id}"
    first, second = [one.starts_at.isoformat() for one in await slots_for_match(asked.mentor_actor, asked.match.id, 2)]
    shown = await press_undo(noor, await noor.post(here, data={"slot": first}))
    assert "Pick a time" in shown
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_BOTH
    assert [state for state, *_rest in await sessions_of(asked)] == [SessionState.CANCELLED]
    await noor.post(here, data={"slot": first})
    clock.move(timedelta(seconds=11))
    before = await sessions_of(asked)
    answered = await idris.post(here, data={"slot": (first, second)[chosen]})
    assert (await Match.get(id=asked.match.id)).state is MatchState.ACTIVE
    assert "Undone. It stands as before." in await press_undo(idris, answered)
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_MENTOR
    assert [one for one in await sessions_of(asked) if one[1] == asked.mentee.id] == before
    assert not await Session.filter(match=asked.match, state=SessionState.SCHEDULED).exists()


async def test_a_yes_stays_once_the_other_has_booked_on_it(client_of: ClientOf, db: object) -> None:
    asked = await factories.active_match(state=MatchState.AWAITING_MENTOR)
    await MatchMember.filter(match=asked.match, person=asked.mentee).update(approval=Approval.ACCEPTED)
    slot = (await slots_for_match(asked.mentor_actor, asked.match.id, 1))[0]
    await accept_and_book(asked.mentor_actor, asked.match.id, None, undo_within=timedelta(seconds=10))
    await book_session(asked.mentee_actor, asked.match.id, slot.starts_at)
    idris = await client_of(asked.mentor)
    stays = await idris.post(f"/match/{asked.match.id}/undo")
    assert "It stays as it is." in (await idris.get(stays.headers["location"])).text
    assert (await Match.get(id=asked.match.id)).state is MatchState.ACTIVE
    assert await Session.filter(match=asked.match, state=SessionState.SCHEDULED).count() == 1


async def test_a_yes_and_a_no_to_a_circle_are_taken_back(client_of: ClientOf, db: object) -> None:
    circle = await factories.active_circle(state=MatchState.AWAITING_BOTH, answered=Approval.PENDING)
    ana, here = await client_of(circle.members[0]), f"/circle/{circle.match.id}"
    for path in ("answer", "refusal"):
        await press_undo(ana, await ana.post(f"{here}/{path}"))
        mine = await MatchMember.get(match=circle.match, person=circle.members[0])
        assert (mine.approval, mine.left_at) == (Approval.PENDING, None)
        assert "Yes, I join" in (await ana.get(here)).text


async def test_a_later_day_agreed_to_is_taken_back(client_of: ClientOf, pair: Pair) -> None:
    day = factories.in_days(200)
    await propose_extension(pair.mentor_actor, pair.match.id, day)
    client = await client_of(pair.mentee)
    answer = await client.post(f"/match/{pair.match.id}/extension/agreement", data={"ends_on": day.isoformat()})
    await press_undo(client, answer)
    again = await Match.get(id=pair.match.id)
    assert (again.proposed_end_on, again.ends_on) == (day, pair.match.ends_on)


async def test_an_invitation_again_is_taken_back(client_of: ClientOf, pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.DECLINED)
    await grant_role(system_actor(pair.organization.id), pair.manager.id, Role.PROGRAM_MANAGER, pair.program.id)
    client, there = await client_of(pair.manager), f"/console/people/{pair.mentee.id}"
    answer = await client.post(f"{there}/invitation", data={"enrollment": str(pair.mentee_enrollment.id)})
    assert (await Enrollment.get(id=pair.mentee_enrollment.id)).state is EnrollmentState.INVITED
    told = (await client.get(answer.headers["location"])).text
    back = UNDO.search(told)
    assert back
    await client.post(back[1], data={"enrollment": str(pair.mentee_enrollment.id)})
    assert (await Enrollment.get(id=pair.mentee_enrollment.id)).state is EnrollmentState.DECLINED
