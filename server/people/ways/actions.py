"""Saying how one likes to work."""

from collections.abc import Collection

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.people.models import Profile
from server.people.queries import person_of, profile_of
from server.people.states import STYLES, DepartmentWish, Style


async def set_ways(
    actor: Actor, styles: Collection[Style] | None = None, pref_department: DepartmentWish | None = None
) -> Profile:
    """Say how one likes to work and from where one would like the other to come; None leaves it as it is.

    A question of which neither way is named is left open: either is fine. The same again changes nothing.

    Raises:
        NotFound: the actor is not a person.
        Invalid: both ways of one question.
    """
    if any(set(ways) <= set(styles or ()) for ways in STYLES):
        raise Invalid({"styles": _("Choose one of the two, or neither.")})
    async with unit_of_work(actor) as unit:
        person = await person_of(actor)
        profile = await profile_of(actor, person.id)
        said = {
            "styles": None if styles is None else [way.value for ways in STYLES for way in ways if way in styles],
            "pref_department": pref_department,
        }
        changed = {name: value for name, value in said.items() if value not in (None, getattr(profile, name))}
        if not changed:
            return profile
        profile.update_from_dict({**changed, "updated_at": clock.now()})
        await profile.save()
        await unit.audit("profile.change", person, fields=sorted(changed))
        await unit.publish("profile.changed", subject_id=person.id, person_id=person.id, fields=sorted(changed))
        return profile
