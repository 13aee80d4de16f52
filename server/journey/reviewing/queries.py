"""What waits for the manager's word in a group, and one pair with everything that speaks for or against it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.functions import Count

from server.kernel import clock
from server.kernel.actor import Actor, Permission
from server.kernel.errors import NotFound
from server.matches import queries as matches
from server.matches import rules
from server.matches.models import Match, MatchMember
from server.matches.states import AWAITING, OPEN_MATCHES, RUNNING, MatchKind, MatchState
from server.matchmaking import queries as matchmaking
from server.matchmaking.circles.queries import MayCome, may_come, rule_broken
from server.matchmaking.circles.telling import InCommon, in_common
from server.matchmaking.engine.explain import Explanation
from server.matchmaking.gather import rules_of
from server.matchmaking.models import MatchRun
from server.matchmaking.queries import Alternative, Queue, SkillSupply
from server.matchmaking.queue.queries import Wish, unmet_wishes
from server.matchmaking.queue.seats import seats_found
from server.matchmaking.stored import load
from server.matchmaking.supply.queries import has_places, past_mentors
from server.matchmaking.today.queries import ALREADY_ASKED, Bar, bars_of
from server.people.queries import line_of
from server.programs import queries as programs
from server.programs.models import Cohort, Enrollment, Program
from server.programs.rules import can_edit_enrollments, has_circles
from server.programs.states import EnrollmentState, ParticipantRole

WAITS = (MatchState.DRAFT, MatchState.AWAITING_ADMIN)
CIRCLES_LISTED = 200
PLACED = OPEN_MATCHES | {MatchState.DRAFT}


@dataclass(frozen=True)
class Group:
    """A cohort that the actor reviews, with how many matches and how many mentees without one wait in it."""

    cohort: Cohort
    matches: int
    unmatched: int

    @property
    def waiting(self) -> int:
        """Everything that waits."""
        return self.matches + self.unmatched


@dataclass(frozen=True)
class Review:
    """The page of one group. `group` is None while there is none; `undoable` was approved and nobody was told yet.

    `run` is the last one that came to its end, `newest` the one that was asked for last. `circles` meet already.
    """

    groups: list[Group]
    group: Group | None
    queue: Queue
    agreed: list[Match]
    undoable: list[Match]
    supply: list[SkillSupply]
    run: MatchRun | None
    newest: MatchRun | None
    may_decide: bool
    circles: list[Match] = field(default_factory=list)
    past_mentors: int = 0
    """So many mentors of earlier groups could be asked for the places that are short."""

    @property
    def waiting(self) -> int:
        """How many matches wait for the manager's word."""
        return len(self.queue.strong) + len(self.queue.look_closer) + len(self.agreed)

    @property
    def pairs(self) -> list[Match]:
        """Every match that waits, in the order in which they are listed."""
        return [*self.agreed, *self.queue.strong, *self.queue.look_closer]


@dataclass(frozen=True)
class Checks:
    """The hard rules of a pair, looked up now. `free` of `places` of the mentor are taken by no open match."""

    reporting_line: bool
    paired_before: bool
    free: int
    places: int


UNCHECKED = Checks(reporting_line=False, paired_before=False, free=0, places=0)
"""Of a circle, whose rules are looked at together (`Circle.broken`)."""


@dataclass(frozen=True)
class Circle:
    """A suggested or running circle: what it has in common, who a manager could put into it, which hard rule it breaks
    on today's facts, in words ("" for none), and whom the last run found a seat for in it."""

    common: InCommon
    may_come: MayCome
    broken: str
    found: list[Enrollment]


@dataclass(frozen=True)
class Pairing:
    """One suggested pair, or circle, as the manager reads it: why, what else, and whether it breaks a rule."""

    match: Match
    explanation: Explanation | None
    alternatives: list[Alternative]
    checks: Checks
    unmet: list[Wish]
    is_locked: bool
    may_decide: bool
    circle: Circle | None = None
    bar: Bar | None = None
    """The hard rule that the two break today, if they break one; of a circle see `Circle.broken`."""

    @property
    def next_best(self) -> int | None:
        """The fit of the best other mentor, 0 to 100; None when the run found nobody else."""
        return round(self.alternatives[0].fit) if self.alternatives else None

    @property
    def is_draft(self) -> bool:
        """Whether nobody was asked yet."""
        return self.match.state is MatchState.DRAFT

    @property
    def waits(self) -> bool:
        """Whether it waits for the manager's word."""
        return self.match.state in WAITS


