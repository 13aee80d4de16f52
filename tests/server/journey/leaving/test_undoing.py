"""The way back from a manager's word on somebody: whole for everybody while nobody was told, none afterwards."""

from datetime import timedelta
from typing import Any

import pytest

from server.journey.leaving import actions
from server.kernel import clock
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent, ScheduledAction
from server.matches.circles.actions import put_in
from server.matches.models import Match, MatchMember
from server.matches.states import MatchState
from server.notifications.models import Message
from server.programs import actions as programs
from server.programs.models import Enrollment, Program, WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState
from tests import factories
from tests.factories import Circle, Pair

MENTOR, MENTEE, FACILITATOR = ParticipantRole.MENTOR, ParticipantRole.MENTEE, ParticipantRole.FACILITATOR
TEN_SECONDS = timedelta(seconds=10)
pytestmark = pytest.mark.usefixtures("clock_stands")


@pytest.fixture
async def pair(db: object) -> Pair:
    """A running pair whose mentor has no other place."""
    made = await factories.active_match()
    await Enrollment.filter(id=made.mentor_enrollment.id).update(capacity=1)
    return made


async def everything(pair: Pair | Circle) -> dict[str, list[Any]]:
    """Every row that a manager's word may change."""
    own = {"organization_id": pair.organization.id}
    plans = ScheduledAction.filter(**own, state="PLANNED")
    return {
        "places": await Enrollment.filter(**own).order_by("id").values(),
        "matches": await Match.filter(**own).order_by("id").values(),
        "members": await MatchMember.filter(**own).order_by("id").values(),
        "line": await WaitlistEntry.filter(**own).order_by("id").values("enrollment_id", "left_at"),
        "plans": sorted(await plans.values_list("rule", "subject_id", "due_at")),
    }


async def in_line(pair: Pair) -> Enrollment:
    """A mentee who waits for a seat."""
    row = await factories.enrollment(
        pair.cohort, await factories.person(pair.organization), MENTEE, state=EnrollmentState.WAITLISTED,
        active_at=None,
    )
    await WaitlistEntry.create(organization_id=row.organization_id, enrollment=row, cohort_id=row.cohort_id)
    return row


async def applicant(pair: Pair, role: ParticipantRole = MENTOR) -> Enrollment:
    """Somebody who asks to join."""
    return await factories.enrollment(
        pair.cohort, pair.stranger, role, state=EnrollmentState.PENDING_APPROVAL, active_at=None
    )


async def state_of(row: Enrollment) -> EnrollmentState:
    return (await Enrollment.get(id=row.id)).state


async def remove(pair: Pair, row: Enrollment, **more: Any) -> None:
    await actions.remove_from_program(pair.manager_actor, row.id, undo_within=TEN_SECONDS, **more)


@pytest.mark.parametrize("side", ["mentor_enrollment", "mentee_enrollment"])
@pytest.mark.parametrize("state", [MatchState.ACTIVE, MatchState.AWAITING_MENTOR, MatchState.DURATION_COMPLETED])
async def test_a_removal_is_taken_back_with_matches_line_and_plans(pair: Pair, side: str, state: MatchState) -> None:
    await Match.filter(id=pair.match.id).update(state=state)
    await in_line(pair)
    before = await everything(pair)
    await remove(pair, getattr(pair, side))
    assert await everything(pair) != before
    assert await actions.undo_decision(pair.manager_actor, getattr(pair, side).id)
    assert await everything(pair) == before
    clock.move(timedelta(minutes=1))
    assert not await OutboxEvent.filter(organization_id=pair.organization.id, withdrawn_at=None)
    assert not await Message.filter(organization_id=pair.organization.id)


@pytest.mark.parametrize("state", [MatchState.ACTIVE, MatchState.AWAITING_BOTH, MatchState.DURATION_COMPLETED])
@pytest.mark.parametrize("who", ["member", "leads", "one of two"])
async def test_a_circle_has_them_again_whatever_became_of_it(db: object, state: MatchState, who: str) -> None:
    circle = await factories.active_circle(state=state)
    if who == "one of two":
        gone = [one.id for one in circle.enrollments[2:]]
        await MatchMember.filter(enrollment_id__in=gone).update(left_at=clock.now())
        await MatchMember.filter(match_id=circle.match.id, role=FACILITATOR).update(left_at=clock.now())
    leads = who == "leads"
    row = circle.facilitator_enrollment if leads else circle.enrollments[0]
    own = circle.facilitator_actor if leads else circle.member_actors[0]
    before = await everything(circle)
    for act, actor in (
        (actions.leave_program(own, row.id, undo_within=TEN_SECONDS), own),
        (actions.remove_from_program(circle.manager_actor, row.id, undo_within=TEN_SECONDS), circle.manager_actor),
    ):
        await act
        assert await everything(circle) != before
        assert await actions.undo_decision(actor, row.id)
        assert await everything(circle) == before
    assert not await OutboxEvent.filter(organization_id=circle.organization.id, withdrawn_at=None)


async def test_a_break_that_is_taken_back_keeps_the_invitation_to_a_circle(db: object) -> None:
    circle = await factories.active_circle(state=MatchState.AWAITING_BOTH)
    own, row = circle.member_actors[0], circle.enrollments[0]
    before = await everything(circle)
    await actions.take_break(own, row.id, factories.in_days(9), undo_within=TEN_SECONDS)
    assert await actions.undo_break(own, row.id)
    assert await everything(circle) == before


