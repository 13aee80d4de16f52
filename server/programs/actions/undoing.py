"""The way back from a word on an enrolment, as long as nobody was told of it (decision 6 of the design)."""

from datetime import date, datetime
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.facts import OutboxEvent
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.models import Enrollment, WaitlistEntry
from server.programs.states import OVER_PROGRAMS, EnrollmentState
from server.programs.steps import locked_with_its_cohort, move_in_line, move_up, withdraw

REVERSIBLE = {
    "enrollment.activated": EnrollmentState.ACTIVE, "enrollment.waitlisted": EnrollmentState.WAITLISTED,
    "enrollment.rejected": EnrollmentState.DECLINED, "enrollment.removed": EnrollmentState.REMOVED,
    "enrollment.eligibility_lost": EnrollmentState.REMOVED, "enrollment.withdrawn": EnrollmentState.WITHDRAWN,
    "enrollment.declined": EnrollmentState.DECLINED,
}
"""The facts that can be withdrawn, and the state in which each leaves an enrolment."""
OWN = ("enrollment.withdrawn", "enrollment.declined")
"""What the person did: nobody else takes it back."""


async def undo_decision(actor: Actor, enrollment_id: UUID) -> list[Enrollment]:
    """Take back the last word on an enrolment: a manager's, who admitted, turned down or took out; or the person's own,
    who stepped out or said no.

    Returns it, then whoever moved up because of it and waits again; nothing when it was told already, has changed
    since, or there was no such word. Matches are not this room's: `journey.leaving.undo_decision` brings them back.

    Raises:
        NotFound, Refused: not of a programme that the actor runs; of the person's own word, not the actor's.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        held = queries.held_facts(actor, *REVERSIBLE).filter(subject_id=enrollment_id)
        fact = await held.order_by("-at", "-id").first()
        is_own = rules.can_fill_in(actor, enrollment) and (fact is None or fact.kind in OWN)
        may_mend = rules.can_edit_enrollments(actor, enrollment.program_id) and (fact is None or fact.kind not in OWN)
        require(is_own or may_mend, _("take this back"))
        if fact is None or enrollment.state is not REVERSIBLE[fact.kind] or enrollment.cohort.state in OVER_PROGRAMS:
            return []
        if not await withdraw(fact):
            return []
        moved = [await _wait_again(unit, one) for one in await queries.moved_up_by(actor, enrollment_id)]
        await _restore(unit, enrollment, fact)
        await move_up(unit, enrollment.cohort_id)
        return [enrollment, *[one for one in moved if one]]


async def move_back_in_line(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """Take `move_to_front` back, once.

    Raises:
        NotFound: no such enrolment.
    """
    return await move_in_line(actor, enrollment_id, by=-1, act="enrollment.move_back_in_line")


async def _wait_again(unit: Unit, fact: OutboxEvent) -> Enrollment | None:
    """Whoever moved up waits again in their old place, unless they have left since."""
    moved = await queries.enrollments(unit.actor).select_for_update().get_or_none(id=fact.subject_id)
    if moved is None or moved.state is not EnrollmentState.ACTIVE or not await withdraw(fact):
        return None
    moved.state, moved.active_at = EnrollmentState.WAITLISTED, None
    await moved.save(update_fields=["state", "active_at"])
    await _into_line(moved)
    await unit.audit("enrollment.undo_seat", moved, now=moved.state)
    return moved


async def _restore(unit: Unit, enrollment: Enrollment, fact: OutboxEvent) -> None:
    until = fact.payload.get("was_until")
    enrollment.state, enrollment.ended_at = EnrollmentState(fact.payload["was"]), None
    enrollment.paused_until = date.fromisoformat(until) if until else None
    if enrollment.state is EnrollmentState.PENDING_APPROVAL:
        enrollment.active_at, enrollment.decision_reason = None, ""
        await _out_of_line(enrollment)
    elif enrollment.state is EnrollmentState.WAITLISTED:
        await _into_line(enrollment)
    await enrollment.save(update_fields=["state", "ended_at", "paused_until", "active_at", "decision_reason"])
    await unit.plan_again(enrollment.id, since=datetime.fromisoformat(fact.payload["acted_at"]))
    await unit.audit("enrollment.undo_decision", enrollment, now=enrollment.state)


async def _into_line(enrollment: Enrollment) -> None:
    await WaitlistEntry.filter(
        organization_id=enrollment.organization_id, enrollment_id=enrollment.id
    ).update(left_at=None)


async def _out_of_line(enrollment: Enrollment) -> None:
    """As if never admitted: the next admission makes a new entry."""
    await WaitlistEntry.filter(organization_id=enrollment.organization_id, enrollment_id=enrollment.id).delete()
