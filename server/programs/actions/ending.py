"""Breaks, and the ways out: stepping out, taken out, left, or the end of the group (glossary section 2)."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from tortoise.expressions import F

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.models import Enrollment
from server.programs.states import ENDED_FROM, EnrollmentState
from server.programs.steps import (
    before,
    end,
    leave_line,
    locked_with_its_cohort,
    move,
    move_in_line,
    move_up,
    plan_return,
)

PAUSE_MAX = timedelta(days=183)
"""A break of more than half a year is better ended and begun anew."""


async def end_enrollment(
    actor: Actor, enrollment_id: UUID, state: EnrollmentState, *, act: str = "", undo_within: timedelta = timedelta()
) -> Enrollment:
    """Step out (WITHDRAWN), take out (REMOVED), follow a departure (DEPROVISIONED) or the group's end (COMPLETED).

    Twice is harmless. `act` names it in the trail and the fact, by default as the state. A mentee's seat lets the
    first in line move up. Matches are not this room's: `journey.leaving` and `journey.closing` end them too. Nobody is
    told for `undo_within`; until then `undo_decision` takes it back.

    Raises:
        NotFound: no enrolment that the actor may see.
        Refused: the actor may not end it so.
        Conflict: it has ended another way.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_end_enrollment(actor, enrollment, state), _("end this for somebody else"))
        if enrollment.state is state:
            return enrollment
        if enrollment.state not in ENDED_FROM[state]:
            raise Conflict(_("This has ended already."), kind="ended")
        await leave_line(enrollment)
        name = act or state.value.lower()
        await end(unit, enrollment, state, name, name, hold=undo_within)
        await move_up(unit, enrollment.cohort_id, hold=undo_within, because_id=enrollment.id)
        return enrollment


async def pause_enrollment(
    actor: Actor, enrollment_id: UUID, until: date | None = None, *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """Take a break until a day, or, told by the product, for as long as an absence lasts (None). Twice is harmless.

    Nobody is told for `undo_within`; until then `undo_break` takes it back.

    Raises:
        NotFound: no enrolment that the actor may see.
        Refused: the actor is neither the person nor the product.
        Invalid: the day is not within PAUSE_MAX from today.
        Conflict: they do not take part now.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_fill_in(actor, enrollment), _("take a break for somebody else"))
        if enrollment.state is EnrollmentState.PAUSED and enrollment.paused_until == until:
            return enrollment
        if enrollment.state not in (EnrollmentState.ACTIVE, EnrollmentState.PAUSED):
            raise Conflict(_("You take no part in this programme now."), kind="ended")
        was = before(enrollment)
        await unit.unschedule(enrollment.id, "enrollment.resume", reason="another pause")
        enrollment.paused_until = until
        if until is not None:
            check_pause(until, clock.today(enrollment.person.zone))
            await plan_return(unit, enrollment)
        return await move(unit, enrollment, EnrollmentState.PAUSED, "pause", "paused", hold=undo_within, **was)


async def resume_enrollment(
    actor: Actor, enrollment_id: UUID, *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """Go on after a break; a mentor's seats let the first in line move up. Twice is harmless.

    Undo as in `pause_enrollment`.

    Raises:
        NotFound: no enrolment that the actor may see.
        Refused: the actor is neither the person nor the product.
        Conflict: there is no break to end.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_fill_in(actor, enrollment), _("end somebody else’s break"))
        if enrollment.state is EnrollmentState.ACTIVE:
            return enrollment
        if enrollment.state is not EnrollmentState.PAUSED:
            raise Conflict(_("You take no part in this programme now."), kind="ended")
        was = before(enrollment)
        await unit.unschedule(enrollment.id, "enrollment.resume", reason="resumed")
        enrollment.paused_until = None
        await move(unit, enrollment, EnrollmentState.ACTIVE, "resume", "resumed", hold=undo_within, **was)
        await move_up(unit, enrollment.cohort_id, hold=undo_within, because_id=enrollment.id)
        return enrollment


async def move_to_front(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """Whose partner left counts as having waited one cycle longer, and so is looked at before others.

    Raises:
        NotFound: no such enrolment.
    """
    return await move_in_line(actor, enrollment_id, by=1, act="enrollment.move_to_front")


async def wait_another_cycle(actor: Actor, enrollment_ids: Collection[UUID]) -> int:
    """Whoever was left in line when places were given has waited one cycle longer: two statements for any number.
    Returns how many they are. The caller sees to it that each cycle is counted once.

    Raises:
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("count how long somebody waits"))
    async with unit_of_work(actor) as unit:
        rows = await queries.enrollments(actor).filter(id__in=list(enrollment_ids)).order_by("id").select_for_update(
            no_key=True
        )
        waiting = queries.enrollments(actor).filter(id__in=[row.id for row in rows])
        await waiting.update(waited_cycles=F("waited_cycles") + 1)
        await unit.audit_many("enrollment.wait", rows)
        return len(rows)


async def end_waiting(actor: Actor, enrollment_ids: Collection[UUID]) -> int:
    """Whoever was matched in a group that is over waits no more: the cycles they waited are none in the next group.
    Returns for how many there were any.

    Raises:
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("count how long somebody waits"))
    async with unit_of_work(actor) as unit:
        found = queries.enrollments(actor).filter(id__in=list(enrollment_ids), waited_cycles__gt=0).order_by("id")
        rows = await found.select_for_update(no_key=True)
        await queries.enrollments(actor).filter(id__in=[row.id for row in rows]).update(waited_cycles=0)
        await unit.audit_many("enrollment.end_waiting", rows)
        return len(rows)


async def follow_zones(actor: Actor, person_ids: Collection[UUID]) -> list[Enrollment]:
    """Some people are in another time zone now: the day on which a break of theirs ends is the day there.

    Returns the breaks whose end is planned anew. Twice is harmless.

    Raises:
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("plan the end of somebody’s break"))
    async with unit_of_work(actor) as unit:
        away = queries.enrollments(actor).filter(
            person_id__in=list(person_ids), state=EnrollmentState.PAUSED, paused_until__isnull=False
        )
        found = await away.order_by("id").select_for_update(no_key=True).prefetch_related("person")
        for enrollment in found:
            await plan_return(unit, enrollment)
        return found


def check_pause(until: date, today: date) -> None:
    """Whether a break may last until a day; `today` is where whoever says so is.

    Raises:
        Invalid: it is not within PAUSE_MAX from today.
    """
    if not today < until <= today + PAUSE_MAX:
        raise Invalid({"until": _("Choose a day within the next six months.")})
