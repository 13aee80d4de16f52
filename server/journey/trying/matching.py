"""One matching of a trial: people in, one document out that holds everything that is shown and exported."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.journey.trying.plan import Plan
from server.journey.trying.reading import Read
from server.kernel.db import Json
from server.language.encoders import encoder
from server.matchmaking import stored
from server.matchmaking.engine import (
    ENGINE_VERSION,
    MatchedPair,
    MatchingResult,
    Pool,
    ReasonCode,
    RuleSet,
    Standing,
    audit,
    run_matching,
    weights_for,
    with_vectors,
)
from server.matchmaking.engine.candidates import rank_within
from server.matchmaking.engine.run import EVERY_PAIR_UP_TO
from server.matchmaking.runs.records import dump, groups_of

RULES = RuleSet()
"""A trial holds every rule that its columns can tell about: no reporting line, no one team, no repeats."""
SEED = 0


def match(read: Read, plan: Plan) -> Json:
    """Match everybody who was read. Seconds for 5,000 people: call it off the loop."""
    began = time.perf_counter()
    pool = Pool(with_vectors(read.people, encoder().embed))
    weights = weights_for(plan.kind)
    result = run_matching(pool, RULES, weights, seed=SEED)
    found = audit(result, {**groups_of(pool), **read.groups}, standing=Standing())
    proof = result.certificate
    return {
        "kind": plan.kind.value, "engine_version": ENGINE_VERSION, "weights_version": weights.version, "seed": SEED,
        "weights": {name.value: share for name, share in weights.shares.items()},
        "matched": proof.matched, "waiting": len(result.waitlist), "value": proof.value,
        "upper_bound": proof.upper_bound, "gap": proof.gap, "violations": len(found.violations),
        "audit": dump(found), "groups": {name: name for name in read.groups}, "names": _names(read),
        "pairs": _pairs(result),
        "waitlist": [{"mentee": one.mentee, "position": one.position, "code": one.code.value}
                     for one in result.waitlist],
        "gaps": [{"code": one.code.value, "count": one.count, "column": one.column, "rows": list(one.rows)}
                 for one in read.gaps],
        "seconds": round(time.perf_counter() - began, 2),
    }


def _names(read: Read) -> Mapping[str, str]:
    """Names of those who are called otherwise than their id."""
    return {who: name for who, name in read.names.items() if name != who}


def _pairs(result: MatchingResult) -> list[Json]:
    """Every pair, best first, with its reasons as codes and how it compares for each of the two.

    In large pools a mentor's place among all mentees is not known: only the best of each mentee were kept.
    """
    pairs = sorted(result.pairs, key=lambda one: (-one.fit, one.mentee, one.mentor))
    arcs, columns = result.arcs, result.market.columns
    for_mentee, for_mentor = _places(result, arcs.e), _places(result, arcs.m)
    is_whole = len(columns.mentees) * len(columns.mentors) <= EVERY_PAIR_UP_TO
    compared = {"of": len(columns.mentors), "of_mentees": len(columns.mentees) if is_whole else 0}
    told = result.explain_many([(one.mentor, one.mentee) for one in pairs])
    return [
        _pair(one, stored.dump(why)) | compared | {
            "place": for_mentee[one.mentee, one.mentor], "place_for_mentor": for_mentor[one.mentee, one.mentor],
        }
        for one, why in zip(pairs, told, strict=True)
    ]


def _pair(one: MatchedPair, why: Json) -> Json:
    factors: list[dict[str, Any]] = why.pop("factors")
    unknown = [row["category"] for row in factors if row["code"] == ReasonCode.NOT_KNOWN and row["weight"] > 0]
    return {
        "mentor": one.mentor, "mentee": one.mentee, "fit": round(one.fit, 2), "confidence": round(one.confidence, 4),
        "fits": [round(fit) for fit in one.fits], "unknown": unknown, "why": {**why, "factors": []},
    }


def _places(result: MatchingResult, whose: NDArray[np.intp]) -> dict[tuple[str, str], int]:
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
