"""The measures that can be counted today (domain/metrics.md, layer 1): each with its figure, or none yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.goals.queries import goals
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.matches.models import Match, MatchMember
from server.matches.queries import reviewable_matches
from server.matches.states import OPEN_MATCHES, MatchState
from server.programs.models import Enrollment
from server.programs.queries import enrollments
from server.programs.states import EnrollmentState
from server.sessions.models import Session
from server.sessions.queries import sessions
from server.sessions.states import TOOK_PLACE

WINDOW = timedelta(days=28)
"""The default window, and how long a pair without a session counts as quiet (metrics.md, sections 1 and A08)."""
WEEK = timedelta(days=7)
SETTLED = timedelta(days=21)
"""Pairs younger than this are not expected to have met (A02) or to have a goal (A24)."""
MONTH_DAYS = Fraction("30.44")
"""Days of a mean month, as in metrics.md, A04."""


class MeasureKey(StrEnum):
    """Which measure, in the order of the design (4.1)."""

    QUIET = "QUIET"
    HELD = "HELD"
    ACCEPTED = "ACCEPTED"
    STARTED = "STARTED"
    GOALS = "GOALS"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Target and red flag in percent (metrics.md). With `fewer`, less is better."""

    target: int
    red: int
    fewer: bool = False


BOUNDS = {
    MeasureKey.QUIET: Bounds(15, 25, fewer=True), MeasureKey.HELD: Bounds(70, 55),
    MeasureKey.ACCEPTED: Bounds(85, 70), MeasureKey.STARTED: Bounds(80, 65), MeasureKey.GOALS: Bounds(80, 50),
}


class Standing(StrEnum):
    """A figure beside its target."""

    NO_FIGURE = "NO_FIGURE"
    ON_TARGET = "ON_TARGET"
    OFF_TARGET = "OFF_TARGET"
    RED = "RED"


@dataclass(frozen=True, slots=True)
class Figure:
    """`part` of `whole`; no figure while `whole` is 0."""

    key: MeasureKey
    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """0 to 100; sessions beyond the plan count as the whole plan."""
        return min(100.0, 100 * self.part / self.whole) if self.whole else None

    @property
    def bounds(self) -> Bounds:
        """Its target and red flag."""
        return BOUNDS[self.key]

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        if self.percent is None:
            return Standing.NO_FIGURE
        sign = -1 if self.bounds.fewer else 1
        if sign * self.percent < sign * self.bounds.red:
            return Standing.RED
        return Standing.ON_TARGET if sign * self.percent >= sign * self.bounds.target else Standing.OFF_TARGET


def planned_sessions(match: Match) -> int:
    """How many sessions a match's programme plans for the whole time, by its rhythm; the programme was fetched."""
    days = match.program.duration_days
    if match.active_at and match.ends_on:
        days = (match.ends_on - match.active_at.date()).days
    return max(1, int(match.program.sessions_per_month * days / MONTH_DAYS + Fraction(1, 2)))


async def figures(actor: Actor, program_ids: Collection[UUID]) -> list[Figure]:
    """Every measure over some programmes, those in need first; a fixed number of counts."""
    return await figures_of(actor, reviewable_matches(actor).filter(program_id__in=list(program_ids)))


async def figures_of(actor: Actor, pairs: QuerySet[Match]) -> list[Figure]:
    """Every measure over some pairs that the actor may review, those in need first; a fixed number of counts."""
    now = clock.now()
    begun = pairs.filter(active_at__isnull=False)
    settled, old = begun.filter(active_at__lte=now - SETTLED), steady(pairs, now)
    passed = await pairs.filter(state__in=[MatchState.DECLINED, MatchState.EXPIRED]).count()
    accepted = await begun.count()
    whole = await settled.count()
    met = await settled.filter(id__in=_met(actor)).count()
    aimed = await settled.filter(id__in=_with_goal(actor)).count()
    silent = await old.exclude(id__in=_met(actor, since=now - WINDOW)).count()
    made = [
        Figure(MeasureKey.QUIET, silent, await old.count()), await _held(actor, pairs, now),
        Figure(MeasureKey.ACCEPTED, accepted, accepted + passed), Figure(MeasureKey.STARTED, met, whole),
        Figure(MeasureKey.GOALS, aimed, whole),
    ]
    need = [Standing.RED, Standing.OFF_TARGET, Standing.ON_TARGET, Standing.NO_FIGURE]
    return sorted(made, key=lambda one: need.index(one.standing))


