"""What happens to programmes and enrolments (glossary sections 2 and 5)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.people.models import Person
from server.programs import queries, rules
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import (
    ENDED_FROM,
    OPEN_ENROLLMENTS,
    EnrollmentState,
    ParticipantRole,
    ProgramState,
    ProgramType,
)
from server.programs.steps import admit, end, leave_line, move, move_up, store_invitations, tell

CAPACITY_MAX = 20
"""Seats of one enrolment at the most, as the people file allows (contracts/people-import)."""

PAUSE_MAX = timedelta(days=183)
"""A break of more than half a year is better ended and begun anew."""

MAY_SUBMIT = frozenset({EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS})
JOINING = frozenset({ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING})


async def create_program(actor: Actor, *, key: str, name: str, type: ProgramType, **options: Any) -> Program:
    """Set up a programme. `options` are columns of Program.

    Raises:
        Refused: the actor may not edit programmes.
        Invalid: the key is taken, or a name or key is missing or too long.
    """
    require(actor.may(Permission.PROGRAM_SETTINGS_EDIT), _("set up a programme"))
    key, name = _key_and_name(key, name)
    async with unit_of_work(actor) as unit:
        if await queries.programs(actor).filter(key=key).exists():
            raise Invalid({"key": _("Another programme has this key. Choose a different one.")})
        program = await Program.create(
            organization_id=actor.organization_id, key=key, name=name, type=type, **options
        )
        await unit.audit("program.create", program, type=type)
        await unit.publish("program.created", subject_id=program.id, program_id=program.id)
        return program


async def open_cohort(
    actor: Actor, program_id: UUID, *, key: str, name: str, starts_on: date, ends_on: date | None = None, **options: Any
) -> Cohort:
    """Open a run of a programme for enrolment. `options` are columns of Cohort.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Invalid: it would end before it starts, a name or key is too long, or the key is taken.
    """
    key, name = _key_and_name(key, name)
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id)
        require(actor.may(Permission.PROGRAM_SETTINGS_EDIT, program_id), _("open a group"))
        if ends_on is not None and ends_on <= starts_on:
            raise Invalid({"ends_on": _("Choose an end after the start.")})
        if await Cohort.filter(organization_id=actor.organization_id, program_id=program_id, key=key).exists():
            raise Invalid({"key": _("Another group of this programme has this key. Choose a different one.")})
        cohort = await Cohort.create(
            organization_id=actor.organization_id, program=program, key=key, name=name, starts_on=starts_on,
            ends_on=ends_on, **options,
        )
        await unit.audit("cohort.open", cohort, starts_on=starts_on)
        await unit.publish("cohort.opened", subject_id=cohort.id, cohort_id=cohort.id, program_id=program.id)
        return cohort


async def invite(
    actor: Actor, cohort_id: UUID, person_id: UUID, role: ParticipantRole, capacity: int = 1
) -> Enrollment:
    """Invite a person into a cohort. Inviting again returns the enrolment as it is.

    Raises:
        NotFound: no such cohort or person here.
        Refused: the actor does not run the programme.
        Invalid: capacity is outside 1 to 20.
    """
    made = await invite_many(actor, cohort_id, [(person_id, role, capacity)])
    if made:
        return made[0]
    found = await queries.enrollments(actor).get_or_none(cohort_id=cohort_id, person_id=person_id, role=role)
    if found is None:
        raise NotFound
    return found


async def invite_many(
    actor: Actor, cohort_id: UUID, people: Iterable[tuple[UUID, ParticipantRole, int]]
) -> list[Enrollment]:
    """Invite many at once, in a handful of statements: (person, role, seats). Returns the enrolments that are new.

    Raises:
        NotFound: no such cohort, or a person who is not of this organisation.
        Refused: the actor does not run the programme.
        Invalid: a capacity is outside 1 to 20.
    """
    wanted = {(person_id, role): capacity for person_id, role, capacity in people}
    if any(not 1 <= capacity <= CAPACITY_MAX for capacity in wanted.values()):
        raise Invalid({"capacity": _("Choose from 1 to 20 places.")})
    async with unit_of_work(actor) as unit:
        cohort = await queries.cohort_by_id(actor, cohort_id, lock=True)
        require(rules.can_edit_enrollments(actor, cohort.program_id), _("invite people to this programme"))
        await _require_people(actor, {person_id for person_id, _role in wanted})
        there = await queries.enrollments(actor).filter(cohort_id=cohort_id).values_list("person_id", "role")
        known = {(person_id, ParticipantRole(role)) for person_id, role in there}
        expires_at = clock.now() + timedelta(days=cohort.program.invitation_days)
        rows = [
            Enrollment(
                organization_id=actor.organization_id, program_id=cohort.program_id, cohort_id=cohort.id,
                person_id=person_id, role=role, capacity=capacity, expires_at=expires_at,
            )
            for (person_id, role), capacity in wanted.items()
            if (person_id, role) not in known
        ]
        await store_invitations(unit, rows)
        return rows


async def begin(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """The invited person looks at the form for the first time (`sign_in`). Later calls change nothing.

    Raises:
        NotFound: not the actor's enrolment.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        require(rules.can_fill_in(actor, enrollment), _("join for somebody else"))
        if enrollment.state is not EnrollmentState.INVITED:
            return enrollment
        enrollment.started_at = clock.now()
        await unit.unschedule(enrollment.id, "enrollment.expire", reason="started")
        return await move(unit, enrollment, EnrollmentState.IN_PROGRESS, "start", "started")


