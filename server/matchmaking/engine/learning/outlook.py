"""What a run expects of pairs: by what was learned where a model earned it, by the prior where none has.

Models are of a type, weights of a programme. So once a model says who does well together, the weights say by how much a
pair is worth more or less to this programme than to its type; what is told as a probability stays what was learned.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from server.matchmaking.engine.columns import Columns
from server.matchmaking.engine.constraints import Rows
from server.matchmaking.engine.factor import Factors, score
from server.matchmaking.engine.features import Numbers, pair_features
from server.matchmaking.engine.learning.model import LEVELLED, Model
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
from server.matchmaking.engine.weights import CATEGORIES, Weights

PAIRS_AT_A_TIME = 16_384
SAID_BY_FIT = 0.5
"""How much of what a pair is worth its fit may take away: a pair that fits by nothing is worth half of one that fits by
all. So what is worth most to a programme is at most twice what it is to its type."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The models in force, by stage; without any, assignment goes by fit alone, as the weights of the programme say.

    `version` names what the probabilities go by, `usual` the weights that the models were learned with.
    """

    calibration: Calibration
    models: Mapping[Stage, Model] = field(default_factory=dict)
    version: str = PRIOR_VERSION
    usual: Weights | None = None

    def expect(self, columns: Columns, factors: Factors, e: Rows, m: Rows) -> Expectation:
        """The probabilities that pairs of rows are accepted, and that they are and also meet twice."""
        if not self.models:
            return expect(factors.fits(e, m), factors.weights)
        found = self._stages(columns, factors, e, m, (Stage.ACCEPT, Stage.MEET), factors.weights)
        return Expectation(found[Stage.ACCEPT], found[Stage.ACCEPT] * found[Stage.MEET])

    def worth(self, columns: Columns, factors: Factors, e: Rows, m: Rows) -> Numbers:
        """What pairs are expected to bring: half for meeting at all, a quarter for each of the two that may follow,
        being satisfied and reaching a goal (0 to 1), times what the weights of the programme say more than the usual
        ones. These alone count where all that was learned is how often pairs work, and not which."""
        own = factors.weights
        usual = self.usual if self.usual and self._knows_who else own
        found = self._stages(columns, factors, e, m, tuple(Stage), usual)
        after = (2 + found[Stage.SATISFIED] + found[Stage.GOAL]) / 4
        worth: Numbers = found[Stage.ACCEPT] * found[Stage.MEET] * after
        return worth if usual == own else worth * _said(factors.fits(e, m), own) / _said(factors.fits(e, m), usual)

    @property
    def _knows_who(self) -> bool:
        return any(model.scorer.kind != LEVELLED for model in self.models.values())

    def _stages(
        self, columns: Columns, factors: Factors, e: Rows, m: Rows, stages: tuple[Stage, ...], weights: Weights
    ) -> dict[Stage, Numbers]:
        found = {stage: np.empty(len(e)) for stage in stages}
        for at in range(0, len(e), PAIRS_AT_A_TIME):
            part = slice(at, at + PAIRS_AT_A_TIME)
            for stage, share in self._part(columns, factors, e[part], m[part], stages, weights).items():
                found[stage][part] = share
        return found

    def _part(
        self, columns: Columns, factors: Factors, e: Rows, m: Rows, stages: tuple[Stage, ...], weights: Weights
    ) -> dict[Stage, Numbers]:
        values = pair_features(columns, factors, e, m).values
        whole = score(values[:, : len(CATEGORIES)], weights)
        return {
            stage: self.models[stage].by(weights).probability(values)
            if stage in self.models
            else logistic(prior_logit(stage, whole))
            for stage in stages
        }


def _said(fits: Numbers, weights: Weights) -> Numbers:
    """How much weights speak for pairs. Linear in the weights, so that more weight never lowers its part's total."""
    found: Numbers = 1 - SAID_BY_FIT + SAID_BY_FIT * score(fits, weights)
    return found


def untaught(pool: Pool) -> Outlook:
    """The prior alone, with the number of past pairs whose answer is known."""
    return Outlook(Calibration(False, sum(past.accepted is not None for past in pool.history)))