def steady(pairs: QuerySet[Match], now: datetime) -> QuerySet[Match]:
    """The running pairs among some that are old enough to be called quiet (A08)."""
    return pairs.filter(state=MatchState.ACTIVE, active_at__lte=now - WINDOW)


def quiet_pairs(actor: Actor, pairs: QuerySet[Match], silent: timedelta = WINDOW) -> QuerySet[Match]:
    """The pairs among some that held no session in four weeks, or in a longer time, the longest running first."""
    since = clock.now() - silent
    quiet = pairs.filter(state=MatchState.ACTIVE, active_at__lte=since).exclude(id__in=_met(actor, since=since))
    return quiet.order_by("active_at", "id")


def unmet_pairs(actor: Actor, pairs: QuerySet[Match], after: timedelta) -> QuerySet[Match]:
    """The pairs among some that began longer than `after` ago, are not yet old enough to be quiet, and never met; with
    an `after` of four weeks and more, those of the week in which they pass it."""
    now = clock.now()
    oldest = now - max(WINDOW, after + WEEK)
    young = pairs.filter(state=MatchState.ACTIVE, active_at__lte=now - after, active_at__gt=oldest)
    return young.exclude(id__in=_met(actor)).order_by("active_at", "id")


def unmatched(actor: Actor, cohort_id: UUID, after: timedelta) -> QuerySet[Enrollment]:
    """Who takes part in a group for longer than `after`, and is in no match, the longest first."""
    placed = MatchMember.filter(
        organization_id=actor.organization_id, left_at=None, match__state__in=list(OPEN_MATCHES | {MatchState.DRAFT})
    )
    there = enrollments(actor).filter(
        cohort_id=cohort_id, state=EnrollmentState.ACTIVE, active_at__lte=clock.now() - after
    )
    return there.exclude(id__in=Subquery(placed.values("enrollment_id"))).order_by("active_at", "id")


def _met(actor: Actor, since: datetime | None = None) -> Subquery:
    held = sessions(actor).filter(state__in=list(TOOK_PLACE))
    return Subquery((held.filter(ends_at__gt=since) if since else held).values("match_id"))


def _with_goal(actor: Actor) -> Subquery:
    """That there is a goal, for counting: only the product may ask, and nobody reads it (goals.queries)."""
    there = goals(system_actor(actor.organization_id)).filter(match_id__isnull=False).exclude(state=GoalState.DRAFT)
    return Subquery(there.values("match_id"))


async def _held(actor: Actor, pairs: QuerySet[Match], now: datetime) -> Figure:
    """Sessions held in the window by running pairs, of those that their programmes' rhythm plans."""
    begun = pairs.filter(state=MatchState.ACTIVE, active_at__lte=now)
    rows = await begun.values_list("active_at", "program__sessions_per_month")
    days = [(min(WINDOW.days, (now - began).days), rhythm) for began, rhythm in rows if began]
    planned = sum(int(rhythm * each / MONTH_DAYS + Fraction(1, 2)) for each, rhythm in days)
    running = Subquery(pairs.filter(state=MatchState.ACTIVE).values("id"))
    held: QuerySet[Session] = sessions(actor).filter(
        state__in=list(TOOK_PLACE), ends_at__gt=now - WINDOW, ends_at__lte=now, match_id__in=running
    )
    return Figure(MeasureKey.HELD, await held.count(), planned)
