"""The review queue and what stands behind it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import permutations
from uuid import UUID

from tortoise.queryset import QuerySet

from server.goals.queries import told_goals
from server.goals.states import OPEN_GOALS
from server.kernel.actor import Actor, Permission, system_actor
from server.kernel.db import Json
from server.kernel.errors import NotFound
from server.matches import queries as matches
from server.matches.models import Match
from server.matches.rules import main_kind
from server.matches.states import OPEN_MATCHES, MatchKind, MatchState
from server.matchmaking.engine import Step
from server.matchmaking.engine.living.line import Claim, in_order
from server.matchmaking.engine.waitlist import WaitCode
from server.matchmaking.engine.wording import STRONG_FIT
from server.matchmaking.gather import had_their_time
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.states import OF_THE_GROUP, RunKind, RunState
from server.matchmaking.stored import counts_talent
from server.matchmaking.today.queries import Bar, bars_of, rules_broken
from server.people import queries as people
from server.people.models import Competency, Person
from server.people.queries import agreed_to
from server.people.states import ConsentPurpose, SkillSide
from server.programs import queries as programs
from server.programs.models import Enrollment
from server.programs.rules import is_among_peers, is_drawn, is_of_circles, roles_in
from server.programs.states import EnrollmentState
from server.programs.training.queries import untrained

Stand = tuple[RunState, Step | None, int | None]
"""How far a run is: its state, the step it is at, and percent of that."""


@dataclass(frozen=True)
class Unmatched:
    """An active mentee without a match or a draft, the place in line as it is now, and why. Without a run there is no
    line yet, and who came after the last one has no reason."""

    enrollment: Enrollment
    position: int | None
    code: WaitCode | None


@dataclass(frozen=True)
class Queue:
    """What waits for the manager's word. Strong ones can be approved together; the others need a look. `barred` are
    the pairs among them that break a hard rule today."""

    strong: list[Match]
    look_closer: list[Match]
    unmatched: list[Unmatched]
    locked: frozenset[UUID]
    barred: Mapping[UUID, Bar] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """How many rows there are."""
        return len(self.strong) + len(self.look_closer) + len(self.unmatched)


@dataclass(frozen=True)
class SkillSupply:
    """Places of active mentors who offer a competency: `taken` by open matches and drafts, and the active mentees
    without either who want it. A mentor's places count for each competency they offer."""

    competency: Competency
    places: int
    taken: int
    wanted: int

    @property
    def short(self) -> int:
        """How many of those who want it find no free place; 0 when there are enough."""
        return max(0, self.wanted - max(0, self.places - self.taken))


@dataclass(frozen=True)
class Trade:
    """What a full mentor costs: `draft` gives that mentor up, and `left`, its mentee, gets the one who is given away,
    whom the same run found for them (`one`)."""

    draft: Match
    left: Person
    one: MatchSuggestion


@dataclass(frozen=True)
class Alternative:
    """Another mentor for a mentee. `free`: places that no draft or open match takes; `holders` have them if none is,
    and then `trade` is the best exchange with a draft that nobody locked, if there is one."""

    mentor: Enrollment
    fit: float
    confidence: float
    explanation: Json
    free: int
    holders: tuple[Person, ...] = ()
    trade: Trade | None = None

    @property
    def has_place(self) -> bool:
        """Whether the mentor can take one more."""
        return self.free > 0


def runs(actor: Actor) -> QuerySet[MatchRun]:
    """The runs that the actor may read: where a query about runs starts."""
    scope = actor.programs_with(Permission.PROGRAM_MATCHES_READ)
    found = MatchRun.filter(organization_id=actor.organization_id)
    return found if scope is None else found.filter(program_id__in=scope)


async def visible_run(actor: Actor, run_id: UUID, *, lock: bool = False) -> MatchRun:
    """One run.

    Raises:
        NotFound: absent, of another organisation, or of a programme that the actor does not run.
    """
    found = runs(actor).filter(id=run_id)
    run = await (found.select_for_update(no_key=True) if lock else found).first()
    if run is None:
        raise NotFound
    return run


async def stand_of(actor: Actor, run_id: UUID) -> Stand | None:
    """How far a run of the actor's organisation is, None when it is gone. Who may know is asked before it is told."""
    found = MatchRun.filter(organization_id=actor.organization_id, id=run_id)
    stands: list[Stand] = await found.values_list("state", "step", "percent")
    return stands[0] if stands else None


