"""Which two people have a conflict of interest; who they are and why is for who runs a programme of both, alone."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.kernel.actor import Actor, Permission
from server.kernel.errors import NotFound
from server.matches.models import ConflictOfInterest
from server.people.models import Person
from server.people.queries import people_by_ids
from server.programs.models import Enrollment

Two = tuple[UUID, UUID]


def in_force(actor: Actor) -> QuerySet[ConflictOfInterest]:
    """Every conflict of the actor's organisation that nobody lifted: where a query about conflicts starts."""
    return ConflictOfInterest.filter(organization_id=actor.organization_id, lifted_at=None)


async def conflicts_among(actor: Actor, person_ids: Collection[UUID]) -> dict[Two, datetime]:
    """Any two among some people who have a conflict of interest, and since when: one statement."""
    ids = set(person_ids)
    rows = await in_force(actor).filter(one_id__in=list(ids)).values_list("one_id", "other_id", "at")
    return {(one, other): at for one, other, at in rows if other in ids}


async def conflict_between(actor: Actor, one_id: UUID, other_id: UUID) -> ConflictOfInterest | None:
    """The conflict of two people, in whatever order they are named."""
    one, other = sorted((one_id, other_id))
    return await in_force(actor).filter(one_id=one, other_id=other).first()


async def conflicts_of(actor: Actor, person_id: UUID) -> list[ConflictOfInterest]:
    """The conflicts of somebody with people whom the actor may decide about too, the latest first; never their own."""
    found = in_force(actor).filter(Q(one_id=person_id) | Q(other_id=person_id)).order_by("-at", "-id")
    rows = await found
    known = await may_decide_about(actor, {one for row in rows for one in (row.one_id, row.other_id)})
    return [row for row in rows if {row.one_id, row.other_id} <= known]


async def visible_conflict(actor: Actor, conflict_id: UUID, *, lock: bool = False) -> ConflictOfInterest:
    """One conflict, lifted or not.

    Raises:
        NotFound: absent, of another organisation, or of somebody about whom the actor may not decide.
    """
    found = ConflictOfInterest.filter(organization_id=actor.organization_id, id=conflict_id)
    row = await (found.select_for_update(no_key=True) if lock else found).first()
    if row is None or await may_decide_about(actor, {row.one_id, row.other_id}) != {row.one_id, row.other_id}:
        raise NotFound
    return row


async def by_address(actor: Actor, address: str) -> UUID | None:
    """Whose work e-mail somebody typed, if the actor may decide about them."""
    person = await Person.filter(organization_id=actor.organization_id, email=address.strip().lower()).first()
    known = await may_decide_about(actor, [person.id]) if person else set()
    return person.id if person and person.id in known else None


async def may_decide_about(actor: Actor, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of some people, in programmes whose matches the actor decides about; never the actor: nobody reads or
    decides what stands between themselves and somebody."""
    scope, ids = actor.programs_with(Permission.PROGRAM_MATCHES_DECIDE), set(person_ids) - {actor.person_id}
    if scope is None:
        return set(await people_by_ids(actor, list(ids)))
    there = Enrollment.filter(
        organization_id=actor.organization_id, program_id__in=list(scope), person_id__in=list(ids)
    )
    return {row["person_id"] for row in await there.values("person_id")}
