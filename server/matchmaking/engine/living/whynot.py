"""Why somebody whom a mentee asked for was not chosen: a rule, a place that went elsewhere, or a better fit.

Points are points of fit (0 to 100). What an exchange would cost all others is proven, not guessed: by duality, putting
a pair into the result costs at least the price of the place and what the mentee has now, less what the pair is worth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from server.matchmaking.engine.constraints import RuleCode
from server.matchmaking.engine.factor import score
from server.matchmaking.engine.result import MatchedPair, MatchingResult

ROUNDING = 0.5
"""Differences below half a point are shown as none, and counted as none."""


class WhyCode(StrEnum):
    """The one thing that kept two people apart."""

    RULE = "RULE"
    FITS_OTHERS_BETTER = "FITS_OTHERS_BETTER"
    BETTER_FOR_ALL = "BETTER_FOR_ALL"
    MORE_EXPECTED = "MORE_EXPECTED"
    OWN_FITS_BETTER = "OWN_FITS_BETTER"
    LOW_FIT = "LOW_FIT"
    NO_PLACE = "NO_PLACE"
    HELD_BACK = "HELD_BACK"
    COHORT_LIMIT = "COHORT_LIMIT"


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a mentee did not get a mentor. `rule` with RULE alone; `points` by how much the others fit better, or what
    the exchange would at least cost all together; None where that is not known or nothing."""

    mentee: str
    mentor: str
    code: WhyCode
    rule: RuleCode | None = None
    points: float | None = None


def why_not(result: MatchingResult, mentor: str, mentee: str) -> WhyNot | None:
    """Why a result does not pair two people of its pool; None when it does."""
    own = [pair for pair in result.pairs if pair.mentee == mentee]
    if mentor in {pair.mentor for pair in own}:
        return None
    rules = result.rules_against(mentor, mentee)
    if rules:
        return WhyNot(mentee, mentor, WhyCode.RULE, rules[0])
    fit, holders = _fit(result, mentor, mentee), [pair for pair in result.pairs if pair.mentor == mentor]
    columns, best = result.market.columns, max((pair.fit for pair in own), default=0.0)
    left = int(columns.mentors.capacity[columns.mentors.rows[mentor]]) - len(holders)
    if left <= 0:
        return _taken(result, mentor, mentee, fit, own, holders)
    code = _though_free(result, fit, best, is_last_held=left == 1 and mentor in result.held_back)
    return WhyNot(mentee, mentor, code, points=_shown(best - fit) if code is WhyCode.OWN_FITS_BETTER else None)


def unmet_wishes(result: MatchingResult) -> Iterator[WhyNot]:
    """Why mentees did not get those of the pool whom they named, in the order of mentees and of their wishes."""
    columns = result.market.columns
    for one in columns.mentees.people:
        for who in one.prefers:
            if who in columns.mentors.by_person:
                told = why_not(result, columns.mentors.people[columns.mentors.by_person[who]].id, one.id)
                if told is not None:
                    yield told


def _taken(
    result: MatchingResult, mentor: str, mentee: str, fit: float, own: list[MatchedPair], holders: list[MatchedPair]
) -> WhyNot:
    weakest = min((pair.fit for pair in holders), default=0.0)
    if not holders:
        return WhyNot(mentee, mentor, WhyCode.NO_PLACE)
    if weakest - fit >= ROUNDING:
        return WhyNot(mentee, mentor, WhyCode.FITS_OTHERS_BETTER, points=_shown(weakest - fit))
    return WhyNot(mentee, mentor, _for_all(result), points=_cost(result, mentor, fit, own))


def _though_free(result: MatchingResult, fit: float, best: float, *, is_last_held: bool) -> WhyCode:
    """Why a mentor with a free place was not chosen for somebody whose own pair fits by `best` (0: has none)."""
    rules = result.market.rules
    if is_last_held and best <= fit >= rules.min_fit:
        return WhyCode.HELD_BACK
    if best > fit:
        return WhyCode.OWN_FITS_BETTER
    if fit < rules.min_fit:
        return WhyCode.LOW_FIT
    is_full = rules.max_pairs is not None and len(result.pairs) >= rules.max_pairs
    return WhyCode.COHORT_LIMIT if is_full and not best else _for_all(result)


def _for_all(result: MatchingResult) -> WhyCode:
    """What all together gain by: fit, or what learned models expect."""
    return WhyCode.MORE_EXPECTED if result.outlook.models else WhyCode.BETTER_FOR_ALL


def _cost(result: MatchingResult, mentor: str, fit: float, own: list[MatchedPair]) -> float | None:
    """What all together would lose at least; None where learned models, not fits, chose the pairs."""
    if result.outlook.models:
        return None
    now = min((pair.fit / 100 - result.price_of(pair.mentor) for pair in own), default=-result.market.rules.placement)
    return _shown(100 * (result.price_of(mentor) + now - fit / 100))


def _fit(result: MatchingResult, mentor: str, mentee: str) -> float:
    columns = result.market.columns
    rows = np.array([columns.mentees.rows[mentee]]), np.array([columns.mentors.rows[mentor]])
    return float(score(result.factors.fits(*rows), result.weights)[0]) * 100


def _shown(points: float) -> float | None:
    return round(points, 1) if points >= ROUNDING else None
