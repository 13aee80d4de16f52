"""One matching of a trial: people in, one document out that holds everything that is shown and exported."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum

from server.journey.trying.found.circles import find_circles
from server.journey.trying.found.pairs import SEED, find_pairs
from server.journey.trying.meaning import understood
from server.journey.trying.rows.plan import Plan
from server.journey.trying.rows.reading import Read
from server.journey.trying.rows.rules import dump_rules, rules_of
from server.kernel.db import Json
from server.language.meaning import Framework
from server.matchmaking.engine import ENGINE_VERSION, Participant, Pool, RuleSet, Weights, weights_for
from server.programs.states import ProgramType


class Shape(StrEnum):
    """What a trial makes of people."""

    PAIRS = "PAIRS"
    PEERS = "PEERS"
    CIRCLES = "CIRCLES"


def match(read: Read, plan: Plan, framework: Framework | None = None) -> Json:
    """Match everybody who was read. Seconds for 5,000 people: call it off the loop."""
    began = time.perf_counter()
    meant = understood(read.people, framework)
    pool, shape = Pool(meant.people, history=read.past), shape_of(plan.kind, read.people)
    rules, weights = rules_of(plan.kind, plan.chosen), weights_for(plan.kind)
    return {
        "kind": plan.kind.value, "shape": shape.value, "engine_version": ENGINE_VERSION,
        "weights_version": weights.version, "seed": SEED,
        "weights": {name.value: share for name, share in weights.shares.items()}, "rules": dump_rules(rules),
        "people": len(read.people), "words": {"whose": meant.whose.value, "terms": meant.terms},
        "past": _past(read), "managers": asdict(read.managers) | {"people": len(read.names)}, "learned": None,
        **_found(shape, pool, rules, weights, plan, read.groups),
        "groups": {name: name for name in read.groups}, "names": _names(read),
        "gaps": [asdict(one) | {"code": one.code.value} for one in read.gaps],
        "seconds": round(time.perf_counter() - began, 2),
    }


def shape_of(kind: ProgramType, people: Sequence[Participant]) -> Shape:
    """Circles, peers where everybody is of one side, or mentors with mentees, as `ithaca match` takes them."""
    if kind is ProgramType.CIRCLE:
        return Shape.CIRCLES
    one_sided = kind is ProgramType.PEER and len({one.role for one in people}) < 2
    return Shape.PEERS if one_sided else Shape.PAIRS


def _found(
    shape: Shape, pool: Pool, rules: RuleSet, weights: Weights, plan: Plan, groups: Mapping[str, Mapping[str, str]]
) -> Json:
    if shape is Shape.CIRCLES:
        return find_circles(pool, rules, weights, plan.size, groups)
    if shape is Shape.PEERS:
        from server.journey.trying.found.peers import find_peers  # noqa: PLC0415  # its solver: peers alone

        return find_peers(pool, rules, weights, groups)
    return find_pairs(pool, rules, weights, groups)


def _past(read: Read) -> Json:
    """How many past pairs there are, how many are of people in the files, and of how many it is known whether they
    began."""
    here = {one.id for one in read.people}
    return {
        "pairs": len(read.past), "known": sum({one.mentor, one.mentee} <= here for one in read.past),
        "answered": sum(one.accepted is not None for one in read.past),
    }


def _names(read: Read) -> Mapping[str, str]:
    """Names of those who are called otherwise than their id."""
    return {who: name for who, name in read.names.items() if name != who}
