"""Explanations as they are stored: codes and data, never sentences, so that they can be read in any language later."""

from dataclasses import asdict
from typing import Any

from server.kernel.db import Json
from server.matches.proposals import Evidence
from server.matchmaking.engine.explain import Explanation, Reason, ReasonCode
from server.matchmaking.engine.weights import Category


def dump(explanation: Explanation) -> Json:
    """An explanation as JSON: {"fit", "reasons": [...], "caution": {...} or None, "factors": [...]}."""
    return {
        "fit": round(explanation.fit, 2),
        "reasons": [_dump(reason) for reason in explanation.reasons],
        "caution": _dump(explanation.caution) if explanation.caution else None,
        "factors": [_dump(reason) for reason in explanation.factors],
    }


def load(stored: Json) -> Explanation | None:
    """The explanation that `dump` stored; None for a pair that somebody made by hand."""
    if not stored:
        return None
    caution = stored.get("caution")
    return Explanation(
        "", "", float(stored["fit"]), tuple(_load(one) for one in stored["reasons"]),
        _load(caution) if caution else None, tuple(_load(one) for one in stored["factors"]),
    )


def dump_evidence(evidence: Evidence) -> Json:
    """What the log of proposals would keep of a pair, as JSON; among whom it was chosen is known only then."""
    return {name: value for name, value in asdict(evidence).items() if name != "shown"}


def evidence(stored: Json | None) -> Evidence | None:
    """The evidence that `dump_evidence` stored."""
    return Evidence(**stored) if stored else None


def _dump(reason: Reason) -> Json:
    params = {name: _plain(value) for name, value in reason.params.items()}
    return {
        "code": reason.code.value, "category": reason.category.value, "weight": round(reason.weight, 4),
        "fit": round(reason.fit, 2), "params": params,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.item() if hasattr(value, "item") else value


def _load(stored: Json) -> Reason:
    return Reason(
        ReasonCode(stored["code"]), Category(stored["category"]), stored["weight"], stored["fit"], stored["params"]
    )
