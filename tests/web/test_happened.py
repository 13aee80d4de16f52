"""A session that did not take place, one that is entered afterwards, and a booking taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.kernel import clock
from server.kernel.jobs import drain
from server.people.models import AvailabilityBlock
from server.sessions import actions as sessions
from server.sessions.models import Session, SessionNote
from server.sessions.states import SessionState
from tests import factories
from tests.factories import Pair
from tests.web.conftest import ClientOf
from web.happened import booked_undo

SUNDAY = datetime(2027, 3, 21, 8, 0, tzinfo=UTC)
TUESDAY = datetime(2027, 3, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def before_the_clocks_change() -> Any:
    with clock.at(SUNDAY):
        yield


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


@pytest.fixture
async def held(pair: Pair) -> Session:
    session = await sessions.book_session(pair.mentee_actor, pair.match.id, TUESDAY)
    clock.move(TUESDAY + timedelta(hours=1) - SUNDAY)
    await drain()
    return session


async def states() -> list[str]:
    return sorted(session.state.value for session in await Session.all())


async def test_didnt_happen_moves_it_in_one_tap_and_back(client_of: ClientOf, pair: Pair, held: Session) -> None:
    for person in (pair.mentee, pair.mentor):
        client = await client_of(person)
        shown = await client.get(f"/session/{held.id}")
        assert "Didn’t happen? Move it to " in shown.text
        slot = shown.text.split('name="slot" value="')[1].split('"')[0]
        answer = await client.post(f"/session/{held.id}/absence", data={"slot": slot})
        moved = await Session.get(state=SessionState.SCHEDULED)
        assert (answer.headers["location"], moved.starts_at.isoformat()) == (f"/session/{moved.id}", slot)
        told = await client.get(answer.headers["location"])
        assert "Moved to " in told.text
        assert f'name="moved_to" value="{moved.id}"' in told.text
        await client.post(f"/session/{held.id}/absence/undo", data={"moved_to": str(moved.id)})
        assert (await Session.get(id=held.id)).state is SessionState.HELD
    assert await states() == ["CANCELLED", "CANCELLED", "HELD"]


async def test_we_met_is_said_in_one_tap_and_may_still_be_denied(
    client_of: ClientOf, pair: Pair, held: Session
) -> None:
    clients = [await client_of(person) for person in (pair.mentee, pair.mentor)]
    assert "We met" in (await clients[0].get(f"/session/{held.id}")).text
    await clients[0].post(f"/session/{held.id}/presence")
    assert "Noted. You met." in (await clients[0].get(f"/session/{held.id}")).text
    shown = (await clients[1].get(f"/session/{held.id}")).text
    assert ("We met" in shown, "Didn’t happen? Move it to " in shown) == (False, True)
    await clients[1].post(f"/session/{held.id}/absence")
    await clients[0].post(f"/session/{held.id}/presence")
    assert "This session is not over yet, or was called off." in (await clients[0].get(f"/session/{held.id}")).text
    assert await states() == ["NO_SHOW"]


async def test_with_no_shared_time_it_is_only_noted(client_of: ClientOf, pair: Pair, held: Session) -> None:
    await AvailabilityBlock.filter(person_id=pair.mentor.id).update(start_minute=0, end_minute=30)
    client = await client_of(pair.mentee)
    assert "It didn’t happen" in (await client.get(f"/session/{held.id}")).text
    await client.post(f"/session/{held.id}/absence")
    after = (await client.get(f"/session/{held.id}")).text
    assert "Noted. These things happen." in after
    assert "This session did not take place." in after
    assert "Before you close" not in after
    await client.post(f"/session/{held.id}/absence/undo")
    assert await states() == ["HELD"]


async def test_what_came_too_late_is_said_kindly(client_of: ClientOf, pair: Pair, held: Session) -> None:
    client = await client_of(pair.mentee)
    await client.post(f"/session/{held.id}/absence")
    clock.move(timedelta(seconds=11))
    await client.post(f"/session/{held.id}/absence/undo")
    assert "They know of it already." in (await client.get(f"/session/{held.id}")).text
    clock.move(timedelta(days=8))
    assert "Didn’t happen?" not in (await client.get(f"/session/{held.id}")).text


async def test_the_journey_of_both_offers_it_for_a_week(client_of: ClientOf, pair: Pair, held: Session) -> None:
    clients = [await client_of(person) for person in (pair.mentee, pair.mentor)]
    for client in clients:
        assert f'href="/session/{held.id}#missed"' in (await client.get("/")).text
    clock.move(timedelta(days=8))
    for client in clients:
        assert "#missed" not in (await client.get("/")).text


async def test_nobody_else_says_so(client_of: ClientOf, pair: Pair, held: Session) -> None:
    for person, status in ((pair.stranger, 404), (pair.manager, 404)):
        client = await client_of(person)
        for act in ("presence", "absence", "absence/undo", "booking/undo"):
            assert (await client.post(f"/session/{held.id}/{act}")).status_code == status
        assert (await client.get(f"/match/{pair.match.id}/past-session")).status_code == 404
    assert await states() == ["HELD"]


async def test_a_booking_is_undone_from_the_word_that_follows_it(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentee)
    slot = {"slot": TUESDAY.isoformat()}
    await client.post(f"/match/{pair.match.id}/session", data=slot)
    session = await Session.get(match_id=pair.match.id)
    assert f'action="{booked_undo(session.id)}"' in (await client.get("/")).text
    await client.post(booked_undo(session.id))
    assert await states() == ["CANCELLED"]
    await client.post(f"/match/{pair.match.id}/session", data=slot)
    clock.move(timedelta(seconds=11))
    again = await Session.get(state=SessionState.SCHEDULED)
    await client.post(booked_undo(again.id))
    assert "They know of it already." in (await client.get(f"/session/{again.id}")).text


async def test_a_series_is_booked_moved_and_undone_from_the_screens(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentee)
    book = f"/match/{pair.match.id}/session"
    sent = {"slot": TUESDAY.isoformat(), "every_weeks": "2", "times": "3"}
    refused = await client.post(book, data={**sent, "times": "13"})
    assert (refused.status_code, 'id="times-error"' in refused.text) == (422, True)
    await client.post(book, data=sent)
    first, second, third = await Session.all().order_by("starts_at")
    assert "Booked 3 times from Tuesday, 10:00" in (home := (await client.get("/")).text)
    assert f'action="/session/{first.id}/series/undo"' in home
    assert "One of a series." in (await client.get(f"/session/{second.id}")).text
    later = (second.starts_at + timedelta(days=1)).isoformat()
    await client.post(f"/session/{second.id}/time", data={"slot": later, "following": "1"})
    moved = [session.starts_at.weekday() for session in await Session.all().order_by("starts_at")]
    assert moved == [1, 2, 2]
    await client.post(f"/session/{third.id}/cancellation", data={"following": "1"})
    assert await states() == ["CANCELLED", "SCHEDULED", "SCHEDULED"]
    await client.post(f"/session/{first.id}/series/undo")
    assert await states() == ["CANCELLED", "CANCELLED", "CANCELLED"]


def entry(**values: str) -> dict[str, str]:
    return {"on": "2027-03-22", "at": "09:30", "minutes": "30", "note": "", **values}


async def test_a_past_session_is_entered_on_one_screen(client_of: ClientOf, pair: Pair) -> None:
    clock.move(timedelta(days=3))
    client = await client_of(pair.mentor)
    address = f"/match/{pair.match.id}/past-session"
    assert "When did you and Noor meet?" in (await client.get(address)).text
    answer = await client.post(address, data=entry(note="Name one decider."))
    logged = await Session.get(match_id=pair.match.id)
    assert answer.headers["location"] == f"/session/{logged.id}"
    assert logged.starts_at == datetime(2027, 3, 22, 6, 30, tzinfo=UTC), "half past nine in Nairobi"
    assert (await SessionNote.get(session_id=logged.id)).body == "Name one decider."
    assert "Name one decider." in (await (await client_of(pair.mentee)).get(f"/session/{logged.id}")).text


@pytest.mark.parametrize(("sent", "field"), [
    ({"on": ""}, "on"), ({"on": "soon"}, "on"), ({"at": ""}, "at"), ({"at": "noonish"}, "at"),
    ({"minutes": "4"}, "minutes"),
    ({"minutes": "long"}, "minutes"), ({"note": "x" * 10_001}, "note"), ({"on": "2027-04-30"}, "at"),
    ({"on": "2027-03-20"}, "at"), ({"on": "2027-03-28", "at": "01:30"}, "at"), ({"on": "0001-01-01"}, "at"),
])
async def test_each_problem_stands_at_its_field_and_nothing_typed_is_lost(
    client_of: ClientOf, pair: Pair, sent: dict[str, str], field: str
) -> None:
    clock.move(timedelta(days=9))
    client = await client_of(pair.mentee)
    answer = await client.post(f"/match/{pair.match.id}/past-session", data=entry(**{"note": "Typed words.", **sent}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert sent.get("note", "Typed words.") in answer.text
    assert await states() == []


async def test_an_hour_that_was_taken_is_said_at_the_time(client_of: ClientOf, pair: Pair, held: Session) -> None:
    client = await client_of(pair.mentee)
    answer = await client.post(
        f"/match/{pair.match.id}/past-session", data=entry(on="2027-03-23", at="10:15")
    )
    assert "You have a session at that time already." in answer.text
    assert await states() == ["HELD"]


async def test_without_a_shared_time_two_weeks_widen_to_three(client_of: ClientOf, pair: Pair, held: Session) -> None:
    await AvailabilityBlock.filter(person_id=pair.mentor.id).update(start_minute=0, end_minute=30)
    client = await client_of(pair.mentee)
    narrow = (await client.get(f"/session/{held.id}")).text
    assert "No shared time in two weeks." in narrow
    assert f'href="/session/{held.id}?weeks=3">Widen to three?' in narrow
    wide = (await client.get(f"/session/{held.id}?weeks=3")).text
    assert "No shared time in three weeks." in wide
    assert f'href="/messages/{pair.match.id}#latest">Write to Idris' in wide
