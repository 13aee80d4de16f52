"""What follows in the matchmaking room when a suggestion came to nothing. Runs are in `journey/learning/jobs.py`."""

from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.matches.queries import is_circle, learners, visible_match
from server.matches.states import ClosureReason
from server.matchmaking.queue import actions


@on_event("match.declined", "match.expired", "match.cancelled")
async def suggest_next(event: OutboxEvent) -> None:
    """Put the next best match before the manager, for everybody for whom this one was. The people of a circle that
    came to nothing wait for the next run: one of them alone is no circle."""
    actor = system_actor(event.organization_id)
    match = await visible_match(actor, UUID(event.payload["match_id"]))
    for member in [] if is_circle(match) else learners(match):
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
    match = await visible_match(actor, UUID(event.payload["match_id"]))
    if match.closure_reason is not ClosureReason.GOAL_REACHED and not is_circle(match):
        for member in learners(match):
            await actions.suggest_next(actor, member.enrollment_id, rematch_of=match.id)


@on_event("match.published")
async def count_cycle(event: OutboxEvent) -> None:
    """The first match of a run that is told to its people decides it: whoever it left in line waited through it."""
    actor = system_actor(event.organization_id)
    match = await visible_match(actor, UUID(event.payload["match_id"]))
    if match.run_id is not None:
        await actions.count_cycle(actor, match.run_id)
