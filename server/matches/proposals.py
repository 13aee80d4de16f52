"""The log of proposals: what was known of two people when they were brought together, written once with their match."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from server.kernel.actor import Actor
from server.matches.models import Match, Proposal


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the engine knew and said of a pair before anybody answered.

    `features` are plain numbers by name, those that are not known left out; no protected attribute is among them.
    `fit` is 0 to 100, `confidence` and `propensity` (how likely the pair was to be proposed) 0 to 1. Ranks begin with
    1, the best; `shown` are the enrolments among which the choice was made, the best first.
    """

    engine_version: str
    model_version: str
    weights_version: str
    fit: float
    confidence: float
    features: Mapping[str, float] = field(default_factory=dict)
    calibrated: bool = False
    based_on: int = 0
    rank_for_mentor: int | None = None
    rank_for_mentee: int | None = None
    shown: tuple[UUID, ...] = ()
    propensity: float | None = None
    seed: int | None = None


def proposal_of(
    actor: Actor, match: Match, mentor_enrollment_id: UUID, mentee_enrollment_id: UUID, evidence: Evidence | None
) -> Proposal:
    """The row of the log for a new match, to be stored in the unit that makes the match. Without evidence a person
    brought the two together of whom the engine said nothing."""
    known = {} if evidence is None else {
        "engine_version": evidence.engine_version, "model_version": evidence.model_version,
        "weights_version": evidence.weights_version, "fit": evidence.fit, "confidence": evidence.confidence,
        "features": dict(evidence.features), "calibrated": evidence.calibrated, "based_on": evidence.based_on,
        "rank_for_mentor": evidence.rank_for_mentor, "rank_for_mentee": evidence.rank_for_mentee,
        "shown": [str(one) for one in evidence.shown], "propensity": evidence.propensity, "seed": evidence.seed,
    }
    return Proposal(
        organization_id=match.organization_id, match_id=match.id, program_id=match.program_id,
        cohort_id=match.cohort_id, mentor_enrollment_id=mentor_enrollment_id,
        mentee_enrollment_id=mentee_enrollment_id, origin=match.origin, decided_by=actor.id, run_id=match.run_id,
        **known,
    )


def rests_on(evidence: Evidence | None) -> dict[str, Any]:
    """The columns of Match that say what its confidence rests on; none without evidence.

    `calibrated_on` is 0 until probabilities were found true, `based_on` the pairs whose outcome is known so far.
    """
    if evidence is None:
        return {}
    return {"calibrated_on": evidence.based_on if evidence.calibrated else 0, "based_on": evidence.based_on}