async def self_join(actor: Actor, program_key: str, role: ParticipantRole) -> Enrollment:
    """Start an enrolment of one's own in an open programme; one that is there already is returned.

    Raises:
        NotFound: no such programme.
        Conflict: no group of it is open now.
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_key(actor, program_key)
        cohort = await queries.current_cohort(actor, program.id)
        if cohort is None or cohort.state not in JOINING or actor.person_id is None:
            raise Conflict(_("This group is full or closed."), kind="closed")
        found = await queries.enrollments(actor).get_or_none(
            cohort_id=cohort.id, person_id=actor.person_id, role=role
        )
        if found is not None:
            return found
        enrollment = await Enrollment.create(
            organization_id=actor.organization_id, program_id=program.id, cohort_id=cohort.id,
            person_id=actor.person_id, role=role, state=EnrollmentState.IN_PROGRESS, started_at=clock.now(),
        )
        await unit.audit("enrollment.self_join", enrollment, role=role)
        await tell(unit, enrollment, "started")
        return enrollment


async def submit(actor: Actor, enrollment_id: UUID, *, capacity: int | None = None) -> Enrollment:
    """The form is done: on to approval, to the waiting list, or straight into the pool. Twice is harmless.

    A mentor is never waitlisted, and a mentor's seats let the first in line move up.

    Raises:
        NotFound: not the actor's enrolment.
        Invalid: capacity is outside 1 to what the programme allows.
        Conflict: it was declined, it ran out, or the group is closed.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await _locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_fill_in(actor, enrollment), _("join for somebody else"))
        if enrollment.submitted_at is not None and enrollment.state in OPEN_ENROLLMENTS:
            return enrollment
        _check_open(enrollment)
        enrollment.capacity = _capacity(enrollment, capacity)
        enrollment.submitted_at = clock.now()
        await unit.unschedule(enrollment.id, "enrollment.expire", reason="submitted")
        if enrollment.program.admin_approves_admission:
            return await move(unit, enrollment, EnrollmentState.PENDING_APPROVAL, "submit", "submitted")
        return await admit(unit, enrollment, "submit")


async def approve_admission(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """Admit an applicant. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: there is no application to admit.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await _locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("admit people to this programme"))
        if enrollment.state in (EnrollmentState.ACTIVE, EnrollmentState.WAITLISTED):
            return enrollment
        if enrollment.state is not EnrollmentState.PENDING_APPROVAL:
            raise Conflict(_("There is no application to admit."))
        return await admit(unit, enrollment, "approve")


async def reject_admission(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """Turn an application down. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: there is no application to turn down.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("turn people down"))
        if enrollment.state is EnrollmentState.DECLINED:
            return enrollment
        if enrollment.state is not EnrollmentState.PENDING_APPROVAL:
            raise Conflict(_("There is no application to turn down."))
        return await end(unit, enrollment, EnrollmentState.DECLINED, "reject", "rejected")


