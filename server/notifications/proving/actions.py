"""Noting that somebody did what a message asks for."""

from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.facts import OutboxEvent
from server.notifications.models import Message
from server.notifications.proving.acts import ACTS
from server.notifications.proving.queries import WITHIN, people_of


async def note_act(actor: Actor, fact: OutboxEvent) -> None:
    """Put the moment of a fact on the messages of the days before that ask for it, those that were left out too.

    Told twice it is the same moment.
    """
    act, payload = ACTS[fact.kind], fact.payload
    if (about := payload.get(act.about)) is None:
        return
    people = await people_of(actor, payload)
    asked = Message.filter(
        organization_id=actor.organization_id, recipient_id__in=people, kind__in=act.kinds, acted_at=None,
        created_at__gte=fact.at - WITHIN, created_at__lte=fact.at,
    )
    ids = [
        one.id for one in await asked
        if one.facts.get(act.about) == str(about) and (not act.own or _is(one, payload.get("person_id")))
    ]
    async with unit_of_work(actor):
        await Message.filter(organization_id=actor.organization_id, id__in=ids).update(acted_at=fact.at)


def _is(message: Message, person_id: object) -> bool:
    return message.recipient_id == UUID(str(person_id)) if person_id else False
