"""Small crowds for one-sided matching, with every awkward case, and the rules of a circle told a second time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from itertools import combinations
from operator import and_
from typing import Any

from hypothesis import strategies as st

from server.matchmaking.engine import Participant, PastPair, Pool, RuleSet, week_mask
from server.programs.states import ParticipantRole
from tests.server.matchmaking.engine import checker
from tests.server.matchmaking.engine.populations import TAGS, mentee, mentor

HOURS = [week_mask([(day * 48 + 18, 2)]) for day in range(4)]
ODD_HALF_HOURS = week_mask([(20, 1), (200, 1)])
NAMES = [f"p{number:02d}" for number in range(22)]
few = st.sampled_from
OFTEN_ALIKE: dict[str, st.SearchStrategy[Any]] = {
    "manager": few([None, None, None, "p00", "p01", "p02", "outside"]),
    "company": few([None, "A", "A", "B"]),
    "grade": few([None, 3, 5, 9]),
    "role_years": few([None, 0.5, 6.0]),
    "languages": few([None, ("en",), ("en",), ("EN", "pt"), ("pt",), ()]),
    "availability": few([None, HOURS[0] | HOURS[1], HOURS[1] | HOURS[2], sum(HOURS), sum(HOURS), ODD_HALF_HOURS, 0]),
    "goal_tags": few([(), (TAGS[0],), (TAGS[1], TAGS[2]), (TAGS[0], TAGS[3])]),
    "skill_tags": few([(), (TAGS[0],), (TAGS[3],)]),
    "avoids": few([(), (), (), ("p03",), ("p04",)]),
    "prefers": few([(), (), ("p05",)]),
    "waited_cycles": few([0, 0, 2]),
}


@st.composite
def crowds(draw: st.DrawFn, most: int = 16, hosts: int = 3, apart: bool = False) -> Pool:
    """Up to `most` people and a few hosts; `apart` tells everybody from everybody else by their years in the firm."""
    count, boxes = draw(st.integers(0, most)), draw(few([1, 2, 3]))
    facts = [draw(st.fixed_dictionaries({}, optional=OFTEN_ALIKE)) for _ in range(boxes)]
    people = [mentee(name, **draw(few(facts)), capacity=draw(few([1] * 9 + [0]))) for name in NAMES[:count]]
    if apart:
        people = [replace(one, tenure_years=1.0 + at) for at, one in enumerate(people)]
    leading = draw(st.integers(0, hosts))
    last = NAMES[len(NAMES) - leading :]
    people += [mentor(name, **draw(few(facts)), capacity=draw(few([0, 1, 2]))) for name in last]
    past = draw(st.lists(st.builds(PastPair, mentor=few(NAMES), mentee=few(NAMES)), max_size=2))
    conflicts = draw(st.frozensets(st.tuples(few(NAMES), few(NAMES)), max_size=2))
    managers = {"outside": "p01", "p01": "p02", "p02": "p01"}
    return Pool(tuple(draw(st.permutations(people))), managers, tuple(past), conflicts)


def crowd_rules() -> st.SearchStrategy[RuleSet]:
    return st.builds(
        RuleSet,
        reporting_line=st.booleans(),
        same_team=st.booleans(),
        repeat=st.booleans(),
        company=few([None, None, "same", "different"]),
        min_overlap_half_hours=few([0, 4]),
        grade_gap=few([None, (0, 4)]),
    )


def of(pool: Pool, role: ParticipantRole) -> dict[str, Participant]:
    return {one.id: one for one in pool.participants if one.role is role}


def wrong_inside(pool: Pool, rules: RuleSet, members: Sequence[Participant]) -> list[str]:
    """The rules a circle breaks, pair by pair and as a whole; the gap in grades is between host and members only."""
    among = replace(rules, grade_gap=None, min_overlap_half_hours=0)
    found = [code for pair in combinations(members, 2) for code in checker.broken(pool, among, *pair)]
    return found + cannot_meet(rules, members)


def cannot_meet(rules: RuleSet, people: Iterable[Participant]) -> list[str]:
    told = [one.availability for one in people if one.availability is not None]
    spoken = [{word.casefold() for word in one.languages} for one in people if one.languages is not None]
    times = reduce(and_, told) if told else -1
    hour = any((times >> at & 1) and (times >> (at + 1) % 336 & 1) for at in range(336))
    enough = times == -1 or times.bit_count() >= rules.min_overlap_half_hours
    return ["OVERLAP"] * (not (hour and enough)) + ["LANGUAGE"] * bool(spoken and not set.intersection(*spoken))
