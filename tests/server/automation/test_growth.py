"""Pairs that have nothing due cost nothing: PostgreSQL reads as many rows among thousands of them as for one alone."""

import pytest

from server.automation.planning import plan, steps_by_fact
from server.automation.subjects import MATCH
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.kernel.jobs.lanes import LANES, claim
from tests.factories import active_match
from tests.many import more_pairs
from tests.queries import rows_read

PAIRS, SLACK = 1_500, 30
"""So many pairs more, with two plans each; and by how many rows a plan of the database may differ without growing."""


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_looking_and_planning_read_as_much_among_many_pairs_as_alone(db: object) -> None:
    pair = await active_match()
    actor, steps = system_actor(pair.organization.id), steps_by_fact()["match.activated"][MATCH]

    async def look() -> None:
        for lane in LANES.values():
            assert not await claim(lane, "test:nobody")

    async def plan_steps() -> None:
        await plan(actor, MATCH, steps, pair.match.id, clock.now())

    await drain()
    await plan_steps()
    alone = [await rows_read(look), await rows_read(plan_steps)]
    await more_pairs("PostgreSQL", pair, PAIRS)
    among = [await rows_read(look), await rows_read(plan_steps)]
    assert all(many <= few + SLACK for many, few in zip(among, alone, strict=True)), (alone, among)
    assert among[1] > 0, "it is counted"
