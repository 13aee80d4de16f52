"""Why a message is needless, by all that is stored now: asked before one is planned, and when its letter leaves."""

from collections.abc import Mapping
from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.db import plain
from server.kernel.errors import NotFound
from server.notifications.catalogue import CATALOGUE, why_not
from server.notifications.channels.protocol import Way
from server.notifications.models import Message
from server.notifications.scene import Scene, scene_of
from server.notifications.ways.choosing import way_for


async def why_needless(actor: Actor, kind: str, recipient_id: UUID, facts: Mapping[str, object]) -> str:
    """Why a message would not go to somebody if it were sent now; empty when it would. Nothing is stored."""
    message = Message(
        organization_id=actor.organization_id, kind=kind, message_class=CATALOGUE[kind].message_class,
        recipient_id=recipient_id, facts={name: plain(value) for name, value in facts.items()},
    )
    return (await scene_and_way(actor, message))[2]


async def scene_and_way(actor: Actor, message: Message) -> tuple[Scene | None, Way | None, str]:
    """What the message speaks of, unless it is gone, and which way it goes; or why none."""
    try:
        scene = await scene_of(actor, message)
    except NotFound:
        return None, None, "gone"
    return scene, *await way_for(actor, scene)


async def scene_and_reason(actor: Actor, message: Message) -> tuple[Scene | None, str]:
    """What the message speaks of, unless it is gone, and why it must not go as mail."""
    try:
        scene = await scene_of(actor, message)
    except NotFound:
        return None, "gone"
    return scene, why_not(CATALOGUE[message.kind], scene)
