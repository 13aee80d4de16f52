"""Who of somebody's people takes part, as their line manager reads it: the columns of glossary section 4, no others.
With whom somebody is matched, goals, notes and ratings are not among them, and are not read."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.journey.reporting.states import ReportStatus
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches.models import Match, MatchMember
from server.matches.rules import is_announced
from server.matches.states import AWAITING_PARTICIPANTS, MatchState
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.models import Enrollment
from server.programs.queries import enrollments, programs
from server.programs.reporting.entries import reports_of
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import Session
from server.sessions.states import TOOK_PLACE, SessionState

NOT_REGISTERED = frozenset({
    EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS, EnrollmentState.PENDING_APPROVAL, EnrollmentState.EXPIRED,
})
LEFT = frozenset({EnrollmentState.WITHDRAWN, EnrollmentState.REMOVED})
HERE = frozenset({
    EnrollmentState.ACTIVE, EnrollmentState.PAUSED, EnrollmentState.WAITLISTED, EnrollmentState.COMPLETED,
})
STATUSES = {
    MatchState.ACTIVE: ReportStatus.MATCHED_ACTIVE, MatchState.PAUSED: ReportStatus.MATCHED_ACTIVE,
    MatchState.DURATION_COMPLETED: ReportStatus.MATCHED_DURATION_COMPLETED,
    MatchState.COMPLETED: ReportStatus.MATCHED_DURATION_COMPLETED,
    MatchState.AWAITING_ADMIN: ReportStatus.WAITING_ADMIN_APPROVAL,
    MatchState.AWAITING_MENTOR: ReportStatus.WAITING_MENTOR_APPROVAL,
    MatchState.AWAITING_MENTEE: ReportStatus.WAITING_MENTEE_APPROVAL,
    MatchState.CONCLUDED: ReportStatus.CONCLUDED,
}
LACKS = {MatchState.AWAITING_BOTH: 2, MatchState.AWAITING_MENTOR: 1, MatchState.AWAITING_MENTEE: 1}
"""How many answers of its people a request lacks."""
NO_DATE = frozenset({
    ReportStatus.NOT_REGISTERED, ReportStatus.UNMATCHED, ReportStatus.CONCLUDED, ReportStatus.WAITING_2_APPROVALS,
    ReportStatus.WAITING_ADMIN_APPROVAL, ReportStatus.WAITING_MENTOR_APPROVAL, ReportStatus.WAITING_MENTEE_APPROVAL,
})


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One enrolment and match of one of somebody's people. `lacking`: the answers that requests lack, above two."""

    person: Person
    program: str
    role: ParticipantRole
    status: ReportStatus
    upcoming: int = 0
    completed: int = 0
    registered_at: datetime | None = None
    matched_at: datetime | None = None
    lacking: int = 0

    @property
    def is_matched(self) -> bool:
        """Whether somebody is with them, was, or is to be."""
        return self.status not in (ReportStatus.NOT_REGISTERED, ReportStatus.UNMATCHED)


async def line_managers_in(actor: Actor, program_id: UUID) -> list[Person]:
    """Whose people take part in a programme, or did, or are invited to."""
    there = enrollments(actor).filter(program_id=program_id, state__in=list(NOT_REGISTERED | LEFT | HERE))
    ids = set(await there.filter(person__status=PersonStatus.ACTIVE).values_list("person__line_manager_id", flat=True))
    found = Person.filter(organization_id=actor.organization_id, id__in=list(filter(None, ids)))
    return await found.exclude(status=PersonStatus.ENDED).order_by("family_name", "given_name", "id")


async def team_of(actor: Actor, manager_id: UUID) -> list[TeamRow]:
    """The rows of somebody's own people, in the programmes that tell line managers; empty where there are none."""
    telling = [one.id for one in await programs(actor) if reports_of(one.reports).line_managers]
    rows = await enrollments(actor).filter(
        program_id__in=telling, person__line_manager_id=manager_id, person__status=PersonStatus.ACTIVE,
        state__in=list(NOT_REGISTERED | LEFT | HERE),
    ).select_related("person", "program").order_by("person__family_name", "person__given_name", "program__name", "id")
    seats = await _seats(actor, [one.id for one in rows])
    counts = await _counts(actor, {match.id for found in seats.values() for match in found})
    return [row for one in rows for row in _rows(one, seats.get(one.id, []), counts)]


Counts = Counter[tuple[UUID, bool]]


def _rows(enrollment: Enrollment, found: Sequence[Match], counts: Counts) -> Iterator[TeamRow]:
    """The rows of one enrolment: one for each match, or one without."""
    if enrollment.state in NOT_REGISTERED:
        yield _row(enrollment, ReportStatus.NOT_REGISTERED)
        return
    found = [match for match in found if is_announced(match)]
    asked = [match for match in found if match.state in AWAITING_PARTICIPANTS]
    lacking = sum(LACKS[match.state] for match in asked)
    folded = lacking >= 2
    told = [match for match in found if match.state in STATUSES and not (folded and match in asked)]
    for match in told:
        yield _row(enrollment, STATUSES[match.state], match, counts)
    if folded:
        yield _row(enrollment, ReportStatus.WAITING_2_APPROVALS, lacking=lacking if lacking > 2 else 0)
    elif not told and enrollment.state in LEFT and any(match.active_at for match in found):
        yield _row(enrollment, ReportStatus.CONCLUDED)
    elif not told and enrollment.state in HERE:
        yield _row(enrollment, ReportStatus.UNMATCHED)


def _row(
    enrollment: Enrollment, status: ReportStatus, match: Match | None = None, counts: Counts | None = None,
    lacking: int = 0,
) -> TeamRow:
    ahead = counts[match.id, True] if match and counts else 0
    held = counts[match.id, False] if match and counts else 0
    return TeamRow(
        enrollment.person, enrollment.program.name, enrollment.role, status, ahead, held, enrollment.submitted_at,
        match.active_at if match and status not in NO_DATE else None, lacking,
    )


async def _seats(actor: Actor, enrollment_ids: Collection[UUID]) -> dict[UUID, list[Match]]:
    """The matches of some enrolments, the first one first; who stepped out of a circle is in it no more."""
    seats = MatchMember.filter(
        organization_id=actor.organization_id, enrollment_id__in=list(enrollment_ids), left_at=None
    )
    found: dict[UUID, list[Match]] = {}
    for seat in await seats.select_related("match").order_by("match__created_at", "id"):
        found.setdefault(seat.enrollment_id, []).append(seat.match)
    return found


async def _counts(actor: Actor, match_ids: Collection[UUID]) -> Counts:
    """How many sessions of each match are ahead (True), and how many took place (False)."""
    rows = Session.filter(
        organization_id=actor.organization_id, match_id__in=list(match_ids),
        state__in=[SessionState.SCHEDULED, *TOOK_PLACE],
    )
    now, found = clock.now(), Counts()
    for session in await rows.only("id", "match_id", "state", "starts_at", "ends_at"):
        ahead = session.state is SessionState.SCHEDULED and session.starts_at > now
        if ahead or session.ends_at <= now:
            found[session.match_id, ahead] += 1
    return found
