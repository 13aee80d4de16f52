"""Whatever people, managers, records and the clock do in whatever order: what must hold, holds after each step."""

import os
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchKind, MatchState
from server.notifications.models import PushSubscription
from server.notifications.push.actions import GATES
from server.sessions.models import Session
from tests.server.machines.circling import CIRCLES
from tests.server.machines.conversations import TALKS
from tests.server.machines.deciding import DECISIONS, ON_ONE, stored
from tests.server.machines.invariants import check, check_at_rest
from tests.server.machines.pushing import SERVICE, Forgetful
from tests.server.machines.striving import STRIVES
from tests.server.machines.world import ACTS, COMMON, World
from tests.server.notifications.push_service import push_service

CHAOS = bool(os.environ.get("ITHACA_CHAOS"))
TIME = {"a minute passes": timedelta(minutes=2), "a week passes": timedelta(days=8), "months pass": timedelta(days=100)}
Step = tuple[str, int, int, int]
UNDER_WAY: list[Step] = [
    ("ask", 2, 0, 0), ("say yes", 0, 0, 0), ("say yes", 0, 1, 0), ("suggest", 0, 1, 1), ("a minute passes", 0, 0, 0),
    ("say yes", 0, 0, 0), ("say yes", 0, 1, 0), ("approve", 0, 0, 0),
]
"""Two matches that run, one in each programme; `test_a_story_gets_under_way` holds that they do."""
A_CIRCLE: list[Step] = [
    ("draw a circle", 0, 0, 0), ("approve one", 0, 0, 0), ("a minute passes", 0, 0, 0),
    *(("say yes", 0, member, 0) for member in range(4)),
]
"""One that has begun, and still waits for the last of them; the same test holds it."""
A_GOAL: Step = ("say a goal", 2, 1, 0)
THEMES: dict[str, tuple[list[Step], list[str]]] = {
    "people": ([], [*ACTS, *COMMON]), "a pair": (UNDER_WAY, [*ACTS, *COMMON]),
    "goals": ([*UNDER_WAY, A_GOAL], [*STRIVES, *STRIVES, "ask", "say yes", "leave gently", "undo leaving", "depart"]),
    "sessions": ([*UNDER_WAY, ("book", 1, 1, 0), ("book a series", 0, 1, 0)], [
        *TALKS, *TALKS, *["a week passes"] * 6, "rest gently", "undo break", "finish gently", "undo finish", "absent",
    ]),
    "circles": ([*UNDER_WAY, *A_CIRCLE], [
        *CIRCLES, *CIRCLES, "say yes", "say yes", "say no", "approve one", "approve all", "undo", "undo change",
        "extend", "end", "rest", "go on", "close", "finish gently", "undo finish", "leave gently", "undo leaving",
        "take a break", "come back", "rest gently", "undo break", "book", "book a series", "join", "depart",
        "keep apart", "suggest",
    ]),
    "the queue": ([("draft", 0, 1, 1), ("draft", 2, 1, 0)], [
        *DECISIONS, *DECISIONS, "draft", "ask", "say yes", "approve", "undo", "undo change", "end", "leave", "depart",
    ]),
}
"""How a history begins, and what happens in it, among all that can happen: whatever has nothing to do with what came
before is refused, and shows nothing."""


def _of(theme: str) -> st.SearchStrategy[list[Step]]:
    begun, kinds = THEMES[theme]
    acts = st.sampled_from([*kinds, *TIME])
    step = st.tuples(acts, st.integers(0, 5), st.integers(0, 5), st.integers(0, 1))
    return st.lists(step, min_size=10, max_size=60 if CHAOS else 22).map(lambda more: [*begun, *more])


histories = st.sampled_from(list(THEMES)).flatmap(_of)


@pytest.fixture
async def pushes() -> AsyncGenerator[Forgetful, None]:
    async with push_service(SERVICE):
        yield SERVICE
    GATES.clear()


async def take(world: World, step: Step) -> None:
    """One step of a history."""
    act, *numbers = step
    if act in TIME:
        clock.move(TIME[act])
        return
    before = await stored(world.organization_id) if act in ON_ONE else {}
    await world.do(act, (numbers[0], numbers[1], numbers[2]))
    after = await stored(world.organization_id) if before else {}
    assert sum(row != after[id] for id, row in before.items()) <= 1, "a decision about one draft changed another match"


