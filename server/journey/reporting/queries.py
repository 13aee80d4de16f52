"""What a report of a programme says, counted when its letter leaves. No figure of fewer than eight (metrics.md, 1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.goals.queries import goals
from server.goals.states import GoalState
from server.journey.console.measures import Figure, MeasureKey, Standing, figures, quiet_pairs, unmatched
from server.journey.reporting.team import TeamRow, team_of
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches.queries import matches, reviewable_matches
from server.matches.states import MatchState
from server.programs.models import Cohort
from server.programs.queries import cohorts_of, enrollments, supply
from server.programs.states import EnrollmentState
from server.sessions.queries import sessions
from server.sessions.states import TOOK_PLACE
from server.surveys.models import SurveyAnswer

LEAST = 8
"""A group that is smaller has no figure."""
ALERTED = frozenset(MeasureKey) - {MeasureKey.ACCEPTED}
"""Figures that are told of when they are in the red; of acceptance M10 tells, after twenty answers."""
TWO_WEEKS = timedelta(days=14)
TOOK_PART = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED, EnrollmentState.COMPLETED)


@dataclass(frozen=True, slots=True)
class Told:
    """A figure in a report; `before`: what it was in the report before, in percent."""

    figure: Figure
    before: int | None = None

    @property
    def percent(self) -> int | None:
        """What is said of it; None where too few are behind it."""
        whole = self.figure.percent
        return None if whole is None or self.figure.whole < LEAST else round(whole)


@dataclass(frozen=True, slots=True)
class Operations:
    """How a programme runs, and what waits for who runs it."""

    told: tuple[Told, ...]
    approvals: int
    drafts: int
    applications: int
    answers: int
    quiet: int
    unmatched: int
    places_short: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a programme brought in some time, as far as enough people are behind it.

    `useful`: the mean of 1 to 5 in check-ins; `recommend`: the share that would minus the share that would not.
    """

    people: int
    pairs: int
    sessions: int
    time: timedelta
    goals: int
    useful: float | None
    recommend: int | None

    @property
    def is_small(self) -> bool:
        """Whether too few take part to say anything."""
        return self.people < LEAST


def shares(found: Iterable[Figure]) -> dict[str, object]:
    """What the next report compares with."""
    return {one.key.value: round(one.percent) for one in found if one.percent is not None}


def is_alarming(figure: Figure) -> bool:
    """Whether a figure is in the red, with enough behind it."""
    return figure.standing is Standing.RED and figure.whole >= LEAST


async def alarm(actor: Actor, program_id: UUID, metric: str) -> Told | None:
    """A figure that is in the red; None once it is not."""
    found = [one for one in await figures(actor, [program_id]) if one.key == metric and is_alarming(one)]
    return Told(found[0]) if found else None


async def operations(actor: Actor, program_id: UUID, before: Mapping[str, int]) -> Operations:
    """How a programme runs, over all of its groups."""
    pairs, there = matches(actor).filter(program_id=program_id), enrollments(actor).filter(program_id=program_id)
    groups = await cohorts_of(actor, [program_id])
    waiting = SurveyAnswer.filter(
        organization_id=actor.organization_id, invitation__program_id=program_id, handled_at=None
    )
    return Operations(
        told=tuple(Told(one, before.get(one.key)) for one in await figures(actor, [program_id])),
        approvals=await pairs.filter(state=MatchState.AWAITING_ADMIN).count(),
        drafts=await pairs.filter(state=MatchState.DRAFT).count(),
        applications=await there.filter(state=EnrollmentState.PENDING_APPROVAL).count(),
        answers=await waiting.count(),
        quiet=await quiet_pairs(actor, pairs).count(),
        unmatched=sum([await unmatched(actor, one.id, TWO_WEEKS).count() for one in groups]),
        places_short=await places_short(actor, groups),
    )


async def my_team(actor: Actor) -> list[TeamRow]:
    """How the actor's own people stand, as their letter every second Tuesday says it."""
    return await team_of(actor, actor.person_id) if actor.person_id else []


async def places_short(actor: Actor, groups: Iterable[Cohort]) -> int:
    """How many more mentees than places there are in some groups, each by itself."""
    return sum([max(0, -(await supply(actor, one.id)).free) for one in groups])


async def outcomes(actor: Actor, program_id: UUID, since: datetime) -> Outcomes:
    """What a programme brought since then (aware)."""
    running = reviewable_matches(actor).filter(program_id=program_id, active_at__isnull=False)
    held = await sessions(actor).filter(
        match__program_id=program_id, state__in=list(TOOK_PLACE), ends_at__gt=since, ends_at__lte=clock.now()
    ).values_list("starts_at", "ends_at")
    answers = SurveyAnswer.filter(
        organization_id=actor.organization_id, invitation__program_id=program_id, answered_at__gt=since
    )
    rows = await answers.values_list("usefulness", "recommend")
    reached = goals(actor).filter(
        enrollment__program_id=program_id, state=GoalState.ACHIEVED, settled_at__gt=since
    )
    people = enrollments(actor).filter(program_id=program_id, state__in=list(TOOK_PART))
    return Outcomes(
        people=len(set(await people.values_list("person_id", flat=True))),
        pairs=await running.exclude(ended_at__lt=since).count(),
        sessions=len(held),
        time=sum((end - start for start, end in held), timedelta()),
        goals=await reached.count(),
        useful=_mean([useful for useful, _recommend in rows if useful is not None]),
        recommend=_net([recommend for _useful, recommend in rows if recommend is not None]),
    )


def _mean(given: list[int]) -> float | None:
    return round(sum(given) / len(given), 1) if len(given) >= LEAST else None


def _net(given: list[int]) -> int | None:
    """Those who gave 9 or 10 minus those who gave 6 or less, in percent of all."""
    if len(given) < LEAST:
        return None
    return round(100 * (sum(one >= 9 for one in given) - sum(one <= 6 for one in given)) / len(given))
