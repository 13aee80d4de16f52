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
from server.matchmaking.engine.result import MatchedPair, MatchingResult, Origin

ROUNDING = 0.5
"""Differences below half a point are shown as none, and counted as none."""


class WhyCode(StrEnum):
    """The one thing that kept two people apart."""

    RULE = "RULE"
    FITS_OTHERS_BETTER = "FITS_OTHERS_BETTER"
    BETTER_FOR_ALL = "BETTER_FOR_ALL"
    MORE_EXPECTED = "MORE_EXPECTED"
    NOT_WEIGHED = "NOT_WEIGHED"
    SETTLED = "SETTLED"
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
    if _is_settled(own) and len(own) >= columns.mentees.capacity[columns.mentees.rows[mentee]]:
        return WhyNot(mentee, mentor, WhyCode.SETTLED)
    left = int(columns.mentors.capacity[columns.mentors.rows[mentor]]) - len(holders)
    if left <= 0:
        return _taken(result, mentor, mentee, fit, own, holders)
    code = _though_free(result, fit, best, is_last_held=left == 1 and mentor in result.held_back)
    if code is None:
        return _for_all(result, mentor, mentee, fit, own)
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
    if _is_settled(holders):
        return WhyNot(mentee, mentor, WhyCode.NO_PLACE)
    weakest = min(pair.fit for pair in holders if pair.origin is Origin.SOLVED)
    if weakest - fit >= ROUNDING:
        return WhyNot(mentee, mentor, WhyCode.FITS_OTHERS_BETTER, points=_shown(weakest - fit))
    return _for_all(result, mentor, mentee, fit, own)


def _is_settled(pairs: list[MatchedPair]) -> bool:
    """Whether all of these stood before the run began: it weighed nothing against them."""
    return all(pair.origin is not Origin.SOLVED for pair in pairs)


def _though_free(result: MatchingResult, fit: float, best: float, *, is_last_held: bool) -> WhyCode | None:
    """Why a mentor with a free place was not chosen for somebody whose own pair fits by `best` (0: has none); None
    where all together had no less of it."""
    rules = result.market.rules
    if is_last_held and best <= fit >= rules.min_fit:
        return WhyCode.HELD_BACK
    if best > fit:
        return WhyCode.OWN_FITS_BETTER
    if fit < rules.min_fit:
        return WhyCode.LOW_FIT
    is_full = rules.max_pairs is not None and len(result.pairs) >= rules.max_pairs
    return WhyCode.COHORT_LIMIT if is_full and not best else None


def _for_all(result: MatchingResult, mentor: str, mentee: str, fit: float, own: list[MatchedPair]) -> WhyNot:
    """What all together gain by another choice: points of fit, or that models expect more of it. They were asked about
    listed pairs alone; and what an exchange cannot be shown to cost is not said to cost anything."""
    by_models, made = bool(result.outlook.models), [pair for pair in own if pair.origin is Origin.SOLVED]
    worth = _worth(result, mentor, mentee) if by_models else fit / 100
    if worth is None:
        return WhyNot(mentee, mentor, WhyCode.NOT_WEIGHED)
    now = [(_worth(result, pair.mentor, mentee) or 0.0) if by_models else pair.fit / 100 for pair in made]
    nets = [has - result.price_of(pair.mentor) for has, pair in zip(now, made, strict=True)]
    if len(own) < result.market.columns.mentees.capacity[result.market.columns.mentees.rows[mentee]]:
        nets.append(0.0 if own else -result.market.rules.placement * result.outlook.most)
    cost = 100 * (result.price_of(mentor) + min(nets, default=0.0) - worth)
    if by_models and cost >= ROUNDING:
        return WhyNot(mentee, mentor, WhyCode.MORE_EXPECTED)
    return WhyNot(mentee, mentor, WhyCode.BETTER_FOR_ALL, points=None if by_models else _shown(cost))


def _worth(result: MatchingResult, mentor: str, mentee: str) -> float | None:
    """What a pair counts with all that speaks for it; None where it was not listed."""
    arcs, columns = result.arcs, result.market.columns
    of_mentee = slice(*np.searchsorted(arcs.e, columns.mentees.rows[mentee] + np.arange(2)))
    found = np.flatnonzero(arcs.m[of_mentee] == columns.mentors.rows[mentor])
    return float(arcs.utility[of_mentee][found[0]]) if len(found) else None


def _fit(result: MatchingResult, mentor: str, mentee: str) -> float:
    columns = result.market.columns
    rows = np.array([columns.mentees.rows[mentee]]), np.array([columns.mentors.rows[mentor]])
    return float(score(result.factors.fits(*rows), result.weights)[0]) * 100


def _shown(points: float) -> float | None:
    return round(points, 1) if points >= ROUNDING else None
