"""The way back from a pause, a resumption and an end: whole while nobody was told, none afterwards."""

from datetime import timedelta
from typing import Any

import pytest

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent, ScheduledAction
from server.matches import actions
from server.matches.circles.actions import put_in
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, ClosureReason, DeclineReason, MatchOrigin, MatchState
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories

TEN_SECONDS = timedelta(seconds=10)
pytestmark = pytest.mark.usefixtures("clock_stands")


@pytest.fixture
async def pair(db: object) -> factories.Pair:
    """A running pair, with its last day planned as by its start."""
    made = await factories.active_match()
    await ScheduledAction.create(
        organization_id=made.organization.id, rule="match.end_date", subject_kind="Match", subject_id=made.match.id,
        due_at=clock.now() + timedelta(days=182), dedupe_key=f"match.end_date:{made.match.id}:",
    )
    return made


async def state_of(pair: factories.Pair) -> dict[str, Any]:
    """The match's own row and what is planned for it."""
    row = await Match.filter(organization_id=pair.organization.id, id=pair.match.id).values()
    plans = ScheduledAction.filter(organization_id=pair.organization.id, subject_id=pair.match.id, state="PLANNED")
    return {**row[0], "plans": sorted(await plans.values_list("rule", "due_at"))}


async def end(pair: factories.Pair) -> None:
    await actions.end_match(pair.manager_actor, pair.match.id, ClosureReason.SCHEDULE, undo_within=TEN_SECONDS)


async def pause(pair: factories.Pair) -> None:
    day = factories.in_days(20)
    await actions.pause_match(pair.manager_actor, pair.match.id, day, undo_within=TEN_SECONDS)


async def resume(pair: factories.Pair) -> None:
    await actions.resume_match(pair.manager_actor, pair.match.id, undo_within=TEN_SECONDS)


@pytest.mark.parametrize("paused", [False, True], ids=["active", "paused"])
@pytest.mark.parametrize("act", [end, pause, resume])
async def test_what_was_undone_stands_as_before_and_is_never_told(
    pair: factories.Pair, act: Any, paused: bool
) -> None:
    if paused:
        await actions.pause_match(pair.manager_actor, pair.match.id, factories.in_days(30))
    if act is (pause if paused else resume):
        return
    await OutboxEvent.filter(organization_id=pair.organization.id).delete()
    before = await state_of(pair)
    await act(pair)
    assert await state_of(pair) != before
    assert await actions.undo_change(pair.manager_actor, pair.match.id)
    assert await state_of(pair) == before
    facts = await OutboxEvent.filter(organization_id=pair.organization.id)
    assert facts
    assert all(fact.withdrawn_at for fact in facts)
    (last,) = await AuditEvent.filter(organization_id=pair.organization.id).order_by("-at", "-id").limit(1)
    assert last.action == "match.undo_change"
    assert not await actions.undo_change(pair.manager_actor, pair.match.id)


@pytest.mark.parametrize("act", [end, pause])
async def test_too_late_changes_nothing(pair: factories.Pair, act: Any) -> None:
    await act(pair)
    after = await state_of(pair)
    clock.move(TEN_SECONDS)
    assert not await actions.undo_change(pair.manager_actor, pair.match.id)
    assert await state_of(pair) == after


async def test_what_was_told_already_stays(pair: factories.Pair) -> None:
    await end(pair)
    await OutboxEvent.filter(organization_id=pair.organization.id).update(delivered_at=clock.now())
    assert not await actions.undo_change(pair.manager_actor, pair.match.id)
    assert (await Match.get(id=pair.match.id)).state is MatchState.CONCLUDED


async def test_a_place_that_went_to_somebody_else_is_not_taken_back(pair: factories.Pair) -> None:
    await end(pair)
    other = await factories.enrollment(pair.cohort, pair.stranger, pair.mentee_enrollment.role)
    await factories.match(pair.mentor_enrollment, other)
    await Enrollment.filter(id=pair.mentor_enrollment.id).update(capacity=1)
    with pytest.raises(Conflict, match="no free place"):
        await actions.undo_change(pair.manager_actor, pair.match.id)
    assert (await Match.get(id=pair.match.id)).state is MatchState.CONCLUDED
    assert not await OutboxEvent.filter(organization_id=pair.organization.id, withdrawn_at__isnull=False)


