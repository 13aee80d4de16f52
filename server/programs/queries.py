"""Reading programmes, cohorts and enrolments, always within the actor's organisation."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tortoise.expressions import Q
from tortoise.functions import Count, Sum
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor, Permission
from server.kernel.errors import NotFound
from server.kernel.facts import ActionState, OutboxEvent, ScheduledAction
from server.kernel.text import clean
from server.programs import rules
from server.programs.models import Cohort, Enrollment, Program, WaitlistEntry
from server.programs.states import OPEN_ENROLLMENTS, OVER_PROGRAMS, EnrollmentState, ParticipantRole, ProgramState

KEY_LETTERS = 60
GRACE = "enrollment.eligibility"
"""The rule that falls due when the grace of somebody who lost eligibility is over."""
LIVE_PROGRAMS = (ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING, ProgramState.CLOSING)


@dataclass(frozen=True)
class Supply:
    """Seats that active mentors of a cohort offer, and active mentees who need one each."""

    seats: int
    mentees: int

    @property
    def free(self) -> int:
        """Seats left once every active mentee has one; negative when seats are short."""
        return self.seats - self.mentees


def programs(actor: Actor) -> QuerySet[Program]:
    """Every programme of the actor's organisation: where a query about programmes starts."""
    return Program.filter(organization_id=actor.organization_id)


def cohorts(actor: Actor) -> QuerySet[Cohort]:
    """Every cohort of the actor's organisation: where a query about cohorts starts."""
    return Cohort.filter(organization_id=actor.organization_id)


def enrollments(actor: Actor) -> QuerySet[Enrollment]:
    """Every enrolment of the actor's organisation: where a query about enrolments starts."""
    return Enrollment.filter(organization_id=actor.organization_id)


async def managed_programs(actor: Actor) -> list[Program]:
    """The programmes whose matches the actor may read, by name."""
    scope = actor.programs_with(Permission.PROGRAM_MATCHES_READ)
    found = programs(actor) if scope is None else programs(actor).filter(id__in=scope)
    return await found.order_by("name")


async def programs_by_ids(actor: Actor, program_ids: Collection[UUID]) -> dict[UUID, Program]:
    """Some programmes of the organisation; the caller knows why the actor may know of them."""
    return {one.id: one for one in await programs(actor).filter(id__in=list(program_ids))} if program_ids else {}


async def program_by_key(actor: Actor, key: str) -> Program:
    """A programme by the key in its address.

    Raises:
        NotFound: none in this organisation.
    """
    can_be_one = len(key) <= KEY_LETTERS and clean(key) == key  # the database refuses others with an error
    program = await programs(actor).get_or_none(key=key) if can_be_one else None
    if program is None:
        raise NotFound
    return program


async def program_by_id(actor: Actor, program_id: UUID, *, lock: bool = False) -> Program:
    """A programme by id; with `lock`, nobody else changes it until the unit ends.

    Raises:
        NotFound: none in this organisation.
    """
    found = programs(actor).filter(id=program_id)
    program = await (found.select_for_update(no_key=True) if lock else found).first()
    if program is None:
        raise NotFound
    return program


async def cohort_by_id(actor: Actor, cohort_id: UUID, *, lock: bool = False) -> Cohort:
    """A cohort with its programme. With `lock`, nobody else changes the roster until the unit ends.

    Raises:
        NotFound: none in this organisation.
    """
    found = Cohort.filter(organization_id=actor.organization_id, id=cohort_id)
    cohort = await (found.select_for_update(no_key=True) if lock else found).first()
    if cohort is None:
        raise NotFound
    await cohort.fetch_related("program")
    return cohort


async def current_cohort(actor: Actor, program_id: UUID) -> Cohort | None:
    """The newest cohort of a programme that is still open, with its programme."""
    open_ones = Cohort.filter(organization_id=actor.organization_id, program_id=program_id, state__in=LIVE_PROGRAMS)
    return await open_ones.order_by("-starts_on").select_related("program").first()


def open_cohorts(actor: Actor, program_id: UUID) -> QuerySet[Cohort]:
    """The cohorts of a programme that are not closed yet."""
    return cohorts(actor).filter(program_id=program_id).exclude(state__in=list(OVER_PROGRAMS))


async def cohorts_of(actor: Actor, program_ids: Iterable[UUID]) -> list[Cohort]:
    """The cohorts of some programmes, newest first, each with its programme."""
    found = Cohort.filter(organization_id=actor.organization_id, program_id__in=list(program_ids))
    return await found.order_by("-starts_on").select_related("program")


