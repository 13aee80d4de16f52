"""What was learned about one stage: a logit from features, and how it is read as a probability."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes without types

from server.matchmaking.engine.features import Numbers
from server.matchmaking.engine.score import logistic
from server.matchmaking.engine.weights import CATEGORIES, Weights

LEVELLED, LINEAR, TREES = "levelled weights", "logistic regression", "boosted trees"


class Scorer(Protocol):
    """Something that gives pairs a logit."""

    @property
    def kind(self) -> str: ...

    def logit(self, values: Numbers) -> Numbers: ...


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic regression: `centre` is the mean of each feature, `spread` how far it varies, `coefficients` the logit
    for each unit. What is not known of a pair counts as the mean, neither for nor against it."""

    names: tuple[str, ...]
    centre: Numbers
    spread: Numbers
    coefficients: Numbers
    constant: float
    kind: str = LINEAR

    def logit(self, values: Numbers) -> Numbers:
        """The logit of rows of features."""
        found: Numbers = self.contributions(values).sum(axis=1)
        return found

    def contributions(self, values: Numbers) -> Numbers:
        """What each feature adds to the logit of a pair, and the constant last: columns that add up to it."""
        parts = np.nan_to_num(values - self.centre) * self.coefficients
        return np.hstack([parts, np.full((len(values), 1), self.constant)])

    def by(self, weights: Weights) -> "Linear":
        """The same by the weights of a programme, where weights were set right and not replaced."""
        if self.kind != LEVELLED:
            return self
        coefficients = np.zeros(len(self.coefficients))
        coefficients[: len(CATEGORIES)] = self.coefficients.sum() * np.array(weights.vector)
        return replace(self, coefficients=coefficients)

    def loudest(self, most: int) -> list[tuple[str, float]]:
        """The features that move the logit most, with what one typical difference of theirs adds to it."""
        effect = self.coefficients * self.spread
        order = np.argsort(-np.abs(effect), kind="stable")[:most]
        return [(self.names[at], float(effect[at])) for at in order if abs(effect[at]) > 0]


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees. They take a feature that is not known as it is."""

    estimator: Any
    kind: str = TREES

    def logit(self, values: Numbers) -> Numbers:
        """The logit of rows of features, by one thread: on a busy machine several wait for each other at each tree."""
        with threadpool_limits(1):
            found: Numbers = self.estimator.decision_function(values)
        return found


class Line(NamedTuple):
    """A straight correction of logits: the sigmoid calibration, or none with a slope of 1 and no shift."""

    slope: float
    shift: float

    def __call__(self, logit: Numbers) -> Numbers:
        return self.slope * logit + self.shift


class Steps(NamedTuple):
    """Isotonic regression as a rising line of logits through the middles of its steps, so that no two unequal pairs
    tie; before the first and after the last the line goes on as steep as the model."""

    logits: Numbers
    right: Numbers

    def __call__(self, logit: Numbers) -> Numbers:
        inside = np.clip(logit, self.logits[0], self.logits[-1])
        found: Numbers = np.interp(inside, self.logits, self.right) + (logit - inside)
        return found


Correction = Line | Steps


@dataclass(frozen=True, slots=True)
class Model:
    """A scorer, and the correction of its logits that outcomes asked for."""

    scorer: Scorer
    calibration: str
    correction: Correction

    def by(self, weights: Weights) -> "Model":
        """The model for a programme of these weights."""
        return replace(self, scorer=self.scorer.by(weights)) if isinstance(self.scorer, Linear) else self

    def probability(self, values: Numbers) -> Numbers:
        """The probability (0 to 1) of rows of features."""
        return logistic(self.correction(self.scorer.logit(values)))
