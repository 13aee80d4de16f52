"""A link that says which message it stood in, so that its reader's coming by it counts as opening that message.

Whoever is signed in as somebody else, or as nobody, counts for nothing: a mail scanner opens no message.
"""

from uuid import UUID

NAME = "told"


def from_message(link: str, message_id: UUID) -> str:
    """A path within the app, with the message that leads there."""
    path, sharp, place = link.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{NAME}={message_id}{sharp}{place}"
