"""How sure a difference of two shares is: Wilson's interval of each, joined by Newcombe's method 10 (1998). Pure."""

from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1."""
        return self.count / self.of if self.of else 0.0


class Difference(NamedTuple):
    """One share less another, and the interval that covers the true one in 95 of 100 such comparisons."""

    value: float
    low: float
    high: float

    @property
    def is_told(self) -> bool:
        """Whether it can be told from none."""
        return self.low > 0 or self.high < 0


def difference(first: Share, second: Share) -> Difference:
    """The first share less the second one; without anybody in one of them, anything may be."""
    value = first.value - second.value
    (low_1, high_1), (low_2, high_2) = wilson(first), wilson(second)
    below = sqrt((first.value - low_1) ** 2 + (high_2 - second.value) ** 2)
    above = sqrt((high_1 - first.value) ** 2 + (second.value - low_2) ** 2)
    return Difference(value, max(-1.0, value - below), min(1.0, value + above))


def wilson(share: Share) -> tuple[float, float]:
    """The interval of one share: all there is, of nobody."""
    if not share.of:
        return 0.0, 1.0
    n, p, z = share.of, share.value, Z95
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))
