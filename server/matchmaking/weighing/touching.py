"""How many people each hard rule touches: for somebody who sets the rules of a programme."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from server.matchmaking.engine.columns import build
from server.matchmaking.engine.constraints import RuleCode, RuleSet, is_broken, open_market
from server.matchmaking.engine.pool import Pool, Standing

CHOSEN = (
    RuleCode.REPORTING_LINE, RuleCode.SAME_TEAM, RuleCode.REPEAT, RuleCode.OVERLAP, RuleCode.LANGUAGE,
    RuleCode.GRADE_GAP, RuleCode.COMPANY,
)
"""The rules that a programme turns on and off, in the order in which they are shown."""
NEVER = (RuleCode.SELF, RuleCode.BLOCKED, RuleCode.CONFLICT, RuleCode.BANNED)
"""What holds in every programme: a rule is not blamed for a pair that could not be without it either."""
AN_HOUR = 2
ABOVE = (1, 9)


class Touched(NamedTuple):
    """How many mentees a rule keeps from somebody, and how many of them from everybody."""

    some: int
    alone: int


def touched(pool: Pool, rules: RuleSet, standing: Standing | None = None) -> Mapping[RuleCode, Touched]:
    """For each rule that can be turned on and off what it touches alone, on or off; a whole table: for small pools."""
    columns = build(pool)
    market = open_market(columns, _all_on(rules), standing or Standing())
    e, m = np.arange(len(columns.mentees))[:, None], np.arange(len(columns.mentors))[None, :]
    never = np.logical_or.reduce([is_broken(market, code, e, m) for code in NEVER])
    found = {}
    for code in CHOSEN:
        kept = is_broken(market, code, e, m) & ~never
        reached = kept.any(axis=1)
        found[code] = Touched(int(reached.sum()), int((reached & (kept | never).all(axis=1)).sum()))
    return found


def _all_on(rules: RuleSet) -> RuleSet:
    """The same rules with none turned off: those that are, as they would begin."""
    return replace(
        rules, reporting_line=True, same_team=True, repeat=True, common_language=True,
        company=rules.company or "different", grade_gap=rules.grade_gap or ABOVE,
        min_overlap_half_hours=rules.min_overlap_half_hours or AN_HOUR,
    )
