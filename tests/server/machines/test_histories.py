"""Whatever people, managers, records and the clock do in whatever order: what must hold, holds after each step."""

import os
from datetime import timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.jobs import drain
from tests.server.machines.invariants import check
from tests.server.machines.world import ACTS, COMMON, World

CHAOS = bool(os.environ.get("ITHACA_CHAOS"))
TIME = {"a minute passes": timedelta(minutes=2), "a week passes": timedelta(days=8), "months pass": timedelta(days=100)}
Step = tuple[str, int, int, int]
acts = st.sampled_from([*ACTS, *COMMON, *TIME])
steps = st.lists(
    st.tuples(acts, st.integers(0, 5), st.integers(0, 5), st.integers(0, 1)),
    min_size=10, max_size=60 if CHAOS else 25,
)
UNDER_WAY: list[Step] = [
    ("ask", 2, 0, 0), ("say yes", 0, 0, 0), ("suggest", 0, 1, 1), ("say yes", 0, 0, 0), ("say yes", 0, 1, 0),
    ("approve", 0, 0, 0),
]


@settings(
    max_examples=400 if CHAOS else 6, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=steps)
@example(history=[*UNDER_WAY, ("absent", 0, 0, 0), ("depart", 2, 0, 0), ("return", 0, 0, 0), ("months pass", 0, 0, 0)])
@example(history=[
    *UNDER_WAY, ("extend", 0, 0, 1), ("months pass", 0, 0, 0), ("months pass", 0, 0, 0), ("agree", 0, 1, 0),
    ("close group", 0, 0, 0), ("new group", 0, 0, 0), ("join", 2, 0, 1),
])
@example(history=[
    *UNDER_WAY, ("remove gently", 0, 0, 0), ("put back", 0, 0, 0), ("remove gently", 2, 0, 0), ("put back", 2, 0, 0),
    ("approve gently", 0, 0, 0), ("undo approval", 0, 0, 0), ("cancel gently", 0, 0, 0), ("undo change", 0, 0, 0),
])
async def test_no_history_breaks_what_must_hold(db: object, history: list[Step]) -> None:
    world = await World.arrive()
    for act, *numbers in history:
        if act in TIME:
            clock.move(TIME[act])
        else:
            await world.do(act, (numbers[0], numbers[1], numbers[2]))
        await check(world.organization_id)
    await drain(strict=False)
    await check(world.organization_id)
    clock.reset()