async def test_a_story_gets_under_way_and_books(db: object) -> None:
    world = await World.arrive()
    for step in [*UNDER_WAY, ("book", 1, 1, 0), ("book a series", 0, 1, 0), *A_CIRCLE]:
        await take(world, step)
    running = await Match.filter(organization_id=world.organization_id, state=MatchState.ACTIVE).order_by("id")
    assert [match.kind for match in running] == [MatchKind.PAIR, MatchKind.PAIR, MatchKind.CIRCLE]
    assert await Session.filter(organization_id=world.organization_id, series_id=None).count() == 1
    assert await Session.filter(organization_id=world.organization_id, series_id__isnull=False).count() == 3


async def test_a_story_is_told_to_browsers_and_who_is_gone_is_forgotten(db: object, pushes: Forgetful) -> None:
    world = await World.arrive()
    for step in [("ask to be told", 0, 0, 0), ("ask to be told", 0, 1, 1), *UNDER_WAY[:1]]:
        await take(world, step)
    clock.move(timedelta(minutes=1))
    await drain(strict=False)
    mine = {path for path, _message in pushes.told if str(world.organization_id) in path}
    assert len(mine) == 1
    assert [path for path in pushes.gone if str(world.organization_id) in path]
    assert await PushSubscription.filter(organization_id=world.organization_id).count() == 1
    await check_at_rest(world.organization_id)


@settings(
    max_examples=400 if CHAOS else 5, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories)
@example(history=[
    ("ask to be told", 0, 0, 0), ("ask to be told", 0, 1, 1), ("ask to be told", 2, 0, 1), *UNDER_WAY,
    ("ask to be told", 1, 0, 0), ("sign out everywhere", 1, 0, 0), ("absent", 0, 0, 0), ("depart", 2, 0, 0),
    ("return", 0, 0, 0), ("months pass", 0, 0, 0),
])
@example(history=[
    *UNDER_WAY, ("extend", 0, 0, 1), ("months pass", 0, 0, 0), ("months pass", 0, 0, 0), ("agree", 0, 1, 0),
    ("close group", 0, 0, 0), ("new group", 0, 0, 0), ("join", 2, 0, 1),
])
@example(history=[
    *UNDER_WAY, ("remove gently", 0, 0, 0), ("put back", 0, 0, 0), ("remove gently", 2, 0, 0), ("put back", 2, 0, 0),
    ("approve gently", 0, 0, 0), ("undo approval", 0, 0, 0), ("cancel gently", 0, 0, 0), ("undo change", 0, 0, 0),
])
@example(history=[
    *UNDER_WAY, ("book a series", 0, 1, 0), ("move one", 1, 3, 0), ("undo a move", 1, 0, 0), ("move the rest", 1, 4, 0),
    ("a minute passes", 0, 0, 0), ("call off the rest", 0, 0, 0), ("undo a move", 0, 0, 0), ("rest gently", 0, 0, 0),
    ("undo break", 0, 0, 0), ("book", 1, 1, 0), ("book a series", 1, 1, 0), ("undo a booking", 0, 0, 0),
    ("finish gently", 0, 0, 0),
])
@example(history=[
    *UNDER_WAY, ("say a goal", 2, 1, 0), ("say a goal", 2, 3, 0), ("reach", 1, 0, 0), ("undo closing", 1, 0, 0),
    ("let go", 0, 0, 0), ("book", 1, 1, 0), ("a week passes", 0, 0, 0), ("nobody came", 0, 0, 0),
    ("we did meet", 0, 0, 0), ("nobody came, move it", 0, 2, 0), ("write down", 1, 1, 0), ("draft", 2, 1, 0),
    ("lock", 0, 0, 0), ("hold back", 0, 0, 0), ("approve one", 0, 0, 0), ("hold no more", 2, 0, 0),
])
@example(history=[
    *UNDER_WAY, *A_CIRCLE, ("book", 0, 0, 0), ("say yes", 0, 4, 0), ("rest gently", 3, 0, 0), ("end", 0, 1, 0),
    ("seat", 0, 3, 0), ("leave gently", 1, 1, 0), ("undo leaving", 1, 1, 0), ("rest", 0, 0, 0), ("go on", 0, 0, 0),
    ("lengthen", 0, 0, 0), ("undo change", 0, 0, 0), ("finish gently", 0, 0, 0), ("undo finish", 0, 0, 0),
    ("months pass", 0, 0, 0), ("months pass", 0, 0, 0),
])
async def test_no_history_breaks_what_must_hold(db: object, pushes: Forgetful, history: list[Step]) -> None:
    world, before = await World.arrive(), None
    for step in history:
        await take(world, step)
        newest = await AuditEvent.filter(organization_id=world.organization_id).order_by("-id").first()
        if newest != before:   # what was refused leaves nothing, and what leaves no entry is found with the next one
            await check(world.organization_id)
        before = newest
    clock.move(timedelta(minutes=1))
    await drain(strict=False)
    await check_at_rest(world.organization_id)
    clock.reset()
