"""What is known of an address, and whose a mail was that came back."""

from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.secrets import keyed_digest
from server.notifications.models import MailboxState, Message


async def message_that_came_back(message_id: UUID) -> Message | None:
    """The message of a mail, with its recipient, whosever organisation it is: only its reader knows its id."""
    return await Message.filter(id=message_id).select_related("recipient").first()


async def dead_mailbox(actor: Actor, person_id: UUID, address: str) -> MailboxState | None:
    """Since when no mail goes to an address of somebody, and why; the caller knows why the actor may know it."""
    theirs = MailboxState.filter(organization_id=actor.organization_id, person_id=person_id, dead_at__isnull=False)
    return next((one for one in await theirs if one.address_mark == mark_of(address)), None)


def mark_of(address: str) -> str:
    """What an address is known by, whatever the case of its letters."""
    return keyed_digest(address.casefold(), "mailbox_state.address").hex()
