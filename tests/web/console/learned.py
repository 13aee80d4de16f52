"""A learning as it is stored after three cycles: one stage that earned its model, three that did not."""

from typing import Any

import numpy as np

from server.kernel import clock
from server.matchmaking.engine.features import feature_names
from server.matchmaking.engine.learning.model import LINEAR, Line, Linear, Model
from server.matchmaking.engine.score import Stage
from server.matchmaking.learned import numbers
from server.matchmaking.models import LearnedModel
from server.matchmaking.states import RunState
from server.people.models import Organization
from server.programs.states import ProgramType


def quality(log_loss: float, auc: float) -> dict[str, Any]:
    """Figures of 300 pairs."""
    return {
        "n": 300, "log_loss": log_loss, "log_loss_error": 0.02, "auc": auc, "auc_error": 0.031, "raw_error": 0.04,
        "calibration_error": 0.021, "brier": 0.21,
        "bins": [
            {"n": 150, "foretold": 0.31, "happened": 0.32, "low": 0.27, "high": 0.38},
            {"n": 150, "foretold": 0.66, "happened": 0.64, "low": 0.57, "high": 0.7},
        ],
    }


def stage(name: str, **values: Any) -> dict[str, Any]:
    """A stage on which too little is known."""
    nothing = {
        "model": "levelled weights", "against": "prior", "cycles": [], "verdict": "TOO_FEW", "champion": False,
        "calibration": None, "before": None, "model_held_out": None, "group_gaps": [],
    }
    return {
        "stage": name, "outcomes": 0, "successes": 0, "share_band": None, "in_force": "prior", "calibration": "none",
        "latest_pairs": {"in_force": None, "prior": None}, "trials": [nothing], "features": [], **values,
    }


def report() -> dict[str, Any]:
    """What an auditor reads."""
    won = {
        "model": "logistic regression", "against": "prior", "cycles": ["2026-07-06"], "verdict": "CHAMPION",
        "champion": True, "calibration": "sigmoid", "before": quality(0.655, 0.6), "group_gaps": [],
        "model_held_out": quality(0.612, 0.741),
    }
    accept = stage(
        "ACCEPT", outcomes=900, successes=432, share_band=[0.447, 0.513], in_force="logistic regression", trials=[won],
        latest_pairs={"in_force": quality(0.612, 0.741), "prior": quality(0.655, 0.6)}, calibration="sigmoid",
        features=[{"feature": "same_department", "effect_on_logit": 0.41}],
    )
    return {
        "made_at": clock.now().isoformat(), "prior": "prior.2", "weights": "factory.1",
        "data": {
            "learned_from": 900,
            "cycles": [{"cycle": day, "pairs": 300} for day in ("2026-01-05", "2026-04-06", "2026-07-06")],
            "left_out": {"unknown_people": 2, "chosen_by_managers": 14, "without_answer": 0},
        },
        "confidence": {"calibrated": True, "based_on": 900, "held_out": quality(0.5, 0.7)},
        "stages": [accept, stage("MEET"), stage("SATISFIED"), stage("GOAL")],
    }


async def a_learning(org: Organization, **values: Any) -> LearnedModel:
    """A learning that is done."""
    plain = {
        "program_type": ProgramType.ONE_TO_ONE, "number": 1, "state": RunState.DONE, "calibrated": True,
        "report": report(), "based_on": 900, "started_by": "system", "finished_at": clock.now(),
    }
    return await LearnedModel.create(organization_id=org.id, **{**plain, **values})


def models(*stages: Stage, kind: str = LINEAR) -> dict[str, Any]:
    """Models of some stages as they are stored, to which all pairs are alike."""
    names = feature_names()
    none, one = np.zeros(len(names)), np.ones(len(names))
    return numbers.dump({
        stage: Model(Linear(names, none, one, none, 0.3, kind), "none", Line(1.0, 0.0)) for stage in stages
    })
