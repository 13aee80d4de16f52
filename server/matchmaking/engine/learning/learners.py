"""Three ways to learn one stage from its rows: the programme's weights made true, a logistic regression, boosted trees.

No number is drawn at random and every sum is done by one thread, so the same rows give the same model anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.features import Numbers
from server.matchmaking.engine.learning.calibrating import straight_line
from server.matchmaking.engine.learning.examples import Examples, PriorPairs
from server.matchmaking.engine.learning.model import LEVELLED, Line, Linear, Scorer, Trees
from server.matchmaking.engine.score import PRIOR, REFERENCE_FIT, Stage, logistic, prior_logit

PRIOR_WEIGHT = 150.0
"""The prior counts as much as so many outcomes (n0 of matching.md, section 5)."""
LEVEL_WEIGHT = 20.0
"""How many pairs succeed, as against which, is soon known: there the prior counts as much as so many outcomes."""
PENALTY = 0.03
"""Ten times stricter than matching.md: on made-up firms as many good pairs, and truer chances of those chosen, since
who is chosen is chosen for what is overrated too (benchmarks/learning.py)."""
TREES_SHAPE = {
    "max_iter": 120, "learning_rate": 0.06, "max_leaf_nodes": 12, "min_samples_leaf": 60, "l2_regularization": 5.0,
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """The rows of one stage: features, fits (0 to 1), outcomes (1 or 0), and the cycle of each, from 0.

    `weights` are the programme's, of the nine fits that stand first among the features.
    """

    stage: Stage
    names: tuple[str, ...]
    weights: tuple[float, ...]
    values: Numbers
    scores: Numbers
    outcomes: Numbers
    cycle: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.outcomes)

    def where(self, kept: NDArray[np.bool_]) -> "Lesson":
        """Some of the rows."""
        values, scores, outcomes = (part[kept] for part in (self.values, self.scores, self.outcomes))
        return Lesson(self.stage, self.names, self.weights, values, scores, outcomes, self.cycle[kept])


Learner = Callable[[Lesson, PriorPairs], Scorer]


def lesson(examples: Examples, stage: Stage) -> Lesson:
    """The pairs that were asked about a stage."""
    label = examples.labels[stage]
    of_pairs = (examples.values, examples.scores, label, examples.cycle)
    whole = Lesson(stage, examples.names, examples.weights, *of_pairs)
    return whole.where(~np.isnan(label))


def levelled(rows: Lesson, _prior: PriorPairs) -> Linear:
    """The weights of the programme with another level and slope: who fits stays as it was, how often it works is told.

    Two numbers are soon learned; where outcomes are few this is all that can be said.
    """
    line, curve = _levelled(rows), PRIOR[rows.stage]
    coefficients = np.zeros(len(rows.names))
    coefficients[: len(rows.weights)] = line.slope * curve.slope * np.array(rows.weights)
    _, spread = _centre_and_spread(rows.values)
    centre = np.full(len(rows.names), REFERENCE_FIT)
    return Linear(rows.names, centre, spread, coefficients, line.slope * curve.at_reference + line.shift, LEVELLED)


def linear(rows: Lesson, prior: PriorPairs) -> Linear:
    """A logistic regression on the outcomes and, twice over, on the levelled prior: as reached and as not, by its odds.

    The prior speaks for pairs of the whole pool, so it rules where no run ever tried.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # 100 MB: only for who has a past to learn from

    share = logistic(_levelled(rows)(prior_logit(rows.stage, prior.scores)))
    weight = PRIOR_WEIGHT / len(share)
    everything = np.vstack([rows.values, prior.values, prior.values])
    labels = np.r_[rows.outcomes, np.ones(len(share)), np.zeros(len(share))]
    counts = np.r_[np.ones(len(rows)), weight * share, weight * (1 - share)]
    centre, spread = _centre_and_spread(everything)
    regression = LogisticRegression(C=PENALTY, max_iter=500)
    regression.fit(np.nan_to_num((everything - centre) / spread), labels, sample_weight=counts)
    coefficients = regression.coef_[0] / spread
    return Linear(rows.names, centre, spread, coefficients, float(regression.intercept_[0]))


def trees(rows: Lesson, prior: PriorPairs) -> Scorer:
    """Boosted trees that never let a better fit lower the chance; for thousands of outcomes, which need no prior."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415  # heavy too

    if len(np.unique(rows.outcomes)) < 2:
        return levelled(rows, prior)
    rising = [int(name.startswith("fit_")) for name in rows.names]
    grown = HistGradientBoostingClassifier(monotonic_cst=rising, early_stopping=False, random_state=0, **TREES_SHAPE)
    told = np.where(np.isnan(rows.values).all(axis=0), 0.0, rows.values)   # what nobody knows cannot be cut in two
    return Trees(grown.fit(told, rows.outcomes))


def _levelled(rows: Lesson) -> Line:
    """The correction of the prior's logit: first so that it expects as many successes as there were, then its slope."""
    logits = prior_logit(rows.stage, rows.scores)
    shift = _level(logits, rows.outcomes)
    line = straight_line(logits + shift, rows.outcomes, PRIOR_WEIGHT)
    return Line(line.slope, line.slope * shift + line.shift)


def _level(logits: Numbers, outcomes: Numbers) -> float:
    """What added to logits makes them expect as many successes as there were."""
    wanted = (outcomes.sum() + LEVEL_WEIGHT * logistic(logits).mean()) / (len(outcomes) + LEVEL_WEIGHT)
    low, high = -10.0, 10.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if logistic(logits + middle).mean() < wanted else (low, middle)
    return (low + high) / 2


def _centre_and_spread(values: Numbers) -> tuple[Numbers, Numbers]:
    """Mean and standard deviation of what is known in each column; 0 and 1 where nothing is, or nothing varies."""
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, values, 0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, values - centre, 0) ** 2).sum(axis=0) / count)
    return centre, np.where(spread > 1e-9, spread, 1.0)
