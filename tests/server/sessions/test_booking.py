"""A time for a session: held, agreed, booked, moved, called off; never two people twice in one hour."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.matches.actions import accept_match, approve_match, end_match
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, ClosureReason, MatchState
from server.programs.models import Program
from server.sessions import actions, queries, times
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.factories import Pair, active_match, actor_of, cohort, enrollment, match, person, program, working_week
from tests.races import at_once

SUNDAY = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def sunday_morning() -> Any:
    with clock.at(SUNDAY):
        yield


async def asked_match(**values: Any) -> Pair:
    """Both were asked, nobody answered."""
    pair = await active_match(**values)
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_BOTH, active_at=None)
    await MatchMember.filter(match_id=pair.match.id).update(approval=Approval.PENDING)
    return pair


async def told() -> list[str]:
    return [fact.kind for fact in await OutboxEvent.all().order_by("id") if fact.kind.startswith("session.")]


async def due() -> dict[str, datetime]:
    return {action.rule: action.due_at for action in await ScheduledAction.filter(state="PLANNED")}


async def test_a_hold_keeps_the_time_and_tells_nothing_outside(db: object) -> None:
    pair = await asked_match()
    hold = await actions.hold_slot(pair.mentee_actor, pair.match.id, TUESDAY)
    assert (hold.state, hold.ends_at - hold.starts_at) == (SessionState.PROPOSED, timedelta(minutes=45))
    assert (hold.booked_at, hold.proposed_by_id) == (None, pair.mentee.id)
    assert await told() == ["session.held_slot"]
    assert await due() == {}
    assert [entry.action for entry in await AuditEvent.all().order_by("id")] == [
        "session.prepare_agenda", "session.hold",
    ]


async def test_holding_the_same_time_again_changes_nothing_and_another_replaces_it(db: object) -> None:
    pair = await asked_match()
    first = await actions.hold_slot(pair.mentee_actor, pair.match.id, TUESDAY)
    assert (await actions.hold_slot(pair.mentor_actor, pair.match.id, TUESDAY)).id == first.id
    second = await actions.hold_slot(pair.mentor_actor, pair.match.id, TUESDAY + timedelta(minutes=15))
    held = await queries.hold_of(pair.mentee_actor, pair.match.id)
    assert held is not None
    assert (held.id, held.proposed_by_id) == (second.id, pair.mentor.id)
    assert (await Session.get(id=first.id)).state is SessionState.CANCELLED


async def test_the_other_side_turns_the_hold_into_a_booking(db: object) -> None:
    pair = await active_match()
    await actions.hold_slot(pair.mentee_actor, pair.match.id, TUESDAY)
    with pytest.raises(Refused):
        await actions.confirm_hold(pair.mentee_actor, pair.match.id)
    booked = await actions.confirm_hold(pair.mentor_actor, pair.match.id)
    assert (booked.state, booked.number) == (SessionState.SCHEDULED, 1)
    assert (await actions.confirm_hold(pair.mentor_actor, pair.match.id)).id == booked.id
    assert await told() == ["session.held_slot", "session.booked"]
    assert await due() == {"session.held": booked.ends_at, "session.agenda": TUESDAY - timedelta(hours=48)}


async def test_an_unanswered_match_books_nothing(db: object) -> None:
    pair = await asked_match()
    await actions.hold_slot(pair.mentee_actor, pair.match.id, TUESDAY)
    with pytest.raises(Conflict) as refusal:
        await actions.confirm_hold(pair.mentor_actor, pair.match.id)
    assert refusal.value.kind == "not_active"
    with pytest.raises(Conflict):
        await actions.book_session(pair.mentor_actor, pair.match.id, TUESDAY)


async def test_without_hold_or_booking_there_is_nothing_to_agree_to(db: object) -> None:
    pair = await active_match()
    with pytest.raises(NotFound):
        await actions.confirm_hold(pair.mentor_actor, pair.match.id)
    await actions.release_hold(pair.mentor_actor, pair.match.id)


async def test_a_hold_whose_hour_has_come_is_no_longer_there(db: object) -> None:
    pair = await active_match()
    await actions.hold_slot(pair.mentee_actor, pair.match.id, TUESDAY)
    clock.move(TUESDAY - SUNDAY)
    assert await queries.hold_of(pair.mentor_actor, pair.match.id) is None
    with pytest.raises(NotFound):
        await actions.confirm_hold(pair.mentor_actor, pair.match.id)


async def test_a_managers_yes_books_the_time_both_had_agreed_to(db: object) -> None:
    pair = await asked_match()
    await Program.filter(id=pair.program.id).update(admin_approves_matches=True)
    await accept_match(pair.mentee_actor, pair.match.id)
    hold = await actions.hold_slot(pair.mentee_actor, pair.match.id, TUESDAY)
    clock.move(timedelta(minutes=5))
    assert (await accept_match(pair.mentor_actor, pair.match.id)).state is MatchState.AWAITING_ADMIN
    await approve_match(pair.manager_actor, pair.match.id)
    clock.move(timedelta(minutes=11))
    await drain()
    assert (await Session.get(id=hold.id)).state is SessionState.SCHEDULED


async def test_a_time_put_on_the_table_last_still_waits_for_the_first(db: object) -> None:
    pair = await asked_match()
    await accept_match(pair.mentee_actor, pair.match.id)
    clock.move(timedelta(minutes=5))
    await accept_match(pair.mentor_actor, pair.match.id)
    hold = await actions.hold_slot(pair.mentor_actor, pair.match.id, TUESDAY)
    clock.move(timedelta(minutes=11))
    await drain()
    assert (await Session.get(id=hold.id)).state is SessionState.PROPOSED
    with pytest.raises(Conflict) as refusal:
        await actions.confirm_hold(system_actor(pair.organization.id), pair.match.id)
    assert refusal.value.kind == "not_agreed"


async def rival_of(pair: Pair) -> tuple[Actor, Match]:
    """A mentee of the same mentor in another programme: nothing is shared but the mentor's time."""
    run = await cohort(await program(pair.organization))
    other = await person(pair.organization, given_name="Ada")
    await working_week(other)
    mentoring = await enrollment(run, pair.mentor, pair.mentor_enrollment.role)
    learning = await enrollment(run, other, pair.mentee_enrollment.role)
    return actor_of(other), await match(mentoring, learning)