async def cohort_by_keys(actor: Actor, program_key: str, cohort_key: str) -> Cohort:
    """One cohort by its key in its programme.

    Raises:
        NotFound: no such cohort here.
    """
    found = await Cohort.get_or_none(
        organization_id=actor.organization_id, key=cohort_key, program__key=program_key
    ).select_related("program")
    if found is None:
        raise NotFound
    return found


async def visible_enrollment(actor: Actor, enrollment_id: UUID, *, lock: bool = False) -> Enrollment:
    """An enrolment that the actor may see, with programme, cohort and person.

    Raises:
        NotFound: absent, of another organisation, or somebody else's.
    """
    found = enrollments(actor).filter(id=enrollment_id).select_related("program", "cohort", "person")
    enrollment = await (found.select_for_update(no_key=True, of=("enrollment",)) if lock else found).first()
    if enrollment is None or not rules.can_see_enrollment(actor, enrollment):
        raise NotFound
    return enrollment


def visible_enrollments(actor: Actor) -> QuerySet[Enrollment]:
    """The enrolments that the actor may see: one's own, and everybody's in the programmes one runs."""
    scope = actor.programs_with(Permission.PROGRAM_ENROLLMENTS_EDIT)
    if scope is None:
        return enrollments(actor)
    return enrollments(actor).filter(Q(person_id=actor.person_id) | Q(program_id__in=list(scope)))


async def my_enrollments(actor: Actor) -> list[Enrollment]:
    """Everything the actor takes part in, newest invitation first, with programme and cohort."""
    own = enrollments(actor).filter(person_id=actor.person_id)
    return await own.order_by("-invited_at", "-id").select_related("program", "cohort")


async def my_enrollment_in(actor: Actor, program_id: UUID) -> Enrollment | None:
    """The actor's newest enrolment in a programme."""
    own = enrollments(actor).filter(person_id=actor.person_id, program_id=program_id)
    return await own.order_by("-invited_at", "-id").select_related("program", "cohort").first()


async def grace_ends_at(actor: Actor, enrollment_id: UUID) -> datetime | None:
    """When somebody's part ends because the programme's conditions no longer hold (aware); None while nothing ends."""
    return (await graces(actor, [enrollment_id])).get(enrollment_id)


