"""How good a matching is, in the eight figures that every matching is judged by, with what they should come to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.matchmaking.engine import Audit
from server.matchmaking.engine.fairness import Figure, Parity


class Standard(StrEnum):
    """How a figure stands: as it should, short of that, or so that something has to be done."""

    MET = "MET"
    SHORT = "SHORT"
    RED = "RED"


class Measure(StrEnum):
    """The figures, by their numbers in the catalogue of metrics."""

    VIOLATIONS = "Q01"
    COVERAGE = "Q02"
    OPTIMUM = "Q03"
    ENVY = "Q04"
    FLOOR = "Q05"
    CALIBRATION = "Q06"
    RANKING = "Q07"
    PARITY = "Q08"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a figure should reach, or stay below where less is better, and beyond what it is red."""

    aim: float
    red: float

    def judge(self, value: float) -> Standard:
        """How a value stands; nothing is better than 0 where less is better."""
        if self.aim > self.red:
            is_met, is_red = value >= self.aim, value < self.red
        else:
            is_met, is_red = value < self.aim or not value, value > self.red
        return Standard.MET if is_met else Standard.RED if is_red else Standard.SHORT


LIMITS: Mapping[Measure, Limits] = {
    Measure.VIOLATIONS: Limits(0, 0), Measure.COVERAGE: Limits(0.98, 0.9), Measure.OPTIMUM: Limits(0.98, 0.9),
    Measure.ENVY: Limits(0.05, 0.15), Measure.FLOOR: Limits(50, 35), Measure.CALIBRATION: Limits(0.05, 0.15),
    Measure.RANKING: Limits(0.65, 0.55),
}
"""Aims and red flags as the catalogue of metrics sets them (docs/matching.md, "Eight figures")."""
LEAST_RATIO, MOST_RATIO = 0.8, 1.25
COMPARED = (Figure.MATCHED, Figure.FIT)


@dataclass(frozen=True, slots=True)
class Found:
    """One figure. `second` goes with it: the Brier score with the calibration error, the standard error with the AUC,
    the highest ratio with the lowest. `pairs` is on how many past pairs it rests. `standard` is None where there is
    nothing to judge."""

    measure: Measure
    value: float | None
    standard: Standard | None
    second: float | None = None
    pairs: int | None = None


def measured(audit: Audit, share: float | None, learned: Mapping[str, Any] | None) -> list[Found]:
    """The eight figures of a matching: `share` is that of the best possible total, `learned` the report of what past
    pairs taught, if any did."""
    return [
        _judged(Measure.VIOLATIONS, len(audit.violations)), _judged(Measure.COVERAGE, audit.coverage),
        _judged(Measure.OPTIMUM, share), _judged(Measure.ENVY, _share(audit.envy.clearly, audit.envy.asked)),
        _judged(Measure.FLOOR, audit.floor_fit), *_confidence(learned), _parity(audit.parity),
    ]


def measured_circles(violations: int, seated: int, waiting: int, parity: Iterable[Parity]) -> list[Found]:
    """The figures that circles have: rules, how many sit in one of all who looked for it, and how groups fared."""
    return [
        _judged(Measure.VIOLATIONS, violations), _judged(Measure.COVERAGE, _share(seated, seated + waiting)),
        _parity(parity),
    ]


def dump_measured(found: Iterable[Found]) -> list[dict[str, Any]]:
    """Figures as a file holds them."""
    return [
        {"measure": one.measure.value, "name": one.measure.name, "value": one.value, "second": one.second,
         "pairs": one.pairs, "standard": one.standard and one.standard.value}
        for one in found
    ]


def _judged(measure: Measure, value: float | None, second: float | None = None, pairs: int | None = None) -> Found:
    return Found(measure, value, None if value is None else LIMITS[measure].judge(value), second, pairs)


def _share(part: int | None, of: int) -> float | None:
    return None if part is None or not of else part / of


def _confidence(learned: Mapping[str, Any] | None) -> tuple[Found, Found]:
    """Of later pairs, of which it knew nothing: how far confidence was from what came, chance included, and how well it
    told those who met twice from those who did not. A report from before Brier scores has none."""
    held_out = learned["confidence"]["held_out"] if learned else None
    if not held_out:
        return _judged(Measure.CALIBRATION, None), _judged(Measure.RANKING, None)
    return (
        _judged(Measure.CALIBRATION, held_out["raw_error"], held_out.get("brier"), held_out["n"]),
        _judged(Measure.RANKING, held_out["auc"], held_out["auc_error"], held_out["n"]),
    )


def _parity(parity: Iterable[Parity]) -> Found:
    """The lowest and the highest ratio of a group's coverage or mean fit to everybody else's. Hidden groups tell none,
    and of a dimension with one group there is nobody else."""
    ratios = list(_ratios(parity))
    if not ratios:
        return Found(Measure.PARITY, None, None)
    low, high = min(ratios), max(ratios)
    is_even = low >= LEAST_RATIO and high <= MOST_RATIO
    return Found(Measure.PARITY, low, Standard.MET if is_even else Standard.RED, high)


def _ratios(parity: Iterable[Parity]) -> Iterator[float]:
    for one in parity:
        for group in one.mentees if len(one.mentees) > 1 else ():
            told = [group.figures[figure] for figure in COMPARED if figure in group.figures]
            yield from (one.ratio for one in told if one.ratio is not None)
