"""The difference between a group and everybody else, with the range in which chance alone could have put it."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

LEVEL = 0.95
Z = 1.959964
"""The normal deviate of a two-sided 95 % interval."""

Numbers = NDArray[np.float64]


class Verdict(StrEnum):
    """How a group stands beside everybody else."""

    EVEN = "EVEN"
    HIGHER = "HIGHER"
    LOWER = "LOWER"


@dataclass(frozen=True, slots=True)
class Compared:
    """A group's figure, everybody else's, and the 95 % interval of the difference; all in the figure's own unit."""

    value: float
    others: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """How much higher the group's figure is."""
        return self.value - self.others

    @property
    def ratio(self) -> float | None:
        """The group's figure as a multiple of everybody else's; None when theirs is 0."""
        return self.value / self.others if self.others else None

    @property
    def verdict(self) -> Verdict:
        """Even, unless the whole interval lies on one side of no difference."""
        return Verdict.HIGHER if self.low > 0 else Verdict.LOWER if self.high < 0 else Verdict.EVEN


def of_shares(ours: Numbers, others: Numbers) -> Compared:
    """Two shares from ones and zeros, neither list empty.

    Source: Newcombe 1998, Statistics in Medicine 17, method 10: the interval made of the two Wilson intervals, which
    holds for few people and for shares of 0 and 1.
    """
    first, second = float(ours.mean()), float(others.mean())
    (low, high), (low_others, high_others) = wilson(first, len(ours)), wilson(second, len(others))
    gap = first - second
    return Compared(
        first, second,
        low=gap - sqrt((first - low) ** 2 + (high_others - second) ** 2),
        high=gap + sqrt((high - first) ** 2 + (second - low_others) ** 2),
    )


def of_means(ours: Numbers, others: Numbers) -> Compared:
    """Two means, neither list empty, by Welch's interval, which does not suppose that both vary alike.

    A list of one tells nothing about how much it varies: the interval is then without end.
    """
    first, second = float(ours.mean()), float(others.mean())
    reach = _reach(ours, others)
    return Compared(first, second, first - second - reach, first - second + reach)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (0 to 1) seen in `count` cases."""
    spread = 1 + Z**2 / count
    middle = (share + Z**2 / (2 * count)) / spread
    half = Z * sqrt(share * (1 - share) / count + Z**2 / (4 * count**2)) / spread
    return max(0.0, middle - half), min(1.0, middle + half)


def _reach(ours: Numbers, others: Numbers) -> float:
    if min(len(ours), len(others)) < 2:
        return float("inf")
    parts = [float(values.var(ddof=1)) / len(values) for values in (ours, others)]
    if not sum(parts):
        return 0.0
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(values) - 1) for part, values in zip(parts, (ours, others), strict=True)
    )
    return float(stdtrit(freedom, (1 + LEVEL) / 2)) * sqrt(sum(parts))
