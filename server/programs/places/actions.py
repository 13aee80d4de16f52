"""Setting a mentor's places; asking mentors for one more, and their answer."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.actions import CAPACITY_MAX
from server.programs.models import Enrollment
from server.programs.states import OPEN_ENROLLMENTS, OVER_PROGRAMS, EnrollmentState, ParticipantRole
from server.programs.steps import locked_with_its_cohort, move_up, tell


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


async def ask_for_one_more(actor: Actor, cohort_id: UUID, enrollment_ids: Collection[UUID]) -> list[Enrollment]:
    """Ask some mentors of a group whether they would take one more mentee, each by a letter with one question.

    Left out is who has as many places as the programme allows, takes no part now, or was asked within
    `rules.ASKED_APART`: the same again asks nobody. Returns those who were asked.

    Raises:
        NotFound: no such group.
        Refused: the actor does not run the programme.
        Conflict: the group is over (`kind="closed"`).
    """
    async with unit_of_work(actor) as unit:
        cohort = await queries.cohort_by_id(actor, cohort_id, lock=True)
        require(rules.can_edit_enrollments(actor, cohort.program_id), _("ask for places"))
        if cohort.state in OVER_PROGRAMS:
            raise Conflict(_("This group is over."), kind="closed")
        there = queries.enrollments(actor).filter(cohort_id=cohort_id, id__in=list(enrollment_ids)).order_by("id")
        rows = await there.select_for_update(no_key=True)
        for row in rows:
            row.program = cohort.program
        asked = [row for row in rows if rules.can_be_asked_for_a_place(row)]
        for row in asked:
            row.place_asked_at, row.place_given = clock.now(), None
            await row.save(update_fields=["place_asked_at", "place_given"])
            await tell(unit, row, "place_asked")
        await unit.audit_many("enrollment.ask_for_place", asked)
        return asked


async def answer_for_place(
    actor: Actor, enrollment_id: UUID, gives: bool, *, taken: int = 0, undo_within: timedelta = timedelta()
) -> Enrollment:
    """A mentor's answer: a yes is one place more at once, and lets the waiting list move up. The same is harmless.

    A no after a yes takes the place back, as long as no match has it (`taken`: their open ones). For `undo_within`
    nobody is told.

    Raises:
        NotFound: no enrolment that the actor may see.
        Refused: the actor is neither the person nor the product.
        Conflict: nobody asks (`kind="closed"`), they do not take part now (`kind="ended"`), they have as many places as
            the programme allows (`kind="full"`), or somebody has the place by now (`kind="taken"`).
    """
    async with unit_of_work(actor) as unit:
        row = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_fill_in(actor, row), _("answer for somebody else"))
        if row.place_asked_at is None:
            raise Conflict(_("Nobody asks you for a place now."), kind="closed")
        if row.place_given is gives:
            return row
        if row.state is not EnrollmentState.ACTIVE or row.cohort.state in OVER_PROGRAMS:
            raise Conflict(_("You take no part in this programme now."), kind="ended")
        before = row.capacity
        if gives:
            _require_room(row)
            row.capacity += 1
        elif row.place_given:
            _require_free(row, taken)
            row.capacity -= 1
        row.place_given = gives
        await row.save(update_fields=["capacity", "place_given"])
        await unit.audit("enrollment.answer_for_place", row, gives=gives, was=before, now=row.capacity)
        if gives:
            await _open(unit, row, undo_within)
        return row


def _require_room(row: Enrollment) -> None:
    if not rules.could_take_one_more(row):
        raise Conflict(_("Thank you. You have as many places as this programme allows already."), kind="full")


def _require_free(row: Enrollment, taken: int) -> None:
    if row.capacity <= max(1, taken):
        raise Conflict(_("Somebody has this place by now. Write to whoever runs the programme."), kind="taken")


async def _open(unit: Unit, row: Enrollment, hold: timedelta) -> None:
    """The place is there: for whoever waits for the group, and for whoever waits in it."""
    await move_up(unit, row.cohort_id, hold=hold, because_id=row.id)
    await tell(unit, row, "place_given", hold=hold)
