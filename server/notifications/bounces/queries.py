"""Whose a mail was that came back."""

from uuid import UUID

from server.notifications.models import Message


async def message_that_came_back(message_id: UUID) -> Message | None:
    """The message of a mail, with its recipient, whosever organisation it is: only its reader knows its id."""
    return await Message.filter(id=message_id).select_related("recipient").first()
