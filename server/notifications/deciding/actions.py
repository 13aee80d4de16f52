"""Letting a message go, or finding its hour: asked when it is about to leave, so that nothing later can pass a cap by.

A nudge takes a day of its person, and what else would nudge them until that evening goes in the same letter. The day,
the rest of the letter and its being on the way are stored together: after a crash the letter is the same.
"""

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.jobs.lanes import NotYet
from server.notifications.deciding import queries, windows
from server.notifications.models import Message, NudgeDay
from server.notifications.states import MessageClass, MessageState
from server.people.models import Person

TOGETHER = "in a digest"
"""Why a nudge that goes in another one's letter has none of its own."""
RETURNED = "in a digest that came back"
"""The same, when that letter did not arrive and no other way is open."""
HOURS, CAP = "outside its hours", "enough for now"
"""Why a message goes later than it was due."""


async def wait_for_its_hour(actor: Actor, message: Message, person: Person) -> None:
    """Go on if a message may go now. One that was on its way when its hours ended waits again like any other.

    Raises:
        NotYet: another hour or another day is right for it.
    """
    moment = clock.now()
    hours = windows.opens(message.message_class, moment, person.zone)
    if hours > moment:
        await give_back(actor, message)
    if message.message_class is not MessageClass.NUDGE or message.state is MessageState.QUEUED:
        opens = hours
    else:
        taken = await queries.days_of(actor, person.id, around=clock.today(person.zone))
        opens = windows.opens_for_nudge(moment, person.zone, taken)
    if opens > moment:
        raise NotYet(opens, HOURS if hours > moment else CAP)


async def take_day(actor: Actor, message: Message, person: Person, *, by_mail: bool) -> None:
    """A nudge goes today. Its letter takes along what else would nudge its person until the evening; a browser shows
    one thing, so what else waits then has another day."""
    evening = windows.closes(clock.now(), person.zone)
    async with unit_of_work(actor):
        await NudgeDay.create(
            organization_id=actor.organization_id, person_id=person.id, day=clock.today(person.zone),
            message_id=message.id,
        )
        others = queries.nudges_until(actor, person.id, evening).exclude(id=message.id)
        if by_mail:
            await others.update(state=MessageState.SUPPRESSED, reason=TOGETHER, digest_id=message.id)


async def give_back(actor: Actor, message: Message) -> None:
    """A message does not go now. If it was on its way, its day is free again, and what it carried goes by itself."""
    if message.state is not MessageState.QUEUED:
        return
    async with unit_of_work(actor):
        days = NudgeDay.filter(organization_id=actor.organization_id, message_id=message.id)
        if (latest := await days.order_by("-day").first()) is not None:   # one that went before stays taken
            await latest.delete()
        planned = {"state": MessageState.PLANNED, "reason": "", "digest_id": None}
        await queries.carried_by(actor, message).filter(reason=TOGETHER).update(**planned)
        await queries.itself(actor, message).update(state=MessageState.PLANNED)
