"""One learner through the cycles as they came, so that every judgement is about pairs it had not seen."""

from dataclasses import dataclass, field

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes without types

from server.matchmaking.engine.learning.calibrating import Foretold, calibrated
from server.matchmaking.engine.learning.examples import PriorPairs
from server.matchmaking.engine.learning.learners import Learner, Lesson
from server.matchmaking.engine.learning.model import Model, Scorer


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One learner on the rows of one stage, cycle by cycle: what it would have known at the beginning of each.

    It learns from no fewer than `least` outcomes.
    """

    learner: Learner
    least: int
    rows: Lesson
    prior: PriorPairs
    scorers: dict[int, Scorer] = field(default_factory=dict)

    def is_open(self, cycle: int) -> bool:
        """Whether enough outcomes were there before a cycle."""
        return bool(np.count_nonzero(self.rows.cycle < cycle) >= self.least)

    def model(self, cycle: int) -> Model:
        """A model of all cycles before this one, calibrated on what it foretold of them one after the other."""
        with threadpool_limits(1):
            return calibrated(self._scorer(cycle), self._foretold(cycle))

    def _scorer(self, cycle: int) -> Scorer:
        if cycle not in self.scorers:
            self.scorers[cycle] = self.learner(self.rows.where(self.rows.cycle < cycle), self.prior)
        return self.scorers[cycle]

    def _foretold(self, end: int) -> Foretold:
        """Each earlier cycle that has enough behind it, by a model of the cycles before it."""
        found = [Foretold(np.zeros(0), np.zeros(0), np.zeros(0, np.intp))]
        for cycle in np.unique(self.rows.cycle[self.rows.cycle < end]):
            if self.is_open(int(cycle)):
                now = self.rows.where(self.rows.cycle == cycle)
                found.append(Foretold(self._scorer(int(cycle)).logit(now.values), now.outcomes, now.cycle))
        return Foretold(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
