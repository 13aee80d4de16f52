"""What became of matches, read from where it happened: replies, sessions, answers, goals, ends. Nothing is copied."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.goals.queries import goals
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches.models import Match
from server.matches.queries import sides
from server.matches.states import SAID_NO, Approval, ClosureReason, DeclineReason, MatchOrigin
from server.matchmaking.engine.pool import PastPair
from server.sessions.queries import held_ends
from server.surveys.queries import answers
from server.surveys.states import GoalOutcome

FIRST_WEEKS = timedelta(days=30)
"""By then a pair should have met twice (matching.md, section 5)."""
MET = 2
ACHIEVED = {GoalState.ACHIEVED: 1.0, GoalState.ABANDONED: 0.0}
SAID_OF_GOAL = {GoalOutcome.REACHED: 1.0, GoalOutcome.PARTLY: 0.5, GoalOutcome.LET_GO: 0.0}
AT_A_TIME = 5_000
"""Matches asked about in one statement."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A match by stages; None is "not known", or not yet.

    `hours_to_reply` runs from the announcement to the last answer. `sessions` took place within 30 days of the start.
    `satisfaction` is 1 to 5, the mean of what both said last. `goals` is the share of settled goals that was reached.
    """

    match_id: UUID
    accepted: bool | None
    mentor_reply: Approval
    mentee_reply: Approval
    decline_reason: DeclineReason | None
    hours_to_reply: float | None
    sessions: int | None
    satisfaction: float | None
    goals: float | None
    end_reason: ClosureReason | None


async def outcomes_of(reader: Actor, matches: Collection[Match]) -> dict[UUID, Outcome]:
    """What became of some matches, by id; their members must have been fetched. For the product itself alone."""
    found: dict[UUID, Outcome] = {}
    rows = list(matches)
    for start in range(0, len(rows), AT_A_TIME):
        part = rows[start : start + AT_A_TIME]
        ids = [match.id for match in part]
        ends, said, reached = await held_ends(reader, ids), await _said(reader, ids), await _reached(reader, ids)
        found |= {match.id: _outcome(match, ends.get(match.id, []), said, reached) for match in part}
    return found


def past_pair(match: Match, outcome: Outcome, cycle: str | None = None) -> PastPair:
    """The outcome as the engine takes it, with people in the place of enrolments."""
    mentor, mentee = sides(match)
    return PastPair(
        str(mentor.person_id), str(mentee.person_id), accepted=outcome.accepted, sessions_held=outcome.sessions,
        satisfaction=outcome.satisfaction, goals_achieved=outcome.goals, cycle=cycle,
        by_manager=match.origin is MatchOrigin.MANAGER,
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """Answers about matches: the last usefulness of each person, and what became of the goal."""

    useful: dict[UUID, list[float]]
    goal: dict[UUID, GoalOutcome]


def _outcome(match: Match, ends: list[datetime], said: _Said, reached: dict[UUID, list[float]]) -> Outcome:
    mentor, mentee = sides(match)
    useful = said.useful.get(match.id)
    return Outcome(
        match_id=match.id, accepted=_accepted(match), mentor_reply=mentor.approval, mentee_reply=mentee.approval,
        decline_reason=mentee.decline_reason or mentor.decline_reason, hours_to_reply=_hours(match),
        sessions=_sessions(match, ends), satisfaction=sum(useful) / len(useful) if useful else None,
        goals=_goals(match, reached.get(match.id), said.goal.get(match.id)), end_reason=match.closure_reason,
    )


def _accepted(match: Match) -> bool | None:
    if match.active_at is not None:
        return True
    return False if match.state in SAID_NO else None


def _hours(match: Match) -> float | None:
    answered = [one.answered_at for one in match.members if one.answered_at]
    if not answered or match.published_at is None:
        return None
    return max(0.0, (max(answered) - match.published_at).total_seconds() / 3600)


def _sessions(match: Match, ends: Iterable[datetime]) -> int | None:
    """Sessions of the first 30 days; None while they are not over and a second one may still come."""
    if match.active_at is None:
        return None
    until = match.active_at + FIRST_WEEKS
    count = sum(end <= until for end in ends)
    is_over = match.ended_at is not None or clock.now() >= until
    return count if is_over or count >= MET else None


def _goals(match: Match, settled: list[float] | None, said: GoalOutcome | None) -> float | None:
    """By the goals themselves, else by what the mentee said at the end, else by why the match ended."""
    if settled:
        return sum(settled) / len(settled)
    if said in SAID_OF_GOAL:
        return SAID_OF_GOAL[said]
    return 1.0 if match.closure_reason is ClosureReason.GOAL_REACHED else None


async def _said(reader: Actor, ids: list[UUID]) -> _Said:
    last: dict[tuple[UUID, UUID], float] = {}
    goal: dict[UUID, GoalOutcome] = {}
    rows = answers(reader).filter(invitation__match_id__in=ids).order_by("answered_at", "id")
    columns = "invitation__match_id", "invitation__person_id", "usefulness", "goal_outcome"
    for match_id, person_id, usefulness, outcome in await rows.values_list(*columns):
        if usefulness is not None:
            last[match_id, person_id] = float(usefulness)
        if outcome is not None:
            goal[match_id] = GoalOutcome(outcome)
    useful: dict[UUID, list[float]] = {}
    for (match_id, _person), value in last.items():
        useful.setdefault(match_id, []).append(value)
    return _Said(useful, goal)


async def _reached(reader: Actor, ids: list[UUID]) -> dict[UUID, list[float]]:
    found: dict[UUID, list[float]] = {}
    settled = goals(reader).filter(match_id__in=ids, state__in=list(ACHIEVED))
    for match_id, state in await settled.values_list("match_id", "state"):
        found.setdefault(match_id, []).append(ACHIEVED[GoalState(state)])
    return found
