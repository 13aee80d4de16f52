"""Going on longer on screen: proposed by one, said to the other where they begin, agreed or left as it is."""

from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.jobs import drain
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchOrigin, MatchState
from server.notifications.models import Message
from tests import factories
from tests.factories import Pair
from tests.web.conftest import ClientOf


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def test_a_later_end_is_proposed_shown_to_the_other_and_agreed(pair: Pair, client_of: ClientOf) -> None:
    day, there = factories.in_days(250), f"/match/{pair.match.id}/extension"
    mentee = await client_of(pair.mentee)
    assert there in (await mentee.get(f"/match/{pair.match.id}/ending")).text
    for wrong, words in (("", "Choose a day."), (factories.in_days(3).isoformat(), "Choose a day after the last day")):
        answer = await mentee.post(there, data={"ends_on": wrong})
        assert (answer.status_code, words in answer.text) == (422, True)
    assert (await mentee.post(there, data={"ends_on": day.isoformat()})).headers["location"] == "/"
    assert "would like to go on longer" not in (await mentee.get("/")).text
    assert "has not answered yet" in (await mentee.get(there)).text
    mentor = await client_of(pair.mentor)
    assert "Noor would like to go on longer" in (await mentor.get("/")).text
    await mentor.post(f"{there}/agreement", data={"ends_on": factories.in_days(249).isoformat()})
    assert (await Match.get(id=pair.match.id)).ends_on != factories.in_days(249)
    await mentor.post(f"{there}/agreement", data={"ends_on": day.isoformat()})
    assert (await Match.get(id=pair.match.id)).ends_on == day
    assert "would like to go on longer" not in (await mentor.get("/")).text


async def test_a_proposal_is_undone_before_it_is_told(pair: Pair, client_of: ClientOf) -> None:
    there = f"/match/{pair.match.id}/extension"
    mentee = await client_of(pair.mentee)
    await mentee.post(there, data={"ends_on": factories.in_days(250).isoformat()})
    shown = (await mentee.get("/")).text
    assert f'action="{there}/withdrawal"' in shown
    await mentee.post(f"{there}/withdrawal")
    clock.move(timedelta(minutes=1))
    await drain()
    assert not await Message.filter(kind="Z03-proposed").exists()


async def test_to_a_stranger_there_is_no_such_match(pair: Pair, client_of: ClientOf) -> None:
    stranger = await client_of(pair.stranger)
    there = f"/match/{pair.match.id}/extension"
    assert (await stranger.get(there)).status_code == 404
    for path in (there, f"{there}/agreement", f"{there}/withdrawal", f"/match/{pair.match.id}/withdrawal"):
        answer = await stranger.post(path, data={"ends_on": factories.in_days(250).isoformat()})
        assert answer.status_code == 404


async def test_who_asked_takes_it_back_and_nobody_else_is_offered_to(pair: Pair, client_of: ClientOf) -> None:
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_MENTOR, origin=MatchOrigin.MENTEE)
    await MatchMember.filter(match_id=pair.match.id, person_id=pair.mentor.id).update(approval=Approval.PENDING)
    mentee, mentor = await client_of(pair.mentee), await client_of(pair.mentor)
    there = f"/match/{pair.match.id}"
    assert "Take the request back" in (await mentee.get(there)).text
    assert "Take the request back" not in (await mentor.get(there)).text
    await mentee.post(f"{there}/withdrawal")
    assert (await Match.get(id=pair.match.id)).state is MatchState.CANCELLED