async def latest_run(actor: Actor, cohort_id: UUID) -> MatchRun | None:
    """The newest run of a whole cohort that came to its end, for all or for newcomers, and that the actor may read."""
    done = runs(actor).filter(cohort_id=cohort_id, state=RunState.DONE, kind__in=list(OF_THE_GROUP))
    return await done.order_by("-started_at", "-id").first()


async def newest_run(actor: Actor, cohort_id: UUID) -> MatchRun | None:
    """The run of a cohort that was asked for last, however far it is, where the actor may read it."""
    return await runs(actor).filter(cohort_id=cohort_id).order_by("-started_at", "-id").first()


async def run_listing(actor: Actor, mentee: Enrollment) -> MatchRun | None:
    """The newest run of a mentee's cohort that has candidates for them: later ones may have been for others alone."""
    listing = runs(actor).filter(
        cohort_id=mentee.cohort_id, state=RunState.DONE, suggestions__mentee_enrollment_id=mentee.id
    )
    return await listing.exclude(kind=RunKind.PREVIEW).order_by("-started_at", "-id").first()


def suggestions(actor: Actor, run: MatchRun) -> QuerySet[MatchSuggestion]:
    """The stored candidates of a visible run, best first for each mentee."""
    found = MatchSuggestion.filter(organization_id=actor.organization_id, run_id=run.id)
    return found.order_by("mentee_enrollment_id", "rank", "id")


async def review_queue(actor: Actor, cohort_id: UUID) -> Queue:
    """The drafts of a cohort by what they need, best first, and the mentees without any. A pair that breaks a hard rule
    on today's facts is strong no more; circles are asked about one by one, where one is shown.

    Raises:
        NotFound: no such cohort, or of a programme that the actor does not run.
    """
    cohort = await programs.cohort_by_id(actor, cohort_id)
    if not actor.may(Permission.PROGRAM_MATCHES_READ, cohort.program_id):
        raise NotFound
    drafts = await matches.matches_in(actor, cohort_id, [MatchState.DRAFT])
    barred = await bars_of(actor, [draft for draft in drafts if not matches.is_circle(draft)])
    strong = [draft for draft in drafts if is_strong(draft) and draft.id not in barred]
    closer = [draft for draft in drafts if not is_strong(draft) or draft.id in barred]
    return Queue(strong, closer, await line(actor, cohort_id), await locked_matches(actor, cohort_id), barred)


async def locked_matches(actor: Actor, cohort_id: UUID) -> frozenset[UUID]:
    """The drafts of a cohort that survive every run."""
    return frozenset(lock.match_id for lock in await matches.locks(actor, cohort_id) if lock.match_id)


def is_strong(draft: Match) -> bool:
    """Safe to approve with others: a strong fit that nobody held back."""
    return (draft.fit or 0) >= STRONG_FIT and not draft.held_back


async def alternatives(actor: Actor, draft: Match) -> list[Alternative]:
    """Other mentors that the run of a draft found for its mentee, best first; none whom a hard rule keeps from them
    today."""
    if draft.run_id is None or matches.is_circle(draft):
        return []
    mentor, mentee = matches.sides(draft)
    found = await suggestions(actor, await visible_run(actor, draft.run_id)).filter(
        mentee_enrollment_id=mentee.enrollment_id
    )
    others = [one for one in found if one.mentor_enrollment_id != mentor.enrollment_id]
    offered = await _with_places(actor, draft.cohort_id, mentee.enrollment_id, others)
    full = [one.mentor.id for one in offered if not one.has_place]
    holders, trades = await _holders(actor, full), await _trades(actor, draft, full)
    return [
        replace(one, holders=tuple(holders.get(one.mentor.id, ())), trade=trades.get(one.mentor.id)) for one in offered
    ]


