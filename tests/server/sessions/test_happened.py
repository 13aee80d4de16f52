"""Whether a session took place: presumed, denied, moved on, entered afterwards; what is said can be taken back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.sessions import actions, queries
from server.sessions.models import Session
from server.sessions.states import NoteVisibility, SessionState
from tests.factories import active_match
from tests.races import at_once
from tests.server.sessions.conftest import SUNDAY, TUESDAY, booked, held, told

pytestmark = pytest.mark.usefixtures("sunday_morning")
FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)


async def test_a_session_whose_end_has_passed_is_held_without_a_hand(db: object) -> None:
    pair, session = await held()
    row = await Session.get(id=session.id)
    assert (row.state, row.held_at) == (SessionState.HELD, clock.now())
    await drain()
    await at_once(*(actions.mark_held(system_actor(pair.organization.id), session.id) for _ in range(3)))
    assert await told("session.held") == 1
    assert await AuditEvent.filter(action="session.mark_held").count() == 1


async def test_a_moved_session_is_held_at_its_new_end_alone(db: object) -> None:
    pair, session = await booked()
    await actions.move_session(pair.mentee_actor, session.id, TUESDAY + timedelta(days=1))
    clock.move(TUESDAY + timedelta(hours=1) - SUNDAY)
    await drain()
    assert (await Session.get(id=session.id)).state is SessionState.SCHEDULED
    with pytest.raises(Conflict):
        await actions.mark_held(system_actor(pair.organization.id), session.id)
    clock.move(timedelta(days=1))
    await drain()
    assert (await Session.get(id=session.id)).state is SessionState.HELD


async def test_only_the_product_presumes_a_session_held(db: object) -> None:
    pair, session = await booked()
    with pytest.raises(Refused):
        await actions.mark_held(pair.mentee_actor, session.id)


async def test_within_a_week_either_side_may_say_that_it_did_not_take_place(db: object) -> None:
    pair, session = await held()
    clock.move(timedelta(days=6))
    for actor in (pair.mentor_actor, pair.mentee_actor):
        row = await actions.report_no_show(actor, session.id)
    assert row.state is SessionState.NO_SHOW
    assert await told("session.no_show") == 1
    assert await queries.held_counts(pair.manager_actor, [pair.match.id]) == {}


async def test_whoever_was_there_may_confirm_it_once_and_it_may_still_be_denied(db: object) -> None:
    pair, session = await held()
    for actor in (pair.mentor_actor, pair.mentee_actor):
        row = await actions.confirm_session(actor, session.id)
    assert (row.state, row.confirmed_by_id) == (SessionState.HELD, pair.mentor.id)
    assert await AuditEvent.filter(action="session.confirm", target_id=session.id).count() == 1
    await actions.report_no_show(pair.mentee_actor, session.id)
    with pytest.raises(Conflict):
        await actions.confirm_session(pair.mentor_actor, session.id)
    row = await actions.undo_no_show(pair.mentee_actor, session.id)
    assert (row.state, row.confirmed_by_id) == (SessionState.HELD, pair.mentor.id)


async def test_a_note_confirms_what_it_is_about_and_none_confirms_what_is_to_come(db: object) -> None:
    pair, session = await booked()
    await actions.write_note(pair.mentee_actor, session.id, NoteVisibility.PRIVATE, {0: "Ask about the sails."})
    with pytest.raises(Conflict):
        await actions.confirm_session(pair.mentee_actor, session.id)
    assert (await Session.get(id=session.id)).confirmed_at is None
    clock.move(timedelta(days=10))
    await actions.write_note(pair.mentee_actor, session.id, NoteVisibility.PRIVATE, {0: "We did."})
    assert (await Session.get(id=session.id)).confirmed_by_id == pair.mentee.id


async def test_who_only_runs_the_programme_cannot_say_that_they_met(db: object) -> None:
    pair, session = await held()
    with pytest.raises(Refused):
        await actions.confirm_session(pair.manager_actor, session.id)


async def test_after_a_week_or_before_its_end_it_stays_as_it_is(db: object) -> None:
    pair, session = await booked()
    with pytest.raises(Conflict) as early:
        await actions.report_no_show(pair.mentee_actor, session.id)
    clock.move(timedelta(days=10))
    await drain()
    with pytest.raises(Conflict) as late:
        await actions.report_no_show(pair.mentee_actor, session.id)
    assert (early.value.kind, late.value.kind) == ("not_over", "too_late")


async def test_a_session_held_elsewhere_is_entered_once(db: object) -> None:
    pair = await active_match()
    clock.move(timedelta(days=2))
    for _ in range(2):
        logged = await actions.log_session(pair.mentor_actor, pair.match.id, SUNDAY + timedelta(hours=3), 30)
    assert (logged.state, logged.ends_at) == (SessionState.LOGGED, SUNDAY + timedelta(hours=3, minutes=30))
    assert await told("session.logged") == 1
    assert await queries.held_counts(pair.mentee_actor, [pair.match.id]) == {pair.match.id: 1}


@pytest.mark.parametrize(
    ("starts_at", "minutes", "field"),
    [(SUNDAY, None, "starts_at"), (SUNDAY - timedelta(days=2), None, "starts_at"),
     (SUNDAY - timedelta(hours=2), 4, "minutes"), (SUNDAY - timedelta(hours=8), 481, "minutes")],
)
async def test_what_is_entered_lies_within_the_match_and_is_over(
    db: object, starts_at: datetime, minutes: int | None, field: str
) -> None:
    pair = await active_match()
    with pytest.raises(Invalid) as refusal:
        await actions.log_session(pair.mentor_actor, pair.match.id, starts_at, minutes)
    assert list(refusal.value.fields) == [field]


async def test_a_session_of_a_match_that_is_over_is_not_entered(db: object) -> None:
    pair = await active_match()
    clock.move(timedelta(days=2))
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    with pytest.raises(Conflict) as refusal:
        await actions.log_session(pair.mentor_actor, pair.match.id, SUNDAY + timedelta(hours=3))
    assert refusal.value.kind == "closed"
    with pytest.raises(NotFound):
        await actions.log_session(pair.manager_actor, pair.match.id, SUNDAY + timedelta(hours=3))


async def test_a_session_that_did_not_take_place_is_taken_back_while_nobody_knows(db: object) -> None:
    pair, session = await held()
    await actions.report_no_show(pair.mentor_actor, session.id)
    for _ in range(2):
        back = await actions.undo_no_show(pair.mentee_actor, session.id)
    assert (back.state, back.ended_at) == (SessionState.HELD, None)
    clock.move(timedelta(minutes=1))
    await drain()
    assert await told("session.no_show") == 0
    assert await queries.held_counts(pair.manager_actor, [pair.match.id]) == {pair.match.id: 1}
    assert await AuditEvent.filter(action="session.undo_no_show").count() == 1


async def test_what_was_written_down_instead_stays_the_one_that_took_place(db: object) -> None:
    pair, session = await held()
    await actions.report_no_show(pair.mentor_actor, session.id)
    await actions.log_session(pair.mentee_actor, pair.match.id, session.starts_at + timedelta(minutes=15), 15)
    with pytest.raises(Conflict) as refusal:
        await actions.undo_no_show(pair.mentor_actor, session.id)
    assert refusal.value.kind == "known"
    assert await queries.held_counts(pair.manager_actor, [pair.match.id]) == {pair.match.id: 1}


async def test_taken_back_before_it_was_presumed_held_it_is_held_by_itself(db: object) -> None:
    pair, session = await booked()
    clock.move(TUESDAY + timedelta(hours=1) - SUNDAY)
    await actions.report_no_show(pair.mentor_actor, session.id)
    await drain()
    await actions.undo_no_show(pair.mentor_actor, session.id)
    await drain()
    assert (await Session.get(id=session.id)).state is SessionState.HELD


async def test_after_ten_seconds_the_other_knows_and_it_stays(db: object) -> None:
    pair, session = await held()
    await actions.report_no_show(pair.mentor_actor, session.id)
    clock.move(timedelta(seconds=11))
    with pytest.raises(Conflict) as refusal:
        await actions.undo_no_show(pair.mentor_actor, session.id)
    assert refusal.value.kind == "told"
    assert (await Session.get(id=session.id)).state is SessionState.NO_SHOW


async def test_what_was_called_off_cannot_be_taken_back_as_missed(db: object) -> None:
    pair, session = await booked()
    await actions.cancel_session(pair.mentee_actor, session.id)
    with pytest.raises(Conflict):
        await actions.undo_no_show(pair.mentee_actor, session.id)


async def test_one_act_says_that_it_did_not_take_place_and_moves_it(db: object) -> None:
    pair, session = await held()
    moved = await actions.move_missed(pair.mentee_actor, session.id, FRIDAY)
    assert (moved.state, moved.starts_at, moved.id != session.id) == (SessionState.SCHEDULED, FRIDAY, True)
    assert (await Session.get(id=session.id)).state is SessionState.NO_SHOW
    back = await actions.undo_move_missed(pair.mentee_actor, session.id, moved.id)
    assert back.state is SessionState.HELD
    assert (await Session.get(id=moved.id)).state is SessionState.CANCELLED
    clock.move(timedelta(minutes=1))
    await drain()
    assert (await told("session.no_show"), await told("session.cancelled")) == (0, 0)


async def test_moved_on_to_a_time_that_is_gone_nothing_changes(db: object) -> None:
    pair, session = await held()
    await actions.book_session(pair.mentor_actor, pair.match.id, FRIDAY)
    with pytest.raises(Conflict):
        await actions.move_missed(pair.mentee_actor, session.id, FRIDAY + timedelta(minutes=15))
    assert (await Session.get(id=session.id)).state is SessionState.HELD


async def test_who_missed_is_said_by_members_alone(db: object) -> None:
    pair, session = await held()
    other = await active_match()
    for act in (actions.report_no_show, actions.undo_no_show):
        with pytest.raises(Refused):
            await act(pair.manager_actor, session.id)
        strangers = (pair.stranger_actor, session.id), (other.mentee_actor, session.id), (pair.mentee_actor, new_id())
        for actor, at in strangers:
            with pytest.raises(NotFound):
                await act(actor, at)


async def test_the_day_on_which_they_became_a_match_counts_as_a_whole(db: object) -> None:
    pair = await active_match()
    midnight = SUNDAY.astimezone(ZoneInfo(pair.mentee.zone)).replace(hour=0)
    logged = await actions.log_session(pair.mentee_actor, pair.match.id, midnight, 30)
    assert logged.starts_at < SUNDAY
    with pytest.raises(Invalid) as refusal:
        await actions.log_session(pair.mentee_actor, pair.match.id, midnight - timedelta(minutes=30), 30)
    assert list(refusal.value.fields) == ["starts_at"]


async def test_no_session_is_entered_beside_another(db: object) -> None:
    pair, session = await held()
    for shift in (-20, 5, 25):
        with pytest.raises(Conflict) as refusal:
            await actions.log_session(pair.mentor_actor, pair.match.id, TUESDAY + timedelta(minutes=shift), 30)
        assert refusal.value.kind == "known"
    await actions.report_no_show(pair.mentee_actor, session.id)
    clock.move(timedelta(hours=1))
    again = await actions.log_session(pair.mentor_actor, pair.match.id, TUESDAY, 30)
    assert (again.state, again.number) == (SessionState.LOGGED, 2)


async def test_two_who_enter_one_session_at_once_enter_it_once(db: object) -> None:
    pair = await active_match()
    clock.move(timedelta(days=2))
    at = SUNDAY + timedelta(hours=3)
    acts = [actions.log_session(actor, pair.match.id, at, 30) for actor in (pair.mentor_actor, pair.mentee_actor)]
    assert len({row.id for row in await at_once(*acts)}) == 1


async def test_a_note_for_both_is_entered_along(db: object) -> None:
    pair = await active_match()
    clock.move(timedelta(days=2))
    logged = await actions.log_session(
        pair.mentor_actor, pair.match.id, SUNDAY + timedelta(hours=3), 30, note="Name one decider."
    )
    assert [note.body for note in await queries.notes_of(pair.mentee_actor, logged.id)] == ["Name one decider."]
    with pytest.raises(Invalid):
        await actions.log_session(pair.mentor_actor, pair.match.id, SUNDAY + timedelta(hours=5), 30, note="x" * 20_001)
    assert await Session.filter(match_id=pair.match.id).count() == 1


JUMPS = [timedelta(hours=-1), timedelta(hours=1), timedelta(days=400)]
MOMENTS = [timedelta(minutes=1), TUESDAY + timedelta(minutes=46) - SUNDAY]


@pytest.mark.parametrize("jump", JUMPS, ids=["an hour back", "an hour on", "400 days on"])
@pytest.mark.parametrize("after", MOMENTS, ids=["booked", "held"])
async def test_a_clock_that_jumps_tells_nothing_twice_and_skips_nothing(
    db: object, after: timedelta, jump: timedelta
) -> None:
    _pair, session = await booked()
    clock.move(after)
    await drain()
    clock.move(jump)
    await drain()
    clock.reset(max(after + jump, TUESDAY + timedelta(hours=1) - SUNDAY))
    await drain()
    assert await told("session.booked") == 1
    assert await told("session.held") == 1
    kept = await Session.get(id=session.id)
    assert (kept.state, kept.starts_at) == (SessionState.HELD, TUESDAY)
    assert kept.held_at is not None
    assert kept.held_at >= kept.ends_at
    assert await OutboxEvent.filter(delivered_at=None, withdrawn_at=None).count() == 0
    assert await AuditEvent.filter(action="session.mark_held").count() == 1
