"""The lane of messages that nobody opened yet.

Only what has gone, or came back, has a moment for it: to ask for the state besides would lead a database past the index
of those moments, through all that was ever sent.
"""

from server.kernel.actor import system_actor
from server.kernel.jobs.lanes import Ending, Json, Lane, register_lane
from server.notifications.falling_back.actions import fall_back
from server.notifications.models import Message


async def _look(message: Message) -> str | None:
    return await fall_back(system_actor(message.organization_id), message.id)


def _marks(ending: Ending, code: str) -> Json:  # noqa: ARG001  # why nobody is told again is in the log
    return {} if ending is Ending.LATER else {"falls_back_at": None}


register_lane(Lane(
    "fallbacks", Message, "falls_back_at", {"falls_back_at__isnull": False}, _look, _marks, group="recipient_id",
))
