"""Conditions that no longer hold: told at once, ended after a grace, and not at all if they hold again (X04)."""

from datetime import timedelta
from typing import Any

import pytest

from server.journey.leaving.actions import leave_program
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.catalogue import CATALOGUE, why_not
from server.notifications.models import Message
from server.notifications.scene import scene_of
from server.programs import actions
from server.programs.models import Enrollment
from server.programs.queries import grace_ends_at
from server.programs.states import EnrollmentState
from tests import factories
from tests.factories import Pair


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def lose(pair: Pair, **values: int) -> Enrollment:
    made = await actions.lose_eligibility(pair.manager_actor, pair.mentee_enrollment.id, **values)
    await drain(strict=False)
    return made


async def state(pair: Pair) -> EnrollmentState:
    return (await Enrollment.get(id=pair.mentee_enrollment.id)).state


async def pass_days(days: int) -> None:
    clock.move(timedelta(days=days))
    await drain(strict=False)


async def letters(kind: str) -> list[Message]:
    return await Message.filter(kind=kind)


async def test_it_is_told_at_once_and_ends_after_the_grace(pair: Pair) -> None:
    await lose(pair)
    await lose(pair, grace_days=3)
    (letter,) = await letters("X04-grace")
    assert letter.recipient_id == pair.mentee.id
    assert why_not(CATALOGUE["X04-grace"], await scene_of(system_actor(pair.organization.id), letter)) == ""
    await pass_days(13)
    assert await state(pair) is EnrollmentState.ACTIVE
    assert await letters("X04") == []
    await pass_days(1)
    assert await state(pair) is EnrollmentState.REMOVED
    assert len(await letters("X04")) == 1
    assert (await Match.get(id=pair.match.id)).state is MatchState.CONCLUDED
    assert why_not(CATALOGUE["X04-grace"], await scene_of(system_actor(pair.organization.id), letter)) != ""


@pytest.mark.parametrize("leaves", [False, True])
async def test_nothing_ends_if_they_hold_again_or_the_person_has_left(pair: Pair, leaves: bool) -> None:
    await lose(pair)
    if leaves:
        await leave_program(pair.mentee_actor, pair.mentee_enrollment.id)
    else:
        await actions.keep_eligible(pair.manager_actor, pair.mentee_enrollment.id)
        await actions.keep_eligible(pair.manager_actor, pair.mentee_enrollment.id)
    (letter,) = await letters("X04-grace")
    assert why_not(CATALOGUE["X04-grace"], await scene_of(system_actor(pair.organization.id), letter)) == "no longer so"
    await pass_days(20)
    assert await state(pair) is (EnrollmentState.WITHDRAWN if leaves else EnrollmentState.ACTIVE)
    assert await letters("X04") == []


async def test_only_who_runs_the_programme_says_so_and_within_limits(pair: Pair) -> None:
    others = ((pair.mentee_actor, Refused), (pair.mentor_actor, NotFound), (pair.stranger_actor, NotFound))
    for actor, refusal in others:
        for act in (actions.lose_eligibility, actions.keep_eligible, actions.undo_eligibility):
            with pytest.raises(refusal):
                await act(actor, pair.mentee_enrollment.id)
    for days in (0, 91):
        with pytest.raises(Invalid):
            await lose(pair, grace_days=days)
    await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.COMPLETED)
    with pytest.raises(Conflict):
        await lose(pair)


TEN = timedelta(seconds=10)


async def grace(pair: Pair) -> Any:
    """Everything that a word on the conditions changes."""
    rows = ScheduledAction.filter(organization_id=pair.organization.id, rule="enrollment.eligibility", state="PLANNED")
    return await rows.values("subject_id", "due_at"), await Enrollment.filter(id=pair.mentee_enrollment.id).values()


@pytest.mark.usefixtures("clock_stands")
async def test_both_words_are_taken_back_and_nobody_is_told(pair: Pair) -> None:
    row, manager = pair.mentee_enrollment, pair.manager_actor
    before = await grace(pair)
    await actions.lose_eligibility(manager, row.id, undo_within=TEN)
    runs = await grace(pair)
    assert runs != before
    assert await actions.undo_eligibility(manager, row.id)
    assert not await actions.undo_eligibility(manager, row.id), "only once"
    assert await grace(pair) == before
    await actions.lose_eligibility(manager, row.id, undo_within=TEN)
    assert await grace(pair) == runs, "the day is counted anew"
    await actions.keep_eligible(manager, row.id, undo_within=TEN)
    assert await grace(pair) == before
    assert await actions.undo_eligibility(manager, row.id)
    assert await grace(pair) == runs, "the day that it had"
    assert await actions.undo_eligibility(manager, row.id), "the first word still waits"
    await pass_days(20)
    assert await state(pair) is EnrollmentState.ACTIVE
    assert await letters("X04-grace") == await letters("X04") == []


@pytest.mark.usefixtures("clock_stands")
@pytest.mark.parametrize("late", ["told", "left", "kept since"])
async def test_what_is_told_or_changed_since_stays(pair: Pair, late: str) -> None:
    await actions.lose_eligibility(pair.manager_actor, pair.mentee_enrollment.id, undo_within=TEN)
    if late == "told":
        clock.move(TEN)
    elif late == "left":
        await leave_program(pair.mentee_actor, pair.mentee_enrollment.id)
    else:
        await actions.keep_eligible(pair.manager_actor, pair.mentee_enrollment.id)
    before = await grace(pair)
    assert not await actions.undo_eligibility(pair.manager_actor, pair.mentee_enrollment.id)
    assert await grace(pair) == before
    ends_at = await grace_ends_at(pair.manager_actor, pair.mentee_enrollment.id)
    assert (ends_at is not None) is (late == "told")


async def test_who_came_back_may_lose_it_again(pair: Pair) -> None:
    for _ in range(2):
        await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.ACTIVE)
        await actions.lose_eligibility(pair.manager_actor, pair.mentee_enrollment.id, grace_days=1)
        await pass_days(2)
        assert await state(pair) is EnrollmentState.REMOVED
