"""What somebody's no teaches about themselves: the part that was missing counts for more among those who are left.

Fit stays what it is, and so do its reasons: only the order of people shifts, and what the assignment prefers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.columns import Columns, Floats, Side
from server.matchmaking.engine.constraints import Rows
from server.matchmaking.engine.factor import Factors
from server.matchmaking.engine.weights import CATEGORIES, Category, Shape

EACH, MOST = 0.2, 3
"""A part named once moves somebody by a fifth of how far they lie from the middle in it, and at most three times that:
enough to pass those who fit a few points better in all, too little to overrule everything else."""
NEUTRAL = 0.5
PAIRS_AT_A_TIME = 100_000


@dataclass(frozen=True, slots=True)
class Taught:
    """For each mentee and mentor how much more each of nine parts counts; all 0 for whoever said no to nobody."""

    mentees: Floats
    mentors: Floats

    @property
    def is_nothing(self) -> bool:
        """Whether nobody's no teaches anything here."""
        return not (self.mentees.any() or self.mentors.any())

    def worth(self, factors: Factors, e: Rows, m: Rows) -> NDArray[np.float64]:
        """What is added to the score (0 to 1) of pairs of rows; below 0 where there is little of what was missed."""
        found = np.zeros(len(e))
        if self.is_nothing:
            return found
        concerned = np.flatnonzero((self.mentees.sum(axis=1)[e] + self.mentors.sum(axis=1)[m]) > 0)
        for at in range(0, len(concerned), PAIRS_AT_A_TIME):
            part = concerned[at : at + PAIRS_AT_A_TIME]
            more = self.mentees[e[part]] + self.mentors[m[part]]
            found[part] = ((factors.fits(e[part], m[part]) - NEUTRAL) * more).sum(axis=1)
        return found.round(6)

    def tile(self, factors: Factors, rows: Rows) -> Floats:
        """The same for some mentees with every mentor."""
        e, m = np.repeat(rows, len(self.mentors)), np.tile(np.arange(len(self.mentors)), len(rows))
        return self.worth(factors, e, m).reshape(len(rows), -1).astype(np.float32)


def taught(columns: Columns, shape: Shape) -> Taught:
    """What the people of a pool taught by whom they turned down.

    Who knows the other already wants somebody from elsewhere: that says something of places in the organisation only
    where the programme looks for a fresh view.
    """
    heard = [name for name in CATEGORIES if shape.fresh or name is not Category.ORGANISATION]
    return Taught(_of(columns.mentees, heard), _of(columns.mentors, heard))


def _of(side: Side, heard: list[Category]) -> Floats:
    counts = np.zeros((len(side), len(CATEGORIES)), np.float32)
    for row, one in enumerate(side.people):
        if one.missed:
            counts[row] = [one.missed.count(name) if name in heard else 0 for name in CATEGORIES]
    return np.minimum(counts, MOST) * np.float32(EACH)
