"""Accept and book, save and book the next: one act each, everything of it or nothing, once for one key."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.goals import actions as goals
from server.goals.models import Milestone
from server.goals.states import MilestoneState
from server.journey.meeting.actions import (
    Outcome,
    Wrapped,
    accept_and_book,
    choose_time,
    decline,
    save_and_book_next,
)
from server.journey.meeting.queries import Stage, following_match, match_page
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import fresh_key
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.ids import new_id
from server.matches.models import Match, MatchMember
from server.matches.states import DeclineReason, MatchState
from server.programs.models import Enrollment
from server.sessions import actions as sessions
from server.sessions.models import ActionItem, Session, SessionNote
from server.sessions.states import NoteVisibility, SessionState
from tests import factories
from tests.factories import Pair
from tests.races import at_once

SUNDAY = datetime(2026, 11, 22, 8, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def sunday_morning() -> Any:
    with clock.at(SUNDAY):
        yield


async def asked_pair(**values: Any) -> Pair:
    return await factories.active_match(
        state=MatchState.AWAITING_BOTH, active_at=None, answer_by=SUNDAY + timedelta(days=7), **values
    )


@pytest.fixture
async def asked(db: object) -> Pair:
    """Both were asked, nobody answered."""
    return await asked_pair()


async def stage(actor: Actor, pair: Pair) -> Stage:
    return (await match_page(actor, pair.match.id)).stage


async def held(pair: Pair) -> Session:
    """A running pair's session of this morning."""
    return await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=SessionState.HELD, booked_at=SUNDAY,
        starts_at=SUNDAY - HOUR, ends_at=SUNDAY - timedelta(minutes=15),
    )


async def test_the_second_yes_at_the_same_time_books_it(asked: Pair) -> None:
    first = await accept_and_book(asked.mentee_actor, asked.match.id, TUESDAY)
    assert (first.state, first.booked) == (MatchState.AWAITING_MENTOR, False)
    assert (await stage(asked.mentee_actor, asked), await stage(asked.mentor_actor, asked)) == (
        Stage.WAITING, Stage.DECIDE,
    )
    second = await accept_and_book(asked.mentor_actor, asked.match.id, TUESDAY)
    assert (second.state, second.booked, second.session_id) == (MatchState.ACTIVE, True, first.session_id)
    assert await stage(asked.mentee_actor, asked) is await stage(asked.mentor_actor, asked) is Stage.UNDER_WAY


async def test_another_time_is_put_before_the_first_who_then_agrees(asked: Pair) -> None:
    await accept_and_book(asked.mentee_actor, asked.match.id, TUESDAY)
    other = await accept_and_book(asked.mentor_actor, asked.match.id, TUESDAY + HOUR)
    assert (other.state, other.booked) == (MatchState.ACTIVE, False)
    assert (await stage(asked.mentor_actor, asked), await stage(asked.mentee_actor, asked)) == (
        Stage.TIME_PROPOSED, Stage.CHOOSE_TIME,
    )
    agreed = await choose_time(asked.mentee_actor, asked.match.id, TUESDAY + HOUR)
    assert (agreed.booked, agreed.session_id) == (True, other.session_id)
    assert await Session.filter(state=SessionState.SCHEDULED).count() == 1


async def test_a_yes_without_a_time_leaves_the_time_on_the_table(asked: Pair) -> None:
    first = await accept_and_book(asked.mentee_actor, asked.match.id, None)
    assert (first.session_id, first.booked) == (None, False)
    await accept_and_book(asked.mentor_actor, asked.match.id, TUESDAY)
    assert await stage(asked.mentee_actor, asked) is Stage.CHOOSE_TIME


async def test_a_taken_time_takes_the_yes_back_too(asked: Pair) -> None:
    busy = await factories.match(
        asked.mentor_enrollment, await factories.enrollment(asked.cohort, asked.stranger, asked.mentee_enrollment.role)
    )
    await sessions.book_session(asked.mentor_actor, busy.id, TUESDAY)
    with pytest.raises(Conflict) as refusal:
        await accept_and_book(asked.mentee_actor, asked.match.id, TUESDAY)
    assert refusal.value.kind == "slot_taken"
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_BOTH
    member = await MatchMember.get(match_id=asked.match.id, person_id=asked.mentee.id)
    assert member.answered_at is None


async def test_a_place_that_went_meanwhile_cancels_and_holds_nothing(asked: Pair) -> None:
    await factories.match(
        asked.mentor_enrollment, await factories.enrollment(asked.cohort, asked.stranger, asked.mentee_enrollment.role)
    )
    await Enrollment.filter(id=asked.mentor_enrollment.id).update(capacity=1)
    outcome = await accept_and_book(asked.mentee_actor, asked.match.id, TUESDAY)
    assert outcome == Outcome(asked.match.id, MatchState.CANCELLED)
    assert await stage(asked.mentee_actor, asked) is Stage.PASSED
    assert not await Session.all().exists()


async def test_one_key_acts_once_also_at_once(asked: Pair) -> None:
    key = fresh_key()
    both = await at_once(*(accept_and_book(asked.mentee_actor, asked.match.id, TUESDAY, key=key) for _ in range(2)))
    assert both[0] == both[1] == await accept_and_book(asked.mentee_actor, asked.match.id, TUESDAY + HOUR, key=key)
    assert await Session.all().count() == 1