async def test_two_who_are_kept_apart_meanwhile_stay_apart_and_are_not_told_so(pair: factories.Pair) -> None:
    await actions.end_match(pair.mentee_actor, pair.match.id, ClosureReason.NO_FAULT, undo_within=TEN_SECONDS)
    two = (pair.mentor_enrollment.id, pair.mentee_enrollment.id)
    await actions.ban_pair(pair.manager_actor, *two, reason="They share a flat.")
    for actor, words in ((pair.mentee_actor, "can't be matched"), (pair.manager_actor, "kept apart")):
        with pytest.raises(Conflict, match=words):
            await actions.undo_change(actor, pair.match.id)
    assert (await Match.get(id=pair.match.id)).state is MatchState.CONCLUDED


async def test_whoever_left_meanwhile_is_not_brought_back(pair: factories.Pair) -> None:
    await end(pair)
    await Enrollment.filter(id=pair.mentor_enrollment.id).update(state=EnrollmentState.WITHDRAWN)
    with pytest.raises(Conflict, match="no longer takes part"):
        await actions.undo_change(pair.manager_actor, pair.match.id)


async def test_only_whoever_did_it_or_runs_the_programme_takes_it_back(pair: factories.Pair) -> None:
    await actions.end_match(pair.mentee_actor, pair.match.id, ClosureReason.SCHEDULE, undo_within=TEN_SECONDS)
    with pytest.raises(Refused):
        await actions.undo_change(pair.mentor_actor, pair.match.id)
    assert await actions.undo_change(pair.manager_actor, pair.match.id)


async def test_strangers_undo_nothing(pair: factories.Pair) -> None:
    await end(pair)
    for actor in (pair.stranger_actor, pair.line_manager_actor):
        with pytest.raises((NotFound, Refused)):
            await actions.undo_change(actor, pair.match.id)


async def test_a_managers_yes_is_taken_back_before_anybody_is_told(pair: factories.Pair) -> None:
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_ADMIN, active_at=None, ends_on=None)
    await ScheduledAction.filter(organization_id=pair.organization.id).update(rule="match.expire")
    before = await state_of(pair)
    await actions.approve_match(pair.manager_actor, pair.match.id, undo_within=TEN_SECONDS)
    assert await actions.undo_approve(pair.manager_actor, pair.match.id)
    assert await state_of(pair) == before
    assert not await OutboxEvent.filter(organization_id=pair.organization.id, withdrawn_at=None)
    await actions.approve_match(pair.manager_actor, pair.match.id, undo_within=TEN_SECONDS)
    clock.move(TEN_SECONDS)
    assert not await actions.undo_approve(pair.manager_actor, pair.match.id)


async def test_what_began_without_a_managers_yes_is_not_undone_as_one(pair: factories.Pair) -> None:
    draft = await factories.match(
        pair.mentor_enrollment, await factories.enrollment(pair.cohort, pair.stranger, pair.mentee_enrollment.role),
        state=MatchState.DRAFT,
    )
    await pair.program.__class__.filter(id=pair.program.id).update(approvals="NONE")
    await actions.publish_match(pair.manager_actor, draft.id)
    assert not await actions.undo_approve(pair.manager_actor, draft.id)
    assert (await Match.get(id=draft.id)).state is MatchState.ACTIVE
    assert [one.id for one in await actions.undo_publish(pair.manager_actor, [draft.id])] == [draft.id]


async def test_what_was_taken_back_waits_again(pair: factories.Pair) -> None:
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_MENTEE, active_at=None)
    before = await state_of(pair)
    await actions.cancel_match(pair.manager_actor, pair.match.id, undo_within=TEN_SECONDS)
    assert await actions.undo_change(pair.manager_actor, pair.match.id)
    assert await state_of(pair) == before


