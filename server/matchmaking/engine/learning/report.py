"""The report of what was learned, as plain JSON: data, date, figures, limits, and why each model is in force or not."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from server.matchmaking.engine.learning.judging import Quality, Verdict, wilson
from server.matchmaking.engine.learning.learn import PRIOR_KIND, Learned, StageReport, Trial
from server.matchmaking.engine.learning.model import Linear
from server.matchmaking.engine.learning.words import calibration_words, limits, stage_line, stage_name, trial_words
from server.matchmaking.engine.score import PRIOR_VERSION
from server.matchmaking.engine.weights import Weights

Json = dict[str, Any]
FEATURES_TOLD, DIGITS = 12, 4


def report_of(learned: Learned, weights: Weights, made_at: datetime) -> Json:
    """Everything an auditor needs to judge the models of one learning, with numbers rounded to four places."""
    examples, calibration = learned.examples, learned.outlook.calibration
    has_groups = any(any(side.groups) for side in examples.sides)
    return {
        "made_at": made_at.isoformat(),
        "prior": PRIOR_VERSION,
        "weights": weights.version,
        "data": {
            "learned_from": len(examples),
            "cycles": [
                {"cycle": name, "pairs": int((examples.cycle == at).sum())} for at, name in enumerate(examples.cycles)
            ],
            "left_out": examples.left_out._asdict(),
        },
        "confidence": {
            "calibrated": calibration.calibrated,
            "based_on": calibration.based_on,
            "words": calibration_words(calibration),
            "held_out": _quality(learned.confidence),
        },
        "stages": [_stage(one) for one in learned.stages],
        "limits": limits(has_groups=has_groups),
    }


def _stage(report: StageReport) -> Json:
    scorer = report.model.scorer if report.model else None
    return {
        "stage": report.stage.value,
        "name": stage_name(report.stage),
        "outcomes": report.outcomes,
        "successes": report.successes,
        "share_band": _band(report.successes, report.outcomes),
        "in_force": scorer.kind if scorer else PRIOR_KIND,
        "calibration": report.model.calibration if report.model else "none",
        "words": stage_line(report),
        "latest_pairs": {"in_force": _quality(report.latest), "prior": _quality(report.latest_by_prior)},
        "trials": [_trial(one, report.outcomes) for one in report.trials],
        "features": [
            {"feature": name, "effect_on_logit": round(effect, DIGITS)}
            for name, effect in (scorer.loudest(FEATURES_TOLD) if isinstance(scorer, Linear) else ())
        ],
    }


def _trial(trial: Trial, outcomes: int) -> Json:
    return {
        "model": trial.kind,
        "against": trial.against,
        "cycles": list(trial.cycles),
        "verdict": trial.verdict.value,
        "champion": trial.verdict is Verdict.CHAMPION,
        "words": trial_words(trial, outcomes),
        "calibration": trial.calibration,
        "before": _quality(trial.old),
        "model_held_out": _quality(trial.new),
        "group_gaps": [
            {"side": side, "before": _rounded(old), "model": _rounded(new)}
            for side, (old, new) in zip(("mentees", "mentors"), trial.gaps, strict=False)
        ],
    }


def _quality(found: Quality | None) -> Json | None:
    if found is None:
        return None
    numbers = {name: _rounded(value) for name, value in asdict(found).items() if name != "bins"}
    return numbers | {"bins": [{name: _rounded(value) for name, value in one._asdict().items()} for one in found.bins]}


def _band(successes: int, outcomes: int) -> list[float | None] | None:
    """Where the true share of those who reached a stage may lie."""
    return [_rounded(edge) for edge in wilson(successes, outcomes)] if outcomes else None


def _rounded(value: float | None) -> float | None:
    return value if value is None or isinstance(value, int) else round(value, DIGITS)
