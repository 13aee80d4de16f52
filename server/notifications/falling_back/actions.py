"""The other way, once, when the first one did not arrive or nobody opened it for a day (domain/lifecycle.md, 2)."""

from uuid import UUID

from server.access.queries import last_visit
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work, wake
from server.kernel.errors import NotFound
from server.notifications.models import Message
from server.notifications.push.queries import has_arrived
from server.notifications.queries import message_by_id
from server.notifications.scene import Scene, scene_of
from server.notifications.states import Channel, MessageState
from server.notifications.ways.choosing import ORDER
from server.programs.plans.telling import ByChannel, own

OPENED, NO_OTHER, ARRIVED = "opened", "no other way", "push arrived"
"""Why nobody is told once more."""


async def fall_back(actor: Actor, message_id: UUID) -> str | None:
    """Plan a message anew, by the way that it has not gone and in the hours of its class; or say why not.

    Raises:
        NotFound: no such message.
    """
    message = await message_by_id(actor, message_id)
    if await _was_opened(actor, message):
        return OPENED
    try:
        scene = await scene_of(actor, message)
    except NotFound:
        return NO_OTHER
    if _is_push_enough(scene) and await has_arrived(actor, message):
        return ARRIVED
    reason = NO_OTHER
    for way in ORDER:
        if way.channel is not message.channel and not (reason := await way.why_not(actor, scene)):
            await _plan_again(actor, message, way.channel)
            return None
    return reason


def _is_push_enough(scene: Scene) -> bool:
    """Whether its programme has a message go by mail only to whom push does not reach."""
    return scene.cohort is not None and (
        own(scene.program.messages, scene.message.kind, scene.message.own_key).channel is ByChannel.PUSH_FIRST)


async def _plan_again(actor: Actor, message: Message, channel: Channel) -> None:
    async with unit_of_work(actor) as unit:
        unit.after_commit(wake)
        row = Message.filter(organization_id=actor.organization_id, id=message.id, fallback=None)
        await row.update(
            state=MessageState.PLANNED, reason="", fallback=channel, falls_back_at=None, due_at=clock.now(),
            attempts=0, digest_id=None,
        )


async def _was_opened(actor: Actor, message: Message) -> bool:
    """Whether its reader tapped it, or was here since: since its letter, where that was another one's."""
    if message.tapped_at or message.read_at:
        return True
    seen_at = await last_visit(actor, message.recipient_id)
    letter = message if message.digest_id is None else await message_by_id(actor, message.digest_id)
    return letter.sent_at is not None and seen_at is not None and seen_at >= letter.sent_at
