"""Conditions that no longer hold: told at once, ended after a grace, and not at all if they hold again (X04)."""

from datetime import timedelta

import pytest

from server.journey.leaving.actions import leave_program
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.catalogue import CATALOGUE, why_not
from server.notifications.models import Message
from server.notifications.scene import scene_of
from server.programs import actions
from server.programs.models import Enrollment
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
        for act in (actions.lose_eligibility, actions.keep_eligible):
            with pytest.raises(refusal):
                await act(actor, pair.mentee_enrollment.id)
    for days in (0, 91):
        with pytest.raises(Invalid):
            await lose(pair, grace_days=days)
    await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.COMPLETED)
    with pytest.raises(Conflict):
        await lose(pair)
