"""A programme's conditions no longer hold for somebody: with a grace in which that may change again (lifecycle X04)."""

from datetime import datetime, timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.models import Enrollment
from server.programs.states import ENDED_FROM, EnrollmentState
from server.programs.steps import locked_with_its_cohort, tell

GRACE_DAYS, GRACE_DAYS_MAX = 14, 90
"""The usual grace of domain/lifecycle.md, X04, and the longest."""


async def lose_eligibility(actor: Actor, enrollment_id: UUID, *, grace_days: int = GRACE_DAYS) -> Enrollment:
    """Let somebody's part end in `grace_days`, unless `keep_eligible` says otherwise by then. They are told at once.

    Twice is harmless: the first day stands.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Invalid: not 1 to GRACE_DAYS_MAX days.
        Conflict: they take no part any more (`kind="ended"`).
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("end this for somebody else"))
        if not 1 <= grace_days <= GRACE_DAYS_MAX:
            raise Invalid({"grace_days": _("Choose from 1 to %(most)s days.") % {"most": GRACE_DAYS_MAX}})
        if enrollment.state not in ENDED_FROM[EnrollmentState.REMOVED]:
            raise Conflict(_("This has ended already."), kind="ended")
        if await queries.grace_ends_at(actor, enrollment.id):
            return enrollment
        ends_at: datetime = clock.now() + timedelta(days=grace_days)
        await unit.schedule(queries.GRACE, enrollment, ends_at)
        await unit.audit("enrollment.lose_eligibility", enrollment, ends_at=ends_at)
        await tell(unit, enrollment, "eligibility_ending", ends_at=ends_at)
        return enrollment


async def keep_eligible(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """The conditions hold again: nothing ends. Without a grace that runs there is nothing to do.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("end this for somebody else"))
        if await queries.grace_ends_at(actor, enrollment.id):
            await unit.unschedule(enrollment.id, queries.GRACE, reason="eligible again")
            await unit.audit("enrollment.keep_eligible", enrollment)
            await tell(unit, enrollment, "eligibility_kept")
        return enrollment
