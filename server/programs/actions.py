"""What happens to programmes and enrolments (glossary sections 2 and 5)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.bulk import insert_rows
from server.kernel.db import Unit, unit_of_work, wake
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.people.models import Person
from server.programs import queries, rules
from server.programs.models import Cohort, Enrollment, Program, WaitlistEntry
from server.programs.states import (
    OPEN_ENROLLMENTS,
    EnrollmentState,
    ParticipantRole,
    ProgramState,
    ProgramType,
)

CAPACITY_MAX = 20
"""Seats of one enrolment at the most, as the people file allows (contracts/people-import)."""

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
        await _store_invitations(unit, rows)
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
        return await _move(unit, enrollment, EnrollmentState.IN_PROGRESS, "start", "started")


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
        await _tell(unit, enrollment, "started")
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
        enrollment = await queries.visible_enrollment(actor, enrollment_id)
        await queries.cohort_by_id(actor, enrollment.cohort_id, lock=True)
        enrollment = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        require(rules.can_fill_in(actor, enrollment), _("join for somebody else"))
        if enrollment.submitted_at is not None and enrollment.state in OPEN_ENROLLMENTS:
            return enrollment
        _check_open(enrollment)
        enrollment.capacity = _capacity(enrollment, capacity)
        enrollment.submitted_at = clock.now()
        await unit.unschedule(enrollment.id, "enrollment.expire", reason="submitted")
        if enrollment.program.admin_approves_admission:
            return await _move(unit, enrollment, EnrollmentState.PENDING_APPROVAL, "submit", "submitted")
        return await _admit(unit, enrollment, "submit")


async def approve_admission(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """Admit an applicant. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: there is no application to admit.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("admit people to this programme"))
        if enrollment.state in (EnrollmentState.ACTIVE, EnrollmentState.WAITLISTED):
            return enrollment
        if enrollment.state is not EnrollmentState.PENDING_APPROVAL:
            raise Conflict(_("There is no application to admit."))
        await queries.cohort_by_id(actor, enrollment.cohort_id, lock=True)
        return await _admit(unit, enrollment, "approve")


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
        return await _end(unit, enrollment, EnrollmentState.DECLINED, "reject", "rejected")


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
        return await _end(unit, enrollment, EnrollmentState.DECLINED, "decline", "declined")


async def expire_invitation(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """An invitation nobody answered runs out. Anything but an open invitation stays as it is.

    Raises:
        NotFound: no such enrolment.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        if enrollment.state is not EnrollmentState.INVITED:
            return enrollment
        return await _end(unit, enrollment, EnrollmentState.EXPIRED, "expire", "expired")


async def _admit(unit: Unit, enrollment: Enrollment, act: str) -> Enrollment:
    """Into the pool when a seat can be had; the waiting list otherwise (mentees only)."""
    is_mentee = enrollment.role is ParticipantRole.MENTEE
    if is_mentee and (await queries.supply(unit.actor, enrollment.cohort_id)).free <= 0:
        await WaitlistEntry.create(
            organization_id=enrollment.organization_id, enrollment=enrollment, cohort_id=enrollment.cohort_id,
            since=clock.now(), expected_on=enrollment.cohort.next_opens_on,
        )
        return await _move(unit, enrollment, EnrollmentState.WAITLISTED, act, "waitlisted")
    enrollment.active_at = clock.now()
    enrollment = await _move(unit, enrollment, EnrollmentState.ACTIVE, act, "activated")
    if not is_mentee:
        await _move_up(unit, enrollment.cohort_id)
    return enrollment


async def _move_up(unit: Unit, cohort_id: UUID) -> None:
    """Let as many of the waiting list in as there are free seats (`seat_free`)."""
    free = (await queries.supply(unit.actor, cohort_id)).free
    if free <= 0:
        return
    for entry in (await queries.waitlist(unit.actor, cohort_id))[:free]:
        entry.left_at = clock.now()
        await entry.save(update_fields=["left_at"])
        entry.enrollment.active_at = clock.now()
        await _move(unit, entry.enrollment, EnrollmentState.ACTIVE, "seat_free", "seat_freed")


async def _move(unit: Unit, enrollment: Enrollment, state: EnrollmentState, act: str, event: str) -> Enrollment:
    before, enrollment.state = enrollment.state, state
    await enrollment.save(
        update_fields=["state", "capacity", "started_at", "submitted_at", "active_at", "ended_at"]
    )
    await unit.audit(f"enrollment.{act}", enrollment, was=before, now=state)
    await _tell(unit, enrollment, event)
    return enrollment


async def _end(unit: Unit, enrollment: Enrollment, state: EnrollmentState, act: str, event: str) -> Enrollment:
    enrollment.ended_at = clock.now()
    await unit.unschedule(enrollment.id, reason=act)
    return await _move(unit, enrollment, state, act, event)


async def _tell(unit: Unit, enrollment: Enrollment, event: str) -> None:
    await unit.publish(f"enrollment.{event}", subject_id=enrollment.id, **_payload(enrollment))


def _payload(enrollment: Enrollment) -> dict[str, Any]:
    return {
        "enrollment_id": str(enrollment.id), "person_id": str(enrollment.person_id),
        "program_id": str(enrollment.program_id), "cohort_id": str(enrollment.cohort_id),
    }


async def _store_invitations(unit: Unit, rows: list[Enrollment]) -> None:
    """Enrolments, audit entries, facts and expiries of many invitations, a statement or two each."""
    ours = {"organization_id": unit.actor.organization_id}
    await Enrollment.bulk_create(rows, batch_size=500)
    for role in sorted({row.role for row in rows}):
        await unit.audit_many("enrollment.invite", [row for row in rows if row.role is role], role=role)
    await insert_rows(OutboxEvent, [
        {**ours, "kind": "enrollment.invited", "subject_id": row.id, "payload": _payload(row)} for row in rows
    ])
    await insert_rows(ScheduledAction, [
        {**ours, "rule": "enrollment.expire", "subject_kind": "Enrollment", "subject_id": row.id,
         "due_at": row.expires_at, "dedupe_key": f"enrollment.expire:{row.id}:"}
        for row in rows
    ])
    unit.after_commit(wake)


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
