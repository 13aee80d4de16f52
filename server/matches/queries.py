"""Reading matches, always within the actor's organisation."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from itertools import combinations
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count
from tortoise.query_utils import Prefetch
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor, Permission
from server.kernel.errors import NotFound
from server.matches import rules
from server.matches.models import Match, MatchMember, MatchNote, MatchOverride, Proposal
from server.matches.states import OPEN_MATCHES, RUNNING, SAID_NO, Approval, MatchKind, MatchState, OverrideKind
from server.people.models import Person
from server.programs.models import Cohort, Enrollment
from server.programs.states import LEADING, EnrollmentState, ParticipantRole, ProgramType

OF_MAIN_KIND = Q(match__kind=MatchKind.PAIR) | Q(match__program__type=ProgramType.CIRCLE)
"""Members whose match is what `rules.main_kind` says of its programme: a circle beside pairs is none."""


def matches(actor: Actor) -> QuerySet[Match]:
    """Every match of the actor's organisation: where a query about matches starts."""
    return Match.filter(organization_id=actor.organization_id)


async def visible_match(actor: Actor, match_id: UUID, *, lock: bool = False) -> Match:
    """A match that the actor may see, with members, their people and enrolments, programme and cohort.

    With `lock`, the members' enrolments are locked first, in the order of their ids, and then the match: seats are
    counted under that lock.

    Raises:
        NotFound: absent, of another organisation, not the actor's, or not announced yet.
    """
    if lock:
        await lock_members(actor, [match_id])
    found = whole_matches(actor).filter(id=match_id)
    match = await (found.select_for_update(no_key=True, of=("match",)) if lock else found).first()
    if match is None or not rules.can_see(actor, match):
        raise NotFound
    return match


def whole_matches(actor: Actor) -> QuerySet[Match]:
    """Matches with programme and cohort, and in a second statement members with their people and enrolments."""
    members = MatchMember.filter(organization_id=actor.organization_id).select_related("person", "enrollment")
    return matches(actor).select_related("program", "cohort").prefetch_related(Prefetch("members", queryset=members))


async def matches_by_ids(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Match]:
    """The visible ones among some matches, with members and their people."""
    found = await matches(actor).filter(id__in=list(ids)).prefetch_related("members__person")
    return {match.id: match for match in found if rules.can_see(actor, match)}


async def my_matches(actor: Actor, states: Collection[MatchState]) -> list[Match]:
    """The actor's own announced matches in some states, newest first, with members, people, programme and cohort."""
    asked = [approval for approval in Approval if approval is not Approval.LATER]
    own = whole_matches(actor).filter(
        members__person_id=actor.person_id, members__approval__in=asked, members__left_at=None,
        state__in=list(states), published_at__lte=clock.now(),
    )
    return await own.order_by("-published_at", "-id")


def own_matches(actor: Actor) -> Subquery:
    """The ids of the actor's own announced matches, to narrow a query with: of a circle that has begun only for who
    said yes, and has not left."""
    announced = MatchMember.filter(
        organization_id=actor.organization_id, person_id=actor.person_id, left_at=None,
        match__published_at__lte=clock.now(),
    )
    not_in_yet = Q(match__kind=MatchKind.CIRCLE, match__active_at__isnull=False, approval=Approval.PENDING)
    return Subquery(announced.exclude(match__state=MatchState.DRAFT).exclude(not_in_yet).values("match_id"))


async def matches_in(actor: Actor, cohort_id: UUID, states: Collection[MatchState]) -> list[Match]:
    """The matches of a cohort in some states that the actor may review, best fit first."""
    found = matches(actor).filter(cohort_id=cohort_id, state__in=list(states)).order_by("-fit", "id")
    rows = await found.prefetch_related("members__person", "members__enrollment")
    return [match for match in rows if rules.can_review(actor, match)]


def reviewable_matches(actor: Actor) -> QuerySet[Match]:
    """The matches, drafts too, of the programmes that the actor runs."""
    scope = actor.programs_with(Permission.PROGRAM_MATCHES_READ)
    return matches(actor) if scope is None else matches(actor).filter(program_id__in=list(scope))


async def tried_pairs(actor: Actor, cohort_id: UUID, *, but_ran: bool = False) -> set[tuple[UUID, UUID]]:
    """The enrolments of any two who were ever asked to be a pair of a cohort, as in `pairs`, whatever became of it.

    `but_ran` leaves out matches that began. A circle that came to nothing keeps nobody from anybody.
    """
    never_asked = (MatchState.DRAFT, MatchState.CANCELLED)
    asked = matches(actor).filter(cohort_id=cohort_id, kind=MatchKind.PAIR).exclude(state__in=never_asked)
    rows = await (asked.filter(active_at=None) if but_ran else asked).prefetch_related("members")
    return {(one.enrollment_id, other.enrollment_id) for match in rows for one, other in pairs(match)}


