"""Mentors with mentees: every pair with its reasons, the proof, and what past pairs taught."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.kernel import clock
from server.kernel.db import Json
from server.matchmaking import stored
from server.matchmaking.engine import (
    MatchedPair,
    MatchingResult,
    Pool,
    ReasonCode,
    RuleSet,
    Standing,
    Weights,
    audit,
    run_matching,
)
from server.matchmaking.engine.candidates import rank_within
from server.matchmaking.engine.run import EVERY_PAIR_UP_TO
from server.matchmaking.runs.records import dump, groups_of

SEED = 0
Groups = Mapping[str, Mapping[str, str]]


def find_pairs(pool: Pool, rules: RuleSet, weights: Weights, groups: Groups) -> Json:
    """Match mentees with mentors by what past pairs taught, as `ithaca match --history` does, and say why."""
    from server.matchmaking.engine.learning import learn as learning  # noqa: PLC0415  # 100 MB: only for who matches
    from server.matchmaking.engine.learning.report import report_of  # noqa: PLC0415  # as above

    learned = learning.learn(pool, weights)
    result = run_matching(pool, rules, weights, seed=SEED, outlook=learned.outlook)
    return {
        **proved(result, groups), "pairs": _pairs(result),
        "learned": report_of(learned, weights, clock.now()) if pool.history else None,
        "takes": {"before": learning.LEARN_FROM, "later": learning.HELD_OUT_FROM, "said": learning.SAID_FROM},
    }


def proved(result: MatchingResult, groups: Groups) -> Json:
    """What a result came to beside the best possible, counted again, and who waits."""
    found = audit(result, {**groups_of(result.market.columns.pool), **groups}, standing=Standing())
    proof, waiting = result.certificate, [one for one in result.waitlist if one.position is not None]
    return {
        "matched": proof.matched, "waiting": len(waiting), "value": proof.value, "upper_bound": proof.upper_bound,
        "gap": proof.gap, "by_models": bool(result.outlook.models), "over_all": proof.over_all,
        "violations": len(found.violations), "audit": dump(found),
        "looking": sum(one.capacity > 0 for one in result.market.columns.mentees.people),
        "waitlist": [{"mentee": one.mentee, "position": one.position, "code": one.code.value} for one in waiting],
    }


def _pairs(result: MatchingResult) -> list[Json]:
    """Every pair, best first, with its reasons as codes and how it compares for each of the two.

    In large pools a mentor's place among all mentees is not known: only the best of each mentee were kept.
    """
    pairs = sorted(result.pairs, key=lambda one: (-one.fit, one.mentee, one.mentor))
    arcs, columns = result.arcs, result.market.columns
    for_mentee, for_mentor = places(result, arcs.e), places(result, arcs.m)
    is_whole = len(columns.mentees) * len(columns.mentors) <= EVERY_PAIR_UP_TO
    compared = {"of": len(columns.mentors), "of_mentees": len(columns.mentees) if is_whole else 0}
    told = result.explain_many([(one.mentor, one.mentee) for one in pairs])
    return [
        pair(one, stored.dump(why)) | compared | {
            "place": for_mentee[one.mentee, one.mentor], "place_for_mentor": for_mentor[one.mentee, one.mentor],
        }
        for one, why in zip(pairs, told, strict=True)
    ]


def pair(one: MatchedPair, why: Json) -> Json:
    """One pair as it is stored, with its reasons as codes."""
    factors: list[dict[str, Any]] = why.pop("factors")
    unknown = [row["category"] for row in factors if row["code"] == ReasonCode.NOT_KNOWN and row["weight"] > 0]
    return {
        "mentor": one.mentor, "mentee": one.mentee, "fit": round(one.fit, 2), "confidence": round(one.confidence, 4),
        "fits": [round(fit) for fit in one.fits], "unknown": unknown, "why": {**why, "factors": []},
    }


def places(result: MatchingResult, whose: NDArray[np.intp]) -> dict[tuple[str, str], int]:
    """For each pair made the place of its fit, from 1, among the candidates that share a row of `whose`."""
    arcs, columns = result.arcs, result.market.columns
    order = np.lexsort((arcs.m, arcs.e, -arcs.score, whose))
    rank = np.empty(len(order), np.intp)
    rank[order] = rank_within(whose[order])
    made = {(columns.mentees.rows[one.mentee], columns.mentors.rows[one.mentor]) for one in result.pairs}
    keys = np.array(sorted(e * len(columns.mentors) + m for e, m in made), np.intp)
    at = np.flatnonzero(np.isin(arcs.e * len(columns.mentors) + arcs.m, keys))
    return {
        (columns.mentees.people[arcs.e[arc]].id, columns.mentors.people[arcs.m[arc]].id): int(rank[arc]) + 1
        for arc in at
    }
