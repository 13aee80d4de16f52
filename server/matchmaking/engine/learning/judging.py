"""How good probabilities are against what happened, and whether a new model may replace the old one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.features import Numbers

MOST_BINS, LEAST_IN_BIN = 10, 100
LARGEST_ERROR = 0.05
GAP_ERRORS, SMALLEST_GROUP = 2.5, 8
"""A group gap counts as wider when it grew by more than this many standard errors: once in 160 by chance alone."""
Z95 = 1.96
EDGE = 1e-6


class Verdict(StrEnum):
    """Why a model is in force, or why the old one stays."""

    CHAMPION = "CHAMPION"
    TOO_FEW = "TOO_FEW"
    ONE_CYCLE = "ONE_CYCLE"
    NOT_BETTER = "NOT_BETTER"
    NOT_CALIBRATED = "NOT_CALIBRATED"
    WIDER_GAP = "WIDER_GAP"


class Bin(NamedTuple):
    """Pairs with like probabilities: how many, what was foretold on average, what happened, and its Wilson band."""

    n: int
    foretold: float
    happened: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Probabilities against outcomes. `auc` is None where all outcomes are the same; `log_loss_error` and `auc_error`
    are standard errors.

    `raw_error` is the mean distance of bins from what happened; chance alone makes it larger than 0. In
    `calibration_error` what chance explains of each bin is taken off. `brier` is the mean square of the distance from
    each outcome (Brier 1950).
    """

    n: int
    log_loss: float
    log_loss_error: float
    auc: float | None
    auc_error: float | None
    raw_error: float
    calibration_error: float
    brier: float
    bins: tuple[Bin, ...]


def quality(foretold: Numbers, outcomes: Numbers) -> Quality:
    """How good probabilities (0 to 1) were against outcomes (1 or 0); there must be at least one."""
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415  # 100 MB: only for who has a past to learn from

    bins, errors, noises = [], [], []
    for rows in np.array_split(np.argsort(foretold, kind="stable"), _bins(len(foretold))):
        share, seen = foretold[rows], outcomes[rows]
        bins.append(Bin(len(rows), float(share.mean()), float(seen.mean()), *wilson(seen.sum(), len(rows))))
        errors.append(abs(seen.mean() - share.mean()))
        noises.append((share * (1 - share)).mean() / len(rows))
    sizes = np.array([one.n for one in bins]) / len(foretold)
    beyond = np.sqrt(np.maximum(np.square(errors) - noises, 0))
    both, lost = len(np.unique(outcomes)) > 1, losses(foretold, outcomes)
    auc = float(roc_auc_score(outcomes, foretold)) if both else None
    doubt = None if auc is None else auc_error(auc, int(outcomes.sum()), int((1 - outcomes).sum()))
    loss_error = float(lost.std() / np.sqrt(len(lost)))
    raw, error = (float((sizes * found).sum()) for found in (np.array(errors), beyond))
    return Quality(len(outcomes), float(lost.mean()), loss_error, auc, doubt, raw, error,
                   float(np.square(foretold - outcomes).mean()), tuple(bins))


def auc_error(auc: float, reached: int, missed: int) -> float:
    """The standard error of an AUC over so many outcomes of each kind (Hanley and McNeil 1982)."""
    both_reached, both_missed = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = (reached - 1) * (both_reached - auc**2) + (missed - 1) * (both_missed - auc**2)
    return float(np.sqrt(max(0.0, auc * (1 - auc) + spread) / (reached * missed)))


def losses(foretold: Numbers, outcomes: Numbers) -> Numbers:
    """The log loss of each pair."""
    sure = np.clip(foretold, EDGE, 1 - EDGE)
    found: Numbers = -(outcomes * np.log(sure) + (1 - outcomes) * np.log(1 - sure))
    return found


def is_clearly_more(gain: Numbers) -> bool:
    """Whether a mean is above 0 by more than one standard error."""
    return len(gain) > 1 and bool(gain.mean() > gain.std(ddof=1) / np.sqrt(len(gain)))


def wilson(successes: float, n: int) -> tuple[float, float]:
    """The 95 % band of a share: where the true one may lie (Wilson 1927)."""
    centre = (successes + Z95**2 / 2) / (n + Z95**2)
    reach = Z95 / (n + Z95**2) * np.sqrt(successes * (n - successes) / n + Z95**2 / 4)
    return float(centre - reach), float(centre + reach)


class Side(NamedTuple):
    """Who was on one side of each pair, and their audit groups ("" where not told)."""

    who: tuple[str, ...]
    groups: tuple[str, ...]


def judge(new: Numbers, old: Numbers, outcomes: Numbers, sides: Iterable[Side]) -> Verdict:
    """Whether new probabilities are better than old ones by more than a standard error, true, and no less fair."""
    if not is_clearly_more(losses(old, outcomes) - losses(new, outcomes)):
        return Verdict.NOT_BETTER
    if quality(new, outcomes).calibration_error > LARGEST_ERROR:
        return Verdict.NOT_CALIBRATED
    if any(is_wider(new, old, side) for side in sides):
        return Verdict.WIDER_GAP
    return Verdict.CHAMPION


def gap(foretold: Numbers, groups: tuple[str, ...]) -> float | None:
    """The largest difference of mean probabilities between groups; None with fewer than two groups of size."""
    means = [float(foretold[rows].mean()) for rows in _of_size(groups)]
    return max(means) - min(means) if len(means) > 1 else None


def is_wider(new: Numbers, old: Numbers, side: Side) -> bool:
    """Whether new probabilities stand further apart between groups than old ones, by more than chance.

    Who is in a group is chance, so people count and not pairs: the pairs of one person move together.
    """
    rows = sorted(_of_size(side.groups), key=lambda one: float(new[one].mean()))
    wide, narrow = gap(new, side.groups), gap(old, side.groups)
    if wide is None or narrow is None:
        return False
    moved, who = new - old, np.unique(np.array(side.who, dtype=object), return_inverse=True)[1]
    error = np.sqrt(sum(_variance_of_mean(moved[one], who[one]) for one in (rows[0], rows[-1])))
    return bool(wide - narrow > GAP_ERRORS * error + EDGE)


def _variance_of_mean(values: Numbers, who: NDArray[np.intp]) -> float:
    """The variance of a mean of values of which those of one person go together."""
    sums = np.bincount(who, weights=values - values.mean())
    return float((sums**2).sum() / len(values) ** 2)


def _of_size(groups: tuple[str, ...]) -> list[NDArray[np.intp]]:
    names = np.array(groups, dtype=object)
    found = [np.flatnonzero(names == name) for name in sorted(set(groups) - {""})]
    return [rows for rows in found if len(rows) >= SMALLEST_GROUP]


def _bins(n: int) -> int:
    return int(np.clip(n // LEAST_IN_BIN, 1, MOST_BINS))