async def seats_taken(
    actor: Actor, enrollment_ids: Iterable[UUID], kind: MatchKind = MatchKind.PAIR
) -> dict[UUID, int]:
    """Open matches of one kind of some enrolments; those without any are left out. Places count for each kind apart:
    a circle takes no place in a pair."""
    rows = await (
        MatchMember.filter(
            organization_id=actor.organization_id, enrollment_id__in=list(enrollment_ids), left_at=None,
            match__state__in=list(OPEN_MATCHES), match__kind=kind,
        )
        .annotate(taken=Count("id")).group_by("enrollment_id").values_list("enrollment_id", "taken")
    )
    return {enrollment_id: int(taken) for enrollment_id, taken in rows}


async def placed_seats(actor: Actor, cohort_id: UUID, kind: MatchKind = MatchKind.PAIR) -> Counter[UUID]:
    """How many open matches and drafts of one kind each enrolment of a cohort is in."""
    counted = _standing_members(actor, cohort_id, kind).annotate(n=Count("id")).group_by("enrollment_id")
    rows = await counted.values_list("enrollment_id", "n")
    return Counter({enrollment_id: int(count) for enrollment_id, count in rows})


async def pairs_kept(actor: Actor, cohort_id: UUID, *, with_drafts: bool = False) -> int:
    """How many pairs of a cohort stay whatever a run finds: open ones and locked drafts, or all drafts if so asked."""
    pairs_of = matches(actor).filter(cohort_id=cohort_id, kind=MatchKind.PAIR)
    held = Q(state=MatchState.DRAFT)
    if not with_drafts:
        held &= Q(id__in=[one.match_id for one in await locks(actor, cohort_id)])
    return await pairs_of.filter(Q(state__in=list(OPEN_MATCHES)) | held).count()


