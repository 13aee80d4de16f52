"""The way in: invited or come by oneself, the form, and a manager's word on it (glossary section 2)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs import queries, rules
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import (
    LEADING,
    MAY_BE_ASKED_AGAIN,
    MAY_SUBMIT,
    OPEN_ENROLLMENTS,
    OVER_PROGRAMS,
    EnrollmentState,
    ParticipantRole,
    suits,
)
from server.programs.steps import (
    admit,
    before_invitation,
    end,
    locked_with_its_cohort,
    move,
    store_invitations,
    tell,
)

CAPACITY_MAX = 20
"""Seats of one enrolment at the most, as the people file allows (contracts/people-import)."""
REASON_LETTERS = 500



async def invite(
    actor: Actor, cohort_id: UUID, person_id: UUID, role: ParticipantRole, capacity: int = 1, *,
    undo_within: timedelta = timedelta(), because: str = "",
) -> Enrollment:
    """Invite a person into a cohort. Inviting again returns the enrolment as it is.

    They are told after `undo_within`; until then `undo_decision` takes it back, as if they had never been invited.
    `because`: what happened to them, where nobody invites them by hand (triggers.states.When).

    Raises:
        NotFound: no such cohort or person here.
        Refused: the actor does not run the programme.
        Invalid: capacity is outside 1 to 20.
        Conflict: as `invite_many`.
    """
    made = await invite_many(actor, cohort_id, [(person_id, role, capacity)], undo_within=undo_within, because=because)
    if made:
        return made[0]
    found = await queries.enrollments(actor).get_or_none(cohort_id=cohort_id, person_id=person_id, role=role)
    if found is None:
        raise NotFound
    return found


async def invite_many(
    actor: Actor, cohort_id: UUID, people: Iterable[tuple[UUID, ParticipantRole, int]], *,
    undo_within: timedelta = timedelta(), because: str = "",
) -> list[Enrollment]:
    """Invite many at once, in a handful of statements: (person, role, seats). Returns the enrolments that are new.

    Raises:
        NotFound: no such cohort, or a person who is not of this organisation.
        Refused: the actor does not run the programme.
        Invalid: a capacity is outside 1 to 20.
        Conflict: the group is over (`kind="closed"`), a role is none of this programme (`kind="role"`), or somebody
            has left the organisation (`kind="ended"`).
    """
    wanted = {(person_id, role): capacity for person_id, role, capacity in people}
    if any(not 1 <= capacity <= CAPACITY_MAX for capacity in wanted.values()):
        raise Invalid({"capacity": _("Choose from 1 to 20 places.")})
    async with unit_of_work(actor) as unit:
        cohort = await queries.cohort_by_id(actor, cohort_id, lock=True)
        require(rules.can_edit_enrollments(actor, cohort.program_id), _("invite people to this programme"))
        if cohort.state in OVER_PROGRAMS:
            raise Conflict(_("This group is full or closed."), kind="closed")
        for _person_id, role in wanted:
            _require_role(cohort.program, role)
        await _require_people(actor, {person_id for person_id, _role in wanted})
        there = await queries.enrollments(actor).filter(cohort_id=cohort_id).values_list("person_id", "role")
        known = {(person_id, ParticipantRole(role)) for person_id, role in there}
        waited = await queries.cycles_waited(actor, cohort.program_id, {person_id for person_id, _role in wanted})
        invited_at = await _invited_at(actor, cohort, {role for _person_id, role in wanted}, because)
        stands = timedelta(days=cohort.program.invitation_days)
        rows = [
            Enrollment(
                organization_id=actor.organization_id, program_id=cohort.program_id, cohort_id=cohort.id,
                person_id=person_id, role=role, capacity=capacity, invited_at=invited_at[role],
                expires_at=invited_at[role] + stands,
                waited_cycles=waited[person_id, role],
            )
            for (person_id, role), capacity in wanted.items()
            if (person_id, role) not in known
        ]
        await store_invitations(unit, rows, hold=undo_within, because=because)
        return rows


async def reinvite(actor: Actor, enrollment_id: UUID, *, undo_within: timedelta = timedelta()) -> Enrollment:
    """Invite somebody again who let the invitation pass or said no, with a new day to answer by. Twice is harmless.
    They are told after `undo_within`; until then `undo_decision` takes it back.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: they were neither, the group takes nobody in, or they have left the organisation.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("invite people to this programme"))
        if enrollment.state is EnrollmentState.INVITED:
            return enrollment
        if enrollment.state not in MAY_BE_ASKED_AGAIN:
            raise Conflict(_("Only who let an invitation pass, or said no, can be invited again."))
        _check_open(enrollment)
        await _require_people(actor, {enrollment.person_id})
        was = before_invitation(enrollment)
        enrollment.invited_at = clock.now()
        enrollment.expires_at = enrollment.invited_at + timedelta(days=enrollment.program.invitation_days)
        enrollment.started_at = enrollment.submitted_at = enrollment.ended_at = None
        await enrollment.save(update_fields=["invited_at", "expires_at"])
        key = enrollment.invited_at.isoformat()
        await unit.schedule("enrollment.expire", enrollment, enrollment.expires_at, key=key)
        return await move(unit, enrollment, EnrollmentState.INVITED, "reinvite", "invited", hold=undo_within, **was)


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
        enrollment.started_at, enrollment.decision_reason = clock.now(), ""   # why they were turned down before
        await enrollment.save(update_fields=["decision_reason"])
        await unit.unschedule(enrollment.id, "enrollment.expire", reason="started")
        return await move(unit, enrollment, EnrollmentState.IN_PROGRESS, "start", "started")