async def test_a_partner_who_is_away_keeps_the_end(pair: factories.Pair) -> None:
    await end(pair)
    await Enrollment.filter(id=pair.mentor_enrollment.id).update(state=EnrollmentState.PAUSED)
    with pytest.raises(Conflict, match="away"):
        await actions.undo_change(pair.manager_actor, pair.match.id)


@pytest.fixture
async def asked(db: object) -> factories.Pair:
    """A pair of which both are asked, with its last day to answer planned."""
    made = await factories.active_match(state=MatchState.AWAITING_BOTH, origin=MatchOrigin.MENTEE)
    await ScheduledAction.create(
        organization_id=made.organization.id, rule="match.expire", subject_kind="Match", subject_id=made.match.id,
        due_at=clock.now() + timedelta(days=7), dedupe_key=f"match.expire:{made.match.id}:",
    )
    return made


async def answers(pair: factories.Pair) -> list[dict[str, Any]]:
    return await MatchMember.filter(match_id=pair.match.id).order_by("id").values()


@pytest.mark.parametrize("says_no", [True, False], ids=["declined", "taken back"])
async def test_a_no_and_a_withdrawal_are_taken_back_by_whoever_said_it(asked: factories.Pair, says_no: bool) -> None:
    before, said = await state_of(asked), await answers(asked)
    if says_no:
        await actions.decline_match(asked.mentee_actor, asked.match.id, DeclineReason.TIMES, undo_within=TEN_SECONDS)
    else:
        await actions.cancel_match(asked.mentee_actor, asked.match.id, undo_within=TEN_SECONDS)
    assert await state_of(asked) != before
    with pytest.raises(Refused):
        await actions.undo_change(asked.mentor_actor, asked.match.id)
    assert await actions.undo_change(asked.mentee_actor, asked.match.id)
    assert (await state_of(asked), await answers(asked)) == (before, said)
    assert not await OutboxEvent.filter(organization_id=asked.organization.id, withdrawn_at=None).exists()


async def test_a_no_stays_when_the_place_went_meanwhile(asked: factories.Pair) -> None:
    await actions.decline_match(asked.mentee_actor, asked.match.id, undo_within=TEN_SECONDS)
    other = await factories.enrollment(
        asked.cohort, await factories.person(asked.organization), ParticipantRole.MENTOR
    )
    await factories.match(other, asked.mentee_enrollment)
    with pytest.raises(Conflict, match="no free place"):
        await actions.undo_change(asked.mentee_actor, asked.match.id)


async def test_a_draft_thrown_away_is_a_draft_again(db: object) -> None:
    made = await factories.active_match(state=MatchState.DRAFT)
    await actions.discard_match(made.manager_actor, made.match.id, undo_within=TEN_SECONDS)
    assert await actions.undo_change(made.manager_actor, made.match.id)
    assert (await Match.get(id=made.match.id)).state is MatchState.DRAFT


async def say_yes(actor: Actor, pair: factories.Pair) -> MatchState:
    return (await actions.accept_match(actor, pair.match.id, undo_within=TEN_SECONDS)).state


@pytest.mark.parametrize("last", [False, True], ids=["the first yes", "the last yes"])
@pytest.mark.parametrize("admin", [False, True], ids=["alone", "a manager has the last word"])
async def test_a_yes_is_taken_back_with_all_that_it_brought(asked: factories.Pair, last: bool, admin: bool) -> None:
    asked.program.admin_approves_matches = admin
    await asked.program.save()
    if last:
        await actions.accept_match(asked.mentor_actor, asked.match.id)
    await OutboxEvent.filter(organization_id=asked.organization.id).delete()
    before, said = await state_of(asked), await answers(asked)
    now = await say_yes(asked.mentee_actor, asked)
    begun = MatchState.AWAITING_ADMIN if admin else MatchState.ACTIVE
    assert now is (begun if last else MatchState.AWAITING_MENTOR)
    if last:
        assert not await actions.undo_change(asked.mentor_actor, asked.match.id)   # not theirs, and theirs is told
    assert await actions.undo_change(asked.mentee_actor, asked.match.id)
    assert (await state_of(asked), await answers(asked)) == (before, said)
    assert not await OutboxEvent.filter(organization_id=asked.organization.id, withdrawn_at=None).exists()
    assert await say_yes(asked.mentee_actor, asked) is now


