"""The record of a run as it is stored with it: proof, audit, queue. Codes and numbers, never names or sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite
from typing import Any

from server.kernel.db import Json
from server.matchmaking.circles.forming import proof_of as circles_proof
from server.matchmaking.engine import Audit, MatchingResult, Pool, RuleCode, Standing, Violation, audit
from server.matchmaking.engine.differences import Compared
from server.matchmaking.engine.fairness import Envy, Figure, GroupFigures, Parity
from server.matchmaking.engine.learning.learn import PRIOR_KIND
from server.matchmaking.engine.score import PRIOR_VERSION
from server.matchmaking.learned.quality import Found, measured, measured_circles

NEW_BELOW_YEARS = 2.0
"""Whoever has been in the organisation for less counts as new (design.md: "Under 2 years with us")."""


class Dimension(StrEnum):
    """By what the people of a cohort are compared; a file of one's own may name others."""

    PLACE = "PLACE"
    DEPARTMENT = "DEPARTMENT"
    TENURE = "TENURE"


class Tenure(StrEnum):
    """The groups of the dimension of tenure."""

    NEW = "NEW"
    LONGER = "LONGER"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a run came to: pairs, people waiting, its value beside what no assignment can exceed, rules broken.

    `by_models`: the value is what learned models expect, and no sum of fits; `by_draw`: it is one of lots. `over_all`:
    the bound holds for every allowed pair, not only for those that were listed.
    """

    matched: int
    waiting: int
    value: float
    upper_bound: float
    gap: float
    violations: int
    by_models: bool = False
    over_all: bool = True
    by_draw: bool = False


def groups_of(pool: Pool) -> dict[str, dict[str, str]]:
    """For each dimension the group of each person; whose group is not known is left out."""
    held: dict[str, dict[str, str]] = {one.value: {} for one in Dimension}
    for one in pool.participants:
        tenure = None if one.tenure_years is None else _tenure(one.tenure_years)
        told = {Dimension.PLACE: one.city, Dimension.DEPARTMENT: one.department, Dimension.TENURE: tenure}
        for dimension, group in told.items():
            if group:
                held[dimension.value][one.who] = group
    return {dimension: groups for dimension, groups in held.items() if groups}


def record_of(result: MatchingResult, standing: Standing) -> Json:
    """Everything about a result that is stored with its run. Takes as long as a small run: call it off the loop."""
    proof = result.certificate
    found = audit(result, groups_of(result.market.columns.pool), standing=standing)
    return {
        "matched": proof.matched, "waiting": len(result.waitlist), "value": proof.value,
        "upper_bound": proof.upper_bound, "gap": proof.gap, "violations": len(found.violations),
        "by_models": bool(result.outlook.models), "over_all": proof.over_all,
        "waitlist": [
            {"enrollment_id": one.mentee, "position": one.position, "code": one.code.value} for one in result.waitlist
        ],
        "calibration": {**result.calibration._asdict(), "model": result.outlook.version},
        "mentors": [one.id for one in result.market.columns.mentors.people], "held_back": list(result.held_back),
        "audit": dump(found),
    }


def proof_of(record: Mapping[str, Any]) -> Proof | None:
    """The proof of a stored run or trial; None while it has none. One from before it was kept what the bound holds for
    claims no more than the lists where models chose."""
    if "gap" not in record:
        return None
    by_models = record.get("by_models", _by_models(record))
    return Proof(
        matched=record["matched"], waiting=record["waiting"], value=record["value"], upper_bound=record["upper_bound"],
        gap=record["gap"], violations=record["violations"], by_models=by_models,
        over_all=record.get("over_all", not by_models), by_draw=record.get("by_draw", False),
    )


def _by_models(record: Mapping[str, Any]) -> bool:
    """Whether models chose in something stored before that was written down: a run names what it went by, a trial tells
    of each stage what stands."""
    model = record.get("calibration", {}).get("model", PRIOR_VERSION)
    stages = (record.get("learned") or {}).get("stages", ())
    return model != PRIOR_VERSION or any(one["in_force"] != PRIOR_KIND for one in stages)


def share_of_best(found: Audit, proof: Proof) -> float | None:
    """The total fit as a share of what it could be at most, without what placing people is worth besides; where models
    chose, of what they expect, and None for a draw, which looks for no best total."""
    if proof.by_draw or found.mean_fit is None:
        return None
    total = proof.value if proof.by_models else proof.matched * found.mean_fit / 100
    most = total + proof.gap * proof.upper_bound
    return total / most if most > 0 else None


def put_into_queue(record: Mapping[str, Any]) -> int | None:
    """How many pairs became drafts: all but those of whom somebody was matched or left meanwhile. None before that."""
    return record["matched"] - record.get("left_out", 0) if "matched" in record else None


def circles_parity(record: Mapping[str, Any]) -> tuple[Parity, ...]:
    """How the groups of a stored run fared in its circles; () for a run of pairs alone, or from before it was kept."""
    return load_parity(record.get("circles", {}).get("parity", ()))


def audit_of(record: Mapping[str, Any]) -> Audit | None:
    """The audit of a stored run; None for one made before audits were kept."""
    stored = record.get("audit")
    return load(stored) if stored else None


def measured_of(record: Mapping[str, Any], report: Mapping[str, Any] | None) -> list[Found]:
    """How good a stored run is, in figures, with the `report` of the model it went by: its pairs, or circles alone."""
    found, proof, circles = audit_of(record), proof_of(record), circles_proof(record)
    if found and proof:
        return measured(found, share_of_best(found, proof), report)
    if circles:
        return measured_circles(circles.violations, circles.seated, circles.waiting, circles_parity(record))
    return []


def dump(found: Audit) -> Json:
    """An audit as JSON."""
    return {
        "mentees": found.mentees, "mentors": found.mentors, "places": found.places, "mean_fit": found.mean_fit,
        "lowest_fit": found.lowest_fit, "lowest": list(found.lowest) if found.lowest else None,
        "mean_confidence": found.mean_confidence, "top_three": found.top_three, "envy": found.envy._asdict(),
        "violations": [[one.code.value, one.mentee, one.mentor] for one in found.violations],
        "rules": found.rules, "checks": found.checks, "parity": dump_parity(found.parity),
        "floor_fit": found.floor_fit, "coverage": found.coverage,
    }


def dump_parity(found: Iterable[Parity]) -> list[Json]:
    """How groups fared, as JSON."""
    return [
        {"dimension": one.dimension, "mentees": _dump_groups(one.mentees), "mentors": _dump_groups(one.mentors)}
        for one in found
    ]


def load(stored: Json) -> Audit:
    """The audit that `dump` stored."""
    lowest = stored["lowest"]
    return Audit(
        mentees=stored["mentees"], mentors=stored["mentors"], places=stored["places"], mean_fit=stored["mean_fit"],
        lowest_fit=stored["lowest_fit"], lowest=(lowest[0], lowest[1]) if lowest else None,
        mean_confidence=stored["mean_confidence"], top_three=stored["top_three"], envy=Envy(**stored["envy"]),
        violations=tuple(Violation(RuleCode(code), *rest) for code, *rest in stored["violations"]),
        rules=stored["rules"], checks=stored["checks"], parity=load_parity(stored["parity"]),
        floor_fit=stored.get("floor_fit"), coverage=stored.get("coverage"),
    )


def load_parity(stored: Iterable[Json]) -> tuple[Parity, ...]:
    """What `dump_parity` stored."""
    return tuple(
        Parity(one["dimension"], _load_groups(one["mentees"]), _load_groups(one["mentors"])) for one in stored
    )


def _dump_groups(groups: tuple[GroupFigures, ...]) -> list[Json]:
    return [
        {"group": one.group, "people": one.people, "figures": {
            name.value: [_finite(number) for number in (told.value, told.others, told.low, told.high)]
            for name, told in one.figures.items()
        }}
        for one in groups
    ]


def _load_groups(stored: list[Json]) -> tuple[GroupFigures, ...]:
    return tuple(
        GroupFigures(one["group"], one["people"], {
            Figure(name): Compared(value, others, -inf if low is None else low, inf if high is None else high)
            for name, (value, others, low, high) in one["figures"].items()
        })
        for one in stored
    )


def _finite(number: float) -> float | None:
    """Six digits; JSON knows no infinity."""
    return round(number, 6) if isfinite(number) else None


def _tenure(years: float) -> str:
    return (Tenure.NEW if years < NEW_BELOW_YEARS else Tenure.LONGER).value
