"""Reading what one was told, going on to where one acts, and forgetting it at last."""

from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import Message, NudgeDay
from server.notifications.queries import OPEN_MESSAGES, may_be_followed
from server.notifications.scene import scene_of
from server.notifications.told import queries
from server.people.queries import organization_of

KEPT, KEPT_FOLLOWED = timedelta(days=180), timedelta(days=400)
"""How long a message is kept: as long as the figures of its programme count it; one that a later word may follow, such
as the end of a session, longer than a session can be booked ahead."""
AT_ONCE = 500
"""So many are forgotten in one transaction, that nobody waits for it."""


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


async def forget_told(actor: Actor) -> bool:
    """Delete the oldest messages that nothing needs any more, with their days of nudges; whether there may be more.

    A demonstration forgets nothing: its people are made up, and its history is there to be looked at.

    Raises:
        Refused: only the product forgets.
    """
    require(actor.kind is ActorKind.SYSTEM, _("delete messages"))
    async with unit_of_work(actor) as unit:
        organization = await organization_of(actor)
        if organization.is_demo:
            return False
        old = Message.filter(organization_id=actor.organization_id, created_at__lt=clock.now() - KEPT)
        gone = old.exclude(state__in=OPEN_MESSAGES).exclude(may_be_followed(clock.now() - KEPT_FOLLOWED))
        ids = [one.id for one in await gone.order_by("created_at", "id").limit(AT_ONCE).only("id")]
        if ids:
            await NudgeDay.filter(organization_id=actor.organization_id, message_id__in=ids).delete()
            await Message.filter(organization_id=actor.organization_id, id__in=ids).delete()
            await unit.audit("messages.forget", organization, count=len(ids))
        return len(ids) == AT_ONCE
