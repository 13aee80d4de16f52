"""Models as plain numbers: what is stored of what was learned, and the outlook that a run makes of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from server.kernel.db import Json
from server.matchmaking.engine.features import feature_names
from server.matchmaking.engine.learning.model import Correction, Line, Linear, Model, Steps
from server.matchmaking.engine.score import Stage


def dump(models: Mapping[Stage, Model]) -> Json:
    """Models as JSON. Only linear ones are: trees stay with `ithaca match` (decision 0016)."""
    return {stage.value: _dump(model) for stage, model in models.items()}


def load(stored: Json) -> dict[Stage, Model]:
    """The models that `dump` stored. None is of use once the features differ."""
    names = feature_names()
    return {Stage(stage): _load(one) for stage, one in stored.items() if tuple(one["names"]) == names}


def _dump(model: Model) -> Json:
    scorer, correction = model.scorer, model.correction
    assert isinstance(scorer, Linear), "only plain numbers are stored"
    return {
        "kind": scorer.kind, "names": list(scorer.names), "centre": scorer.centre.tolist(),
        "spread": scorer.spread.tolist(), "coefficients": scorer.coefficients.tolist(), "constant": scorer.constant,
        "calibration": model.calibration,
        "correction": {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in correction._asdict().items()
        },
    }


def _load(stored: Json) -> Model:
    centre, spread, coefficients = (np.array(stored[name]) for name in ("centre", "spread", "coefficients"))
    scorer = Linear(tuple(stored["names"]), centre, spread, coefficients, stored["constant"], stored["kind"])
    return Model(scorer, stored["calibration"], _correction(stored["correction"]))


def _correction(stored: dict[str, Any]) -> Correction:
    if "slope" in stored:
        return Line(stored["slope"], stored["shift"])
    return Steps(np.array(stored["logits"]), np.array(stored["right"]))
