"""Is a finished run sound and even-handed? Counted from its pairs, after the fact; nothing here ever steers a run.

Groups are compared with everybody else of the same run. Figures that would speak of fewer people than `minimum`, by
themselves or by what is left when others are taken away, are not worked out at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.candidates import rank_within
from server.matchmaking.engine.columns import Side, build
from server.matchmaking.engine.constraints import RuleCode, Violation, active_pair_rules, open_market, over_capacity
from server.matchmaking.engine.constraints import violations as broken_by
from server.matchmaking.engine.differences import Compared, Verdict, of_means, of_shares
from server.matchmaking.engine.pool import Participant, Standing
from server.matchmaking.engine.result import MatchingResult, Origin

SMALL_GROUP = 8
"""Groups of fewer people are hidden (decision 17 of the project's brief: small groups stay hidden below 8)."""
SHORTLIST = 3
"""Places in the list that a mentee would be shown."""
SAME_FIT = 0.005
"""Scores (0 to 1) less than half a point of fit apart count as one, as they are shown: nobody envies a rounding."""
CLEARLY_BETTER = 0.1
"""From ten points of fit on, for both of them, a pair that was not made would clearly be the better one."""
FLOOR_PERCENT = 10
"""So many of a hundred pairs fit less than the floor."""
ANOTHER_ORDER = 1
"""People are put into columns again with another seed, so that a slip of rows in the run would be seen here."""

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Figure(StrEnum):
    """What is compared: of mentees the first three, of mentors the last two.

    MATCHED and PLACES are shares (0 to 1), FIT is 0 to 100, CONFIDENCE 0 to 1, SHOWN counts lists per place.
    """

    MATCHED = "MATCHED"
    FIT = "FIT"
    CONFIDENCE = "CONFIDENCE"
    SHOWN = "SHOWN"
    PLACES = "PLACES"


NOTICEABLE = {Figure.MATCHED: 0.02, Figure.FIT: 2.0, Figure.CONFIDENCE: 0.02, Figure.SHOWN: 0.5, Figure.PLACES: 0.02}
"""Differences below these count as none, however certain they are: in a large pool chance explains nothing any more,
and yet nobody would notice half a point of fit. Our own choice."""


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One group. `people` is None where it is hidden; a figure is missing where too few people are behind it."""

    group: str
    people: int | None
    figures: Mapping[Figure, Compared]


@dataclass(frozen=True, slots=True)
class Parity:
    """The groups of one dimension, as mentees and as mentors, largest first, hidden ones last."""

    dimension: str
    mentees: tuple[GroupFigures, ...]
    mentors: tuple[GroupFigures, ...]


class Envy(NamedTuple):
    """Of `asked` mentees with a mentor, `rather` would fit better with the mentor of somebody else, and `claims` of
    them at least as well as whom that mentor has. Gains are points of fit. `clearly` would gain ten points or more with
    a mentor who has a place free, or would gain as much; None in a run from before that was counted."""

    asked: int
    rather: int
    claims: int
    mean_gain: float
    most_gain: float
    clearly: int | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything counted again about one run. `lowest` is (mentor, mentee); shares are 0 to 1, fits 0 to 100. One pair
    of ten fits less than `floor_fit`; `coverage` is of as many as could have a mentor. Both are None where there is
    nobody to count, and in a run from before they were counted."""

    mentees: int
    mentors: int
    places: int
    mean_fit: float | None
    lowest_fit: float | None
    lowest: tuple[str, str] | None
    mean_confidence: float | None
    top_three: float | None
    envy: Envy
    violations: tuple[Violation, ...]
    rules: int
    checks: int
    parity: tuple[Parity, ...]
    floor_fit: float | None = None
    coverage: float | None = None


def audit(
    result: MatchingResult,
    groups: Mapping[str, Mapping[str, str]],
    *,
    standing: Standing | None = None,
    minimum: int = SMALL_GROUP,
) -> Audit:
    """Count a run again: rules, envy, and for each dimension of `groups` (person -> group) how its groups fared."""
    columns, fits = result.market.columns, [pair.fit for pair in result.pairs]
    lowest = min(result.pairs, key=lambda pair: (pair.fit, pair.mentee, pair.mentor), default=None)
    rules = _rules(result)
    return Audit(
        mentees=len(columns.mentees),
        mentors=len(columns.mentors),
        places=int(columns.mentors.capacity.sum()),
        mean_fit=float(np.mean(fits)) if fits else None,
        lowest_fit=lowest.fit if lowest else None,
        lowest=(lowest.mentor, lowest.mentee) if lowest else None,
        mean_confidence=float(np.mean([pair.confidence for pair in result.pairs])) if fits else None,
        top_three=_top_three(result),
        envy=envy(result),
        violations=recount(result, standing or Standing()),
        rules=rules,
        checks=rules * len(fits),
        parity=tuple(parity(result, name, of, minimum) for name, of in groups.items()),
        floor_fit=float(np.percentile(fits, FLOOR_PERCENT)) if fits else None,
        coverage=_coverage(result),
    )


def _coverage(result: MatchingResult) -> float | None:
    """The share of mentees with a mentor, of as many as look for one, or of as many as there are places if these are
    fewer; no place that was held back counts. Of peers, told both ways round, one of an odd number cannot be paired."""
    columns, limit = result.market.columns, result.market.rules.max_pairs
    ways = 1 if len(result.pairs) <= result.certificate.matched else 2
    looking = sum(one.capacity > 0 for one in columns.mentees.people)
    places = int(columns.mentors.capacity.sum()) - len(result.held_back)
    most = min(looking - looking % ways, places, *([] if limit is None else [limit * ways]))
    return min(1.0, len({pair.mentee for pair in result.pairs}) / most) if most > 0 else None


def recount(result: MatchingResult, standing: Standing) -> tuple[Violation, ...]:
    """Every hard rule that the pairs of a run break, looked up anew from the people themselves.

    Columns and rules are made again in another order of rows. Pairs that stood before the run answer for places only.
    """
    columns = build(result.market.columns.pool, result.seed + ANOTHER_ORDER)
    market = open_market(columns, result.market.rules, standing)
    e = np.array([columns.mentees.rows[pair.mentee] for pair in result.pairs], np.intp)
    m = np.array([columns.mentors.rows[pair.mentor] for pair in result.pairs], np.intp)
    made = np.array([pair.origin is not Origin.CURRENT for pair in result.pairs], np.bool_)
    found = {*broken_by(market, e[made], m[made]), *over_capacity(columns, e, m)}
    return tuple(sorted(found))


def envy(result: MatchingResult) -> Envy:
    """How many mentees would fit better with a mentor whom somebody else got, and how many clearly, with one who would
    gain as much or has a place left.

    Only pairs that no rule forbids count, and of a large pool those that the run looked at (its candidate lists).
    """
    arcs, columns = result.arcs, result.market.columns
    own, held = np.full(len(columns.mentees), np.inf), np.full(len(columns.mentors), np.inf)
    e, m = _rows(result)
    fit = np.array([pair.fit for pair in result.pairs]) / 100
    np.minimum.at(own, e, fit)
    np.minimum.at(held, m, fit)
    others = ~np.isin(arcs.e * len(columns.mentors) + arcs.m, e * len(columns.mentors) + m)
    rather = others & np.isfinite(held[arcs.m]) & (arcs.score > own[arcs.e] + SAME_FIT)
    is_free = np.bincount(m, minlength=len(columns.mentors)) < columns.mentors.capacity
    clear = others & (arcs.score >= own[arcs.e] + CLEARLY_BETTER)
    clear &= is_free[arcs.m] | (arcs.score >= held[arcs.m] + CLEARLY_BETTER)
    gain = np.zeros(len(own))
    np.maximum.at(gain, arcs.e[rather], arcs.score[rather] - own[arcs.e[rather]])
    claims = np.unique(arcs.e[rather & (arcs.score >= held[arcs.m] - SAME_FIT)])
    gains = gain[gain > 0] * 100
    return Envy(
        asked=int(np.isfinite(own).sum()),
        rather=len(gains),
        claims=len(claims),
        mean_gain=float(gains.mean()) if len(gains) else 0.0,
        most_gain=float(gains.max(initial=0.0)),
        clearly=len(np.unique(arcs.e[clear])),
    )


def parity(result: MatchingResult, dimension: str, of: Mapping[str, str], minimum: int = SMALL_GROUP) -> Parity:
    """How each group of one dimension fared; whose group is not known stands in the group named ""."""
    return Parity(dimension, _mentees(result, of, minimum), _mentors(result, of, minimum))


def parity_among(
    people: Sequence[Participant], fits: Mapping[str, float], dimension: str, of: Mapping[str, str],
    minimum: int = SMALL_GROUP,
) -> Parity:
    """How the groups of people fared who look for a circle: `fits` (0 to 100) are of those who sit in one, by id."""
    fit = np.array([fits.get(one.id, np.nan) for one in people])
    values = {Figure.MATCHED: (~np.isnan(fit)).astype(np.float64), Figure.FIT: fit}
    names = np.array([of.get(one.who, "") for one in people], np.str_)
    return Parity(dimension, _figures(names, np.ones(len(people), np.bool_), values, minimum), ())


def verdict_of(figure: Figure, told: Compared) -> Verdict:
    """Whether a group stands apart: by more than chance explains, and by enough to be noticed."""
    return told.verdict if abs(told.difference) >= NOTICEABLE[figure] else Verdict.EVEN


def hidden(sizes: Mapping[str, int], minimum: int, already: Iterable[str] = ()) -> frozenset[str]:
    """The groups that must not be shown: the small ones, and of the others the smallest as long as those hidden
    together are still few, since the rest of the total would tell about them."""
    unseen = {group for group, size in sizes.items() if size < minimum} | set(already)
    for group in sorted(sizes, key=lambda one: (sizes[one], one)):
        if 0 < sum(sizes[one] for one in unseen) < minimum:
            unseen.add(group)
    return frozenset(unseen)


def _mentees(result: MatchingResult, of: Mapping[str, str], minimum: int) -> tuple[GroupFigures, ...]:
    side = result.market.columns.mentees
    looking = np.array([one.capacity > 0 for one in side.people], np.bool_)
    fit, confidence = np.full(len(side), np.nan), np.full(len(side), np.nan)
    rows, _ = _rows(result)
    np.fmax.at(fit, rows, np.array([pair.fit for pair in result.pairs]))
    np.fmax.at(confidence, rows, np.array([pair.confidence for pair in result.pairs]))
    placed = (~np.isnan(fit)).astype(np.float64)
    values = {Figure.MATCHED: placed, Figure.FIT: fit, Figure.CONFIDENCE: confidence}
    return _figures(_names(side, of), looking, values, minimum)


def _mentors(result: MatchingResult, of: Mapping[str, str], minimum: int) -> tuple[GroupFigures, ...]:
    side, arcs = result.market.columns.mentors, result.arcs
    order = np.lexsort((arcs.m, -arcs.score, arcs.e))
    listed = arcs.m[order][rank_within(arcs.e[order]) < SHORTLIST]
    _, rows = _rows(result)
    places = side.capacity.astype(np.float64)
    shown, used = (np.bincount(at, minlength=len(side)).astype(np.float64) for at in (listed, rows))
    per_place = np.divide(shown, places, out=np.full(len(side), np.nan), where=places > 0)
    taken = np.divide(used, places, out=np.full(len(side), np.nan), where=places > 0)
    return _figures(_names(side, of), places > 0, {Figure.SHOWN: per_place, Figure.PLACES: taken}, minimum)


def _figures(
    names: NDArray[np.str_], counted: Mask, values: Mapping[Figure, Numbers], minimum: int
) -> tuple[GroupFigures, ...]:
    """Each group beside everybody else; NaN is nobody's figure."""
    sizes = _sizes(names[counted])
    unseen = hidden(sizes, minimum)
    found: dict[str, dict[Figure, Compared]] = {name: {} for name in sizes}
    for figure, numbers in values.items():
        told = counted & ~np.isnan(numbers)
        few = hidden(_sizes(names[told]) | dict.fromkeys(set(sizes) - set(names[told]), 0), minimum, unseen)
        for name in sizes.keys() - few:
            ours = numbers[told & (names == name)]
            others = numbers[told & (names != name)]
            if len(ours) and len(others):
                found[name][figure] = (of_shares if figure is Figure.MATCHED else of_means)(ours, others)
    made = [GroupFigures(name, None if name in unseen else size, found[name]) for name, size in sizes.items()]
    return tuple(sorted(made, key=lambda one: (one.people is None, -(one.people or 0), one.group)))


def _sizes(names: NDArray[np.str_]) -> dict[str, int]:
    known, counts = np.unique(names, return_counts=True)
    return dict(zip(known.tolist(), counts.tolist(), strict=True))


def _names(side: Side, of: Mapping[str, str]) -> NDArray[np.str_]:
    return np.array([of.get(one.who, "") for one in side.people], np.str_)


def _rows(result: MatchingResult) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    columns = result.market.columns
    e = np.array([columns.mentees.rows[pair.mentee] for pair in result.pairs], np.intp)
    m = np.array([columns.mentors.rows[pair.mentor] for pair in result.pairs], np.intp)
    return e, m


def _top_three(result: MatchingResult) -> float | None:
    """The share of pairs solved in which the mentee got one of the three mentors who fit them best."""
    arcs, columns = result.arcs, result.market.columns
    order = np.lexsort((arcs.m, -arcs.score, arcs.e))
    best = order[rank_within(arcs.e[order]) < SHORTLIST]
    listed = {(int(arcs.e[at]), int(arcs.m[at])) for at in best}
    solved = [pair for pair in result.pairs if pair.origin is Origin.SOLVED]
    got = [(columns.mentees.rows[pair.mentee], columns.mentors.rows[pair.mentor]) in listed for pair in solved]
    return sum(got) / len(got) if got else None


def _rules(result: MatchingResult) -> int:
    """How many rules each pair was held against; that of places counts, that of pairs made in this run does not."""
    rules = result.market.rules
    switched_off = {RuleCode.PAIRED} | ({RuleCode.REPORTING_LINE} if not rules.reporting_line else set())
    switched_off |= {RuleCode.REPEAT} if not rules.repeat else set()
    limits = 1 + (rules.max_pairs is not None)
    return len(set(result.market.listed) - switched_off) + len(active_pair_rules(rules)) + limits