async def standing_pairs(actor: Actor, cohort_id: UUID) -> set[tuple[UUID, UUID]]:
    """The two persons, mentor first, of every open pair and drafted one of a cohort."""
    rows = await _standing_members(actor, cohort_id, MatchKind.PAIR).values_list("match_id", "role", "person_id")
    found: dict[UUID, dict[ParticipantRole, UUID]] = {}
    for match_id, role, person_id in rows:
        found.setdefault(match_id, {})[ParticipantRole(role)] = person_id
    roles = (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
    return {(pair[roles[0]], pair[roles[1]]) for pair in found.values() if pair.keys() >= set(roles)}


def _standing_members(actor: Actor, cohort_id: UUID, kind: MatchKind) -> QuerySet[MatchMember]:
    return MatchMember.filter(
        organization_id=actor.organization_id, match__cohort_id=cohort_id, match__kind=kind, left_at=None,
        match__state__in=list(OPEN_MATCHES | {MatchState.DRAFT}),
    )


async def past_partners(actor: Actor, person_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Any two members, as in `pairs`, of every match of some people that ever ran, in any programme.

    Who met in a circle is no pair: as many as they were, they may still be paired. Nor is a match that was taken back
    before anybody was told of it.
    """
    ran = matches(actor).filter(
        active_at__isnull=False, kind=MatchKind.PAIR, members__person_id__in=list(person_ids)
    ).exclude(state=MatchState.CANCELLED).distinct()
    rows = await ran.prefetch_related("members")
    return {(one.person_id, other.person_id) for match in rows for one, other in pairs(match)}


def decided_proposals(actor: Actor, program_ids: Collection[UUID]) -> QuerySet[Proposal]:
    """The log of proposals of some programmes as far as they were answered: begun, declined or not answered in time.

    For the product itself, which learns from them and counts them; nobody reads it as such.
    """
    answered = Q(match__active_at__isnull=False) | Q(match__state__in=list(SAID_NO))
    return Proposal.filter(answered, organization_id=actor.organization_id, program_id__in=list(program_ids))


async def lived_matches(actor: Actor, person_ids: Collection[UUID]) -> list[Match]:
    """The matches of some people that ran or that somebody turned down, in any programme, with their members; none that
    was taken back before anybody was told of it."""
    told = Q(active_at__isnull=False) | Q(state=MatchState.DECLINED)
    found = matches(actor).filter(told, members__person_id__in=list(person_ids)).exclude(state=MatchState.CANCELLED)
    return await found.distinct().order_by("id").prefetch_related("members")


def had_their_time(actor: Actor) -> QuerySet[MatchMember]:
    """The mentees whose pair ran its time and was closed: while a circle beside it goes on they are in the group still,
    and nobody is sought for them."""
    return MatchMember.filter(
        OF_MAIN_KIND, organization_id=actor.organization_id, role=ParticipantRole.MENTEE, left_at=None,
        match__state=MatchState.COMPLETED,
    )


async def overrides(actor: Actor, cohort_id: UUID, kind: OverrideKind) -> list[MatchOverride]:
    """What managers decided about pairs of a cohort and did not lift."""
    standing = MatchOverride.filter(organization_id=actor.organization_id, lifted_at=None)
    return await standing.filter(cohort_id=cohort_id, kind=kind)


def decisions(actor: Actor) -> QuerySet[MatchOverride]:
    """What managers decided about pairs, lifted too, in the programmes whose matches the actor may read."""
    found = MatchOverride.filter(organization_id=actor.organization_id)
    scope = actor.programs_with(Permission.PROGRAM_MATCHES_READ)
    if scope is None:
        return found
    theirs = Cohort.filter(organization_id=actor.organization_id, program_id__in=list(scope))
    return found.filter(cohort_id__in=Subquery(theirs.values("id")))


async def kept_apart(actor: Actor, cohort_id: UUID) -> set[tuple[UUID, UUID]]:
    """The enrolments of any two whom a manager keeps apart in a cohort, in both orders."""
    bans = await overrides(actor, cohort_id, OverrideKind.BAN)
    two = {(ban.mentor_enrollment_id, ban.mentee_enrollment_id) for ban in bans}
    return two | {(other, one) for one, other in two}


async def ban_of(actor: Actor, one_id: UUID, other_id: UUID) -> MatchOverride | None:
    """The ban on two enrolments that nobody lifted, in whatever order they are named."""
    two = [one_id, other_id]
    return await MatchOverride.filter(
        organization_id=actor.organization_id, kind=OverrideKind.BAN, lifted_at=None, mentor_enrollment_id__in=two,
        mentee_enrollment_id__in=two,
    ).first()


async def drafts_between(actor: Actor, one_id: UUID, other_id: UUID) -> list[Match]:
    """The drafts that two enrolments are both in, with their members."""
    own = matches(actor).filter(members__enrollment_id=one_id, state=MatchState.DRAFT).prefetch_related("members")
    return [one for one in await own.order_by("id") if other_id in {seat.enrollment_id for seat in one.members}]


async def locks(actor: Actor, cohort_id: UUID) -> list[MatchOverride]:
    """What managers locked of a cohort's drafts. A match that is no draft any more keeps its lock, should its approval
    be taken back, but the lock holds nothing."""
    found = await overrides(actor, cohort_id, OverrideKind.LOCK)
    drafts = Match.filter(
        organization_id=actor.organization_id, id__in=[one.match_id for one in found], state=MatchState.DRAFT
    )
    held = set(await drafts.values_list("id", flat=True)) if found else set()
    return [one for one in found if one.match_id in held]


async def locked_seats(actor: Actor, cohort_id: UUID, kind: MatchKind) -> Counter[UUID]:
    """In how many locked drafts of one kind each enrolment of a cohort is."""
    ids = [one.match_id for one in await locks(actor, cohort_id)]
    there = MatchMember.filter(
        organization_id=actor.organization_id, match_id__in=ids, match__kind=kind, left_at=None
    )
    return Counter([row.enrollment_id for row in await there]) if ids else Counter()


async def note_of(actor: Actor, match: Match) -> MatchNote | None:
    """What the managers noted about a visible match; None for whom it is not, and while there is none."""
    if not rules.can_keep_note(actor, match):
        return None
    return await MatchNote.filter(organization_id=actor.organization_id, match_id=match.id).first()


async def last_day(actor: Actor, cohort_id: UUID) -> date | None:
    """The latest last day of a cohort's running matches; None when none runs, or none has a last day."""
    rows = await matches(actor).filter(cohort_id=cohort_id, state__in=list(RUNNING), ends_on__isnull=False)
    return max((row.ends_on for row in rows if row.ends_on), default=None)


async def are_in_matches(actor: Actor, enrollment_ids: Iterable[UUID]) -> bool:
    """Whether one of some enrolments is in a draft or an open match."""
    there = MatchMember.filter(
        organization_id=actor.organization_id, enrollment_id__in=list(enrollment_ids), left_at=None,
        match__state__in=list(OPEN_MATCHES | {MatchState.DRAFT}),
    )
    return await there.exists()


async def open_match_of(actor: Actor, one_id: UUID, other_id: UUID) -> Match | None:
    """The open match of two enrolments, if they have one, with its members."""
    own = matches(actor).filter(
        members__enrollment_id=one_id, members__left_at=None, state__in=list(OPEN_MATCHES)
    )
    for match in await own.prefetch_related("members"):
        if other_id in {member.enrollment_id for member in match.members if member.left_at is None}:
            return match
    return None


async def have_met_openly(actor: Actor, match: Match) -> bool:
    """Whether any two members of a match are in another open match of the same cohort together."""
    people = {one.person_id for one in in_order(match)}
    others = matches(actor).filter(
        cohort_id=match.cohort_id, state__in=list(OPEN_MATCHES), members__person_id__in=list(people),
        members__left_at=None,
    ).exclude(id=match.id).distinct()
    found = await others.prefetch_related("members")
    return any(len(people & {one.person_id for one in in_order(other)}) > 1 for other in found)


def places_of(enrollment: Enrollment, kind: MatchKind) -> int:
    """In how many open matches of a kind somebody may be: everybody who leads none is in one circle."""
    if kind is MatchKind.CIRCLE and enrollment.role is not ParticipantRole.FACILITATOR:
        return 1
    return enrollment.capacity


def in_order(match: Match) -> list[MatchMember]:
    """The members of a match, fetched before: who leads it first, everybody else as they came into it.

    So of a pair the mentor comes first, and of two peers who asked, or who brings more (glossary section 3). Who left
    a circle that goes on is no member of it any more.
    """
    there = [member for member in match.members if member.left_at is None]
    return sorted(there, key=lambda member: (member.role not in LEADING, member.id))


def sides(match: Match) -> tuple[MatchMember, MatchMember]:
    """The two members of a pair, in order; for what is stored and shown by side. The members must have been fetched."""
    first, second = in_order(match)[:2]
    return first, second


def pairs(match: Match) -> list[tuple[MatchMember, MatchMember]]:
    """Any two members of a match, each two once, in order."""
    return list(combinations(in_order(match), 2))


def is_mentor(match: Match, person_id: UUID | None) -> bool:
    """Whether somebody is the mentor of a match; among peers nobody is. The members must have been fetched."""
    return any(one.person_id == person_id and one.role is ParticipantRole.MENTOR for one in match.members)


def are_peers(match: Match) -> bool:
    """Whether nobody leads a match, and everybody is there for the others as much as for themselves."""
    return all(one.role is ParticipantRole.PEER for one in match.members)


def is_circle(match: Match) -> bool:
    """Whether a match holds a circle together, and not two people."""
    return match.kind is MatchKind.CIRCLE


def facilitator_of(match: Match) -> MatchMember | None:
    """Who leads a circle; None while nobody does. The members must have been fetched."""
    return next((one for one in in_order(match) if one.role is ParticipantRole.FACILITATOR), None)


def learners(match: Match) -> list[MatchMember]:
    """Those for whose own goals a match is there: the mentee, both peers, everybody in a circle but its host."""
    return [member for member in in_order(match) if member.role not in LEADING]


def back_on(match: Match) -> date | None:
    """The day on which a match that rests goes on: its own, or that of a member's break; None while nobody knows.
    A circle waits for nobody's break.

    Members and their enrolments must have been fetched.
    """
    if is_circle(match):
        return match.paused_until
    breaks = [one.enrollment for one in match.members if one.enrollment.state is EnrollmentState.PAUSED]
    if any(one.paused_until is None for one in breaks):
        return None
    return max((day for day in (match.paused_until, *(one.paused_until for one in breaks)) if day), default=None)


def partner_of(match: Match, person_id: UUID | None) -> Person:
    """The other person of a pair; members and their people must have been fetched."""
    return next(member.person for member in match.members if member.person_id != person_id)


async def lock_members(actor: Actor, match_ids: Iterable[UUID]) -> None:
    """Lock the enrolments of some matches' members: before the matches themselves."""
    members = await MatchMember.filter(organization_id=actor.organization_id, match_id__in=list(match_ids))
    await lock_enrollments(actor, {member.enrollment_id for member in members})


async def partner_enrollments(
    actor: Actor, enrollment_id: UUID, states: Collection[MatchState], *, left_too: bool = False
) -> set[UUID]:
    """The enrolments of everybody else in an enrolment's matches, circles too (with `left_too` those it left), in some
    states."""
    members = MatchMember.filter(organization_id=actor.organization_id)
    own = members.filter(enrollment_id=enrollment_id, match__state__in=list(states))
    own = own if left_too else own.filter(left_at=None)
    rows = members.filter(match_id__in=[one.match_id for one in await own])
    return {row.enrollment_id for row in await rows} - {enrollment_id}


async def enrollments_by_ids(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Enrollment]:
    """Enrolments of the organisation by id; unknown ids are missing."""
    return {row.id: row for row in await Enrollment.filter(organization_id=actor.organization_id, id__in=list(ids))}


async def lock_enrollments(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Enrollment]:
    """Lock some enrolments, always in the order of their ids, so that two units never wait for each other.

    As everywhere their keys stay free: a row that another unit adds and that only names them waits for nothing.
    """
    found = Enrollment.filter(organization_id=actor.organization_id, id__in=list(ids))
    return {row.id: row for row in await found.order_by("id").select_for_update(no_key=True)}
