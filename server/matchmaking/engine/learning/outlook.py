"""What a run expects of pairs: by what was learned where a model earned it, by the prior where none has."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from server.matchmaking.engine.columns import Columns
from server.matchmaking.engine.constraints import Rows
from server.matchmaking.engine.factor import Factors, score
from server.matchmaking.engine.features import Numbers, pair_features
from server.matchmaking.engine.learning.model import Model
from server.matchmaking.engine.pool import Pool
from server.matchmaking.engine.score import (
    PRIOR_VERSION,
    Calibration,
    Expectation,
    Stage,
    expect,
    logistic,
    prior_logit,
)
from server.matchmaking.engine.weights import CATEGORIES

PAIRS_AT_A_TIME = 16_384


@dataclass(frozen=True, slots=True)
class Outlook:
    """The models in force, by stage; without any, assignment goes by fit alone, as the weights of the programme say.

    `version` names what the probabilities go by.
    """

    calibration: Calibration
    models: Mapping[Stage, Model] = field(default_factory=dict)
    version: str = PRIOR_VERSION

    def expect(self, columns: Columns, factors: Factors, e: Rows, m: Rows) -> Expectation:
        """The probabilities that pairs of rows are accepted, and that they are and also meet twice."""
        if not self.models:
            return expect(factors.fits(e, m), factors.weights)
        found = self._stages(columns, factors, e, m, (Stage.ACCEPT, Stage.MEET))
        return Expectation(found[Stage.ACCEPT], found[Stage.ACCEPT] * found[Stage.MEET])

    def worth(self, columns: Columns, factors: Factors, e: Rows, m: Rows) -> Numbers:
        """What pairs are expected to bring (0 to 1): half for meeting at all, a quarter for each of the two that may
        follow, being satisfied and reaching a goal."""
        found = self._stages(columns, factors, e, m, tuple(Stage))
        after = (2 + found[Stage.SATISFIED] + found[Stage.GOAL]) / 4
        worth: Numbers = found[Stage.ACCEPT] * found[Stage.MEET] * after
        return worth

    def _stages(
        self, columns: Columns, factors: Factors, e: Rows, m: Rows, stages: tuple[Stage, ...]
    ) -> dict[Stage, Numbers]:
        found = {stage: np.empty(len(e)) for stage in stages}
        for at in range(0, len(e), PAIRS_AT_A_TIME):
            part = slice(at, at + PAIRS_AT_A_TIME)
            for stage, share in self._part(columns, factors, e[part], m[part], stages).items():
                found[stage][part] = share
        return found

    def _part(
        self, columns: Columns, factors: Factors, e: Rows, m: Rows, stages: tuple[Stage, ...]
    ) -> dict[Stage, Numbers]:
        values = pair_features(columns, factors, e, m).values
        whole = score(values[:, : len(CATEGORIES)], factors.weights)
        return {
            stage: self.models[stage].probability(values)
            if stage in self.models
            else logistic(prior_logit(stage, whole))
            for stage in stages
        }


def untaught(pool: Pool) -> Outlook:
    """The prior alone, with the number of past pairs whose answer is known."""
    return Outlook(Calibration(False, sum(past.accepted is not None for past in pool.history)))
