"""Noting that somebody did what a message asks for."""

from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.facts import OutboxEvent
from server.notifications.models import Message
from server.notifications.proving.acts import ACTS
from server.notifications.proving.queries import WITHIN, people_of
from server.programs.plans.telling import OWN


async def note_act(actor: Actor, fact: OutboxEvent) -> None:
    """Put the moment of a fact on the messages of the days before that ask for it, those that were left out too.

    Told twice it is the same moment.
    """
    act, payload = ACTS[fact.kind], fact.payload
    if (about := payload.get(act.about)) is None:
        return
    people = await people_of(actor, payload)
    asked = Message.filter(
        organization_id=actor.organization_id, recipient_id__in=people, kind__in=[*act.kinds, OWN], acted_at=None,
        created_at__gte=fact.at - WITHIN, created_at__lte=fact.at,
    )
    ids = [
        one.id for one in await asked
        if one.facts.get(act.about) == str(about) and (one.kind in act.kinds or one.facts.get("when") in act.own)
        and (not act.by or str(one.recipient_id) == str(payload.get(act.by)))
    ]
    async with unit_of_work(actor):
        await Message.filter(organization_id=actor.organization_id, id__in=ids).update(acted_at=fact.at)