async def decline_invitation(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """Say no to an invitation. Nothing is asked. Twice is harmless.

    Raises:
        NotFound: not the actor's enrolment.
        Conflict: the person takes part already.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        require(rules.can_fill_in(actor, enrollment), _("answer for somebody else"))
        if enrollment.state is EnrollmentState.DECLINED:
            return enrollment
        if enrollment.state not in MAY_SUBMIT:
            raise Conflict(_("You take part already. You can leave the programme in You."))
        return await end(unit, enrollment, EnrollmentState.DECLINED, "decline", "declined")


async def expire_invitation(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """An invitation nobody answered runs out. Anything but an open invitation stays as it is.

    Raises:
        NotFound: no such enrolment.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        if enrollment.state is not EnrollmentState.INVITED:
            return enrollment
        return await end(unit, enrollment, EnrollmentState.EXPIRED, "expire", "expired")


async def end_enrollment(actor: Actor, enrollment_id: UUID, state: EnrollmentState) -> Enrollment:
    """Step out (WITHDRAWN), take out (REMOVED) or follow a departure (DEPROVISIONED). Twice is harmless.

    A mentee's seat lets the first in line move up. Matches are not this room's: `journey.leaving` ends them too.

    Raises:
        NotFound: no enrolment that the actor may see.
        Refused: the actor may not end it so.
        Conflict: it has ended another way.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await _locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_end_enrollment(actor, enrollment, state), _("end this for somebody else"))
        if enrollment.state is state:
            return enrollment
        if enrollment.state not in ENDED_FROM[state]:
            raise Conflict(_("This has ended already."), kind="ended")
        await leave_line(enrollment)
        await end(unit, enrollment, state, state.value.lower(), state.value.lower())
        await move_up(unit, enrollment.cohort_id)
        return enrollment


async def pause_enrollment(actor: Actor, enrollment_id: UUID, until: date | None = None) -> Enrollment:
    """Take a break until a day, or, told by the product, for as long as an absence lasts (None). Twice is harmless.

    Raises:
        NotFound: no enrolment that the actor may see.
        Refused: the actor is neither the person nor the product.
        Invalid: the day is not within PAUSE_MAX from today.
        Conflict: they do not take part now.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await _locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_fill_in(actor, enrollment), _("take a break for somebody else"))
        if enrollment.state is EnrollmentState.PAUSED and enrollment.paused_until == until:
            return enrollment
        if enrollment.state not in (EnrollmentState.ACTIVE, EnrollmentState.PAUSED):
            raise Conflict(_("You take no part in this programme now."), kind="ended")
        await unit.unschedule(enrollment.id, "enrollment.resume", reason="another pause")
        if until is not None:
            check_pause(until)
            await unit.schedule("enrollment.resume", enrollment, datetime.combine(until, time(), UTC))
        enrollment.paused_until = until
        return await move(unit, enrollment, EnrollmentState.PAUSED, "pause", "paused")


async def resume_enrollment(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """Go on after a break. Twice is harmless.

    Raises:
        NotFound: no enrolment that the actor may see.
        Refused: the actor is neither the person nor the product.
        Conflict: there is no break to end.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await _locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_fill_in(actor, enrollment), _("end somebody else’s break"))
        if enrollment.state is EnrollmentState.ACTIVE:
            return enrollment
        if enrollment.state is not EnrollmentState.PAUSED:
            raise Conflict(_("You take no part in this programme now."), kind="ended")
        await unit.unschedule(enrollment.id, "enrollment.resume", reason="resumed")
        enrollment.paused_until = None
        return await move(unit, enrollment, EnrollmentState.ACTIVE, "resume", "resumed")


async def move_to_front(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """Whose partner left counts as having waited one cycle longer, and so is looked at before others.

    Raises:
        NotFound: no such enrolment.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.enrollments(actor).select_for_update().get_or_none(id=enrollment_id)
        if enrollment is None:
            raise NotFound
        enrollment.waited_cycles += 1
        await enrollment.save(update_fields=["waited_cycles"])
        await unit.audit("enrollment.move_to_front", enrollment, waited_cycles=enrollment.waited_cycles)
        return enrollment


async def _locked_with_its_cohort(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """The roster first, then the row: whoever takes both takes them in this order."""
    enrollment = await queries.visible_enrollment(actor, enrollment_id)
    await queries.cohort_by_id(actor, enrollment.cohort_id, lock=True)
    return await queries.visible_enrollment(actor, enrollment_id, lock=True)


def _key_and_name(key: str, name: str) -> tuple[str, str]:
    problems: dict[str, str] = {}
    key = typed(problems, "key", key, at_most=queries.KEY_LETTERS, needed=_("Give it a key."))
    name = typed(problems, "name", name, at_most=120, needed=_("Give it a name."))
    check(problems)
    return key, name


async def _require_people(actor: Actor, ids: set[UUID]) -> None:
    known = await Person.filter(organization_id=actor.organization_id, id__in=list(ids)).count()
    if known != len(ids):
        raise NotFound


def _check_open(enrollment: Enrollment) -> None:
    if enrollment.state not in MAY_SUBMIT:
        raise Conflict(_("This invitation has ended. Ask the programme for a new one."), kind="ended")
    if enrollment.cohort.state not in JOINING:
        raise Conflict(_("This group is full or closed."), kind="closed")


def _capacity(enrollment: Enrollment, asked: int | None) -> int:
    if asked is None:
        return enrollment.capacity
    most = max(enrollment.program.places_max, enrollment.capacity)
    if not 1 <= asked <= most:
        raise Invalid({"places": _("Choose from 1 to %(most)s places.") % {"most": most}})
    return asked


def check_pause(until: date) -> None:
    """Whether a break may last until a day.

    Raises:
        Invalid: it is not within PAUSE_MAX from today.
    """
    if not clock.now().date() < until <= clock.now().date() + PAUSE_MAX:
        raise Invalid({"until": _("Choose a day within the next six months.")})
