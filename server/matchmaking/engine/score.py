"""Fit, and what it lets us expect of a pair: that both accept, that they meet twice, and what comes of it.

Until outcomes have taught a model, the curves are a stated prior and every face says so with `Calibration`. Confidence
is the probability that both accept and meet twice, and a number apart from the fit.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.weights import CATEGORIES, Weights

PRIOR_VERSION = "prior.2"
REFERENCE_FIT = 0.6


class Stage(StrEnum):
    """What a pair may come to. Each stage is asked of those that reached the one it follows."""

    ACCEPT = "ACCEPT"
    MEET = "MEET"
    SATISFIED = "SATISFIED"
    GOAL = "GOAL"


class Curve(NamedTuple):
    """A prior: the logit at a fit of 60, and how much it rises per whole fit (from 0 to 100)."""

    at_reference: float
    slope: float


PRIOR: Mapping[Stage, Curve] = MappingProxyType({
    Stage.ACCEPT: Curve(0.1, 5.0),
    Stage.MEET: Curve(1.1, 3.0),
    Stage.SATISFIED: Curve(0.9, 2.0),
    Stage.GOAL: Curve(0.2, 2.0),
})
"""At a fit of 60 about half of the pairs accept, three in four of those meet twice, seven in ten of those are satisfied
and just over half reach their goal; at 80 it is three in four, six in seven, four in five and two in three. A guess to
be replaced by outcomes, not a finding."""


class Calibration(NamedTuple):
    """Whether probabilities were checked against outcomes, and on how many pairs they rest."""

    calibrated: bool
    based_on: int


class Expectation(NamedTuple):
    """Probabilities (0 to 1) for rows of pairs."""

    p_accept: NDArray[np.float64]
    confidence: NDArray[np.float64]


def expect(fits: NDArray[np.float64], weights: Weights) -> Expectation:
    """What rows of nine fits (0 to 1) lead us to expect by the prior; both probabilities rise with the fit."""
    return expect_from_score((fits * np.array(weights.vector)).sum(axis=1))


def expect_from_score(score: NDArray[np.float64]) -> Expectation:
    """The same from scores (0 to 1) alone."""
    p_accept = logistic(prior_logit(Stage.ACCEPT, score))
    return Expectation(p_accept, p_accept * logistic(prior_logit(Stage.MEET, score)))


def prior_logit(stage: Stage, score: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logit that scores (0 to 1) have for a stage before anything was learned."""
    curve = PRIOR[stage]
    return curve.at_reference + curve.slope * (score - REFERENCE_FIT)


def accept_contributions(fits: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """What each category adds to the logit of acceptance, and the constant last: ten columns that add up to it."""
    curve = PRIOR[Stage.ACCEPT]
    parts = curve.slope * np.array(weights.vector) * (fits - REFERENCE_FIT)
    constant = np.full((len(fits), 1), curve.at_reference)
    return np.hstack([parts.reshape(len(fits), len(CATEGORIES)), constant])


def logistic(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability (0 to 1) of a logit; far beyond any use it stays short of 0 and 1."""
    found: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    return found
