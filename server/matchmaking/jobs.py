"""Runs that somebody asked for, and what follows when a suggestion came to nothing."""

import logging
from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, NotFound
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event, on_parked
from server.kernel.log import note
from server.matches.queries import is_circle, learners, visible_match
from server.matches.states import ClosureReason
from server.matchmaking.queue import actions
from server.matchmaking.runs import actions as runs


@on_event("matching.requested", long=True)
async def run_matching(event: OutboxEvent) -> None:
    """Do what a run was asked for. What the engine cannot do today it cannot do tomorrow: the run has failed."""
    try:
        await runs.carry_out(system_actor(event.organization_id), UUID(event.payload["run_id"]))
    except runs.GaveUp as error:
        await _fail(event, str(error), error.__cause__ or error)
    except (Conflict, NotFound) as error:
        await _fail(event, error.code, error)


@on_parked("matching.requested")
async def give_up_matching(event: OutboxEvent, code: str) -> None:
    """Let a run fail whose job killed its process again and again, or failed for a day: nobody tries it any more."""
    await _fail(event, code, None)


async def _fail(event: OutboxEvent, code: str, error: BaseException | None) -> None:
    run_id = UUID(event.payload["run_id"])
    note("matching.failed", level=logging.ERROR, caught=error, row_id=run_id, code=code)
    await runs.fail_run(system_actor(event.organization_id), run_id, code)


@on_event("match.declined", "match.expired", "match.cancelled")
async def suggest_next(event: OutboxEvent) -> None:
    """Put the next best match before the manager, for everybody for whom this one was. The people of a circle that
    came to nothing wait for the next run: one of them alone is no circle."""
    actor = system_actor(event.organization_id)
    row = await visible_match(actor, UUID(event.payload["match_id"]))
    for member in [] if is_circle(row) else learners(row):
        await actions.suggest_next(actor, member.enrollment_id)


@on_event("match.banned")
async def part(event: OutboxEvent) -> None:
    """Once it can no longer be undone that two are kept apart: the next best for each whose draft went with it."""
    for enrollment_id in event.payload["left"]:
        await actions.suggest_next(system_actor(event.organization_id), UUID(enrollment_id))


@on_event("match.ended")
async def offer_rematch(event: OutboxEvent) -> None:
    """After an end before its time: another match for those who go on, unless the goal was reached."""
    actor = system_actor(event.organization_id)
    row = await visible_match(actor, UUID(event.payload["match_id"]))
    if row.closure_reason is not ClosureReason.GOAL_REACHED and not is_circle(row):
        for member in learners(row):
            await actions.suggest_next(actor, member.enrollment_id, rematch_of=row.id)


@on_event("enrollment.place_given")
async def use_place(event: OutboxEvent) -> None:
    """A mentor said yes to one more mentee: the place is offered to the first in line, as a draft."""
    await actions.offer_place(system_actor(event.organization_id), UUID(event.payload["enrollment_id"]))


@on_event("enrollment.activated", "enrollment.seat_freed", "training.done")
async def draft_for_newcomer(event: OutboxEvent) -> None:
    """Somebody came into a group, or may be matched now: where it was matched before, they need not wait for a run."""
    await actions.draft_for_newcomer(system_actor(event.organization_id), UUID(event.payload["enrollment_id"]))


@on_event("match.published")
async def count_cycle(event: OutboxEvent) -> None:
    """The first match of a run that is told to its people decides it: whoever it left in line waited through it."""
    actor = system_actor(event.organization_id)
    match = await visible_match(actor, UUID(event.payload["match_id"]))
    if match.run_id is not None:
        await actions.count_cycle(actor, match.run_id)
