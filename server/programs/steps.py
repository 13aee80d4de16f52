"""Steps that every act on an enrolment shares: the way in, the move to a state, the end, the fact that tells of it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.bulk import insert_rows
from server.kernel.db import Unit, unit_of_work, wake
from server.kernel.errors import NotFound
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.people.queries import organization_of
from server.programs import queries
from server.programs.models import Cohort, Enrollment, WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole

CLOSING_DAYS = 28
"""A group's closing phase begins four weeks before its last day (domain/lifecycle.md, P8)."""
CLOSE_AFTER = timedelta(days=14)
"""How long after the last day matches may still be closed by their people (glossary section 3)."""


async def locked_with_its_cohort(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """An enrolment to change. The roster is locked first, then the row: whoever takes both takes them in this order.

    Raises:
        NotFound: no enrolment that the actor may see.
    """
    enrollment = await queries.visible_enrollment(actor, enrollment_id)
    await queries.cohort_by_id(actor, enrollment.cohort_id, lock=True)
    return await queries.visible_enrollment(actor, enrollment_id, lock=True)


async def move_in_line(actor: Actor, enrollment_id: UUID, *, by: int, act: str) -> Enrollment:
    """Count so many cycles of waiting more, or less (never below none), audited as `act`.

    Raises:
        NotFound: no such enrolment.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.enrollments(actor).select_for_update(no_key=True).get_or_none(id=enrollment_id)
        if enrollment is None:
            raise NotFound
        enrollment.waited_cycles = max(0, enrollment.waited_cycles + by)
        await enrollment.save(update_fields=["waited_cycles"])
        await unit.audit(act, enrollment, waited_cycles=enrollment.waited_cycles)
        return enrollment


async def plan_cohort(unit: Unit, cohort: Cohort) -> None:
    """Plan the closing of a group with a last day: its phase from CLOSING_DAYS before, half-way at the earliest."""
    if cohort.ends_on is None:
        return
    half_way = cohort.starts_on + (cohort.ends_on - cohort.starts_on) / 2
    closing_on = max(half_way, cohort.ends_on - timedelta(days=CLOSING_DAYS))
    await unit.schedule("cohort.closing", cohort, await begins(unit.actor, closing_on))
    await unit.schedule("cohort.close", cohort, await begins(unit.actor, cohort.ends_on) + CLOSE_AFTER)


async def begins(actor: Actor, day: date) -> datetime:
    """When a day of a group begins: its people are in many zones, so its days are those of its organisation."""
    return clock.day_begins(day, (await organization_of(actor)).zone)


async def plan_return(unit: Unit, enrollment: Enrollment) -> None:
    """Plan the end of a break for the first moment of its day where the person is, who must have been fetched: at once
    if the day has begun there. Another plan is dropped."""
    assert enrollment.paused_until is not None, "the product waits for the end of an absence, not for a day"
    at = max(clock.day_begins(enrollment.paused_until, enrollment.person.zone), clock.now())
    await unit.unschedule(enrollment.id, "enrollment.resume", reason="another moment")
    await unit.schedule("enrollment.resume", enrollment, at, key=at.isoformat())


async def admit(unit: Unit, enrollment: Enrollment, act: str, *, hold: timedelta = timedelta()) -> Enrollment:
    """Into the pool when a seat can be had; the waiting list otherwise (mentees only, without circles)."""
    was = before(enrollment)
    if await queries.must_wait(unit.actor, enrollment.program, enrollment.cohort_id, enrollment.role):
        await WaitlistEntry.create(
            organization_id=enrollment.organization_id, enrollment=enrollment, cohort_id=enrollment.cohort_id,
            since=clock.now(), expected_on=enrollment.cohort.next_opens_on,
        )
        return await move(unit, enrollment, EnrollmentState.WAITLISTED, act, "waitlisted", hold=hold, **was)
    enrollment.active_at = clock.now()
    enrollment = await move(unit, enrollment, EnrollmentState.ACTIVE, act, "activated", hold=hold, **was)
    if enrollment.role is not ParticipantRole.MENTEE:
        await move_up(unit, enrollment.cohort_id, hold=hold, because_id=enrollment.id)
    return enrollment


async def move_up(
    unit: Unit, cohort_id: UUID, *, hold: timedelta = timedelta(), because_id: UUID | None = None
) -> None:
    """Let as many of the waiting list in as there are free seats (`seat_free`); `because_id`: whose act freed them."""
    free = (await queries.supply(unit.actor, cohort_id)).free
    if free <= 0:
        return
    for entry in (await queries.waitlist(unit.actor, cohort_id))[:free]:
        entry.left_at = clock.now()
        await entry.save(update_fields=["left_at"])
        entry.enrollment.active_at = clock.now()
        await move(
            unit, entry.enrollment, EnrollmentState.ACTIVE, "seat_free", "seat_freed", hold=hold, because_id=because_id
        )


async def leave_line(enrollment: Enrollment) -> None:
    """Take an enrolment out of the waiting list, if it stands there."""
    line = WaitlistEntry.filter(organization_id=enrollment.organization_id, enrollment_id=enrollment.id, left_at=None)
    await line.update(left_at=clock.now())


async def move(
    unit: Unit, enrollment: Enrollment, state: EnrollmentState, act: str, event: str, *,
    hold: timedelta = timedelta(), **detail: object,
) -> Enrollment:
    """Store an enrolment in its new state, with its entry in the trail and the fact."""
    was, enrollment.state = enrollment.state, state
    await enrollment.save(
        update_fields=["state", "capacity", "started_at", "submitted_at", "active_at", "ended_at", "paused_until"]
    )
    await unit.audit(f"enrollment.{act}", enrollment, was=was, now=state)
    await tell(unit, enrollment, event, hold=hold, **detail)
    return enrollment


async def end(
    unit: Unit, enrollment: Enrollment, state: EnrollmentState, act: str, event: str, *, hold: timedelta = timedelta()
) -> Enrollment:
    """End an enrolment in `state`, and cancel what was planned for it. What ended before keeps its day."""
    was = before(enrollment)
    enrollment.ended_at, enrollment.paused_until = enrollment.ended_at or clock.now(), None
    await unit.unschedule(enrollment.id, reason=act)
    return await move(unit, enrollment, state, act, event, hold=hold, **was)


def before(enrollment: Enrollment) -> dict[str, Any]:
    """How an enrolment stands, for the fact of an act that can be undone."""
    return {"was": enrollment.state, "was_until": enrollment.paused_until, "acted_at": clock.now()}


def before_invitation(enrollment: Enrollment) -> dict[str, Any]:
    """The same, of somebody who is invited again: with the moments of the way on which they were."""
    names = ("invited_at", "expires_at", "started_at", "submitted_at", "ended_at")
    return {**before(enrollment), **{f"was_{name}": getattr(enrollment, name) for name in names}}


async def tell(
    unit: Unit, enrollment: Enrollment, event: str, *, hold: timedelta = timedelta(), **detail: object
) -> None:
    """Publish a fact about an enrolment; with `hold`, only once its act can no longer be undone."""
    await unit.publish(
        f"enrollment.{event}", subject_id=enrollment.id, hold=hold, **{**detail, **payload(enrollment)}
    )


async def withdraw(fact: OutboxEvent) -> bool:
    """Whether a fact was not told yet, and now never is."""
    still = OutboxEvent.filter(organization_id=fact.organization_id, id=fact.id, delivered_at=None, withdrawn_at=None)
    return bool(await still.update(withdrawn_at=clock.now()))


def payload(enrollment: Enrollment) -> dict[str, Any]:
    """What every fact about an enrolment carries."""
    return {
        "enrollment_id": str(enrollment.id), "person_id": str(enrollment.person_id),
        "program_id": str(enrollment.program_id), "cohort_id": str(enrollment.cohort_id),
    }


async def store_invitations(
    unit: Unit, rows: list[Enrollment], *, hold: timedelta = timedelta(), because: str = ""
) -> None:
    """Enrolments, audit entries, facts and expiries of many invitations, a statement or two each. With `hold`, they are
    told only once it can no longer be undone; who is invited from a later moment on, then. `because` is in all of them,
    where it is said.
    """
    ours = {"organization_id": unit.actor.organization_id}
    why = {"because": because} if because else {}
    await Enrollment.bulk_create(rows, batch_size=500)
    for role in sorted({row.role for row in rows}):
        await unit.audit_many("enrollment.invite", [row for row in rows if row.role is role], role=role, **why)
    await insert_rows(OutboxEvent, [
        {**ours, "kind": "enrollment.invited", "subject_id": row.id, "payload": {**payload(row), **why},
         "not_before": max(clock.now() + hold, row.invited_at)}
        for row in rows
    ])
    await insert_rows(ScheduledAction, [
        {**ours, "rule": "enrollment.expire", "subject_kind": "Enrollment", "subject_id": row.id,
         "due_at": row.expires_at, "dedupe_key": f"enrollment.expire:{row.id}:"}
        for row in rows
    ])
    unit.after_commit(wake)