async def test_a_seat_in_a_circle_that_is_taken_again_keeps_the_leave(db: object) -> None:
    circle = await factories.active_circle()
    await actions.leave_program(circle.member_actors[0], circle.enrollments[0].id, undo_within=TEN_SECONDS)
    others = [
        await factories.enrollment(circle.cohort, await factories.person(circle.organization), MENTEE)
        for _each in range(3)
    ]
    for one in others:
        await put_in(circle.manager_actor, circle.match.id, one.id)
    with pytest.raises(Conflict, match="went to somebody else"):
        await actions.undo_decision(circle.member_actors[0], circle.enrollments[0].id)
    assert await state_of(circle.enrollments[0]) is EnrollmentState.WITHDRAWN


async def test_whoever_moved_up_waits_again(pair: Pair) -> None:
    waiting = await in_line(pair)
    await remove(pair, pair.mentee_enrollment)
    assert await state_of(waiting) is EnrollmentState.ACTIVE
    await actions.undo_decision(pair.manager_actor, pair.mentee_enrollment.id)
    assert await state_of(waiting) is EnrollmentState.WAITLISTED


async def test_what_somebody_got_meanwhile_is_not_taken_away(pair: Pair) -> None:
    waiting = await in_line(pair)
    await remove(pair, pair.mentee_enrollment)
    await factories.match(pair.mentor_enrollment, waiting, state=MatchState.DRAFT)
    before = await everything(pair)
    with pytest.raises(Conflict, match="matched meanwhile"):
        await actions.undo_decision(pair.manager_actor, pair.mentee_enrollment.id)
    assert await everything(pair) == before


async def test_a_place_that_is_taken_again_keeps_the_removal(pair: Pair) -> None:
    await remove(pair, pair.mentee_enrollment)
    other = await factories.enrollment(pair.cohort, pair.stranger, MENTEE)
    await factories.match(pair.mentor_enrollment, other)
    with pytest.raises(Conflict, match="no free place"):
        await actions.undo_decision(pair.manager_actor, pair.mentee_enrollment.id)
    assert await state_of(pair.mentee_enrollment) is EnrollmentState.REMOVED


async def test_a_partner_who_is_away_meanwhile_keeps_the_removal(pair: Pair) -> None:
    await remove(pair, pair.mentee_enrollment)
    await actions.take_break(pair.mentor_actor, pair.mentor_enrollment.id, factories.in_days(9))
    with pytest.raises(Conflict, match="away"):
        await actions.undo_decision(pair.manager_actor, pair.mentee_enrollment.id)


async def test_an_admission_is_taken_back_with_who_moved_up(pair: Pair) -> None:
    waiting, asks = await in_line(pair), await applicant(pair)
    before = await everything(pair)
    for _ in range(2):
        await programs.approve_admission(pair.manager_actor, asks.id, undo_within=TEN_SECONDS)
        assert await state_of(waiting) is EnrollmentState.ACTIVE
        assert await actions.undo_decision(pair.manager_actor, asks.id)
        assert await everything(pair) == before


async def test_a_mentee_admitted_to_the_line_is_taken_out_of_it_again(pair: Pair) -> None:
    asks = await applicant(pair, MENTEE)
    before = await everything(pair)
    for _ in range(2):
        await programs.approve_admission(pair.manager_actor, asks.id, undo_within=TEN_SECONDS)
        assert await state_of(asks) is EnrollmentState.WAITLISTED
        assert await actions.undo_decision(pair.manager_actor, asks.id)
        assert await everything(pair) == before


async def test_a_refusal_is_taken_back_with_its_words(pair: Pair) -> None:
    asks = await applicant(pair)
    before = await everything(pair)
    await programs.reject_admission(pair.manager_actor, asks.id, "Next spring", undo_within=TEN_SECONDS)
    assert await actions.undo_decision(pair.manager_actor, asks.id)
    assert await everything(pair) == before
    (last,) = await AuditEvent.filter(organization_id=pair.organization.id).order_by("-at", "-id").limit(1)
    assert (last.action, last.detail) == ("enrollment.undo_decision", {"now": "PENDING_APPROVAL"})


@pytest.mark.parametrize("told", ["late", "delivered", "twice", "group over", "other state", "no word"])
async def test_what_is_told_or_changed_since_stays(pair: Pair, told: str) -> None:
    if told != "no word":
        await remove(pair, pair.mentee_enrollment, eligibility_lost=True)
    if told == "late":
        clock.move(TEN_SECONDS)
    elif told == "delivered":
        await OutboxEvent.filter(organization_id=pair.organization.id).update(delivered_at=clock.now())
    elif told == "twice":
        assert await actions.undo_decision(pair.manager_actor, pair.mentee_enrollment.id)
    elif told == "group over":
        await pair.cohort.__class__.filter(id=pair.cohort.id).update(state=ProgramState.CLOSED)
    elif told == "other state":
        await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.DEPROVISIONED)
    before = await everything(pair)
    assert not await actions.undo_decision(pair.manager_actor, pair.mentee_enrollment.id)
    assert await everything(pair) == before


async def test_only_who_runs_the_programme_takes_a_word_back(pair: Pair) -> None:
    await remove(pair, pair.mentee_enrollment)
    other = factories.manager_of(pair.manager, await factories.program(pair.organization))
    for actor in (pair.mentee_actor, pair.mentor_actor, pair.stranger_actor, other):
        with pytest.raises((NotFound, Refused)):
            await actions.undo_decision(actor, pair.mentee_enrollment.id)
    assert await state_of(pair.mentee_enrollment) is EnrollmentState.REMOVED
    assert await Program.filter(organization_id=pair.organization.id).count() == 2
