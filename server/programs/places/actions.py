"""Setting a mentor's places."""

from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.actions import CAPACITY_MAX
from server.programs.models import Enrollment
from server.programs.states import OPEN_ENROLLMENTS, ParticipantRole
from server.programs.steps import move_up


async def set_places(actor: Actor, enrollment_id: UUID, places: int, *, taken: int = 0) -> Enrollment:
    """Give a mentor more places or fewer, never fewer than are `taken`; more let the waiting list move up.

    The same number again changes nothing.

    Raises:
        NotFound: no enrolment that the actor may see.
        Refused: the actor does not run the programme.
        Invalid: outside `taken` (at least 1) to CAPACITY_MAX.
        Conflict: not a mentor who takes part or is invited (`kind="ended"`).
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.visible_enrollment(actor, enrollment_id)
        await queries.cohort_by_id(actor, enrollment.cohort_id, lock=True)
        enrollment = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("set somebody else's places"))
        if enrollment.role is not ParticipantRole.MENTOR or enrollment.state not in OPEN_ENROLLMENTS:
            raise Conflict(_("Only a mentor who takes part has places."), kind="ended")
        least = max(1, taken)
        if not least <= places <= CAPACITY_MAX:
            raise Invalid({"places": _("Choose from %(least)d to %(most)d.") % {"least": least, "most": CAPACITY_MAX}})
        if enrollment.capacity != places:
            before, enrollment.capacity = enrollment.capacity, places
            await enrollment.save(update_fields=["capacity"])
            await unit.audit("enrollment.set_places", enrollment, was=before, now=places)
            await move_up(unit, enrollment.cohort_id)
        return enrollment
