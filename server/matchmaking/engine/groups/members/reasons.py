"""What a circle brings each of its members: whose help fits which of their goals, and one reservation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from server.language.tags import key
from server.matchmaking.engine.constraints import RuleSet
from server.matchmaking.engine.explain import REASONS, REST_NAMED, Explanation, Reason, ReasonCode, explain_pairs
from server.matchmaking.engine.groups.both_ways import both_ways
from server.matchmaking.engine.pool import Participant, Pool
from server.matchmaking.engine.weights import Category, Weights

HELPS = (ReasonCode.GOAL_OFFERED, ReasonCode.GOAL_MEANT, ReasonCode.GOAL_CLOSE)
"""That somebody can help with a goal: chosen by both, read from what they wrote, or near in meaning; best first."""
BESIDES = (Category.EXPERTISE, Category.STAGE, Category.ORGANISATION, Category.PREFERENCE)
"""What else one person means to another in a circle. Hours and languages are in common to all of it, and are told as
such; how reliable somebody is, is nobody's business there."""


class Helped(NamedTuple):
    """A fact about a member and somebody of their circle, by id; `helper` is None where it is about all of them."""

    helper: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Brought:
    """Up to three reasons why a circle suits one of its members, the best first, and at most one caution."""

    reasons: tuple[Helped, ...]
    caution: Helped | None


def brought_by(members: Sequence[Participant], rules: RuleSet, weights: Weights) -> dict[str, Brought]:
    """What a circle of some people brings each of them, by id."""
    market = both_ways(Pool(()), members, rules, weights, frozenset(), 0)
    rows = np.arange(len(market.people))
    mentee, helper = (side.ravel() for side in np.meshgrid(rows, rows, indexing="ij"))
    apart = mentee != helper
    found: dict[str, list[Explanation]] = {one.id: [] for one in market.people}
    for told in explain_pairs(market.market.columns, market.ground.factors, mentee[apart], helper[apart]):
        found[told.mentee].append(told)
    return {one.id: _brought(one, market.people, found[one.id]) for one in market.people}


def _brought(member: Participant, people: Sequence[Participant], ways: list[Explanation]) -> Brought:
    ways = sorted(ways, key=lambda one: -one.fit)
    helped = _with_goals(ways)
    besides = (Helped(one.mentor, reason) for one in ways for reason in one.reasons if reason.category in BESIDES)
    reasons, said = helped[:REASONS], set[Category]()
    for one in besides:
        if len(reasons) < REASONS and one.reason.category not in said:
            reasons.append(one)
            said.add(one.reason.category)
    return Brought(tuple(reasons), _caution(member, people, ways, is_helped=bool(helped)))


def _with_goals(ways: list[Explanation]) -> list[Helped]:
    """Who helps with a goal, the surest first; nobody is named for what somebody before them offers already."""
    goals = [Helped(one.mentor, row) for one in ways for row in one.factors if row.category is Category.GOALS]
    sure = sorted((one for one in goals if one.reason.code in HELPS), key=lambda one: HELPS.index(one.reason.code))
    return list(_new(sure))


def _new(sure: list[Helped]) -> Iterator[Helped]:
    told: set[str] = set()
    for one in sure:
        tags = _tags(one.reason)
        if not tags or not tags <= told:
            yield one
        told |= tags


def _tags(reason: Reason) -> set[str]:
    named = reason.params.get("tags")
    return {key(str(tag)) for tag in named} if isinstance(named, list | tuple) else set()


def _caution(
    member: Participant, people: Sequence[Participant], ways: list[Explanation], *, is_helped: bool
) -> Helped | None:
    """What somebody wants and nobody inside offers; or that nobody helps with a goal that stands in words alone."""
    offered = {
        key(tag) for one in people if one.id != member.id for tag in (*one.skill_tags, *one.skill_meant)
    }
    rest = [tag for tag in member.goal_tags if key(tag) and key(tag) not in offered]
    goal = next((row for one in ways[:1] for row in one.factors if row.category is Category.GOALS), None)
    if goal is None:
        return None
    if rest:
        params = {"tags": rest[:REST_NAMED], "count": len(rest)}
        return Helped(None, Reason(ReasonCode.GOAL_REST, Category.GOALS, goal.weight, goal.fit, params))
    far = goal.code is ReasonCode.GOAL_FAR and not is_helped
    return Helped(None, goal) if far else None
