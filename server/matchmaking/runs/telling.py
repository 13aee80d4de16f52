"""What a run tells single mentees, as it is stored with it: why wishes were not met, and what would open more doors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.kernel.db import Json
from server.matchmaking.engine import MatchingResult, RuleCode
from server.matchmaking.engine.living.advice import Advice, Kind, advice
from server.matchmaking.engine.living.whynot import WhyCode, unmet_wishes

ADVISED = 200
"""So many of those who wait are advised: as many as the page of a run names."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A mentor whom a mentee asked for and did not get, and why; `points` as in `engine.living.whynot`."""

    mentee: UUID
    mentor: UUID
    code: WhyCode
    rule: RuleCode | None
    points: float | None


def told(result: MatchingResult) -> Json:
    """Both, for the record of a run. Takes a part of the time of the run: call it off the loop."""
    waiting = [one.mentee for one in result.waitlist if one.position][:ADVISED]
    return {
        "unmet": [
            [one.mentee, one.mentor, one.code.value, one.rule.value if one.rule else None, one.points]
            for one in unmet_wishes(result)
        ],
        "advice": {
            mentee: [[one.kind.value, one.value, one.opens] for one in found]
            for mentee, found in advice(result, waiting).items()
        },
    }


def unmet_of(record: Mapping[str, Any], mentee: UUID | None = None) -> list[Unmet]:
    """The wishes that a stored run did not meet, of one mentee or of all."""
    return [
        Unmet(UUID(who), UUID(mentor), WhyCode(code), RuleCode(rule) if rule else None, points)
        for who, mentor, code, rule, points in record.get("unmet", [])
        if mentee is None or who == str(mentee)
    ]


def advice_of(record: Mapping[str, Any], mentee: UUID) -> list[Advice]:
    """What a stored run advises a mentee to add, what opens most first."""
    return [Advice(Kind(kind), value, opens) for kind, value, opens in record.get("advice", {}).get(str(mentee), [])]
