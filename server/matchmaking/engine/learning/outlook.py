"""What a run expects of pairs: by what was learned where a model earned it, by the prior where none has.

Models are of a type, weights of a programme. So once a model says who does well together, the weights say by how much a
pair is worth more or less to this programme than to its type; what is told as a probability stays what was learned.
"""

from collections.abc import Iterator, Mapping
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

    @property
    def most(self) -> float:
        """The most that any pair can be worth: a perfect pair, times what weights of a programme may say for it."""
        return 1 / (1 - SAID_BY_FIT) if self.usual and self._knows_who else 1.0

    def expect(self, columns: Columns, factors: Factors, e: Rows, m: Rows) -> Expectation:
        """The probabilities that pairs of rows are accepted, and that they are and also meet twice."""
        if not self.models:
            return expect(factors.fits(e, m), factors.weights)
        usual, found = self._usual(factors.weights), np.empty((2, len(e)))
        for part, values in _read(columns, factors, e, m):
            accept = self._probability(Stage.ACCEPT, values, usual)
            found[:, part] = accept, accept * self._probability(Stage.MEET, values, usual)
        return Expectation(found[0], found[1])

    def worth(self, columns: Columns, factors: Factors, e: Rows, m: Rows) -> Numbers:
        """What pairs are expected to bring (0 to `most`): half for meeting at all, a quarter for each of the two that
        may follow, being satisfied and reaching a goal, times what the weights of the programme say more than the usual
        ones. These alone count where all that was learned is how often pairs work, and not which."""
        own, found = factors.weights, np.empty(len(e))
        usual = self._usual(own)
        for part, values in _read(columns, factors, e, m):
            shares = {stage: self._probability(stage, values, usual) for stage in Stage}
            after = (2 + shares[Stage.SATISFIED] + shares[Stage.GOAL]) / 4
            found[part] = shares[Stage.ACCEPT] * shares[Stage.MEET] * after
            if usual != own:
                found[part] *= _said(values, own) / _said(values, usual)
        return found

    def _usual(self, own: Weights) -> Weights:
        """The weights that probabilities go by: the usual ones once a model says who does well together."""
        return self.usual if self.usual and self._knows_who else own

    @property
    def _knows_who(self) -> bool:
        return any(model.scorer.kind != LEVELLED for model in self.models.values())

    def _probability(self, stage: Stage, values: Numbers, weights: Weights) -> Numbers:
        if stage in self.models:
            return self.models[stage].by(weights).probability(values)
        return logistic(prior_logit(stage, score(_fits(values), weights)))


def _read(columns: Columns, factors: Factors, e: Rows, m: Rows) -> Iterator[tuple[slice, Numbers]]:
    """The features of pairs, a part of them at a time: those of all of them at once would not fit in memory."""
    for at in range(0, len(e), PAIRS_AT_A_TIME):
        part = slice(at, at + PAIRS_AT_A_TIME)
        yield part, pair_features(columns, factors, e[part], m[part]).values


def _fits(values: Numbers) -> Numbers:
    """The nine fits, which are the first features of a pair."""
    return values[:, : len(CATEGORIES)]


def _said(values: Numbers, weights: Weights) -> Numbers:
    """How much weights speak for pairs. Linear in the weights, so that more weight never lowers its part's total."""
    found: Numbers = 1 - SAID_BY_FIT + SAID_BY_FIT * score(_fits(values), weights)
    return found


def untaught(pool: Pool) -> Outlook:
    """The prior alone, with the number of past pairs whose answer is known."""
    return Outlook(Calibration(False, sum(past.accepted is not None for past in pool.history)))
