"""The call: when it is time for it, where it is, and who may say so."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.jobs import drain
from server.kernel.typed import web_link
from server.notifications.models import Message
from server.programs.actions import configure_program
from server.programs.models import Program
from server.sessions import actions, rules
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair

LINK = "https://meet.example.com/a-room?pwd=Zq8"
NO_LINKS = [
    "http://meet.example.com", "javascript:alert(1)", "meet.example.com/room", "https://", "https:///room",
    "https://me:secret@meet.example.com", "https://meet.example.com/a room", "https://[::1", "//meet.example.com",
    "https://meet.example.com:99999/", 'https://meet.example.com/"onclick', "Tuesday in the canteen",
]


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def booked(pair: Pair) -> Session:
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id, 1))[0]
    return await actions.book_session(pair.mentee_actor, pair.match.id, slot.starts_at)


@pytest.mark.parametrize("wrong", NO_LINKS)
def test_what_is_no_link_is_said_in_words(wrong: str) -> None:
    problems: dict[str, str] = {}
    web_link(problems, "place", wrong, at_most=500)
    assert "https://" in problems["place"]


@given(st.text(max_size=40))
def test_whatever_is_typed_never_becomes_another_kind_of_address(typed: str) -> None:
    problems: dict[str, str] = {}
    link = web_link(problems, "place", typed, at_most=500)
    assert problems or link == "" or link.startswith("https://")


async def test_who_runs_the_programme_says_where_calls_are_for_what_is_booked_from_then_on(pair: Pair) -> None:
    before = await booked(pair)
    for wrong in (*NO_LINKS, f"https://meet.example.com/{'x' * 500}"):
        with pytest.raises(Invalid):
            await configure_program(pair.manager_actor, pair.program.id, meeting_url=wrong)
    with pytest.raises(Refused):
        await configure_program(pair.mentee_actor, pair.program.id, meeting_url=LINK)
    await configure_program(pair.manager_actor, pair.program.id, meeting_url=LINK)
    assert "Zq8" not in str([one.detail for one in await AuditEvent.all()]), "the trail holds no key to the room"
    assert (await booked(pair)).place == LINK
    match = (await Session.get(id=before.id).select_related("match__program")).match
    assert rules.link_of(before, match) == LINK, "booked without one, it has the programme's by now"
    await configure_program(pair.manager_actor, pair.program.id, meeting_url="")
    assert (await Program.get(id=pair.program.id)).meeting_url == ""


@pytest.mark.usefixtures("clock_stands")
async def test_it_is_time_from_ten_minutes_before_until_the_end(pair: Pair) -> None:
    session = await booked(pair)
    for minutes, expected in ((-11, False), (-10, True), (0, True), (44, True), (45, False)):
        clock.move(session.starts_at + timedelta(minutes=minutes) - clock.now())
        assert rules.is_time_to_join(session) is expected, minutes
    session.state = SessionState.CANCELLED
    clock.move(session.starts_at - clock.now())
    assert not rules.is_time_to_join(session)


@pytest.mark.usefixtures("clock_stands")
async def test_one_session_takes_place_elsewhere_and_both_calendars_follow(pair: Pair) -> None:
    session = await booked(pair)
    clock.move(timedelta(seconds=11))
    await drain(strict=False)
    for _twice in range(2):
        placed = await actions.place_session(pair.mentor_actor, session.id, LINK)
    assert (placed.place, placed.sequence) == (LINK, 1)
    await actions.undo_session_change(pair.mentor_actor, session.id)
    undone = await Session.get(id=session.id)
    assert (undone.place, undone.sequence, undone.starts_at) == ("", 0, session.starts_at)
    await actions.place_session(pair.mentor_actor, session.id, LINK)
    clock.move(timedelta(seconds=11))
    await drain(strict=False)
    assert await Message.filter(kind="S02-place").count() == 2
    assert await OutboxEvent.filter(kind="session.placed", withdrawn_at=None).count() == 1


async def test_only_who_chooses_its_times_says_where_and_only_before_it_is_over(pair: Pair) -> None:
    session = await booked(pair)
    with pytest.raises(Refused):
        await actions.place_session(pair.manager_actor, session.id, LINK)
    with pytest.raises(NotFound):
        await actions.place_session(pair.stranger_actor, session.id, LINK)
    with pytest.raises(Invalid):
        await actions.place_session(pair.mentee_actor, session.id, "http://meet.example.com")
    await Session.filter(id=session.id).update(state=SessionState.HELD)
    with pytest.raises(Conflict):
        await actions.place_session(pair.mentee_actor, session.id, LINK)
