"""A break, another day for it and coming back are taken back by whoever did it, while nobody was told."""

from datetime import timedelta
from typing import Any

import pytest

from server.journey.leaving import actions
from server.kernel import clock
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.queries import visible_match
from server.matches.states import MatchState
from server.matches.steps import plan_end
from server.notifications.models import Message
from server.programs.models import Enrollment, Program, WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.factories import Pair

TEN_SECONDS, A_MINUTE = timedelta(seconds=10), timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("clock_stands")


async def jobs_run() -> None:
    clock.move(A_MINUTE)
    await drain(strict=False)


async def everything(pair: Pair) -> list[Any]:
    """Enrolments, matches, sessions, the line and what is planned."""
    org = {"organization_id": pair.organization.id}
    plans = ScheduledAction.filter(**org, state="PLANNED").order_by("rule", "subject_id", "recipient_id", "id")
    return [
        await Enrollment.filter(**org).order_by("id").values(), await Match.filter(**org).order_by("id").values(),
        await Session.filter(**org).order_by("id").values(), await WaitlistEntry.filter(**org).order_by("id").values(),
        await plans.values("rule", "subject_id", "due_at"),
    ]


async def rest(pair: Pair, days: int = 9, hold: timedelta = TEN_SECONDS) -> None:
    until = factories.in_days(days)
    await actions.take_break(pair.mentor_actor, pair.mentor_enrollment.id, until, undo_within=hold)


async def back(pair: Pair, hold: timedelta = TEN_SECONDS) -> None:
    await actions.come_back(pair.mentor_actor, pair.mentor_enrollment.id, undo_within=hold)


async def undo(pair: Pair) -> bool:
    return await actions.undo_break(pair.mentor_actor, pair.mentor_enrollment.id)


async def later(pair: Pair) -> None:
    await rest(pair, 20)


@pytest.mark.parametrize("act", [rest, later, back])
async def test_everything_stands_as_before_and_nobody_hears_of_it(pair: Pair, act: Any) -> None:
    if act is not rest:
        await rest(pair, hold=timedelta())
        for _ in range(2):
            await jobs_run()
    before, told = await everything(pair), await Message.all().count()
    await act(pair)
    assert await everything(pair) != before
    assert await undo(pair)
    assert not await undo(pair), "only once"
    assert await everything(pair) == before
    await jobs_run()
    assert await everything(pair) == before
    assert await Message.all().count() == told


async def test_a_last_day_that_moved_when_somebody_came_back_is_planned_as_it_was(pair: Pair) -> None:
    await Program.filter(id=pair.program.id).update(pause_moves_end=True)
    async with unit_of_work(pair.mentor_actor) as unit:
        await plan_end(unit, await visible_match(pair.mentor_actor, pair.match.id))
    await rest(pair, hold=timedelta())
    clock.move(timedelta(days=3))
    await drain(strict=False)
    before = await everything(pair)
    for _ in range(2):
        await back(pair)
        assert (await Match.get(id=pair.match.id)).ends_on != pair.match.ends_on
        assert await undo(pair)
        assert await everything(pair) == before
        clock.move(timedelta(seconds=1))


async def test_left_alone_it_is_told_and_called_off_after_ten_seconds(pair: Pair) -> None:
    await rest(pair)
    await drain(strict=False)
    assert (await Session.get(match_id=pair.match.id)).state is SessionState.SCHEDULED
    await jobs_run()
    assert await Message.filter(kind="X02", recipient_id=pair.mentee.id).exists()
    assert (await Session.get(match_id=pair.match.id)).state is SessionState.CANCELLED
    assert not await undo(pair)
    assert (await Match.get(id=pair.match.id)).state is MatchState.PAUSED


async def test_each_word_is_taken_back_alone_the_last_one_first(pair: Pair) -> None:
    stands = [await everything(pair)]
    for act in (rest, later, back):
        await act(pair)
        clock.move(timedelta(seconds=1))
        stands.append(await everything(pair))
    for before in reversed(stands[:-1]):
        assert await undo(pair)
        assert await everything(pair) == before


async def test_leaving_on_a_break_is_taken_back_to_the_break(pair: Pair) -> None:
    await rest(pair)
    before = await everything(pair)
    await actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id, undo_within=TEN_SECONDS)
    assert not await undo(pair), "who left is not on a break"
    assert await actions.undo_decision(pair.mentor_actor, pair.mentor_enrollment.id)
    assert await everything(pair) == before
    assert await undo(pair)
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


async def test_who_moved_up_when_a_mentor_came_back_waits_again(pair: Pair) -> None:
    await rest(pair, hold=timedelta())
    await jobs_run()
    await Enrollment.filter(id=pair.mentor_enrollment.id).update(capacity=4)
    row = await factories.enrollment(
        pair.cohort, await factories.person(pair.organization), ParticipantRole.MENTEE,
        state=EnrollmentState.WAITLISTED, active_at=None,
    )
    await WaitlistEntry.create(organization_id=row.organization_id, enrollment=row, cohort_id=row.cohort_id)
    before = await everything(pair)
    await back(pair)
    assert (await Enrollment.get(id=row.id)).state is EnrollmentState.ACTIVE
    assert await undo(pair)
    assert await everything(pair) == before


async def test_a_partner_who_is_away_meanwhile_keeps_the_break(pair: Pair) -> None:
    await rest(pair)
    await actions.take_break(pair.mentee_actor, pair.mentee_enrollment.id, factories.in_days(5))
    after = await everything(pair)
    with pytest.raises(Conflict, match="away"):
        await undo(pair)
    assert await everything(pair) == after
    assert not await OutboxEvent.filter(kind="enrollment.paused", withdrawn_at__isnull=False).exists()


async def test_nobody_else_takes_a_break_back(pair: Pair) -> None:
    await rest(pair)
    others = ((pair.stranger_actor, NotFound), (pair.mentee_actor, NotFound), (pair.manager_actor, Refused))
    for actor, refusal in others:
        with pytest.raises(refusal):
            await actions.undo_break(actor, pair.mentor_enrollment.id)
