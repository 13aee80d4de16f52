"""The queue of those without a mentor: who is next, and why they wait."""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.columns import Side
from server.matchmaking.engine.constraints import Market, RuleCode, active_pair_rules, is_broken
from server.matchmaking.engine.pool import Participant


class WaitCode(StrEnum):
    """Why somebody has nobody. The codes that are no rule: places, those held back for newcomers, the cohort's limit,
    nobody, no wish, no group, a seat in a circle that stands, for a manager to give, or training to finish first."""

    NO_SEAT = "NO_SEAT"
    HELD_BACK = "HELD_BACK"
    COHORT_LIMIT = "COHORT_LIMIT"
    LOW_FIT = "LOW_FIT"
    NO_MENTORS = "NO_MENTORS"
    NOT_LOOKING = "NOT_LOOKING"
    NO_PARTNER = "NO_PARTNER"
    NO_CIRCLE = "NO_CIRCLE"
    TOO_FEW = "TOO_FEW"
    SEAT_FOUND = "SEAT_FOUND"
    TRAINING = "TRAINING"
    REPORTING_LINE = "REPORTING_LINE"
    SAME_TEAM = "SAME_TEAM"
    BLOCKED = "BLOCKED"
    REPEAT = "REPEAT"
    COMPANY = "COMPANY"
    LANGUAGE = "LANGUAGE"
    OVERLAP = "OVERLAP"
    GRADE_GAP = "GRADE_GAP"


class Waiting(NamedTuple):
    """A mentee without a pair. `position` counts from 1; None for somebody with no open place, who does not wait."""

    mentee: str
    position: int | None
    code: WaitCode


def queue(
    market: Market, best: NDArray[np.float64], unplaced: NDArray[np.intp], at_limit: bool, would_fit: Collection[int]
) -> list[Waiting]:
    """Everybody without a pair: by cycles waited, then day of enrolment, then best fit, then a fixed order.

    `best` is each mentee's best score with any mentor, minus infinity where rules keep them from all; `would_fit` are
    those whom a place would suit that is held back.
    """
    side = market.columns.mentees
    looking = in_line(side, [row for row in unplaced if side.capacity[row] > 0], best)

    def why(row: int) -> WaitCode:
        if best[row] < 0:
            return _why_nobody(market, row)
        if at_limit:
            return WaitCode.COHORT_LIMIT
        return WaitCode.HELD_BACK if row in would_fit else WaitCode.NO_SEAT

    waiting = [Waiting(side.people[row].id, place, why(row)) for place, row in enumerate(looking, 1)]
    idle = [Waiting(side.people[row].id, None, WaitCode.NOT_LOOKING) for row in unplaced if side.capacity[row] == 0]
    return waiting + idle


def in_line(side: Side, rows: Iterable[int], best: NDArray[np.float64]) -> list[int]:
    """Rows of mentees in the order in which places are due to them: a total order, so nobody is overtaken by somebody
    who came later with an equal claim, and who joins or leaves changes nobody else's turn."""
    return sorted(rows, key=lambda row: (-side.waited[row], side.people[row].enrolled_on or "9999", -best[row], row))


def in_turn(people: Sequence[Participant], rows: Iterable[int]) -> list[int]:
    """Rows of people as they take turns where no fit decides: by cycles waited, then day of enrolment, then row."""
    return sorted(rows, key=lambda row: (-people[row].waited_cycles, people[row].enrolled_on or "9999", row))


def _why_nobody(market: Market, row: int) -> WaitCode:
    """The rule that keeps the most mentors with places from this mentee; a low fit when no rule keeps them all."""
    open_mentors = np.flatnonzero(market.columns.mentors.capacity > 0)
    if not len(open_mentors):
        return WaitCode.NO_MENTORS
    here = np.array([row])
    counts = {
        code: int(is_broken(market, code, here, open_mentors).sum())
        for code in (*market.listed, *active_pair_rules(market.rules))
    }
    if market.rules.min_fit > 0 and sum(counts.values()) < len(open_mentors):
        return WaitCode.LOW_FIT
    return as_wait_code(max(counts, key=lambda code: counts[code]))


def as_wait_code(rule: RuleCode) -> WaitCode:
    """What is said to somebody whom a rule keeps from everybody."""
    return _CODES.get(rule, WaitCode.BLOCKED)


_CODES = {code: WaitCode(code) for code in RuleCode if code in WaitCode.__members__} | {
    RuleCode.SELF: WaitCode.NO_MENTORS,
    RuleCode.PAIRED: WaitCode.NO_SEAT,
}