async def self_join(actor: Actor, program_key: str, role: ParticipantRole) -> Enrollment:
    """Start an enrolment of one's own in an open programme; one that is there already is returned.

    Raises:
        NotFound: no such programme.
        Conflict: no group of it is open now, or there is no such role in it (`kind="role"`).
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_key(actor, program_key)
        _require_role(program, role)
        cohort = await queries.current_cohort(actor, program.id)
        if cohort is None or not rules.takes_people(program, cohort) or actor.person_id is None:
            raise Conflict(rules.why_closed(cohort), kind="closed")
        found = await queries.enrollments(actor).get_or_none(
            cohort_id=cohort.id, person_id=actor.person_id, role=role
        )
        if found is not None:
            return found
        waited = await queries.cycles_waited(actor, program.id, [actor.person_id])
        enrollment = await Enrollment.create(
            organization_id=actor.organization_id, program_id=program.id, cohort_id=cohort.id,
            person_id=actor.person_id, role=role, state=EnrollmentState.IN_PROGRESS, started_at=clock.now(),
            waited_cycles=waited[actor.person_id, role],
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
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_fill_in(actor, enrollment), _("join for somebody else"))
        if enrollment.submitted_at is not None and enrollment.state in OPEN_ENROLLMENTS:
            return enrollment
        _check_asked(enrollment)
        enrollment.capacity = _capacity(enrollment, capacity)
        enrollment.submitted_at = clock.now()
        await unit.unschedule(enrollment.id, "enrollment.expire", reason="submitted")
        if enrollment.program.admin_approves_admission:
            return await move(unit, enrollment, EnrollmentState.PENDING_APPROVAL, "submit", "submitted")
        return await admit(unit, enrollment, "submit")


async def approve_admission(
    actor: Actor, enrollment_id: UUID, *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """Admit an applicant. Twice is harmless.

    Nobody is told for `undo_within`; until then `undo_decision` takes it back.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: there is no application to admit.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await locked_with_its_cohort(actor, enrollment_id)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("admit people to this programme"))
        if enrollment.state in (EnrollmentState.ACTIVE, EnrollmentState.WAITLISTED):
            return enrollment
        if enrollment.state is not EnrollmentState.PENDING_APPROVAL:
            raise Conflict(_("There is no application to admit."))
        return await admit(unit, enrollment, "approve", hold=undo_within)


