"""Learnings, which need to know what became of earlier pairs, and of whom."""

from uuid import UUID

from server.journey.learning import actions
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event, on_parked
from server.matchmaking.learned.actions import fail_learning


@on_event("learning.requested", long=True)
async def learn(event: OutboxEvent) -> None:
    """Do what a learning was asked for."""
    await actions.carry_out(system_actor(event.organization_id), UUID(event.payload["learning_id"]))


@on_parked("learning.requested")
async def give_up_learning(event: OutboxEvent, code: str) -> None:
    """Let a learning fail that nobody tries any more; what stood before stands on."""
    await fail_learning(system_actor(event.organization_id), UUID(event.payload["learning_id"]), code)
