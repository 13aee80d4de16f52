"""Saying "not now"."""

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.people.models import Profile
from server.people.offers.queries import REFUSED_AT
from server.people.queries import person_of, profile_of
from server.people.states import Offer


async def refuse_offer(actor: Actor, offer: Offer) -> Profile:
    """Never ask this person again. Twice is harmless.

    Raises:
        NotFound: the actor is not a person.
    """
    field = REFUSED_AT[offer]
    async with unit_of_work(actor) as unit:
        person = await person_of(actor)
        profile = await profile_of(actor, person.id)
        if getattr(profile, field) is not None:
            return profile
        profile.update_from_dict({field: clock.now(), "updated_at": clock.now()})
        await profile.save()
        await unit.audit("profile.change", person, fields=[field])
        return profile