async def graces(actor: Actor, enrollment_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When the parts end, among some, for which the programme's conditions no longer hold (aware)."""
    planned = ScheduledAction.filter(
        organization_id=actor.organization_id, subject_id__in=list(enrollment_ids), rule=GRACE,
        state=ActionState.PLANNED,
    )
    return {one.subject_id: one.due_at for one in await planned}


async def cycles_waited(actor: Actor, program_id: UUID, person_ids: Collection[UUID]) -> Counter[tuple[UUID, str]]:
    """How many cycles some people waited when their last group of a programme ended without anybody for them, by person
    and role: the next group counts on from there."""
    found = enrollments(actor).filter(program_id=program_id, person_id__in=list(person_ids))
    facts = "person_id", "role", "state", "active_at", "waited_cycles"
    rows = await found.order_by("invited_at", "id").values_list(*facts)
    last = {(person_id, str(role)): rest for person_id, role, *rest in rows}
    return Counter({
        key: int(cycles) for key, (state, active_at, cycles) in last.items()
        if state == EnrollmentState.COMPLETED or (state == EnrollmentState.REMOVED and active_at is None)
    })


async def takes_part_in(actor: Actor, person_id: UUID, cohort_id: UUID) -> bool:
    """Whether somebody has an open enrolment in a group."""
    there = enrollments(actor).filter(person_id=person_id, cohort_id=cohort_id, state__in=list(OPEN_ENROLLMENTS))
    return await there.exists()


async def enrollments_in(
    actor: Actor, cohort_id: UUID, *, role: ParticipantRole, states: Collection[EnrollmentState]
) -> list[Enrollment]:
    """The enrolments of a cohort in a role and some states, oldest first, each with its person."""
    found = enrollments(actor).filter(cohort_id=cohort_id, role=role, state__in=list(states))
    return await found.order_by("invited_at", "id").select_related("person")


class Taking(NamedTuple):
    """An enrolment as a few words: enough to choose among thousands."""

    id: UUID
    role: ParticipantRole
    person_id: UUID


async def taking_part(actor: Actor, cohort_id: UUID) -> list[Taking]:
    """The active enrolments of a cohort, oldest first, without their people: 5,000 of them cost little."""
    found = enrollments(actor).filter(cohort_id=cohort_id, state=EnrollmentState.ACTIVE).order_by("invited_at", "id")
    return [Taking(*row) for row in await found.values_list("id", "role", "person_id")]


async def with_people(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Enrollment]:
    """Enrolments of the organisation by id, each with its person; unknown ids are missing."""
    found = enrollments(actor).filter(id__in=list(ids)).select_related("person")
    return {row.id: row for row in await found}


def held_facts(actor: Actor, *kinds: str) -> QuerySet[OutboxEvent]:
    """What was done but told nobody yet, since it can still be undone."""
    return OutboxEvent.filter(
        organization_id=actor.organization_id, kind__in=kinds, delivered_at=None, withdrawn_at=None,
        not_before__gt=clock.now(),
    )


async def moved_up_by(actor: Actor, enrollment_id: UUID) -> list[OutboxEvent]:
    """The facts, not told yet, that people moved up because of what was done to an enrolment."""
    found = await held_facts(actor, "enrollment.seat_freed").order_by("id")
    return [fact for fact in found if fact.payload.get("because_id") == str(enrollment_id)]


async def supply(actor: Actor, cohort_id: UUID) -> Supply:
    """Seats that mentors offer now, and mentees who need one; a mentee on a break keeps theirs."""
    there = enrollments(actor).filter(cohort_id=cohort_id)
    active = there.filter(role=ParticipantRole.MENTOR, state=EnrollmentState.ACTIVE)
    seats = await active.annotate(n=Sum("capacity")).values_list("n", flat=True)
    placed = [EnrollmentState.ACTIVE, EnrollmentState.PAUSED]
    mentees = await there.filter(role=ParticipantRole.MENTEE, state__in=placed).count()
    return Supply(sum(int(n) for n in seats if n), mentees)  # type: ignore[call-overload]  # values_list is Any upstream


async def must_wait(actor: Actor, program: Program, cohort_id: UUID, role: ParticipantRole) -> bool:
    """Whether who joins a group now waits for a place: mentees only, without circles."""
    lines_up = role is ParticipantRole.MENTEE and not rules.has_circles(program)
    return lines_up and (await supply(actor, cohort_id)).free <= 0


async def count_by_state(actor: Actor, cohort_id: UUID) -> dict[tuple[ParticipantRole, EnrollmentState], int]:
    """How many enrolments of a cohort stand where."""
    rows = await (
        enrollments(actor).filter(cohort_id=cohort_id).annotate(n=Count("id")).group_by("role", "state")
        .values_list("role", "state", "n")
    )
    return {(ParticipantRole(role), EnrollmentState(state)): count for role, state, count in rows}


async def came_since(actor: Actor, cohort_id: UUID, moment: datetime) -> Counter[ParticipantRole]:
    """How many people of each role began to take part in a cohort after a moment (aware)."""
    there = enrollments(actor).filter(cohort_id=cohort_id, state=EnrollmentState.ACTIVE, active_at__gt=moment)
    return Counter(ParticipantRole(row["role"]) for row in await there.values("role"))


async def waitlist(actor: Actor, cohort_id: UUID) -> list[WaitlistEntry]:
    """The waiting list of a cohort in its order: cycles waited, then date, each with enrolment and person."""
    waiting = WaitlistEntry.filter(
        organization_id=actor.organization_id, cohort_id=cohort_id, left_at=None,
        enrollment__state=EnrollmentState.WAITLISTED,
    )
    return await waiting.order_by("-enrollment__waited_cycles", "since", "id").select_related("enrollment__person")


async def waitlist_place(actor: Actor, enrollment: Enrollment) -> int | None:
    """The place of an enrolment in its waiting list, from 1; None when it does not wait."""
    order = [entry.enrollment_id for entry in await waitlist(actor, enrollment.cohort_id)]
    return order.index(enrollment.id) + 1 if enrollment.id in order else None


async def waits_since(actor: Actor, enrollment: Enrollment) -> datetime | None:
    """Since when an enrolment stands in its waiting list (aware); None when it does not wait."""
    line = WaitlistEntry.filter(organization_id=actor.organization_id, enrollment_id=enrollment.id, left_at=None)
    entry = await line.first()
    return entry.since if entry and enrollment.state is EnrollmentState.WAITLISTED else None


async def waitlist_places(actor: Actor, enrollment_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The places of those among some visible enrolments that wait, each in the list of its cohort, from 1."""
    asked = visible_enrollments(actor).filter(id__in=list(enrollment_ids), state=EnrollmentState.WAITLISTED)
    waiting = {row.id: row.cohort_id for row in await asked}
    places: dict[UUID, int] = {}
    for cohort_id in set(waiting.values()):
        order = enumerate(await waitlist(actor, cohort_id), start=1)
        places |= {entry.enrollment_id: place for place, entry in order if entry.enrollment_id in waiting}
    return places