async def test_two_mentees_want_one_hour_and_the_second_is_offered_the_nearest(db: object) -> None:
    pair = await active_match()
    rival, second = await rival_of(pair)
    outcomes = await at_once(
        actions.hold_slot(pair.mentee_actor, pair.match.id, TUESDAY),
        actions.hold_slot(rival, second.id, TUESDAY),
        return_exceptions=True,
    )
    (taken,) = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert isinstance(taken, actions.SlotTaken)
    assert taken.kind == "slot_taken"
    assert taken.nearest is not None
    assert taken.nearest.starts_at in (TUESDAY - timedelta(minutes=45), TUESDAY + timedelta(minutes=45))
    assert await Session.filter(state=SessionState.PROPOSED).count() == 1


async def test_many_bookings_of_overlapping_hours_leave_nobody_twice_in_one_hour(db: object) -> None:
    pair = await active_match()
    rivals = [(pair.mentee_actor, pair.match), *[await rival_of(pair) for _ in range(3)]]
    wishes = [
        actions.book_session(actor, one.id, TUESDAY + timedelta(minutes=15 * shift))
        for actor, one in rivals for shift in range(3)
    ]
    outcomes = await at_once(*wishes, return_exceptions=True)
    assert all(isinstance(outcome, Session | actions.SlotTaken) for outcome in outcomes)
    assert await Session.filter(state=SessionState.SCHEDULED).count() == 1