async def test_the_second_is_not_asked_when_the_first_yes_is_taken_back(asked: factories.Pair) -> None:
    answer_by = clock.now() + timedelta(days=7)
    await Match.filter(id=asked.match.id).update(state=MatchState.AWAITING_MENTOR, answer_by=answer_by)
    await MatchMember.filter(match_id=asked.match.id, person=asked.mentee).update(approval=Approval.LATER)
    clock.move(timedelta(hours=1))
    before, said = await state_of(asked), await answers(asked)
    assert await say_yes(asked.mentor_actor, asked) is MatchState.AWAITING_MENTEE
    assert await state_of(asked) != before
    assert await actions.undo_change(asked.mentor_actor, asked.match.id)
    assert (await state_of(asked), await answers(asked)) == (before, said)
    with pytest.raises(NotFound):
        await actions.accept_match(asked.mentee_actor, asked.match.id)


async def test_a_yes_stays_once_somebody_acted_on_it_or_was_told(asked: factories.Pair) -> None:
    await say_yes(asked.mentor_actor, asked)
    await say_yes(asked.mentee_actor, asked)
    with pytest.raises(Conflict, match="answered since"):
        await actions.undo_change(asked.mentor_actor, asked.match.id)
    assert await actions.undo_change(asked.mentee_actor, asked.match.id)
    assert await actions.undo_change(asked.mentor_actor, asked.match.id)
    await say_yes(asked.mentor_actor, asked)
    clock.move(TEN_SECONDS)
    assert not await actions.undo_change(asked.mentor_actor, asked.match.id)
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_MENTEE


async def test_who_asked_cannot_call_off_what_was_just_agreed_to(asked: factories.Pair) -> None:
    await actions.accept_match(asked.mentee_actor, asked.match.id)
    assert await say_yes(asked.mentor_actor, asked) is MatchState.ACTIVE
    with pytest.raises(Conflict, match="Only a waiting match"):
        await actions.cancel_match(asked.mentee_actor, asked.match.id)


async def test_a_no_after_a_yes_is_taken_back_to_the_yes(asked: factories.Pair) -> None:
    await actions.accept_match(asked.mentee_actor, asked.match.id)
    before, said = await state_of(asked), await answers(asked)
    await actions.decline_match(asked.mentee_actor, asked.match.id, undo_within=TEN_SECONDS)
    assert await actions.undo_change(asked.mentee_actor, asked.match.id)
    assert (await state_of(asked), await answers(asked)) == (before, said)


@pytest.mark.parametrize("state", [MatchState.ACTIVE, MatchState.PAUSED, MatchState.DURATION_COMPLETED])
async def test_a_later_day_agreed_to_is_proposed_again(pair: factories.Pair, state: MatchState) -> None:
    await Match.filter(id=pair.match.id).update(state=state, ends_on=factories.in_days(30))
    await actions.propose_extension(pair.mentor_actor, pair.match.id, factories.in_days(90))
    before = await state_of(pair)
    await actions.agree_extension(pair.mentee_actor, pair.match.id, factories.in_days(90))
    assert (await Match.get(id=pair.match.id)).ends_on == factories.in_days(90)
    for other in (pair.mentor_actor, pair.manager_actor):
        with pytest.raises(Refused):
            await actions.undo_change(other, pair.match.id)
    assert await actions.undo_change(pair.mentee_actor, pair.match.id)
    assert await state_of(pair) == before
    await actions.agree_extension(pair.mentee_actor, pair.match.id, factories.in_days(90))
    await actions.propose_extension(pair.mentor_actor, pair.match.id, factories.in_days(120))
    with pytest.raises(Conflict, match="Another day"):
        await actions.undo_change(pair.mentee_actor, pair.match.id)


async def circle_row(circle: factories.Circle) -> dict[str, Any]:
    """A circle's own row, its members' and its plans."""
    (row,) = await Match.filter(id=circle.match.id).values()
    plans = ScheduledAction.filter(subject_id=circle.match.id, state="PLANNED").values_list("rule", "due_at")
    return {**row, "plans": sorted(await plans), "members": await MatchMember.filter(
        match_id=circle.match.id).order_by("id").values()}


