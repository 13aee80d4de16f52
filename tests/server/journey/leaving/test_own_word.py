"""Leaving is taken back by whoever left, while nobody was told: everything as before, or nothing."""

from datetime import timedelta
from typing import Any

import pytest

from server.journey.leaving import actions
from server.kernel import clock
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.models import Message
from server.programs.models import Enrollment, WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.factories import Pair

TEN_SECONDS, A_MINUTE = timedelta(seconds=10), timedelta(minutes=1)


async def everything(pair: Pair) -> list[Any]:
    """Enrolments, matches, sessions, the line and what is planned."""
    org = {"organization_id": pair.organization.id}
    plans = ScheduledAction.filter(**org, state="PLANNED").order_by("rule", "subject_id")
    return [
        await Enrollment.filter(**org).order_by("id").values(), await Match.filter(**org).order_by("id").values(),
        await Session.filter(**org).order_by("id").values(), await WaitlistEntry.filter(**org).order_by("id").values(),
        await plans.values("rule", "subject_id", "due_at"),
    ]


async def leave(pair: Pair) -> None:
    await actions.leave_program(pair.mentor_actor, pair.mentor_enrollment.id, undo_within=TEN_SECONDS)


async def test_everything_stands_as_before_and_nobody_hears_of_it(pair: Pair) -> None:
    before, told = await everything(pair), await Message.all().count()
    await leave(pair)
    assert await everything(pair) != before
    assert {match.state for match in await Match.all()} == {MatchState.CONCLUDED, MatchState.CANCELLED}
    assert await actions.undo_decision(pair.mentor_actor, pair.mentor_enrollment.id)
    assert not await actions.undo_decision(pair.mentor_actor, pair.mentor_enrollment.id)
    assert await everything(pair) == before
    clock.move(A_MINUTE)
    await drain(strict=False)
    assert await everything(pair) == before
    assert await Message.all().count() == told


async def test_left_alone_it_is_told_and_called_off_after_ten_seconds(pair: Pair) -> None:
    await leave(pair)
    clock.move(A_MINUTE)
    await drain(strict=False)
    assert await Message.filter(kind="X01", recipient_id=pair.mentee.id).exists()
    assert (await Session.get(match_id=pair.match.id)).state is SessionState.CANCELLED
    assert not await actions.undo_decision(pair.mentor_actor, pair.mentor_enrollment.id)
    assert (await Enrollment.get(id=pair.mentor_enrollment.id)).state is EnrollmentState.WITHDRAWN


async def test_when_the_other_has_moved_on_one_stays_out(pair: Pair) -> None:
    await leave(pair)
    elsewhere = await factories.enrollment(
        pair.cohort, await factories.person(pair.organization), ParticipantRole.MENTOR
    )
    await factories.match(elsewhere, pair.mentee_enrollment)
    after = await everything(pair)
    with pytest.raises(Conflict, match="no free place any more"):
        await actions.undo_decision(pair.mentor_actor, pair.mentor_enrollment.id)
    assert await everything(pair) == after
    assert not await OutboxEvent.filter(kind="enrollment.withdrawn", withdrawn_at__isnull=False).exists()


async def waiting_mentee(pair: Pair) -> Enrollment:
    someone = await factories.person(pair.organization)
    row = await factories.enrollment(
        pair.cohort, someone, ParticipantRole.MENTEE, state=EnrollmentState.WAITLISTED, active_at=None
    )
    await WaitlistEntry.create(organization_id=pair.organization.id, enrollment=row, cohort_id=pair.cohort.id)
    return row


async def test_who_moved_up_meanwhile_waits_again(pair: Pair) -> None:
    first = await waiting_mentee(pair)
    await Enrollment.filter(id=pair.mentor_enrollment.id).update(capacity=2)
    before = await everything(pair)
    mentee, own = pair.mentee_actor, pair.mentee_enrollment.id
    await actions.leave_program(mentee, own, undo_within=TEN_SECONDS)
    assert (await Enrollment.get(id=first.id)).state is EnrollmentState.ACTIVE
    assert await actions.undo_decision(mentee, own)
    assert await everything(pair) == before


@pytest.mark.parametrize("state", [EnrollmentState.INVITED, EnrollmentState.WAITLISTED, EnrollmentState.PAUSED])
async def test_an_invitation_a_place_in_line_and_a_break_come_back(pair: Pair, state: EnrollmentState) -> None:
    row = await waiting_mentee(pair)
    if state is not EnrollmentState.WAITLISTED:
        await WaitlistEntry.filter(organization_id=pair.organization.id).delete()
        await Enrollment.filter(id=row.id).update(state=state, paused_until=factories.in_days(9))
    own = factories.actor_of(await row.person)
    before = await everything(pair)
    await actions.leave_program(own, row.id, undo_within=TEN_SECONDS)
    await actions.undo_decision(own, row.id)
    assert await everything(pair) == before


async def test_nobody_elses_leaving_is_undone(pair: Pair) -> None:
    await leave(pair)
    for actor, refusal in ((pair.stranger_actor, NotFound), (pair.manager_actor, Refused)):
        with pytest.raises(refusal):
            await actions.undo_decision(actor, pair.mentor_enrollment.id)
