"""Each act from each state: done, already so, or refused with nothing changed; and by whom."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from uuid import UUID

import pytest

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.ids import new_id
from server.matches import actions
from server.matches.models import Match, MatchMember
from server.matches.states import (
    AWAITING,
    AWAITING_PARTICIPANTS,
    OPEN_MATCHES,
    RUNNING,
    Approval,
    ClosureReason,
    MatchState,
)
from tests import factories
from tests.factories import Pair

Act = Callable[[Actor, UUID], Awaitable[Match]]
Outcomes = dict[MatchState, MatchState]


async def end_match(actor: Actor, match_id: UUID) -> Match:
    return await actions.end_match(actor, match_id, ClosureReason.NO_FAULT)


async def decline_match(actor: Actor, match_id: UUID) -> Match:
    return await actions.decline_match(actor, match_id)


async def publish_match(actor: Actor, match_id: UUID) -> Match:
    return await actions.publish_match(actor, match_id)


def all_to(states: Iterable[MatchState], state: MatchState) -> Outcomes:
    return dict.fromkeys(states, state)


def unchanged(states: Iterable[MatchState]) -> Outcomes:
    return {state: state for state in states}


OF_MEMBERS: list[tuple[Act, Outcomes]] = [
    (actions.accept_match, all_to(AWAITING_PARTICIPANTS, MatchState.AWAITING_MENTEE)),
    (decline_match, all_to(AWAITING, MatchState.DECLINED)),
    (end_match, all_to(RUNNING | {MatchState.CONCLUDED}, MatchState.CONCLUDED)),
    (actions.pause_match, all_to(RUNNING, MatchState.PAUSED)),
    (actions.resume_match, all_to(RUNNING, MatchState.ACTIVE)),
    (actions.close_match, all_to({MatchState.DURATION_COMPLETED, MatchState.COMPLETED}, MatchState.COMPLETED)),
]
OF_MANAGERS: list[tuple[Act, Outcomes]] = [
    (publish_match, {MatchState.DRAFT: MatchState.AWAITING_BOTH, **unchanged(OPEN_MATCHES)}),
    (actions.approve_match, {MatchState.AWAITING_ADMIN: MatchState.ACTIVE, **unchanged(RUNNING)}),
    (actions.cancel_match, all_to(AWAITING | {MatchState.CANCELLED}, MatchState.CANCELLED)),
]
OF_THE_PRODUCT: list[tuple[Act, Outcomes]] = [
    (actions.expire_match, unchanged(MatchState) | all_to(AWAITING, MatchState.EXPIRED)),
    (actions.reach_end_date, unchanged(MatchState) | all_to(RUNNING, MatchState.DURATION_COMPLETED)),
]


def named(value: object) -> str:
    return getattr(value, "__name__", "")


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def put(pair: Pair, state: MatchState) -> None:
    """The match as it would stand there, unanswered, its last day over."""
    told = None if state is MatchState.DRAFT else clock.now() - timedelta(days=1)
    await Match.filter(id=pair.match.id).update(
        state=state, published_at=told, answer_by=clock.now(), ends_on=clock.now().date()
    )
    await MatchMember.filter(match_id=pair.match.id).update(approval=Approval.PENDING)


async def tried_from_every_state(pair: Pair, actor: Actor, act: Act, expected: Outcomes) -> None:
    for state in MatchState:
        if state is MatchState.DRAFT and actor is pair.mentor_actor:
            continue  # not theirs to know of
        await put(pair, state)
        before = await AuditEvent.all().count(), await OutboxEvent.all().count()
        if state in expected:
            assert (await act(actor, pair.match.id)).state is expected[state], state
        else:
            with pytest.raises(Conflict):
                await act(actor, pair.match.id)
        now = (await Match.get(id=pair.match.id)).state
        assert now is expected.get(state, state), state
        after = await AuditEvent.all().count(), await OutboxEvent.all().count()
        answered = act is actions.accept_match and state in expected  # also where the other side must still answer
        assert (after != before) == (answered or now is not state), state


@pytest.mark.parametrize(("act", "expected"), OF_MEMBERS, ids=named)
async def test_what_a_member_does_from_each_state(pair: Pair, act: Act, expected: Outcomes) -> None:
    await tried_from_every_state(pair, pair.mentor_actor, act, expected)


@pytest.mark.parametrize(("act", "expected"), OF_MANAGERS, ids=named)
async def test_what_a_manager_does_from_each_state(pair: Pair, act: Act, expected: Outcomes) -> None:
    await tried_from_every_state(pair, pair.manager_actor, act, expected)


@pytest.mark.parametrize(("act", "expected"), OF_THE_PRODUCT, ids=named)
async def test_what_falls_due_changes_only_what_still_waits_for_it(pair: Pair, act: Act, expected: Outcomes) -> None:
    await tried_from_every_state(pair, system_actor(pair.organization.id), act, expected)


@pytest.mark.parametrize(("act", "expected"), [*OF_MEMBERS, *OF_MANAGERS], ids=named)
async def test_to_everybody_else_there_is_no_such_match(pair: Pair, act: Act, expected: Outcomes) -> None:
    foreign, other = await factories.active_match(), await factories.active_match(pair.organization)
    for state in expected:
        await put(pair, state)
        for actor in (
            pair.stranger_actor, pair.line_manager_actor, foreign.manager_actor, foreign.mentor_actor,
            other.manager_actor, system_actor(foreign.organization.id),
        ):
            with pytest.raises(NotFound):
                await act(actor, pair.match.id)
        assert (await Match.get(id=pair.match.id)).state is state
    with pytest.raises(NotFound):
        await act(pair.manager_actor, new_id())


async def test_members_do_not_decide_and_managers_do_not_answer(pair: Pair) -> None:
    await put(pair, MatchState.AWAITING_BOTH)
    for act, _expected in OF_MANAGERS:
        with pytest.raises(Refused):
            await act(pair.mentor_actor, pair.match.id)
    for act in (actions.accept_match, decline_match):
        with pytest.raises(Refused):
            await act(pair.manager_actor, pair.match.id)
    assert (await Match.get(id=pair.match.id)).state is MatchState.AWAITING_BOTH
    assert not await AuditEvent.all().exists()


async def test_what_falls_due_waits_for_its_moment(pair: Pair) -> None:
    system = system_actor(pair.organization.id)
    await put(pair, MatchState.AWAITING_BOTH)
    await Match.filter(id=pair.match.id).update(answer_by=clock.now() + timedelta(minutes=1))
    assert (await actions.expire_match(system, pair.match.id)).state is MatchState.AWAITING_BOTH
    await put(pair, MatchState.ACTIVE)
    await Match.filter(id=pair.match.id).update(ends_on=factories.in_days(1))
    assert (await actions.reach_end_date(system, pair.match.id)).state is MatchState.ACTIVE
