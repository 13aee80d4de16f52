"""Whom a walk is about: somebody of the organisation, or somebody who is only imagined. Nothing is stored."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.errors import Invalid
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.people.models import Person
from server.people.queries import organization_of, people_by_ids
from server.people.rules import can_read_people
from server.people.states import PersonStatus
from server.programs.queries import visible_enrollments


@dataclass(frozen=True, slots=True)
class Imagined:
    """What is typed of somebody. `like`: the address of somebody who is there, whose records count where nothing else
    is said."""

    like: str = ""
    manager: str = ""
    hired_on: date | None = None
    department: str = ""
    location: str = ""
    seniority: int | None = None


async def imagined(actor: Actor, told: Imagined) -> tuple[Person, Person | None]:
    """Somebody as the rules would find them, and who manages them. Nobody is stored.

    Raises:
        Refused: the actor runs no programme.
        Invalid: nobody whom the actor may see has such an address, by field.
    """
    require(actor.programs_with(Permission.PROGRAM_ENROLLMENTS_EDIT) != frozenset(), _("see who would join"))
    like = await _named(actor, "like", told.like)
    manager = await _named(actor, "manager", told.manager)
    if like:
        if manager is None and like.line_manager_id and await _may_see(actor, like.line_manager_id):
            manager = (await people_by_ids(actor, [like.line_manager_id])).get(like.line_manager_id)
        return like, manager
    zone = (await organization_of(actor)).zone
    newcomer = Person(
        organization_id=actor.organization_id, given_name=_("Somebody new"), family_name="", zone=zone,
        hire_date=told.hired_on or clock.today(zone), department=told.department, location=told.location,
        seniority=told.seniority,
    )
    return newcomer, manager


async def _named(actor: Actor, field: str, address: str) -> Person | None:
    if not address:
        return None
    here = Person.filter(organization_id=actor.organization_id, email=clean(address).lower())
    person = await here.exclude(status=PersonStatus.ENDED).first()
    if person is None or not await _may_see(actor, person.id):
        raise Invalid({field: _("Nobody in your programmes has this address.")})
    return person


async def _may_see(actor: Actor, person_id: UUID) -> bool:
    """Whoever looks people up sees everybody; others whom they have in a programme of theirs."""
    there = visible_enrollments(actor).filter(person_id=person_id)
    return can_read_people(actor) or await there.exists()
