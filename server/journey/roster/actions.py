"""What a manager does about one person's part in a programme."""

from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.matches.queries import lock_enrollments, seats_taken
from server.programs.models import Enrollment
from server.programs.places import actions as places
from server.programs.queries import cohort_by_id, visible_enrollment


async def set_places(actor: Actor, enrollment_id: UUID, count: int) -> Enrollment:
    """Set a mentor's places, never fewer than their open matches take. The same number again changes nothing.

    Raises:
        NotFound, Refused, Invalid, Conflict: as `programs.places.actions.set_places`.
    """
    async with unit_of_work(actor):
        enrollment = await visible_enrollment(actor, enrollment_id)
        await cohort_by_id(actor, enrollment.cohort_id, lock=True)
        await lock_enrollments(actor, {enrollment_id})
        taken = (await seats_taken(actor, [enrollment_id])).get(enrollment_id, 0)
        return await places.set_places(actor, enrollment_id, count, taken=taken)