async def managed_programs(actor: Actor) -> list[Program]:
    """The programmes whose matches the actor may read, by name: the door of the console.

    Raises:
        NotFound: the actor runs no programme.
    """
    if actor.programs_with(Permission.PROGRAM_MATCHES_READ) == frozenset():
        raise NotFound
    return await programs.managed_programs(actor)


async def groups(actor: Actor) -> list[Group]:
    """The cohorts that the actor reviews, the one with most waiting first, then the newest; five queries in all.

    Raises:
        NotFound: the actor runs no programme.
    """
    ids = [program.id for program in await managed_programs(actor)]
    cohorts = await programs.cohorts_of(actor, ids) if ids else []
    waiting, alone = await _waiting(actor, cohorts), await _alone(actor, cohorts)
    found = [Group(one, waiting.get(one.id, 0), alone.get(one.id, 0)) for one in cohorts]
    return sorted(found, key=lambda group: -group.waiting)


async def review(actor: Actor, cohort_id: UUID | None = None) -> Review:
    """The page of a group, by default the one with most waiting.

    Raises:
        NotFound: the actor runs no programme, or the group is of none of theirs.
    """
    found = await groups(actor)
    group = _chosen(found, cohort_id)
    if group is None:
        return Review(found, None, Queue([], [], [], frozenset()), [], [], [], None, None, may_decide=False)
    cohort = group.cohort
    newest = await matchmaking.newest_run(actor, cohort.id)     # first: what a run that is over by now made is there
    return Review(
        groups=found, group=group, queue=await matchmaking.review_queue(actor, cohort.id),
        agreed=await matches.matches_in(actor, cohort.id, [MatchState.AWAITING_ADMIN]),
        undoable=await _undoable(actor, cohort.id), supply=await matchmaking.supply_by_skill(actor, cohort.id),
        run=await matchmaking.latest_run(actor, cohort.id),
        newest=newest,
        may_decide=actor.may(Permission.PROGRAM_MATCHES_DECIDE, cohort.program_id),
        circles=await _circles(actor, cohort), past_mentors=await _past_mentors(actor, cohort),
    )


async def _past_mentors(actor: Actor, cohort: Cohort) -> int:
    """How many mentors of earlier groups the actor could ask, at most as many as places are short."""
    if not has_places(cohort.program) or not can_edit_enrollments(actor, cohort.program_id):
        return 0
    short = -(await programs.supply(actor, cohort.id)).free
    return min(short, len(await past_mentors(actor, cohort))) if short > 0 else 0


async def _circles(actor: Actor, cohort: Cohort) -> list[Match]:
    """The circles of a group that are under way or wait for answers, the oldest first."""
    if not has_circles(cohort.program):
        return []
    found = matches.reviewable_matches(actor).filter(
        cohort_id=cohort.id, kind=MatchKind.CIRCLE, state__in=list(OPEN_MATCHES - {MatchState.AWAITING_ADMIN})
    )
    return await found.order_by("published_at", "id").limit(CIRCLES_LISTED).prefetch_related("members__person")


async def group_of(actor: Actor, cohort_id: UUID | None) -> Cohort:
    """A group of a programme that the actor runs.

    Raises:
        NotFound: there is none such.
    """
    group = _chosen(await groups(actor), cohort_id) if cohort_id else None
    if group is None:
        raise NotFound
    return group.cohort