@pytest.mark.parametrize("state", [MatchState.AWAITING_BOTH, MatchState.AWAITING_MENTOR, MatchState.ACTIVE])
@pytest.mark.parametrize("who", ["leads", "member", "one of two"])
async def test_a_no_to_a_circle_is_taken_back_whatever_became_of_the_circle(
    db: object, state: MatchState, who: str
) -> None:
    circle = await factories.active_circle(state=state, answer_by=clock.now() + timedelta(days=5))
    await ScheduledAction.create(
        organization_id=circle.organization.id, rule="match.expire", subject_kind="Match", subject_id=circle.match.id,
        due_at=circle.match.answer_by, dedupe_key=f"match.expire:{circle.match.id}:",
    )
    actor = circle.facilitator_actor if who == "leads" else circle.member_actors[0]
    await MatchMember.filter(match_id=circle.match.id, person_id=actor.person_id).update(
        approval=Approval.PENDING, answered_at=None
    )
    if who == "one of two":
        few = [one.id for one in circle.members[2:]]
        await MatchMember.filter(match_id=circle.match.id, person_id__in=few).update(left_at=clock.now())
    before = await circle_row(circle)
    await actions.decline_match(actor, circle.match.id, undo_within=TEN_SECONDS)
    assert await circle_row(circle) != before
    assert await actions.undo_change(actor, circle.match.id)
    assert await circle_row(circle) == before
    assert not await OutboxEvent.filter(organization_id=circle.organization.id, withdrawn_at=None).exists()
    await actions.decline_match(actor, circle.match.id, undo_within=TEN_SECONDS)
    clock.move(TEN_SECONDS)
    assert not await actions.undo_change(actor, circle.match.id), "too late, which they hear although it is gone"
    clock.move(timedelta(days=1))
    with pytest.raises(NotFound):
        await actions.undo_change(actor, circle.match.id)


async def test_a_yes_to_a_circle_is_taken_back_unless_others_came_in_after_it(db: object) -> None:
    circle = await factories.active_circle(state=MatchState.AWAITING_MENTEE, answered=Approval.PENDING)
    first, second, third = circle.member_actors[:3]
    await actions.accept_match(circle.facilitator_actor, circle.match.id)
    await actions.accept_match(first, circle.match.id)
    before = await circle_row(circle)
    begun = await actions.accept_match(second, circle.match.id, undo_within=TEN_SECONDS)
    assert begun.state is MatchState.ACTIVE
    assert await actions.undo_change(second, circle.match.id)
    assert await circle_row(circle) == before
    await actions.accept_match(second, circle.match.id, undo_within=TEN_SECONDS)
    await actions.accept_match(third, circle.match.id, undo_within=TEN_SECONDS)
    with pytest.raises(Conflict, match="answered since"):
        await actions.undo_change(second, circle.match.id)
    assert await actions.undo_change(third, circle.match.id)
    assert await actions.undo_change(second, circle.match.id)
    assert await circle_row(circle) == before


async def test_stepping_out_of_a_circle_is_taken_back_whoever_else_goes_while_there_is_a_place(db: object) -> None:
    circle = await factories.active_circle()
    ana, bao = circle.member_actors[:2]
    before = await circle_row(circle)
    for actor in (ana, bao):
        await actions.end_match(actor, circle.match.id, ClosureReason.NO_FAULT, undo_within=TEN_SECONDS)
    for actor in (ana, bao):
        assert await actions.undo_change(actor, circle.match.id)
    assert await circle_row(circle) == before
    await actions.end_match(circle.facilitator_actor, circle.match.id, ClosureReason.NO_FAULT, undo_within=TEN_SECONDS)
    leads = await factories.enrollment(
        circle.cohort, await factories.person(circle.organization), ParticipantRole.FACILITATOR
    )
    await put_in(circle.manager_actor, circle.match.id, leads.id)
    with pytest.raises(Conflict, match="went to somebody else"):
        await actions.undo_change(circle.facilitator_actor, circle.match.id)
