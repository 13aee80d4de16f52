"""A programme's conditions no longer hold for somebody: with a grace in which that may change again (lifecycle X04)."""

from datetime import datetime, timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.models import Enrollment
from server.programs.states import ENDED_FROM, EnrollmentState
from server.programs.steps import locked_with_its_cohort, tell, withdraw

GRACE_DAYS, GRACE_DAYS_MAX = 14, 90
"""The usual grace of domain/lifecycle.md, X04, and the longest."""
ENDING, KEPT = "enrollment.eligibility_ending", "enrollment.eligibility_kept"


async def lose_eligibility(
    actor: Actor, enrollment_id: UUID, *, grace_days: int = GRACE_DAYS, undo_within: timedelta = timedelta()
) -> Enrollment:
    """Let somebody's part end in `grace_days`, unless `keep_eligible` says otherwise by then. They are told at once.

    Twice is harmless: the first day stands. Nobody is told for `undo_within`; until then `undo_eligibility` takes it
    back.

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
        await _plan_end(unit, enrollment, ends_at)
        await unit.audit("enrollment.lose_eligibility", enrollment, ends_at=ends_at)
        await tell(unit, enrollment, "eligibility_ending", hold=undo_within, ends_at=ends_at)
        return enrollment


async def keep_eligible(
    actor: Actor, enrollment_id: UUID, *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """The conditions hold again: nothing ends. Without a grace that runs there is nothing to do.

    Undo as in `lose_eligibility`.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("end this for somebody else"))
        ends_at = await queries.grace_ends_at(actor, enrollment.id)
        if ends_at is not None:
            await unit.unschedule(enrollment.id, queries.GRACE, reason="eligible again")
            await unit.audit("enrollment.keep_eligible", enrollment)
            await tell(unit, enrollment, "eligibility_kept", hold=undo_within, ends_at=ends_at)
        return enrollment


async def undo_eligibility(actor: Actor, enrollment_id: UUID) -> bool:
    """Take back that a grace began, or that it was ended by `keep_eligible`; its day is then the one it had.

    False when it was told already, has changed since, or there was no such word.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("take this back"))
        fact = await queries.held_facts(actor, ENDING, KEPT).filter(subject_id=enrollment.id).order_by(
            "-at", "-id"
        ).first()
        if fact is None or enrollment.state not in ENDED_FROM[EnrollmentState.REMOVED]:
            return False
        runs = await queries.grace_ends_at(actor, enrollment.id) is not None
        if runs is not (fact.kind == ENDING) or not await withdraw(fact):
            return False
        if runs:
            await unit.unschedule(enrollment.id, queries.GRACE, reason="undone")
        else:
            await _plan_end(unit, enrollment, datetime.fromisoformat(fact.payload["ends_at"]))
        await unit.audit("enrollment.undo_eligibility", enrollment)
        return True


async def _plan_end(unit: Unit, enrollment: Enrollment, ends_at: datetime) -> None:
    """Each grace is an occasion of its own: whoever came back may lose it again."""
    await unit.schedule(queries.GRACE, enrollment, ends_at, key=ends_at.isoformat())