async def test_a_no_gives_the_time_back_and_what_waits_follows(asked: Pair) -> None:
    await accept_and_book(asked.mentee_actor, asked.match.id, TUESDAY)
    following = await following_match(asked.mentor_actor)
    assert following is not None
    assert following.id == asked.match.id
    assert await following_match(asked.mentee_actor) is None  # she has said her word
    for _ in range(2):
        outcome = await decline(asked.mentor_actor, asked.match.id, DeclineReason.TIMES)
        assert outcome.state is MatchState.DECLINED
    assert (await Session.get(match_id=asked.match.id)).state is SessionState.CANCELLED
    assert await following_match(asked.mentor_actor) is None
    assert await stage(asked.mentee_actor, asked) is Stage.PASSED


Try = Callable[[Actor, Pair], Awaitable[object]]
TRIES: list[Try] = [
    lambda actor, pair: accept_and_book(actor, pair.match.id, TUESDAY),
    lambda actor, pair: choose_time(actor, pair.match.id, TUESDAY),
    lambda actor, pair: decline(actor, pair.match.id, DeclineReason.NOT_SAID),
    lambda actor, pair: match_page(actor, pair.match.id),
]


@pytest.mark.parametrize("act", TRIES, ids=["accept", "choose", "decline", "page"])
async def test_nobody_else_answers_or_looks(asked: Pair, act: Try) -> None:
    foreign = await factories.active_match()
    for actor in (asked.stranger_actor, asked.line_manager_actor, foreign.mentor_actor, foreign.manager_actor):
        with pytest.raises(NotFound):
            await act(actor, asked)
    with pytest.raises((NotFound, Refused)):
        await act(asked.manager_actor, asked)
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_BOTH
    assert not await Session.all().exists()


@pytest.mark.parametrize("state", [MatchState.DECLINED, MatchState.EXPIRED, MatchState.CANCELLED, MatchState.CONCLUDED])
async def test_what_has_passed_takes_no_answer(asked: Pair, state: MatchState) -> None:
    await Match.filter(id=asked.match.id).update(state=state)
    for act in TRIES[:3]:
        with pytest.raises(Conflict):
            await act(asked.mentee_actor, asked)
    assert not await Session.all().exists()


async def a_step(pair: Pair) -> Milestone:
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="lead a product review", measure="two reviews led",
        due_on=factories.in_days(90),
    )
    return await goals.add_milestone(pair.mentee_actor, goal.id, "Watch a review")


async def test_a_session_is_wrapped_up_and_the_next_one_booked_in_one_act(db: object) -> None:
    pair = await factories.active_match()
    session, step, key = await held(pair), await a_step(pair), fresh_key()
    wrapped = Wrapped(
        NoteVisibility.SHARED, {0: "Name one decider.", 1: ""}, milestones_done=[step.id],
        promise="Send the one-pager", promise_due_on=factories.in_days(7), next_at=TUESDAY,
    )
    done = await save_and_book_next(pair.mentee_actor, session.id, wrapped, key=key)
    assert done == await save_and_book_next(pair.mentee_actor, session.id, wrapped, key=key)
    assert str((await Session.get(state=SessionState.SCHEDULED)).id) == str(done["next_session_id"])
    assert (await Milestone.get(id=step.id)).state is MilestoneState.DONE
    assert [(item.owner_id, item.text) for item in await ActionItem.all()] == [(pair.mentee.id, "Send the one-pager")]
    assert "Name one decider." in [note.body for note in await SessionNote.all()]


@pytest.mark.parametrize("broken", ["time", "promise", "note", "step"])
async def test_whatever_fails_of_it_nothing_is_kept(db: object, broken: str) -> None:
    pair = await factories.active_match()
    other = await factories.active_match(pair.organization, pair.program, pair.cohort)
    session, step = await held(pair), await a_step(pair)
    foreign = await a_step(other)
    whole: dict[str, Any] = {
        "notes": {0: "x" * 20_001 if broken == "note" else "Name one decider."},
        "milestones_done": [step.id, *([foreign.id] if broken == "step" else [])],
        "promise": "x" * 301 if broken == "promise" else "Send the one-pager",
        "next_at": SUNDAY - HOUR if broken == "time" else TUESDAY,
    }
    with pytest.raises((Invalid, NotFound)):
        await save_and_book_next(pair.mentee_actor, session.id, Wrapped(NoteVisibility.SHARED, **whole))
    assert not await SessionNote.all().exists()
    assert not await ActionItem.all().exists()
    assert not await Session.filter(state=SessionState.SCHEDULED).exists()
    assert (await Milestone.get(id=step.id)).state is MilestoneState.TODO


async def test_nobody_else_wraps_a_session_up(db: object) -> None:
    pair = await factories.active_match()
    session, wrapped = await held(pair), Wrapped(NoteVisibility.SHARED, {0: "Mine now."})
    for actor in (pair.stranger_actor, pair.line_manager_actor, (await factories.active_match()).mentor_actor):
        with pytest.raises(NotFound):
            await save_and_book_next(actor, session.id, wrapped)
    with pytest.raises((NotFound, Refused)):
        await save_and_book_next(pair.manager_actor, session.id, wrapped)
    with pytest.raises(NotFound):
        await save_and_book_next(pair.mentor_actor, new_id(), wrapped)
    assert not await SessionNote.all().exists()