async def _trades(actor: Actor, draft: Match, mentor_ids: list[UUID]) -> dict[UUID, Trade]:
    """For each of some full mentors the draft that could best take the mentor of `draft` instead: the same run
    found the two for each other, and no hard rule keeps them apart today."""
    if draft.state is not MatchState.DRAFT or not mentor_ids:
        return {}
    given = matches.sides(draft)[0]
    others = matches.reviewable_matches(actor).filter(
        members__enrollment_id__in=mentor_ids, state=MatchState.DRAFT, kind=MatchKind.PAIR, cohort_id=draft.cohort_id,
    ).exclude(id__in=[draft.id, *await locked_matches(actor, draft.cohort_id)])
    held = {
        (other.run_id, left.enrollment_id): (other, wanted.enrollment_id, left)
        for other in await others.prefetch_related("members__person", "members__enrollment")
        for wanted, left in permutations(matches.in_order(other)) if wanted.enrollment_id in mentor_ids
    }
    left = {enrollment_id for _run, enrollment_id in held}
    cohort = await programs.cohort_by_id(actor, draft.cohort_id)
    broken = await rules_broken(actor, cohort, [(given.enrollment_id, one) for one in left])
    found = MatchSuggestion.filter(
        organization_id=actor.organization_id, run_id__in=[run_id for run_id, _left in held if run_id],
        mentor_enrollment_id=given.enrollment_id, mentee_enrollment_id__in=[one for _run, one in held],
    )
    trades: dict[UUID, Trade] = {}
    for one in await found.order_by("-fit", "id"):
        other, wanted, whom = held.get((one.run_id, one.mentee_enrollment_id), (None, None, None))
        if other and wanted and whom and (given.enrollment_id, whom.enrollment_id) not in broken:
            trades.setdefault(wanted, Trade(other, whom.person, one))
    return trades


async def supply_by_skill(
    actor: Actor, cohort_id: UUID, limit: int | None = 3, *, held: Mapping[UUID, int] | None = None
) -> list[SkillSupply]:
    """Mentor places of a cohort by competency, the shortest first, then the fullest; a fixed number of queries. Peers
    and circles have none: everybody offers and wants. Drafts take places as open matches do, unless `held` says how
    many each enrolment holds. Without a `limit` all of them.

    Raises:
        NotFound: no such cohort, or of a programme that the actor does not run.
    """
    cohort = await programs.cohort_by_id(actor, cohort_id)
    if not actor.may(Permission.PROGRAM_MATCHES_READ, cohort.program_id):
        raise NotFound
    if is_among_peers(cohort.program) or is_of_circles(cohort.program):
        return []
    mentors, mentees = [
        await programs.enrollments_in(actor, cohort_id, role=role, states=[EnrollmentState.ACTIVE])
        for role in roles_in(cohort.program)
    ]
    placed = Counter(held) if held is not None else await matches.placed_seats(actor, cohort_id)
    offered = await people.skills_of(actor, [row.person_id for row in mentors], SkillSide.OFFERED)
    over = await had_their_time(actor, cohort_id)
    wanting = await wishes_of(actor, [row for row in mentees if not placed[row.id] and row.id not in over])
    known = {one.id: one for held in offered.values() for one in held} | {one.id: one for one in wanting}
    found = []
    for one in known.values():
        having = [row for row in mentors if one in offered[row.person_id]]
        places, taken = sum(row.capacity for row in having), sum(placed[row.id] for row in having)
        found.append(SkillSupply(one, places, taken, wanting[one]))
    ranked = sorted(found, key=lambda one: (-one.short, -one.taken, one.competency.name))
    return ranked[:limit]


async def next_choice(actor: Actor, mentee_enrollment_id: UUID) -> MatchSuggestion | None:
    """The best stored suggestion for a mentee or peer who has no open match and no draft; None when there is none, and
    where the next draw decides."""
    mentee = await programs.visible_enrollment(actor, mentee_enrollment_id)
    if mentee.state is not EnrollmentState.ACTIVE or mentee.id in await cared_for(actor, mentee.cohort_id):
        return None
    if is_drawn(mentee.program) or is_of_circles(mentee.program):
        return None
    run = await run_listing(actor, mentee)
    if run is None:
        return None
    found = await suggestions(actor, run).filter(mentee_enrollment_id=mentee.id)
    free = {one.mentor.id for one in await _with_places(actor, mentee.cohort_id, mentee.id, found)
            if one.has_place}
    return next((one for one in found if one.mentor_enrollment_id in free), None)


async def _agreed(actor: Actor, found: list[MatchSuggestion]) -> list[MatchSuggestion]:
    """Candidates without those that counted talent data of somebody who took the consent back."""
    counted = {one.id: {one.mentor_enrollment_id, one.mentee_enrollment_id} for one in found
               if counts_talent(one.factors)}
    if not counted:
        return found
    rows = await matches.enrollments_by_ids(actor, set[UUID]().union(*counted.values()))
    agreed = await agreed_to(actor, {row.person_id for row in rows.values()}, ConsentPurpose.TALENT)
    here = {row.id for row in rows.values() if row.person_id in agreed}
    return [one for one in found if counted.get(one.id, set()) <= here]


