"""How many of some people get no letter, or get it by a zone that nobody gave.

Who may see names is who may look up people; how many is for everybody who may change the programme.
"""

from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.kernel.actor import Actor
from server.notifications.models import MailboxState
from server.notifications.queries import mark_of
from server.people.models import Person
from server.people.rules import can_read_people

NAMED = 20
"""So many are named."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many have no address that works, and some of them; how many have a zone that is only assumed."""

    unreached: int
    some: list[Person]
    zone_assumed: int


async def reach_of(actor: Actor, people: QuerySet[Person]) -> Reach:
    """How some people of the actor's organisation are reached; the caller knows why the actor may count them."""
    without = people.filter(Q(email="") | Q(id__in=await _failing(actor)))
    some = without.order_by("family_name", "given_name", "id").limit(NAMED)
    return Reach(
        await without.count(), await some if can_read_people(actor) else [],
        await people.filter(zone_assumed=True).count(),
    )


async def _failing(actor: Actor) -> list[UUID]:
    """Whose address, as they have it now, takes no mail."""
    dead = MailboxState.filter(organization_id=actor.organization_id, dead_at__isnull=False)
    rows = await dead.values_list("person_id", "address_mark", "person__email")
    return [person_id for person_id, mark, address in rows if mark_of(address) == mark]
