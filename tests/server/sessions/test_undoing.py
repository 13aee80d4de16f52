"""The way back from moving and calling off: whole while nobody was told, with the SEQUENCE that calendars know."""

from datetime import timedelta
from typing import Any

import pytest

from server.kernel import clock
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.models import Message
from server.sessions import actions
from server.sessions.models import Session
from tests import factories
from tests.factories import Pair
from tests.server.sessions.conftest import TUESDAY, booked

pytestmark = pytest.mark.usefixtures("sunday_morning")
WEDNESDAY = TUESDAY + timedelta(days=1)
A_MINUTE = timedelta(minutes=1)


async def stands(*sessions: Session) -> list[dict[str, Any]]:
    """The rows and what is planned for them."""
    ids = [one.id for one in sessions]
    plans = ScheduledAction.filter(subject_id__in=ids, state="PLANNED").order_by("rule", "due_at")
    return [*await Session.filter(id__in=ids).order_by("id").values(), *await plans.values("rule", "due_at")]


async def letters() -> list[str]:
    clock.move(A_MINUTE)
    await drain(strict=False)
    return list(await Message.all().order_by("id").values_list("kind", flat=True))


async def move(pair: Pair, session: Session) -> None:
    await actions.move_session(pair.mentee_actor, session.id, WEDNESDAY)


async def cancel(pair: Pair, session: Session) -> None:
    await actions.cancel_session(pair.mentee_actor, session.id)


@pytest.mark.parametrize("act", [move, cancel])
async def test_what_was_undone_stands_as_before_and_nobody_hears_of_it(db: object, act: Any) -> None:
    pair, session = await booked()
    await letters()
    before = await stands(session)
    await act(pair, session)
    assert await stands(session) != before
    await actions.undo_session_change(pair.mentee_actor, session.id)
    assert await stands(session) == before
    assert await letters() == ["S01", "S01"]
    assert await AuditEvent.filter(action="session.undo_change").count() == 1
    await actions.move_session(pair.mentee_actor, session.id, WEDNESDAY)
    assert (await Session.get(id=session.id)).sequence == 1, "the next change takes the number that nobody has seen"
    assert await letters() == ["S01", "S01", "S02", "S02"]


@pytest.mark.parametrize("act", [move, cancel])
async def test_an_invitation_that_is_still_on_its_way_goes_after_an_undo(db: object, act: Any) -> None:
    pair, session = await booked()
    await act(pair, session)
    await actions.undo_session_change(pair.mentee_actor, session.id)
    assert await letters() == ["S01", "S01"]


async def test_of_two_moves_the_last_goes_back_first(db: object) -> None:
    pair, session = await booked()
    await move(pair, session)
    await actions.move_session(pair.mentee_actor, session.id, WEDNESDAY + timedelta(hours=2))
    for starts_at in (WEDNESDAY, TUESDAY):
        await actions.undo_session_change(pair.mentee_actor, session.id)
        assert (await Session.get(id=session.id)).starts_at == starts_at


@pytest.mark.parametrize("cancels", [False, True])
async def test_a_series_comes_back_as_a_whole(db: object, cancels: bool) -> None:
    pair = await factories.active_match()
    made = await actions.book_series(pair.mentee_actor, pair.match.id, TUESDAY, every_weeks=1, times=4)
    await letters()
    before = await stands(*made)
    if cancels:
        await actions.cancel_following(pair.mentee_actor, made[1].id)
    else:
        await actions.move_following(pair.mentee_actor, made[1].id, made[1].starts_at + timedelta(hours=1))
    assert await stands(*made) != before
    assert len(await actions.undo_session_change(pair.mentee_actor, made[1].id)) == 3
    assert await stands(*made) == before
    assert "S02-rest" not in (told := await letters())
    assert "S02-rest-cancelled" not in told


@pytest.mark.parametrize("act", [move, cancel])
async def test_too_late_and_somebody_elses_change_stay(db: object, act: Any) -> None:
    pair, session = await booked()
    await act(pair, session)
    after = await stands(session)
    with pytest.raises(Conflict, match="know of it already"):
        await actions.undo_session_change(pair.mentor_actor, session.id)
    for actor, refusal in ((pair.manager_actor, Refused), (pair.stranger_actor, NotFound)):
        with pytest.raises(refusal):
            await actions.undo_session_change(actor, session.id)
    clock.move(A_MINUTE)
    with pytest.raises(Conflict, match="know of it already"):
        await actions.undo_session_change(pair.mentee_actor, session.id)
    assert await stands(session) == after


async def test_a_time_that_went_to_somebody_else_is_not_taken_back(db: object) -> None:
    pair, session = await booked()
    await cancel(pair, session)
    other = await factories.enrollment(pair.cohort, pair.stranger, pair.mentee_enrollment.role)
    beside = await factories.match(pair.mentor_enrollment, other)
    await actions.book_session(pair.mentor_actor, beside.id, TUESDAY)
    with pytest.raises(actions.SlotTaken):
        await actions.undo_session_change(pair.mentee_actor, session.id)
    assert not await OutboxEvent.filter(kind="session.cancelled", withdrawn_at__isnull=False).exists()


async def test_a_match_that_rests_takes_no_session_back(db: object) -> None:
    pair, session = await booked()
    await cancel(pair, session)
    await Match.filter(id=pair.match.id).update(state=MatchState.PAUSED)
    with pytest.raises(Conflict, match="takes no sessions"):
        await actions.undo_session_change(pair.mentee_actor, session.id)


async def test_a_series_of_which_one_was_moved_since_stays_until_that_one_is_back(db: object) -> None:
    pair = await factories.active_match()
    made = await actions.book_series(pair.mentee_actor, pair.match.id, TUESDAY, every_weeks=1, times=3)
    await letters()
    before = await stands(*made)
    await actions.move_following(pair.mentee_actor, made[1].id, made[1].starts_at + timedelta(hours=1))
    await actions.move_session(pair.mentee_actor, made[2].id, made[2].starts_at + timedelta(hours=2))
    with pytest.raises(Conflict, match="changed since"):
        await actions.undo_session_change(pair.mentee_actor, made[1].id)
    assert not await OutboxEvent.filter(kind="session.rest_moved", withdrawn_at__isnull=False).exists()
    await actions.undo_session_change(pair.mentee_actor, made[2].id)
    await actions.undo_session_change(pair.mentee_actor, made[1].id)
    assert await stands(*made) == before