async def reject_admission(
    actor: Actor, enrollment_id: UUID, reason: str = "", *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """Turn an application down, with a few words for the person or without. Twice is harmless: the first words stay.

    Undo as in `approve_admission`.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Invalid: more than REASON_LETTERS.
        Conflict: there is no application to turn down.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        require(rules.can_edit_enrollments(actor, enrollment.program_id), _("turn people down"))
        if enrollment.state is EnrollmentState.DECLINED:
            return enrollment
        if enrollment.state is not EnrollmentState.PENDING_APPROVAL:
            raise Conflict(_("There is no application to turn down."))
        problems: dict[str, str] = {}
        enrollment.decision_reason = typed(problems, "reason", reason, at_most=REASON_LETTERS)
        check(problems)
        await enrollment.save(update_fields=["decision_reason"])
        return await end(unit, enrollment, EnrollmentState.DECLINED, "reject", "rejected", hold=undo_within)


async def decline_invitation(
    actor: Actor, enrollment_id: UUID, *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """Say no to an invitation. Nothing is asked. Twice is harmless. Undo as in `end_enrollment`.

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
        return await end(unit, enrollment, EnrollmentState.DECLINED, "decline", "declined", hold=undo_within)


async def expire_invitation(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """An invitation nobody answered runs out. Anything but an open invitation stays as it is.

    Raises:
        NotFound: no such enrolment.
    """
    async with unit_of_work(actor) as unit:
        enrollment = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        is_early = enrollment.expires_at is not None and enrollment.expires_at > clock.now()
        if enrollment.state is not EnrollmentState.INVITED or is_early:
            return enrollment
        return await end(unit, enrollment, EnrollmentState.EXPIRED, "expire", "expired")


async def _invited_at(
    actor: Actor, cohort: Cohort, roles: set[ParticipantRole], because: str
) -> dict[ParticipantRole, datetime]:
    """From when each role is invited: who learns so many days after the first who leads, where the programme wants
    that, unless something happened to them."""
    now, later = clock.now(), rules.mentees_later_days(cohort.program)
    if because or not later:
        return dict.fromkeys(roles, now)
    leading = queries.enrollments(actor).filter(cohort_id=cohort.id, role__in=list(LEADING)).order_by("invited_at")
    first = await leading.only("id", "invited_at").first()
    begins = first.invited_at if first else now if roles & LEADING else now - timedelta(days=later)
    return {role: now if role in LEADING else max(now, begins + timedelta(days=later)) for role in roles}


def _require_role(program: Program, role: ParticipantRole) -> None:
    if not suits(role, program.type, program.circles):
        raise Conflict(rules.not_there(), kind="role")


async def _require_people(actor: Actor, ids: set[UUID]) -> None:
    theirs = Person.filter(organization_id=actor.organization_id, id__in=list(ids))
    known = await theirs.count()
    if known != len(ids):
        raise NotFound
    if await theirs.filter(status=PersonStatus.ENDED).exists():
        raise Conflict(_("Who has left the organisation can't be invited."), kind="ended")


def _check_asked(enrollment: Enrollment) -> None:
    if enrollment.state not in MAY_SUBMIT:
        raise Conflict(_("This invitation has ended. Ask the programme for a new one."), kind="ended")
    _check_open(enrollment)


def _check_open(enrollment: Enrollment) -> None:
    if not rules.takes_people(enrollment.program, enrollment.cohort):
        raise Conflict(rules.why_closed(enrollment.cohort), kind="closed")


def _capacity(enrollment: Enrollment, asked: int | None) -> int:
    if asked is None:
        return enrollment.capacity
    most = max(enrollment.program.places_max, enrollment.capacity)
    if not 1 <= asked <= most:
        raise Invalid({"places": _("Choose from 1 to %(most)s places.") % {"most": most}})
    return asked
