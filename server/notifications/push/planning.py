"""Which messages go to browsers too: planned with the message itself, in its transaction."""

from server.kernel.actor import Actor
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import Message, PushNotice
from server.notifications.push import queries


async def plan_notices(actor: Actor, message: Message) -> list[PushNotice]:
    """Put a message on its way to every browser of its recipient, beside the mail, if it is of a kind for that."""
    if not CATALOGUE[message.kind].pushes:
        return []
    return [
        await PushNotice.create(organization_id=actor.organization_id, message=message, subscription=row)
        for row in await queries.browsers_of(actor, message.recipient_id)
    ]