async def pairing(actor: Actor, match_id: UUID) -> Pairing:
    """One match for the manager.

    Raises:
        NotFound: absent, or of a programme that the actor does not run.
    """
    match = await matches.visible_match(actor, match_id)
    if not rules.can_review(actor, match):
        raise NotFound
    locked = await matchmaking.locked_matches(actor, match.cohort_id)
    if matches.is_circle(match):
        return Pairing(
            match=match, explanation=None, alternatives=[], checks=UNCHECKED, unmet=[], is_locked=match.id in locked,
            may_decide=rules.can_decide(actor, match),
            circle=Circle(
                in_common(match.explanation), await may_come(actor, match), await rule_broken(actor, match),
                await seats_found(actor, match),
            ),
        )
    return Pairing(
        match=match, explanation=load(match.explanation), alternatives=await matchmaking.alternatives(actor, match),
        checks=await _checks(actor, match), unmet=await _unmet(actor, match), is_locked=match.id in locked,
        may_decide=rules.can_decide(actor, match), bar=await _bar(actor, match),
    )


async def _bar(actor: Actor, match: Match) -> Bar | None:
    """What keeps a pair apart for which a manager's word is asked; that it was asked already does not."""
    if match.state not in WAITS:
        return None
    asked = ALREADY_ASKED if match.state is MatchState.AWAITING_ADMIN else ()
    return (await bars_of(actor, [match], but=asked)).get(match.id)


async def _unmet(actor: Actor, match: Match) -> list[Wish]:
    """The mentors whom the mentee asked for and the run of this draft did not give them."""
    if match.run_id is None:
        return []
    run = await matchmaking.visible_run(actor, match.run_id)
    return await unmet_wishes(actor, run, matches.sides(match)[1].enrollment_id)


async def _checks(actor: Actor, match: Match) -> Checks:
    mentor, mentee = matches.sides(match)
    depth = rules_of(match.program).reporting_depth
    above = {one.id for one in (await line_of(actor, mentee.person_id))[:depth]}
    below = {one.id for one in (await line_of(actor, mentor.person_id))[:depth]}
    both = mentor.person_id, mentee.person_id
    past = await matches.past_partners(actor, both)
    taken = (await matches.seats_taken(actor, [mentor.enrollment_id])).get(mentor.enrollment_id, 0)
    own, places = int(match.state in OPEN_MATCHES), mentor.enrollment.capacity
    return Checks(
        reporting_line=mentor.person_id in above or mentee.person_id in below,
        paired_before=not past.isdisjoint((both, both[::-1])),
        free=max(0, places - (taken - own)), places=places,
    )


def _chosen(found: list[Group], cohort_id: UUID | None) -> Group | None:
    if cohort_id is None:
        return found[0] if found else None
    chosen = next((group for group in found if group.cohort.id == cohort_id), None)
    if chosen is None:
        raise NotFound
    return chosen


async def _waiting(actor: Actor, cohorts: Iterable[Cohort]) -> dict[UUID, int]:
    drafts = matches.reviewable_matches(actor).filter(
        cohort_id__in=[one.id for one in cohorts], state__in=list(WAITS)
    )
    rows = await drafts.annotate(n=Count("id")).group_by("cohort_id").values_list("cohort_id", "n")
    return {cohort_id: int(count) for cohort_id, count in rows}


async def _alone(actor: Actor, cohorts: Iterable[Cohort]) -> dict[UUID, int]:
    ids = [one.id for one in cohorts]
    placed = MatchMember.filter(
        matches.OF_MAIN_KIND, organization_id=actor.organization_id, match__cohort_id__in=ids,
        match__state__in=list(PLACED), left_at=None,
    )
    mentees = programs.enrollments(actor).filter(
        cohort_id__in=ids, role__in=[ParticipantRole.MENTEE, ParticipantRole.PEER], state=EnrollmentState.ACTIVE
    ).exclude(id__in=Subquery(placed.values("enrollment_id")))
    mentees = mentees.exclude(id__in=Subquery(matches.had_their_time(actor).values("enrollment_id")))
    rows = await mentees.annotate(n=Count("id")).group_by("cohort_id").values_list("cohort_id", "n")
    return {cohort_id: int(count) for cohort_id, count in rows}


async def _undoable(actor: Actor, cohort_id: UUID) -> list[Match]:
    """Approved, and still before the moment at which its people are told."""
    found = matches.reviewable_matches(actor).filter(
        cohort_id=cohort_id, state__in=list(AWAITING | RUNNING), published_at__gt=clock.now()
    )
    return await found.order_by("published_at", "id")