async def _with_places(
    actor: Actor, cohort_id: UUID, mentee_id: UUID, found: list[MatchSuggestion]
) -> list[Alternative]:
    """Those of some candidates who still take part, and whom no hard rule keeps from the mentee today: neither what
    people and records say by now, nor that the two were tried; none whose fit counted what one of the two no longer
    agrees to."""
    cohort, found = await programs.cohort_by_id(actor, cohort_id), await _agreed(actor, found)
    broken = await rules_broken(actor, cohort, [(one.mentor_enrollment_id, mentee_id) for one in found])
    leading = roles_in(cohort.program)[0]
    active = await programs.enrollments_in(actor, cohort_id, role=leading, states=[EnrollmentState.ACTIVE])
    mentors = {row.id: row for row in active}
    placed = await matches.placed_seats(actor, cohort_id)
    return [
        Alternative(mentor, one.fit, one.confidence, one.factors, max(0, mentor.capacity - placed[mentor.id]))
        for one in found
        if (mentor := mentors.get(one.mentor_enrollment_id)) and (mentor.id, mentee_id) not in broken
    ]


async def _holders(actor: Actor, mentor_ids: list[UUID]) -> dict[UUID, list[Person]]:
    """The mentees who have the places of some mentors, by open matches and drafts."""
    if not mentor_ids:
        return {}
    placed = matches.reviewable_matches(actor).filter(
        members__enrollment_id__in=mentor_ids, state__in=list(OPEN_MATCHES | {MatchState.DRAFT}), kind=MatchKind.PAIR
    )
    found: dict[UUID, list[Person]] = {}
    for match in await placed.order_by("created_at", "id").prefetch_related("members__person"):
        for one, other in permutations(match.members, 2):
            if one.enrollment_id in mentor_ids:
                found.setdefault(one.enrollment_id, []).append(other.person)
    return found


async def cared_for(actor: Actor, cohort_id: UUID, kind: MatchKind = MatchKind.PAIR) -> set[UUID]:
    """Who of a cohort needs nobody: in an open match or a draft, or they had their time with somebody."""
    return set(await matches.placed_seats(actor, cohort_id, kind)) | await had_their_time(actor, cohort_id)


async def wishes_of(actor: Actor, mentees: list[Enrollment]) -> Counter[Competency]:
    """How many of some mentees want each competency, by their skills and by what their open goals build on."""
    wanted = await people.skills_of(actor, [row.person_id for row in mentees], SkillSide.WANTED)
    open_goals = told_goals(system_actor(actor.organization_id)).filter(
        enrollment_id__in=[row.id for row in mentees], state__in=list(OPEN_GOALS), competency_id__isnull=False
    )
    aims = {(goal.person_id, goal.competency) for goal in await open_goals.select_related("competency")}
    aims |= {(person_id, one) for person_id, held in wanted.items() for one in held}
    return Counter(one for _person, one in aims if one)


async def line(actor: Actor, cohort_id: UUID) -> list[Unmatched]:
    """The active mentees of a cohort without a match or a draft, in the order in which places are due to them."""
    cohort = await programs.cohort_by_id(actor, cohort_id)
    placed = await cared_for(actor, cohort_id, main_kind(cohort.program))
    looking = roles_in(cohort.program)[-1]
    active = await programs.enrollments_in(actor, cohort_id, role=looking, states=[EnrollmentState.ACTIVE])
    alone = {row.id: row for row in active if row.id not in placed}
    run = await latest_run(actor, cohort_id)
    then = {UUID(one["enrollment_id"]): one for one in run.result.get("waitlist", [])} if run else {}
    away = await untrained(actor, cohort.program, alone.values())
    codes = {one: WaitCode(then[one]["code"]) for one in alone if one in then} | dict.fromkeys(away, WaitCode.TRAINING)
    order = in_order(
        Claim(row.id, row.waited_cycles, row.invited_at.date(), then.get(row.id, {}).get("position"))
        for row in alone.values()
    )
    return [Unmatched(alone[one], place if run else None, codes.get(one)) for place, one in enumerate(order, 1)]


async def left_in_line(actor: Actor, run: MatchRun) -> list[UUID]:
    """The enrolments that stood in line when a run of their group began and still do: who looks for somebody and has no
    match and no draft, and whoever waits for a place in the group."""
    here = [one.enrollment for one in await line(actor, run.cohort_id)]
    looking = [row.id for row in here if row.active_at is None or row.active_at <= run.started_at]
    waiting = await programs.waitlist(actor, run.cohort_id)
    return looking + [entry.enrollment_id for entry in waiting if entry.since <= run.started_at]