async def test_a_double_tap_books_once(db: object) -> None:
    pair = await active_match()
    taps = [actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY) for _ in range(4)]
    assert len({session.id for session in await at_once(*taps)}) == 1
    assert await told() == ["session.booked"]


async def test_a_booking_gives_back_the_time_that_was_only_held(db: object) -> None:
    pair = await active_match()
    await actions.hold_slot(pair.mentee_actor, pair.match.id, TUESDAY)
    booked = await actions.book_session(pair.mentor_actor, pair.match.id, TUESDAY + timedelta(minutes=15))
    assert [row.id for row in await queries.sessions_of(pair.mentee_actor, pair.match.id)] == [booked.id]
    assert await queries.hold_of(pair.mentee_actor, pair.match.id) is None


@pytest.mark.parametrize(
    "starts_at", [SUNDAY, SUNDAY - HOUR, SUNDAY + timedelta(days=367), TUESDAY + timedelta(minutes=7),
                  TUESDAY + timedelta(seconds=1)]
)
async def test_only_a_quarter_hour_within_a_year_can_be_chosen(db: object, starts_at: datetime) -> None:
    pair = await active_match()
    for act in (actions.hold_slot, actions.book_session):
        with pytest.raises(Invalid) as refusal:
            await act(pair.mentee_actor, pair.match.id, starts_at)
        assert list(refusal.value.fields) == ["starts_at"]
    assert not await Session.all().exists()


async def test_a_move_counts_the_sequence_up_and_carries_what_is_due(db: object) -> None:
    pair = await active_match()
    session = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY + timedelta(days=2))
    moved = await actions.move_session(pair.mentor_actor, session.id, TUESDAY + timedelta(days=3))
    await actions.move_session(pair.mentor_actor, session.id, TUESDAY + timedelta(days=3))
    assert (moved.id, moved.sequence, moved.state) == (session.id, 1, SessionState.SCHEDULED)
    assert await due() == {"session.held": moved.ends_at, "session.agenda": moved.starts_at - timedelta(hours=48)}
    assert await told() == ["session.booked", "session.moved"]


async def test_a_session_may_be_moved_into_its_own_hour(db: object) -> None:
    pair = await active_match()
    session = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY)
    moved = await actions.move_session(pair.mentee_actor, session.id, TUESDAY + timedelta(minutes=15))
    assert moved.ends_at == TUESDAY + HOUR


async def test_a_move_onto_a_taken_hour_is_refused_with_the_nearest(db: object) -> None:
    pair = await active_match()
    rival, second = await rival_of(pair)
    await actions.book_session(rival, second.id, TUESDAY)
    session = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY + timedelta(days=1))
    with pytest.raises(actions.SlotTaken):
        await actions.move_session(pair.mentee_actor, session.id, TUESDAY)
    assert (await Session.get(id=session.id)).sequence == 0


async def test_a_cancelled_session_frees_the_hour_and_nothing_stays_due(db: object) -> None:
    pair = await active_match()
    session = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY + timedelta(days=2))
    for _ in range(2):
        gone = await actions.cancel_session(pair.mentor_actor, session.id)
    assert (gone.state, gone.sequence) == (SessionState.CANCELLED, 1)
    assert await told() == ["session.booked", "session.cancelled"]
    assert await due() == {}
    again = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY + timedelta(days=2))
    assert again.number == 1
    with pytest.raises(Conflict):
        await actions.move_session(pair.mentee_actor, session.id, TUESDAY)


async def test_a_booking_is_undone_while_nobody_was_told(db: object) -> None:
    pair = await active_match()
    session = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY)
    for _ in range(2):
        await actions.undo_booking(pair.mentee_actor, session.id)
    clock.move(timedelta(minutes=1))
    await drain()
    (fact,) = await OutboxEvent.filter(kind="session.booked")
    assert (fact.delivered_at, fact.withdrawn_at is not None) == (None, True)
    assert "session.cancelled" not in await told()


