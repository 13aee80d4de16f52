"""One person as who runs a programme may know them. Never goals, notes or messages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.journey.reviewing.queries import managed_programs
from server.journey.roster.known import known_people
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.kernel.facts import AuditEvent
from server.matches.conflicts.queries import conflicts_of, may_decide_about
from server.matches.models import ConflictOfInterest, Match
from server.matches.queries import reviewable_matches, seats_taken
from server.matches.states import MatchState
from server.people import queries as people
from server.people.models import Consent, ConsentText, Person
from server.people.states import ConsentPurpose, PersonStatus
from server.programs.models import Cohort, Enrollment, Program
from server.programs.queries import cohorts_of, graces, visible_enrollments
from server.programs.rules import can_edit_enrollments, takes_people
from server.programs.states import MAY_BE_ASKED_AGAIN, OPEN_ENROLLMENTS, EnrollmentState, ParticipantRole, suits
from server.programs.training.entries import TrainingStep
from server.programs.training.queries import open_steps
from server.sessions.queries import held_ends, sessions
from server.sessions.states import SessionState


@dataclass(frozen=True)
class Record:
    """One person across all programmes that the actor runs. Matches are listed newest first, drafts among them, and
    circles that they have left.

    `taken`: open matches by enrolment; `met` and `ahead`: when each match met, and meets next. `subjects` are the rows
    that messages about these programmes speak of. `ineligible`: the enrolments that ended because the conditions no
    longer held; `graces`: when the parts end for which they hold no more. `conflicts` of interest that the actor may
    know, each with the other; `may_part`: whether the actor may declare one. `invitable`: the groups that take people
    in, and the roles, to which the actor may invite the person for the first time. `training`: what each enrolment has
    still to do, of those that have.
    """

    person: Person
    manager: Person | None
    enrollments: list[Enrollment]
    matches: list[Match]
    consents: dict[ConsentPurpose, Consent]
    texts: dict[ConsentPurpose, ConsentText]
    taken: dict[UUID, int]
    met: dict[UUID, list[datetime]]
    ahead: dict[UUID, datetime]
    subjects: frozenset[UUID]
    may_edit: frozenset[UUID]
    ineligible: frozenset[UUID]
    graces: dict[UUID, datetime]
    conflicts: list[tuple[ConflictOfInterest, Person]]
    may_part: bool
    invitable: list[tuple[Cohort, ParticipantRole]]
    training: dict[UUID, list[TrainingStep]]

    @property
    def places(self) -> list[Enrollment]:
        """The parts as a mentor that are open, whose places the actor may set."""
        return [
            one for one in self.enrollments
            if one.role is ParticipantRole.MENTOR and one.state in OPEN_ENROLLMENTS and one.id in self.may_edit
        ]

    @property
    def again(self) -> list[Enrollment]:
        """The parts to which the actor may invite the person once more."""
        return [
            one for one in self.enrollments
            if one.state in MAY_BE_ASKED_AGAIN and takes_people(one.program, one.cohort) and one.id in self.may_edit
            and self.person.status is not PersonStatus.ENDED
        ]

    @property
    def leaving(self) -> list[Enrollment]:
        """The parts out of which the actor may take the person."""
        return [one for one in self.enrollments if one.state in OPEN_ENROLLMENTS and one.id in self.may_edit]


async def record(actor: Actor, person_id: UUID) -> Record:
    """One person as who runs a programme may know them.

    Raises:
        NotFound: absent, or in no programme that the actor runs.
    """
    managed = await managed_programs(actor)
    person = await known_people(actor).get_or_none(id=person_id).select_related("line_manager")
    if person is None:
        raise NotFound
    there = visible_enrollments(actor).filter(person_id=person.id).order_by("-invited_at", "-id")
    parts = await there.select_related("program", "cohort")
    found = reviewable_matches(actor).filter(members__person_id=person.id).exclude(state=MatchState.CANCELLED)
    pairs = await found.order_by("-created_at", "-id").prefetch_related("members__person", "program")
    theirs = await sessions(actor).filter(match_id__in=[match.id for match in pairs]).order_by("-starts_at")
    subjects = {*(one.id for one in parts), *(one.id for one in pairs), *(one.id for one in theirs)}
    subjects |= {one.series_id for one in theirs if one.series_id}
    return Record(
        person=person, manager=person.line_manager, enrollments=parts, matches=pairs,
        consents=(said := await people.consents_of(actor, person.id)),
        texts={
            purpose: text for purpose, text in (await people.consent_texts(actor)).items()
            if purpose is not ConsentPurpose.TALENT or purpose in said
        },
        taken=await seats_taken(actor, [one.id for one in parts]),
        met=await held_ends(actor, [match.id for match in pairs]),
        ahead={
            one.match_id: one.starts_at for one in theirs
            if one.state is SessionState.SCHEDULED and one.starts_at > clock.now()
        },
        subjects=frozenset(subjects),
        may_edit=frozenset(one.id for one in parts if can_edit_enrollments(actor, one.program_id)),
        ineligible=await _ineligible(actor, [one.id for one in parts if one.state is EnrollmentState.REMOVED]),
        graces=await graces(actor, [one.id for one in parts]), conflicts=await _conflicts(actor, person),
        may_part=person.id in await may_decide_about(actor, [person.id]),
        invitable=await _invitable(actor, managed, person, parts), training=await open_steps(actor, parts),
    )


async def _invitable(
    actor: Actor, managed: list[Program], person: Person, parts: list[Enrollment]
) -> list[tuple[Cohort, ParticipantRole]]:
    if person.status is PersonStatus.ENDED:
        return []
    known = {(one.cohort_id, one.role) for one in parts}
    own = [one.id for one in managed if can_edit_enrollments(actor, one.id)]
    groups = [one for one in await cohorts_of(actor, own) if takes_people(one.program, one)]
    return [
        (group, role) for group in groups for role in ParticipantRole
        if suits(role, group.program.type, group.program.circles) and (group.id, role) not in known
    ]


async def _conflicts(actor: Actor, person: Person) -> list[tuple[ConflictOfInterest, Person]]:
    rows = await conflicts_of(actor, person.id)
    others = {row.id: row.other_id if row.one_id == person.id else row.one_id for row in rows}
    known = await people.people_by_ids(actor, set(others.values()))
    return [(row, known[others[row.id]]) for row in rows]


async def _ineligible(actor: Actor, removed: list[UUID]) -> frozenset[UUID]:
    """Those among removed enrolments that ended because the conditions no longer held, as the trail says."""
    found = AuditEvent.filter(
        organization_id=actor.organization_id, target_id__in=removed, action="enrollment.eligibility_lost"
    )
    return frozenset(UUID(str(one)) for one in await found.values_list("target_id", flat=True))
