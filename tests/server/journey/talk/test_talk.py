"""One conversation for one of its two: whose words are read by whom, what can still be written, when the next is."""

from datetime import UTC, datetime, timedelta

import pytest

from server.goals import actions as goals
from server.journey.talk.queries import session_page
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import NotFound
from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.sessions import actions
from server.sessions.models import Session
from server.sessions.states import NoteVisibility, SessionState
from tests import factories
from tests.factories import Pair
from tests.queries import queries_run

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
async def pair(db: object) -> Pair:
    """Matched before the Monday on which some of these tests stand, whenever they run."""
    return await factories.active_match(published_at=MONDAY - timedelta(days=9), active_at=MONDAY - timedelta(days=9))


async def session(pair: Pair, starts_at: datetime, state: SessionState = SessionState.HELD, number: int = 1) -> Session:
    return await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=state, starts_at=starts_at, number=number,
        ends_at=starts_at + timedelta(minutes=45), booked_at=clock.now(),
    )


async def yesterday(pair: Pair) -> Session:
    return await session(pair, clock.now() - timedelta(days=1))


async def test_what_one_keeps_to_oneself_is_on_ones_own_page_alone(pair: Pair) -> None:
    found = await yesterday(pair)
    await actions.write_note(pair.mentor_actor, found.id, NoteVisibility.PRIVATE, {0: "Noor was tired."})
    await actions.write_note(pair.mentee_actor, found.id, NoteVisibility.SHARED, {0: "Name one decider.", 1: ""})
    mentor, mentee = await session_page(pair.mentor_actor, found.id), await session_page(pair.mentee_actor, found.id)
    assert [note.body for note in mentor.mine.values()] == ["Noor was tired."]
    assert [note.body for note in mentor.theirs] == ["Name one decider."]
    assert (mentor.visibility, mentee.visibility) == (NoteVisibility.PRIVATE, NoteVisibility.SHARED)
    assert mentee.theirs == []


async def test_the_next_step_is_asked_of_the_mentee_alone(pair: Pair) -> None:
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="lead a product review", measure="two reviews led",
        due_on=factories.in_days(90),
    )
    for title in ("Watch a review", "Lead a review"):
        last = await goals.add_milestone(pair.mentee_actor, goal.id, title)
    found = await yesterday(pair)
    page = await session_page(pair.mentee_actor, found.id)
    assert page.step is not None
    assert (page.is_mentor, page.step.title) == (False, "Watch a review")
    await goals.tick_milestone(pair.mentee_actor, page.step.id, True)
    page = await session_page(pair.mentee_actor, found.id)
    assert page.step is not None
    assert page.step.id == last.id
    mentors = await session_page(pair.mentor_actor, found.id)
    assert (mentors.is_mentor, mentors.step) == (True, None)


@pytest.mark.parametrize(("state", "match", "is_open"), [
    (SessionState.SCHEDULED, MatchState.ACTIVE, True), (SessionState.HELD, MatchState.PAUSED, True),
    (SessionState.LOGGED, MatchState.ACTIVE, True), (SessionState.PROPOSED, MatchState.ACTIVE, False),
    (SessionState.CANCELLED, MatchState.ACTIVE, False), (SessionState.NO_SHOW, MatchState.ACTIVE, False),
    (SessionState.HELD, MatchState.COMPLETED, False), (SessionState.HELD, MatchState.CONCLUDED, False),
])
async def test_notes_are_taken_of_what_is_booked_or_took_place_while_the_match_runs(
    pair: Pair, state: SessionState, match: MatchState, is_open: bool
) -> None:
    found = await session(pair, clock.now() - timedelta(days=1), state)
    await Match.filter(id=pair.match.id).update(state=match)
    assert (await session_page(pair.mentee_actor, found.id)).is_open == is_open


async def test_it_is_over_at_the_minute_it_ends(pair: Pair) -> None:
    with clock.at(MONDAY):
        found = await session(pair, MONDAY, SessionState.SCHEDULED)
        clock.move(timedelta(minutes=44, seconds=59))
        assert not (await session_page(pair.mentee_actor, found.id)).is_over
        clock.move(timedelta(seconds=1))
        assert (await session_page(pair.mentee_actor, found.id)).is_over


async def test_next_times_are_offered_until_one_is_booked(pair: Pair) -> None:
    with clock.at(MONDAY):
        found = await session(pair, MONDAY - timedelta(hours=2))
        page = await session_page(pair.mentee_actor, found.id)
        assert (page.following, len(page.next_slots), page.widened) == (None, 3, False)
        booked = await actions.book_session(pair.mentee_actor, pair.match.id, page.next_slots[0].starts_at)
        page = await session_page(pair.mentor_actor, found.id)
        assert page.following is not None
        assert (page.following.id, page.next_slots) == (booked.id, [])
        page = await session_page(pair.mentor_actor, booked.id)
        assert page.following is None  # it does not follow itself


@pytest.mark.parametrize("state", [MatchState.PAUSED, MatchState.DURATION_COMPLETED, MatchState.CONCLUDED])
async def test_a_match_that_does_not_go_on_offers_no_time(pair: Pair, state: MatchState) -> None:
    found = await yesterday(pair)
    await Match.filter(id=pair.match.id).update(state=state)
    assert (await session_page(pair.mentee_actor, found.id)).next_slots == []


@pytest.mark.parametrize(("met", "expected"), [
    (datetime(2027, 3, 18, 12, tzinfo=UTC), datetime(2027, 4, 15, 11, tzinfo=UTC)),   # Lisbon sets its clocks forward
    (datetime(2027, 10, 21, 11, tzinfo=UTC), datetime(2027, 11, 18, 12, tzinfo=UTC)),  # and back
])
async def test_the_same_hour_is_offered_first_across_a_change_of_clocks(
    pair: Pair, met: datetime, expected: datetime
) -> None:
    """Noor's noon stays her noon; Nairobi, which keeps its clocks, sees it an hour earlier or later."""
    pair.program.sessions_per_month = 1
    await pair.program.save()
    with clock.at(met + timedelta(hours=1)):
        found = await session(pair, met)
        offered = (await session_page(pair.mentee_actor, found.id)).next_slots
        assert expected in [slot.starts_at for slot in offered], [slot.starts_at for slot in offered]


async def test_nobody_else_opens_it(pair: Pair) -> None:
    found = await yesterday(pair)
    system = system_actor(pair.organization.id)
    for actor in (pair.manager_actor, pair.line_manager_actor, pair.stranger_actor, system):
        with pytest.raises(NotFound):
            await session_page(actor, found.id)
    with pytest.raises(NotFound):
        await session_page(pair.mentor_actor, new_id())
    with pytest.raises(NotFound):
        await session_page((await factories.active_match()).mentor_actor, found.id)


async def test_the_page_costs_the_same_after_one_and_after_thirty_sessions(pair: Pair) -> None:
    found = await yesterday(pair)
    with queries_run() as few:
        await session_page(pair.mentee_actor, found.id)
    for number in range(2, 31):
        await session(pair, clock.now() - timedelta(days=number), number=number)
    with queries_run() as many:
        await session_page(pair.mentee_actor, found.id)
    assert len(few) == len(many)
