"""Fit, and what it lets us expect: the probability that both accept, and that they also meet twice.

Until outcomes have taught the model, the curves are a stated prior and every face says so with `Calibration`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.weights import CATEGORIES, Weights

PRIOR_VERSION = "prior.1"
REFERENCE_FIT = 0.6
ACCEPT_AT_REFERENCE, ACCEPT_SLOPE = 0.1, 5.0
MEET_AT_REFERENCE, MEET_SLOPE = 1.1, 3.0
"""The prior, in logits at a fit of 60 and per whole fit: about half of such pairs accept and three in four of those
meet twice; at 80 it is three in four and six in seven. A guess to be replaced by outcomes, not a finding."""


class Calibration(NamedTuple):
    """Whether probabilities were checked against outcomes, and on how many pairs they rest."""

    calibrated: bool
    based_on: int


class Expectation(NamedTuple):
    """Probabilities (0 to 1) for rows of pairs; both rise with the fit."""

    p_accept: NDArray[np.float64]
    confidence: NDArray[np.float64]


def expect(fits: NDArray[np.float64], weights: Weights) -> Expectation:
    """What rows of nine fits (0 to 1) lead us to expect."""
    return expect_from_score((fits * np.array(weights.vector)).sum(axis=1))


def expect_from_score(score: NDArray[np.float64]) -> Expectation:
    """The same from scores (0 to 1) alone."""
    distance = score - REFERENCE_FIT
    p_accept = _logistic(ACCEPT_AT_REFERENCE + ACCEPT_SLOPE * distance)
    return Expectation(p_accept, p_accept * _logistic(MEET_AT_REFERENCE + MEET_SLOPE * distance))


def accept_contributions(fits: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """What each category adds to the logit of acceptance, and the constant last: ten columns that add up to it."""
    parts = ACCEPT_SLOPE * np.array(weights.vector) * (fits - REFERENCE_FIT)
    constant = np.full((len(fits), 1), ACCEPT_AT_REFERENCE)
    return np.hstack([parts.reshape(len(fits), len(CATEGORIES)), constant])


def _logistic(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 1 / (1 + np.exp(-logit))
    return found