async def test_a_booking_that_was_told_is_moved_or_cancelled_instead(db: object) -> None:
    pair = await active_match()
    session = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY)
    clock.move(timedelta(seconds=11))
    with pytest.raises(Conflict) as refusal:
        await actions.undo_booking(pair.mentee_actor, session.id)
    assert refusal.value.kind == "told"
    assert (await Session.get(id=session.id)).state is SessionState.SCHEDULED


async def test_an_ended_match_clears_the_calendar(db: object) -> None:
    pair = await active_match()
    session = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY)
    await end_match(pair.mentee_actor, pair.match.id, ClosureReason.NO_FAULT)
    await drain()
    assert (await Session.get(id=session.id)).state is SessionState.CANCELLED
    assert (await actions.clear_calendar(system_actor(pair.organization.id), pair.match.id)) == []
    with pytest.raises(Refused):
        await actions.clear_calendar(pair.manager_actor, pair.match.id)


async def test_an_ended_match_takes_no_hold(db: object) -> None:
    pair = await active_match()
    await Match.filter(id=pair.match.id).update(state=MatchState.COMPLETED)
    with pytest.raises(Conflict) as refusal:
        await actions.hold_slot(pair.mentee_actor, pair.match.id, TUESDAY)
    assert refusal.value.kind == "closed"


async def test_a_failed_booking_leaves_nothing_behind(db: object) -> None:
    pair = await active_match()
    rival, second = await rival_of(pair)
    await actions.book_session(rival, second.id, TUESDAY)
    before = await OutboxEvent.all().count(), await AuditEvent.all().count()
    with pytest.raises(actions.SlotTaken):
        await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY)
    assert (await OutboxEvent.all().count(), await AuditEvent.all().count()) == before


async def test_to_everybody_else_sessions_look_like_none(db: object) -> None:
    pair, other = await active_match(), await active_match()
    session = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY)
    for actor in (other.mentee_actor, other.manager_actor, pair.stranger_actor, pair.line_manager_actor):
        for match_id, session_id in ((pair.match.id, session.id), (new_id(), new_id())):
            acts = [
                actions.hold_slot(actor, match_id, TUESDAY), actions.confirm_hold(actor, match_id),
                actions.release_hold(actor, match_id), actions.book_session(actor, match_id, TUESDAY),
                actions.move_session(actor, session_id, TUESDAY + HOUR), actions.cancel_session(actor, session_id),
                actions.undo_booking(actor, session_id), queries.visible_session(actor, session_id),
                times.slots_for_match(actor, match_id), times.suggest_next_slots(actor, session_id),
            ]
            for act in acts:
                with pytest.raises(NotFound) as refusal:
                    await act
                assert str(refusal.value) == str(NotFound())
        assert await queries.sessions_of(actor, pair.match.id) == []
        assert await queries.next_session(actor, pair.match.id) is None


async def test_who_runs_the_programme_sees_that_they_meet_and_plans_nothing(db: object) -> None:
    pair = await active_match()
    session = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY)
    assert [row.id for row in await queries.sessions_of(pair.manager_actor, pair.match.id)] == [session.id]
    for act in (
        actions.move_session(pair.manager_actor, session.id, TUESDAY + HOUR),
        actions.cancel_session(pair.manager_actor, session.id),
        actions.undo_booking(pair.manager_actor, session.id),
    ):
        with pytest.raises(Refused):
            await act
    hidden: list[Any] = [
        actions.book_session(pair.manager_actor, pair.match.id, TUESDAY + HOUR),
        queries.agenda_of(pair.manager_actor, session.id),
        queries.notes_of(pair.manager_actor, session.id),
        queries.action_items_of(pair.manager_actor, session.id),
    ]
    for act in hidden:
        with pytest.raises(NotFound):
            await act
