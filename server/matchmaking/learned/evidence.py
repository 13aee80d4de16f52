"""What the log of proposals keeps of a pair, read off the result of a run or off a stored suggestion."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from server.kernel.actor import Actor
from server.kernel.db import Json
from server.matches.models import Proposal
from server.matches.proposals import Evidence
from server.matchmaking.engine import ENGINE_VERSION, MatchingResult
from server.matchmaking.engine.candidates import Arcs
from server.matchmaking.engine.features import pair_features
from server.matchmaking.models import MatchRun, MatchSuggestion

AT_A_TIME, DIGITS = 16_384, 6
CERTAIN = 1.0
"""The engine draws no lots: what it proposes it would propose again."""

Pair = tuple[str, str]


def stored_evidence(result: MatchingResult, pairs: Sequence[Pair]) -> Iterator[Json]:
    """For each pair (mentor id, mentee id) its features and its rank for the mentor, as a suggestion keeps them."""
    columns = result.market.columns
    e = np.array([columns.mentees.rows[mentee] for _mentor, mentee in pairs], np.intp)
    m = np.array([columns.mentors.rows[mentor] for mentor, _mentee in pairs], np.intp)
    places = _ranks(result.arcs, e, m)
    for start in range(0, len(pairs), AT_A_TIME):
        part = slice(start, start + AT_A_TIME)
        found = pair_features(columns, result.factors, e[part], m[part])
        for values, place in zip(found.values.tolist(), places[part].tolist(), strict=True):
            known = zip(found.names, values, strict=True)
            yield {
                "features": {name: round(value, DIGITS) for name, value in known if isfinite(value)},
                "rank_for_mentor": place or None,
            }


def evidence_now(result: MatchingResult, kept: Json, fit: float, confidence: float) -> Evidence:
    """The evidence of a pair that the engine has just judged, of what `stored_evidence` says of it."""
    calibration = result.calibration
    return Evidence(
        engine_version=ENGINE_VERSION, model_version=result.outlook.version, weights_version=result.weights.version,
        fit=fit, confidence=confidence, features=kept["features"], rank_for_mentor=kept["rank_for_mentor"],
        calibrated=calibration.calibrated, based_on=calibration.based_on, propensity=CERTAIN, seed=result.seed,
    )


def evidence_then(run: MatchRun, one: MatchSuggestion) -> Evidence | None:
    """The evidence of a suggestion of an earlier run; None of one that was stored before there was a log."""
    if one.evidence is None:
        return None
    said: dict[str, Any] = run.result.get("calibration", {})
    return Evidence(
        engine_version=run.engine_version, model_version=said.get("model", ""), weights_version=run.weights_version,
        fit=one.fit, confidence=one.confidence, features=one.evidence["features"],
        rank_for_mentor=one.evidence["rank_for_mentor"], rank_for_mentee=one.rank + 1,
        calibrated=said.get("calibrated", False), based_on=said.get("based_on", 0), propensity=one.propensity,
        seed=run.seed,
    )


async def known_since(actor: Actor, log: Collection[Proposal]) -> dict[UUID, dict[str, float]]:
    """Of matches whose draft a later run kept, what that run knew, by match: the features of the pair that people were
    asked to be. The log has what was known first. Matches of the rows must have been fetched."""
    kept = {
        (row.match.run_id, row.mentor_enrollment_id, row.mentee_enrollment_id): row.match_id
        for row in log if row.match.run_id and row.match.run_id != row.run_id
    }
    chosen = MatchSuggestion.filter(
        organization_id=actor.organization_id, run_id__in=list({run_id for run_id, *_two in kept}), chosen=True
    )
    rows = await chosen.values_list("run_id", "mentor_enrollment_id", "mentee_enrollment_id", "evidence")
    return {
        kept[key]: evidence["features"] for *found, evidence in rows if (key := tuple(found)) in kept and evidence
    } if kept else {}


def chosen_by_hand(evidence: Evidence | None, shown: Iterable[UUID]) -> Evidence | None:
    """The same where a person chose among those `shown`: nobody knows how likely that was."""
    return replace(evidence, shown=tuple(shown), propensity=None) if evidence else None


def _ranks(arcs: Arcs, e: NDArray[np.intp], m: NDArray[np.intp]) -> NDArray[np.intp]:
    """The place of each pair among the candidates of its mentor, from 1; 0 for one that was never listed."""
    order = np.lexsort((arcs.e, -arcs.score, arcs.m))
    _, first, size = np.unique(arcs.m[order], return_index=True, return_counts=True)
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order)) - np.repeat(first, size) + 1
    keys, wide = arcs.e * (1 + arcs.m.max(initial=0)) + arcs.m, e * (1 + arcs.m.max(initial=0)) + m
    at = np.minimum(np.searchsorted(keys, wide), max(0, len(keys) - 1))
    listed = (arcs.e[at] == e) & (arcs.m[at] == m) if len(keys) else np.zeros(len(e), np.bool_)
    return np.where(listed, place[at] if len(keys) else 0, 0)
