"""The Match screen: decide about a person and choose the first time, in one act."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from server.kernel import clock
from server.kernel.db import fresh_key
from server.kernel.jobs import drain
from server.matches.models import Match, MatchMember
from server.matches.states import DeclineReason, MatchState
from server.people.models import Person
from server.programs.models import Enrollment
from server.programs.states import ParticipantRole
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.factories import Pair
from tests.web.conftest import HTMX, ClientOf


@pytest.fixture
def monday_morning() -> Iterator[None]:
    """The first time offered has another beside it, whenever the tests run."""
    with clock.at(datetime(2026, 3, 2, 7, tzinfo=UTC)):
        yield


@pytest.fixture
async def asked(db: object) -> Pair:
    """Noor and Idris, both asked, nobody answered."""
    return await factories.active_match(
        state=MatchState.AWAITING_BOTH, active_at=None, answer_by=clock.now() + timedelta(days=7)
    )


CHOSEN = re.compile(r'name="slot" value="([^"]+)" id="slot-[0-9]+" checked')


def slots_in(html: str) -> list[str]:
    return [part.split('"')[0] for part in html.split('name="slot" value="')[1:]]


async def say_yes(client_of: ClientOf, person: Person, pair: Pair, slot: str) -> httpx2.Response:
    client = await client_of(person)
    return await client.post(f"/match/{pair.match.id}", data={"slot": slot, "form_key": fresh_key()})


async def test_three_times_are_offered_with_the_other_ones_below(client_of: ClientOf, asked: Pair) -> None:
    client = await client_of(asked.mentee)
    answer = await client.get(f"/match/{asked.match.id}")
    assert len(slots_in(answer.text)) == 3
    assert "for Idris" in answer.text
    assert "Noor, meet Idris" in answer.text


async def test_one_act_accepts_and_holds_the_time(client_of: ClientOf, asked: Pair) -> None:
    client = await client_of(asked.mentee)
    slot = slots_in((await client.get(f"/match/{asked.match.id}")).text)[1]
    answer = await say_yes(client_of, asked.mentee, asked, slot)
    assert answer.status_code == 303
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_MENTOR
    assert (await Session.get(match_id=asked.match.id)).starts_at.isoformat() == slot
    assert "has your request" in (await client.get(f"/match/{asked.match.id}")).text


async def test_the_second_yes_books_the_time_of_the_first(client_of: ClientOf, asked: Pair) -> None:
    mentee, mentor = await client_of(asked.mentee), await client_of(asked.mentor)
    slot = slots_in((await mentee.get(f"/match/{asked.match.id}")).text)[0]
    await say_yes(client_of, asked.mentee, asked, slot)
    shown = await mentor.get(f"/match/{asked.match.id}")
    assert slots_in(shown.text)[0] == slot
    await say_yes(client_of, asked.mentor, asked, slot)
    assert (await Match.get(id=asked.match.id)).state is MatchState.ACTIVE
    assert (await Session.get(match_id=asked.match.id)).state is SessionState.SCHEDULED


async def test_another_time_of_the_second_waits_for_the_first(client_of: ClientOf, asked: Pair) -> None:
    mentee, mentor = await client_of(asked.mentee), await client_of(asked.mentor)
    await say_yes(client_of, asked.mentee, asked, slots_in((await mentee.get(f"/match/{asked.match.id}")).text)[0])
    other = slots_in((await mentor.get(f"/match/{asked.match.id}")).text)[1]
    await say_yes(client_of, asked.mentor, asked, other)
    shown = await mentee.get(f"/match/{asked.match.id}")
    assert slots_in(shown.text)[0] == other
    await say_yes(client_of, asked.mentee, asked, other)
    booked = await Session.get(match_id=asked.match.id, state=SessionState.SCHEDULED)
    assert booked.starts_at.isoformat() == other


async def test_sending_the_form_twice_does_it_once(client_of: ClientOf, asked: Pair) -> None:
    client = await client_of(asked.mentee)
    slot = slots_in((await client.get(f"/match/{asked.match.id}")).text)[0]
    key = fresh_key()
    for _ in range(2):
        await client.post(f"/match/{asked.match.id}", data={"slot": slot, "form_key": key})
    assert await Session.filter(match_id=asked.match.id).count() == 1


async def test_a_time_that_was_just_taken_is_answered_with_the_nearest_free_one(
    monday_morning: None, client_of: ClientOf, asked: Pair
) -> None:
    client = await client_of(asked.mentee)
    slot = slots_in((await client.get(f"/match/{asked.match.id}")).text)[0]
    mentor = await Enrollment.get(person_id=asked.mentor.id)
    other = await factories.enrollment(asked.cohort, asked.stranger, ParticipantRole.MENTEE)
    busy = await factories.match(mentor, other)
    start = clock.now().fromisoformat(slot)
    await Session.create(
        organization_id=busy.organization_id, match=busy, starts_at=start, ends_at=start + timedelta(minutes=45),
        state=SessionState.SCHEDULED, booked_at=clock.now(),
    )
    answer = await say_yes(client_of, asked.mentee, asked, slot)
    assert answer.status_code == 422
    assert "That time was just taken. The nearest free one is" in answer.text
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_BOTH
    (nearest,) = CHOSEN.findall(answer.text)
    assert abs(start.fromisoformat(nearest) - start) == timedelta(minutes=45)
    assert (await say_yes(client_of, asked.mentee, asked, nearest)).status_code == 303


async def test_a_time_that_has_passed_meanwhile_is_said_at_the_times(client_of: ClientOf, asked: Pair) -> None:
    gone = (clock.now() - timedelta(hours=1)).isoformat()
    answer = await say_yes(client_of, asked.mentee, asked, gone)
    assert answer.status_code == 422
    assert "Choose a time that is still ahead." in answer.text
    assert 'href="#slot"' in answer.text


async def test_a_yes_that_came_too_late_meets_what_happens_next(client_of: ClientOf, asked: Pair) -> None:
    slot = slots_in((await (await client_of(asked.mentee)).get(f"/match/{asked.match.id}")).text)[0]
    await Match.filter(id=asked.match.id).update(state=MatchState.EXPIRED)
    answer = await say_yes(client_of, asked.mentee, asked, slot)
    assert answer.status_code == 409
    assert "This suggestion has passed" in answer.text
    assert "A new one is on its way." in answer.text


async def test_a_no_has_five_answers_and_the_next_one_follows_in_the_same_place(
    client_of: ClientOf, asked: Pair
) -> None:
    mentee, here = await client_of(asked.mentee), f"/match/{asked.match.id}"
    assert (await mentee.get(here)).text.count('name="reason"') == 5
    assert (await (await client_of(asked.mentor)).get(here)).text.count('name="reason"') == 5
    other = await factories.enrollment(asked.cohort, asked.stranger, ParticipantRole.MENTOR)
    following = await factories.match(other, asked.mentee_enrollment, state=MatchState.AWAITING_BOTH, active_at=None)
    no = {"reason": DeclineReason.NO_ROOM.value}
    answer = await mentee.post(f"{here}/refusal", data={**no, "form_key": fresh_key()})
    assert answer.headers["location"] == f"/match/{following.id}"
    last = await mentee.post(f"/match/{following.id}/refusal", data={**no, "form_key": fresh_key()})
    assert last.headers["location"] == f"/match/{following.id}"
    assert "A new one is on its way." in (await mentee.get(last.headers["location"])).text


async def test_the_last_seat_went_and_the_person_is_told_kindly(client_of: ClientOf, asked: Pair) -> None:
    mentor = await Enrollment.get(person_id=asked.mentor.id)
    other = await factories.enrollment(asked.cohort, asked.stranger, ParticipantRole.MENTEE)
    await factories.match(mentor, other)
    await Enrollment.filter(id=mentor.id).update(capacity=1)
    client = await client_of(asked.mentee)
    slot = slots_in((await client.get(f"/match/{asked.match.id}")).text)[0]
    await client.post(f"/match/{asked.match.id}", data={"slot": slot})
    shown = await client.get(f"/match/{asked.match.id}")
    assert "The last place was just taken" in shown.text
    assert "This suggestion has passed" in shown.text
    assert not await Session.filter(match_id=asked.match.id).exists()


async def test_whom_a_rule_keeps_apart_by_now_is_told_kindly_and_the_time_is_given_back(
    client_of: ClientOf, asked: Pair
) -> None:
    first = slots_in((await (await client_of(asked.mentor)).get(f"/match/{asked.match.id}")).text)[0]
    mentor, mentee = await client_of(asked.mentor), await client_of(asked.mentee)
    await mentor.post(f"/match/{asked.match.id}", data={"slot": first})
    await Person.filter(id=asked.mentee.id).update(line_manager_id=asked.mentor.id)
    answer = await mentee.post(f"/match/{asked.match.id}", data={"slot": first})
    shown = (await mentee.get(answer.headers["location"], follow_redirects=True)).text
    assert "Something has changed since you were asked" in shown
    assert "reporting line" not in shown
    await drain()
    assert (await Session.get(match_id=asked.match.id)).state is SessionState.CANCELLED
    back = await Match.get(id=asked.match.id)
    assert (back.state, back.held_back) == (MatchState.DRAFT, True)
    assert (await mentor.get(f"/match/{asked.match.id}")).status_code == 404


async def test_no_time_chosen_is_said_at_the_times(client_of: ClientOf, asked: Pair) -> None:
    client = await client_of(asked.mentee)
    answer = await client.post(f"/match/{asked.match.id}", data={"form_key": fresh_key()})
    assert answer.status_code == 422
    assert "Choose a time." in answer.text


async def test_a_no_keeps_its_reason_to_itself(client_of: ClientOf, asked: Pair) -> None:
    client = await client_of(asked.mentee)
    await client.post(
        f"/match/{asked.match.id}/refusal", data={"reason": DeclineReason.TIMES.value, "form_key": fresh_key()}
    )
    assert (await Match.get(id=asked.match.id)).state is MatchState.DECLINED
    assert (await MatchMember.get(match_id=asked.match.id, person_id=asked.mentee.id)).decline_reason is not None
    mentor = await client_of(asked.mentor)
    assert "Times" not in (await mentor.get(f"/match/{asked.match.id}")).text


async def test_a_running_pair_has_all_its_sessions_and_acts_one_tap_from_the_first_page(
    client_of: ClientOf, db: object
) -> None:
    pair = await factories.active_match()
    here, now = f"/match/{pair.match.id}", clock.now()
    for days, state in ((9, SessionState.HELD), (2, SessionState.NO_SHOW), (1, SessionState.CANCELLED)):
        starts = now - timedelta(days=days)
        await Session.create(
            organization_id=pair.organization.id, match=pair.match, starts_at=starts, state=state, booked_at=starts,
            ends_at=starts + timedelta(minutes=45),
        )
    met = {one.state: one.id for one in await Session.all()}
    for person in (pair.mentee, pair.mentor):
        client = await client_of(person)
        assert f'href="{here}"' in (await client.get("/")).text
        page = (await client.get(here)).text
        for act in ("session", "past-session", "extension", "ending"):
            assert f'href="{here}/{act}"' in page, act
        assert page.index(str(met[SessionState.NO_SHOW])) < page.index(str(met[SessionState.HELD]))
        assert str(met[SessionState.CANCELLED]) not in page
        assert "Took place" in page
        assert "Did not take place" in page


@pytest.mark.parametrize(("state", "words", "acts"), [
    (MatchState.PAUSED, "You and Idris are on a pause", {"past-session", "extension", "ending"}),
    (MatchState.DURATION_COMPLETED, "You and Idris have reached your last day", {"ending"}),
    (MatchState.COMPLETED, "You and Idris have finished", set[str]()),
])
async def test_a_pair_that_rests_or_is_over_keeps_its_sessions_readable_and_says_what_can_be_done(
    client_of: ClientOf, db: object, state: MatchState, words: str, acts: set[str]
) -> None:
    pair = await factories.active_match()
    starts = clock.now() - timedelta(days=3)
    held = await Session.create(
        organization_id=pair.organization.id, match=pair.match, starts_at=starts, state=SessionState.HELD,
        ends_at=starts + timedelta(minutes=45), booked_at=starts, held_at=starts,
    )
    await Match.filter(id=pair.match.id).update(state=state)
    page = (await (await client_of(pair.mentee)).get(f"/match/{pair.match.id}")).text
    assert words in page
    assert f'href="/session/{held.id}"' in page
    assert set(re.findall(rf'href="/match/{pair.match.id}/([a-z-]+)"', page)) == acts


async def test_a_pair_that_has_not_met_yet_can_pause_or_finish_too(client_of: ClientOf, db: object) -> None:
    pair = await factories.active_match()
    page = (await (await client_of(pair.mentee)).get(f"/match/{pair.match.id}")).text
    assert "When do you and Idris meet?" in page
    assert f'href="/match/{pair.match.id}/ending"' in page


async def test_strangers_and_bosses_find_no_such_match(client_of: ClientOf, asked: Pair) -> None:
    for person in (asked.stranger, asked.line_manager):
        client = await client_of(person)
        assert (await client.get(f"/match/{asked.match.id}")).status_code == 404
        assert (await client.post(f"/match/{asked.match.id}", data={"slot": "x"})).status_code == 404


async def test_htmx_gets_its_redirect(client_of: ClientOf, asked: Pair) -> None:
    client = await client_of(asked.mentee)
    slot = slots_in((await client.get(f"/match/{asked.match.id}")).text)[0]
    answer = await client.post(f"/match/{asked.match.id}", data={"slot": slot}, headers=HTMX)
    assert answer.headers["HX-Redirect"].startswith("/match/")


async def test_where_messages_of_a_programmes_own_lead_is_there_before_anything_happened(client_of: ClientOf) -> None:
    """Nobody wrote, booked or set a goal: the place to do so is what the button opens."""
    pair = await factories.active_match()
    for person in (pair.mentee, pair.mentor):
        client = await client_of(person)
        for path in ("", "/session"):
            assert (await client.get(f"/match/{pair.match.id}{path}")).status_code == 200, path
        assert (await client.get(f"/messages/{pair.match.id}")).status_code == 200
    learner = await client_of(pair.mentee)
    assert (await learner.get(f"/enrollment/{pair.mentee_enrollment.id}/goal")).status_code == 200
    first = (await learner.get("/")).text
    assert f'"goal-{pair.match.id}"' in first
    assert f'"next-{pair.match.id}"' in first
