"""Correcting the logits of a model by what it foretold of cycles it had not seen: by time, never by lot."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.features import Numbers
from server.matchmaking.engine.learning.judging import is_clearly_more, losses
from server.matchmaking.engine.learning.model import Line, Model, Scorer, Steps
from server.matchmaking.engine.score import logistic

SIGMOID_FROM, ISOTONIC_FROM = 200, 1000
"""Outcomes foretold from which a line is fitted, and from which any rising shape may take its place."""
OPINION_WEIGHT, RECENT = 200.0, 1000
"""A calibration leaves a model as it is until outcomes say otherwise: its own opinion counts as so many of them. A line
is fitted on the latest cycles that together hold so many: pairs are chosen for what a model overrates too, and it is
the pairs chosen by the latest models that tell by how much."""
PAIRS_A_STEP = 100


class Foretold(NamedTuple):
    """Logits of pairs that a model had not seen, what came of them, and their cycle."""

    logits: Numbers
    outcomes: Numbers
    cycle: NDArray[np.intp]


def calibrated(scorer: Scorer, foretold: Foretold) -> Model:
    """The scorer with a calibration that the outcomes foretold so far can bear: none, a line, or any rising shape.

    A free shape costs some truth where none is needed, so it has to earn its place like a model: fitted on all cycles
    but the last, it must foretell the last one better than the line by more than one standard error.
    """
    if len(foretold.logits) < SIGMOID_FROM:
        return Model(scorer, "none", Line(1.0, 0.0))
    last = foretold.cycle == foretold.cycle.max()
    before, after = (Foretold(*(part[kept] for part in foretold)) for kept in (~last, last))
    if len(before.logits) >= ISOTONIC_FROM:
        straight, free = (losses(logistic(shape(before)(after.logits)), after.outcomes) for shape in (_line, _steps))
        if is_clearly_more(straight - free):
            return Model(scorer, "isotonic", _steps(foretold))
    return Model(scorer, "sigmoid", _line(foretold))


def straight_line(logits: Numbers, outcomes: Numbers, opinion: float) -> Line:
    """A logistic regression of outcomes on logits (Platt), in which their own opinion counts as so many outcomes."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # 100 MB: only for who has a past to learn from

    share, weight = logistic(logits), opinion / len(logits)
    labels = np.r_[outcomes, np.ones(len(logits)), np.zeros(len(logits))]
    counts = np.r_[np.ones(len(logits)), weight * share, weight * (1 - share)]
    found = LogisticRegression(C=1e6).fit(np.tile(logits, 3)[:, None], labels, sample_weight=counts)
    return Line(float(found.coef_[0, 0]), float(found.intercept_[0]))


def _line(foretold: Foretold) -> Line:
    cycles, sizes = np.unique(foretold.cycle, return_counts=True)
    enough = np.flatnonzero(np.cumsum(sizes[::-1])[::-1] >= RECENT)
    recent = foretold.cycle >= cycles[enough[-1] if len(enough) else 0]
    return straight_line(foretold.logits[recent], foretold.outcomes[recent], OPINION_WEIGHT)


def _steps(foretold: Foretold) -> Steps:
    """Isotonic regression on groups of like logits: a step of a few pairs would promise too much."""
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415  # heavy too

    logits, outcomes, opinion = foretold.logits, foretold.outcomes, logistic(foretold.logits)
    rows = np.array_split(np.argsort(logits, kind="stable"), len(logits) // PAIRS_A_STEP)
    middles = np.array([logits[one].mean() for one in rows])
    weight = OPINION_WEIGHT / len(logits)
    shares = np.array([(outcomes[one].mean() + weight * opinion[one].mean()) / (1 + weight) for one in rows])
    risen = IsotonicRegression().fit_transform(middles, shares)
    levels, step = np.unique(risen, return_inverse=True)
    return Steps(np.bincount(step, weights=middles) / np.bincount(step), np.log(levels / (1 - levels)))
