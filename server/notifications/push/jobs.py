"""The lane in which notices leave, and what becomes of a browser whose session ends."""

from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.kernel.jobs.lanes import Ending, Json, Lane, register_lane
from server.notifications.models import PushNotice
from server.notifications.push.actions import forget_session, send_notice
from server.notifications.queries import OPEN_MESSAGES
from server.notifications.states import MessageState


@on_event("person.signed_out")
async def let_the_browser_go(event: OutboxEvent) -> None:
    """Tell a browser no more in which somebody signed out, or was signed out from elsewhere."""
    following = event.payload.get("followed_by_id")
    await forget_session(
        system_actor(event.organization_id), UUID(str(event.payload["session_id"])),
        UUID(str(following)) if following else None,
    )


async def _send(notice: PushNotice) -> str | None:
    state = await send_notice(system_actor(notice.organization_id), notice.id)
    return state.value if state is MessageState.SUPPRESSED else None


def _marks(ending: Ending, code: str) -> Json:
    if ending is Ending.PARKED:
        return {"state": MessageState.FAILED, "reason": code}
    return {"reason": code} if ending is Ending.LATER else {}


register_lane(Lane(
    "notices", PushNotice, "due_at", {"state__in": OPEN_MESSAGES}, _send, _marks, group="subscription_id",
))
