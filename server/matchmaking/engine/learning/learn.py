"""From past pairs to an outlook: one model for each stage, each on trial against what is in force, judged by time."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.features import Numbers
from server.matchmaking.engine.learning.course import Course
from server.matchmaking.engine.learning.examples import Examples, PriorPairs, prior_pairs, read_examples
from server.matchmaking.engine.learning.judging import LARGEST_ERROR, Quality, Side, Verdict, gap, judge, quality
from server.matchmaking.engine.learning.learners import Lesson, lesson, levelled, linear, trees
from server.matchmaking.engine.learning.model import LEVELLED, Model
from server.matchmaking.engine.learning.outlook import Outlook, untaught
from server.matchmaking.engine.pool import Pool
from server.matchmaking.engine.score import Calibration, Stage, logistic, prior_logit
from server.matchmaking.engine.weights import Weights

PRIOR_KIND = "prior"
LEARN_FROM = 100
"""Outcomes below which nothing is learned: the prior alone would be as good."""
HELD_OUT_FROM = 50
"""Outcomes that a model must have foretold before anybody can say whether it is better."""
SAID_FROM = 200
"""Outcomes on which confidence must have been checked before it may be called calibrated."""
TREES_FROM = 5000
"""Outcomes below which boosted trees do harm (matching.md, verdict 6)."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One model against what was in force for its stage, on the pairs of later cycles, of which neither knew anything.

    `gaps` are the differences between audit groups of mentees and of mentors, (old, new) each, None where groups are
    too small or not known.
    """

    kind: str
    verdict: Verdict
    against: str = PRIOR_KIND
    cycles: tuple[str, ...] = ()
    calibration: str | None = None
    old: Quality | None = None
    new: Quality | None = None
    gaps: tuple[tuple[float | None, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class StageReport:
    """What was tried for one stage, on how many outcomes, and the model now in force (None: the prior).

    `latest` is how good that was on the latest pairs judged, of which it knew nothing, and `latest_by_prior` how good
    the prior would have been.
    """

    stage: Stage
    outcomes: int
    successes: int
    trials: tuple[Trial, ...]
    model: Model | None = None
    latest: Quality | None = None
    latest_by_prior: Quality | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """An outlook for runs, and the report of how it came about. `confidence` was foretold for the latest pairs."""

    outlook: Outlook
    stages: tuple[StageReport, ...]
    examples: Examples
    confidence: Quality | None


class _Tried(NamedTuple):
    """What a stage leaves behind: its report, and what stood after the trials, made of cycles before `first` alone."""

    report: StageReport
    early: Model | None
    first: int | None


def learn(pool: Pool, weights: Weights) -> Learned:
    """Learn from the past pairs of a pool, as far as they reach; too few change nothing.

    The order of rows and the number of threads never change a model, and no audit group ever enters one.
    """
    examples = read_examples(pool, weights)
    prior = prior_pairs(pool, weights) if len(examples) >= LEARN_FROM else None
    return learn_from(examples, prior, known=untaught(pool).calibration.based_on)


def learn_from(
    examples: Examples, prior: PriorPairs | None, *, known: int, with_trees: bool = True
) -> Learned:
    """Learn from rows made already; without `prior` pairs nothing is learned, and `known` outcomes are told of.

    Without trees every model is a few plain numbers.
    """
    tried = {stage: _try(lesson(examples, stage), prior, examples, with_trees) for stage in Stage}
    models = {stage: one.report.model for stage, one in tried.items() if one.report.model}
    confidence = _confidence(examples, tried[Stage.ACCEPT], tried[Stage.MEET])
    sure = confidence is not None and confidence.n >= SAID_FROM and confidence.calibration_error <= LARGEST_ERROR
    based_on = len(examples) if sure or models else known
    outlook = Outlook(Calibration(sure, based_on), models)
    return Learned(outlook, tuple(one.report for one in tried.values()), examples, confidence)


def windows(cycle: NDArray[np.intp]) -> list[tuple[int, int]]:
    """The cycles on which models are judged, as (first, after the last), in order.

    Each is one cycle, or as many as it takes to hold enough outcomes, and has enough before it to learn from.
    """
    found: list[tuple[int, int]] = []
    stop = int(cycle.max(initial=-1)) + 1
    for first in np.unique(cycle)[::-1]:
        if np.count_nonzero((cycle >= first) & (cycle < stop)) >= HELD_OUT_FROM:
            found.append((int(first), stop))
            stop = int(first)
    return [one for one in found[::-1] if np.count_nonzero(cycle < one[0]) >= LEARN_FROM]


def _try(rows: Lesson, prior: PriorPairs | None, examples: Examples, with_trees: bool) -> _Tried:
    """Live through the cycles as they came: at each, what is in force is challenged by what can tell more.

    The way is up only. What was beaten once may look true again on pairs that its successor chose, and would not be on
    its own.
    """
    judged = windows(rows.cycle)
    if prior is None or not judged:
        alone = len(rows) >= LEARN_FROM + HELD_OUT_FROM and len(np.unique(rows.cycle)) == 1
        return _refused(rows, Verdict.ONE_CYCLE if alone else Verdict.TOO_FEW)
    learners = [(levelled, LEARN_FROM), (linear, LEARN_FROM)] + [(trees, TREES_FROM)] * with_trees
    courses = [Course(learner, least, rows, prior) for learner, least in learners]
    in_force: Course | None = None
    standing: Model | None = None
    trials: list[Trial] = []
    for first, stop in judged:
        late = rows.where((rows.cycle >= first) & (rows.cycle < stop))
        standing = in_force.model(first) if in_force else None
        above = courses[courses.index(in_force) + 1 if in_force else 0 :]
        for challenger in (one for one in above if one.is_open(first)):
            model = challenger.model(first)
            trials.append(_trial(model, standing, late, examples))
            if trials[-1].verdict is Verdict.CHAMPION:
                in_force, standing = challenger, model
    final = in_force.model(int(rows.cycle.max()) + 1) if in_force else None
    now, prior_now = (_foretell(one, rows.stage, late.values, late.scores) for one in (standing, None))
    report = replace(
        _report(rows, trials), model=final,
        latest=quality(now, late.outcomes), latest_by_prior=quality(prior_now, late.outcomes),
    )
    return _Tried(report, standing, judged[-1][0])


def _trial(challenger: Model, standing: Model | None, late: Lesson, examples: Examples) -> Trial:
    new, old = (_foretell(one, late.stage, late.values, late.scores) for one in (challenger, standing))
    sides = _sides(late, examples)
    return Trial(
        kind=challenger.scorer.kind,
        against=standing.scorer.kind if standing else PRIOR_KIND,
        cycles=tuple(examples.cycles[at] for at in np.unique(late.cycle)),
        verdict=judge(new, old, late.outcomes, sides),
        calibration=challenger.calibration,
        old=quality(old, late.outcomes),
        new=quality(new, late.outcomes),
        gaps=tuple((gap(old, side.groups), gap(new, side.groups)) for side in sides),
    )


def _sides(late: Lesson, examples: Examples) -> list[Side]:
    """Who was on each side of the held-out rows."""
    label = examples.labels[late.stage]
    kept = np.flatnonzero(~np.isnan(label) & np.isin(examples.cycle, late.cycle))
    return [Side(*(tuple(part[at] for at in kept) for part in side)) for side in examples.sides]


def _refused(rows: Lesson, verdict: Verdict) -> _Tried:
    return _Tried(_report(rows, [Trial(LEVELLED, verdict)]), None, None)


def _report(rows: Lesson, trials: list[Trial]) -> StageReport:
    return StageReport(rows.stage, len(rows), int(rows.outcomes.sum()), tuple(trials))


def _foretell(model: Model | None, stage: Stage, values: Numbers, scores: Numbers) -> Numbers:
    return logistic(prior_logit(stage, scores)) if model is None else model.probability(values)


def _confidence(examples: Examples, accept: _Tried, meet: _Tried) -> Quality | None:
    """How true confidence was for the latest pairs, foretold by what stood before them; None where none is held out."""
    asked, met = (examples.labels[stage] for stage in (Stage.ACCEPT, Stage.MEET))
    first = max((one for one in (accept.first, meet.first) if one is not None), default=len(examples.cycles) - 1)
    kept = ((asked == 0) | ~np.isnan(met)) & (examples.cycle >= first)
    if not kept.any():
        return None
    rows = examples.values[kept], examples.scores[kept]
    foretold = _foretell(accept.early, Stage.ACCEPT, *rows) * _foretell(meet.early, Stage.MEET, *rows)
    return quality(foretold, np.nan_to_num(met[kept]))
