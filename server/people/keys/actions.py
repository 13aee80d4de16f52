"""Turning the console's keys on and off."""

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.people.models import Profile
from server.people.queries import person_of, profile_of


async def set_keys(actor: Actor, on: bool) -> Profile:
    """Turn the single-letter keys of the console on or off for oneself (WCAG 2.2, 2.1.4). Twice is harmless.

    Raises:
        NotFound: the actor is not a person.
    """
    async with unit_of_work(actor) as unit:
        person = await person_of(actor)
        profile = await profile_of(actor, person.id)
        if (profile.keys_off_at is None) is on:
            return profile
        now = clock.now()
        profile.update_from_dict({"keys_off_at": None if on else now, "updated_at": now})
        await profile.save()
        await unit.audit("profile.change", person, fields=["keys_off_at"])
        return profile
