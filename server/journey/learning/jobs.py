"""Learnings and runs, which need to know what became of earlier pairs."""

import logging
from uuid import UUID

from server.journey.learning import actions
from server.journey.learning.queries import history_of
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, NotFound
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event, on_parked
from server.kernel.log import note
from server.matchmaking.learned.actions import fail_learning
from server.matchmaking.queries import visible_run
from server.matchmaking.runs import actions as runs


@on_event("matching.requested", long=True)
async def match(event: OutboxEvent) -> None:
    """Do what a run was asked for. What the engine cannot do today it cannot do tomorrow: the run has failed."""
    actor, run_id = system_actor(event.organization_id), UUID(event.payload["run_id"])
    try:
        history = await history_of(actor, (await visible_run(actor, run_id)).cohort_id)
        await runs.carry_out(actor, run_id, history=history)
    except runs.GaveUp as error:
        await _fail(event, str(error), error.__cause__ or error)
    except (Conflict, NotFound) as error:
        await _fail(event, error.code, error)


@on_parked("matching.requested")
async def give_up_matching(event: OutboxEvent, code: str) -> None:
    """Let a run fail whose job killed its process again and again, or failed for a day: nobody tries it any more."""
    await _fail(event, code, None)


@on_event("learning.requested", long=True)
async def learn(event: OutboxEvent) -> None:
    """Do what a learning was asked for."""
    await actions.carry_out(system_actor(event.organization_id), UUID(event.payload["learning_id"]))


@on_parked("learning.requested")
async def give_up_learning(event: OutboxEvent, code: str) -> None:
    """Let a learning fail that nobody tries any more; what stood before stands on."""
    await fail_learning(system_actor(event.organization_id), UUID(event.payload["learning_id"]), code)


async def _fail(event: OutboxEvent, code: str, error: BaseException | None) -> None:
    run_id = UUID(event.payload["run_id"])
    note("matching.failed", level=logging.ERROR, caught=error, row_id=run_id, code=code)
    await runs.fail_run(system_actor(event.organization_id), run_id, code)
