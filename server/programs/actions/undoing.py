"""The way back from a word on an enrolment, as long as nobody was told of it (decision 6 of the design)."""

from collections.abc import Collection
from dataclasses import dataclass
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

DECISIONS = {
    "enrollment.activated": EnrollmentState.ACTIVE, "enrollment.waitlisted": EnrollmentState.WAITLISTED,
    "enrollment.rejected": EnrollmentState.DECLINED, "enrollment.removed": EnrollmentState.REMOVED,
    "enrollment.eligibility_lost": EnrollmentState.REMOVED, "enrollment.withdrawn": EnrollmentState.WITHDRAWN,
    "enrollment.declined": EnrollmentState.DECLINED, "enrollment.invited": EnrollmentState.INVITED,
}
"""The facts that can be withdrawn, and the state in which each leaves an enrolment."""
RESTS = {"enrollment.paused": EnrollmentState.PAUSED, "enrollment.resumed": EnrollmentState.ACTIVE}
"""The same, of breaks."""
OWN = ("enrollment.withdrawn", "enrollment.declined")
"""What the person did: nobody else takes it back."""


@dataclass(frozen=True)
class TakenBack:
    """An act that was undone. `waiting`: who had moved up because of it and waits again; `fact_id`: what told of it,
    so that whatever else it brought was told after that."""

    enrollment: Enrollment
    waiting: list[Enrollment]
    fact_id: UUID


async def undo_decision(actor: Actor, enrollment_id: UUID) -> TakenBack | None:
    """Take back the last word on an enrolment: a manager's, who admitted, turned down, took out or invited; or
    the person's own, who stepped out or said no.

    None when it was told already, has changed since, or there was no such word. Matches are not this room's:
    `journey.leaving.undo_decision` brings them back. Of a first invitation nothing stays but its trail.

    Raises:
        NotFound, Refused: not of a programme that the actor runs; of the person's own word, not the actor's.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        fact = await _last(actor, enrollment_id, DECISIONS)
        is_own = rules.can_fill_in(actor, enrollment) and (fact is None or fact.kind in OWN)
        may_mend = rules.can_edit_enrollments(actor, enrollment.program_id) and (fact is None or fact.kind not in OWN)
        require(is_own or may_mend, _("take this back"))
        if fact is None or enrollment.state is not DECISIONS[fact.kind] or enrollment.cohort.state in OVER_PROGRAMS:
            return None
        return await _take_back(unit, enrollment, fact, "undo_decision")


async def undo_break(actor: Actor, enrollment_id: UUID) -> TakenBack | None:
    """Take back that one began a break, chose another day for it, or ended it.

    None and the matches as in `undo_decision`; `journey.leaving.undo_break` brings them back.

    Raises:
        NotFound: no enrolment that the actor may see.
        Refused: it is somebody else's.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_fill_in(actor, enrollment), _("take this back"))
        fact = await _last(actor, enrollment_id, RESTS)
        if fact is None or enrollment.state is not RESTS[fact.kind] or enrollment.cohort.state in OVER_PROGRAMS:
            return None
        return await _take_back(unit, enrollment, fact, "undo_break")


async def move_back_in_line(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """Take `move_to_front` back, once.

    Raises:
        NotFound: no such enrolment.
    """
    return await move_in_line(actor, enrollment_id, by=-1, act="enrollment.move_back_in_line")


async def _last(actor: Actor, enrollment_id: UUID, kinds: Collection[str]) -> OutboxEvent | None:
    return await queries.held_facts(actor, *kinds).filter(subject_id=enrollment_id).order_by("-at", "-id").first()


async def _take_back(unit: Unit, enrollment: Enrollment, fact: OutboxEvent, act: str) -> TakenBack | None:
    if not await withdraw(fact):
        return None
    followed = [one for one in await queries.moved_up_by(unit.actor, enrollment.id) if one.id > fact.id]
    moved = [await _wait_again(unit, one) for one in followed]
    await unit.audit(f"enrollment.{act}", enrollment, now=fact.payload.get("was"))
    if "was" in fact.payload:
        await _restore(unit, enrollment, fact)
    else:   # a first invitation: there was nothing before it
        await unit.unschedule(enrollment.id, "enrollment.expire", reason="undone")
        await enrollment.delete()
    await move_up(unit, enrollment.cohort_id)
    return TakenBack(enrollment, [one for one in moved if one], fact.id)


async def _wait_again(unit: Unit, fact: OutboxEvent) -> Enrollment | None:
    """Whoever moved up waits again in their old place, unless they have left since."""
    moved = await queries.enrollments(unit.actor).select_for_update(no_key=True).get_or_none(id=fact.subject_id)
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
    elif fact.kind == "enrollment.invited":
        await _uninvite(unit, enrollment, fact)
    await enrollment.save(update_fields=["state", "ended_at", "paused_until", "active_at", "decision_reason"])
    await unit.unschedule(enrollment.id, "enrollment.resume", reason="undone")
    await unit.plan_again(enrollment.id, since=datetime.fromisoformat(fact.payload["acted_at"]))


async def _uninvite(unit: Unit, enrollment: Enrollment, fact: OutboxEvent) -> None:
    """The moments of the way on which somebody was before they were invited again; the caller saves when it ended."""
    names = ("invited_at", "expires_at", "started_at", "submitted_at", "ended_at")
    told = {name: fact.payload[f"was_{name}"] for name in names}
    enrollment.update_from_dict({name: datetime.fromisoformat(at) if at else None for name, at in told.items()})
    await enrollment.save(update_fields=list(names))
    await unit.unschedule(enrollment.id, "enrollment.expire", reason="undone")


async def _into_line(enrollment: Enrollment) -> None:
    await WaitlistEntry.filter(
        organization_id=enrollment.organization_id, enrollment_id=enrollment.id
    ).update(left_at=None)


async def _out_of_line(enrollment: Enrollment) -> None:
    """As if never admitted: the next admission makes a new entry."""
    await WaitlistEntry.filter(organization_id=enrollment.organization_id, enrollment_id=enrollment.id).delete()
