"""Whether somebody has done what a message wishes for, by kind: asked before it is planned, and when it leaves."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from server.access.queries import actor_for
from server.journey.asking.queries import Asking, asking_page
from server.kernel.actor import Actor
from server.messaging.queries import word_in
from server.notifications.models import Message
from server.notifications.queries import was_told
from server.people.queries import visible_person, who_agreed_before
from server.programs.audience.telling import has_answered, has_people_for, may_mentor_still
from server.programs.models import Cohort
from server.programs.openings.queries import comes_again
from server.programs.plans.telling import OWN, Trigger
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


async def _asked_or_alone(actor: Actor, message: Message, _: Cohort | None) -> bool:
    """Whether somebody has asked, is matched or may not ask, or there is nobody to ask."""
    if await was_told(actor, message):
        return True   # before the engine is asked who fits
    own = await actor_for(await visible_person(actor, message.recipient_id))
    page = await asking_page(own, UUID(str(message.facts["enrollment_id"])))
    return page.asking is not Asking.OPEN or bool(page.taken) or not page.choices


async def _answered_the_text(actor: Actor, message: Message, _: Cohort | None) -> bool:
    """Whether somebody has answered to a wording, or takes part in nothing that it is for."""
    return message.recipient_id not in await who_agreed_before(actor, UUID(str(message.facts["consent_text_id"])))


async def _comes_again(actor: Actor, message: Message, cohort: Cohort | None) -> bool:
    return cohort is not None and await comes_again(actor, cohort.program_id, message.recipient_id)


async def _answered_the_opening(actor: Actor, message: Message, cohort: Cohort | None) -> bool:
    return cohort is not None and await has_answered(actor, cohort.program_id, message.recipient_id)


async def _has_nobody_for_it(actor: Actor, message: Message, cohort: Cohort | None) -> bool:
    return cohort is None or not await has_people_for(actor, cohort.program, message.recipient_id)


async def _answered_the_call(actor: Actor, message: Message, cohort: Cohort | None) -> bool:
    return cohort is None or not await may_mentor_still(actor, cohort.program, message.recipient_id)


async def _has_answered(actor: Actor, message: Message, _: Cohort | None) -> bool:
    """Whether somebody has written last by now, of a message that reminds them of an answer."""
    if message.facts.get("when") != Trigger.UNANSWERED:
        return False
    last = await word_in(actor, UUID(str(message.facts["match_id"])), first=False)
    return last is None or last.author_id == message.recipient_id


WISHES: dict[str, Callable[[Actor, Message, Cohort | None], Awaitable[bool]]] = {
    "L01": _answered_the_opening, "L02": _answered_the_opening, "L03": _has_nobody_for_it, "E17": _answered_the_call,
    "M02": _asked_or_alone, "S03": _prepared, "S06": _written, "Y03": _answered_the_text, "Z08": _comes_again,
    OWN: _has_answered,
}
