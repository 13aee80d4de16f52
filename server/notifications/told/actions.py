"""Reading what one was told, and going on to where one acts."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import Message
from server.notifications.scene import scene_of
from server.notifications.told import queries


async def mark_told_read(actor: Actor) -> None:
    """The person who acts has seen all that they were told until now."""
    async with unit_of_work(actor):
        ids = [row.id for row in await queries.told(actor).filter(read_at=None)]
        await Message.filter(organization_id=actor.organization_id, id__in=ids).update(read_at=clock.now())


async def note_tap(actor: Actor, message_id: UUID) -> None:
    """The person who acts came by the link of a message of theirs; once, and nothing for anybody else's."""
    async with unit_of_work(actor):
        mine = Message.filter(organization_id=actor.organization_id, recipient_id=actor.person_id, id=message_id)
        await mine.filter(tapped_at=None).update(tapped_at=clock.now())


async def open_told(actor: Actor, message_id: UUID) -> str:
    """Where a message leads the person who acts; that they tapped it is kept, once.

    Raises:
        NotFound: no such message of theirs.
        Conflict: what it speaks of is gone.
    """
    message = await queries.told(actor).filter(id=message_id).first()
    if message is None or message.kind not in CATALOGUE:
        raise NotFound
    try:
        link = CATALOGUE[message.kind].link(await scene_of(actor, message))
    except NotFound as gone:
        raise Conflict(_("What that was about is no longer there.")) from gone
    await note_tap(actor, message.id)
    return link
