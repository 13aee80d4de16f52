"""Whether somebody has done what a message wishes for, by kind: asked before it is planned, and when it leaves."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from server.kernel.actor import Actor
from server.notifications.models import Message
from server.programs.models import Cohort
from server.programs.openings.queries import comes_again
from server.sessions.queries import has_written, is_prepared, visible_session


async def is_done(actor: Actor, message: Message, cohort: Cohort | None) -> bool:
    """Whether what a message wishes for is done; of a kind that asks for something else, no."""
    asked = WISHES.get(message.kind)
    return asked is not None and await asked(actor, message, cohort)


async def _prepared(actor: Actor, message: Message, _: Cohort | None) -> bool:
    return await is_prepared(await visible_session(actor, UUID(str(message.facts["session_id"]))))


async def _written(actor: Actor, message: Message, _: Cohort | None) -> bool:
    session = await visible_session(actor, UUID(str(message.facts["session_id"])))
    return await has_written(session, message.recipient_id)


async def _comes_again(actor: Actor, message: Message, cohort: Cohort | None) -> bool:
    return cohort is not None and await comes_again(actor, cohort.program_id, message.recipient_id)


WISHES: dict[str, Callable[[Actor, Message, Cohort | None], Awaitable[bool]]] = {
    "S03": _prepared, "S06": _written, "Z08": _comes_again,
}
