"""How people stand, as conditions for the database: a list of ten thousand is narrowed there, not here."""

from collections.abc import Collection
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.journey.roster.states import Stand
from server.kernel.actor import Actor
from server.matches.models import MatchMember
from server.matches.queries import OF_MAIN_KIND, had_their_time, reviewable_matches
from server.matches.states import AWAITING, OPEN_MATCHES, RUNNING, MatchState
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.models import Enrollment
from server.programs.queries import visible_enrollments
from server.programs.states import OPEN_ENROLLMENTS, EnrollmentState, ParticipantRole

IN_MATCHES = {Stand.PAIRED: RUNNING, Stand.ASKED: AWAITING, Stand.TO_REVIEW: {MatchState.DRAFT}}
ENROLLED = {
    Stand.INVITED: {EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS},
    Stand.APPLIES: {EnrollmentState.PENDING_APPROVAL}, Stand.IN_LINE: {EnrollmentState.WAITLISTED},
    Stand.BREAK: {EnrollmentState.PAUSED},
}
EVERY_KIND = Q()
EMPLOYED = {Stand.ON_LEAVE: PersonStatus.LEAVE, Stand.HAS_LEFT: PersonStatus.ENDED}


def standing(people: QuerySet[Person], actor: Actor, stand: Stand, program_id: UUID | None = None) -> QuerySet[Person]:
    """Those among some people who stand so in the programmes that the actor runs, or in one of them.

    Somebody may stand in several ways: paired in one programme, invited to another.
    """
    if stand in EMPLOYED:
        return people.filter(status=EMPLOYED[stand])
    enrolled = visible_enrollments(actor)
    if program_id:
        enrolled = enrolled.filter(program_id=program_id)
    if stand is Stand.NOTHING:
        there = enrolled.filter(state__in=list(OPEN_ENROLLMENTS))
        return people.exclude(id__in=Subquery(there.values("person_id")))
    return people.filter(id__in=Subquery(_enrolled(enrolled, actor, stand).values("person_id")))


def _enrolled(there: QuerySet[Enrollment], actor: Actor, stand: Stand) -> QuerySet[Enrollment]:
    if stand in IN_MATCHES:
        return there.filter(id__in=_matched(actor, IN_MATCHES[stand]))
    if stand is Stand.UNMATCHED:
        mentees = there.filter(role__in=[ParticipantRole.MENTEE, ParticipantRole.PEER], state=EnrollmentState.ACTIVE)
        matched = _matched(actor, OPEN_MATCHES | {MatchState.DRAFT}, OF_MAIN_KIND)
        return mentees.exclude(id__in=matched).exclude(id__in=Subquery(had_their_time(actor).values("enrollment_id")))
    return there.filter(state__in=list(ENROLLED[stand]))


def _matched(actor: Actor, states: Collection[MatchState], of: Q = EVERY_KIND) -> Subquery:
    """The enrolments in matches of some states, of every kind or as `of` says."""
    found = reviewable_matches(actor).filter(state__in=list(states))
    members = MatchMember.filter(
        of, organization_id=actor.organization_id, match_id__in=Subquery(found.values("id")), left_at=None
    )
    return Subquery(members.values("enrollment_id"))
