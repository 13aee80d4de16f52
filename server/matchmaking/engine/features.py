"""What can be read off a pair: some thirty numbers in plain units, for explanations and for learning.

None of them knows the audit group: what is protected is never a feature.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from server.matchmaking.engine.columns import UNKNOWN, Columns, Ints, build
from server.matchmaking.engine.constraints import Rows, overlap_half_hours
from server.matchmaking.engine.factor import Factors, build_factors
from server.matchmaking.engine.pool import Pool
from server.matchmaking.engine.weights import CATEGORIES, Category, weights_for
from server.programs.states import ProgramType

Numbers = NDArray[np.float64]


class Features(NamedTuple):
    """One row for each pair, one named column for each number; NaN where it is not known."""

    names: tuple[str, ...]
    values: Numbers

    def of(self, row: int) -> dict[str, float]:
        """The numbers of one pair by name."""
        return dict(zip(self.names, self.values[row].tolist(), strict=True))


def pair_features(columns: Columns, factors: Factors, e: Rows, m: Rows) -> Features:
    """The features of pairs: the nine fits (0 to 1), then facts with their unit in the name, then one interaction."""
    fits = factors.fits(e, m)
    facts = {**_time(columns, e, m), **_closeness(columns, e, m), **_sameness(columns, e, m), **_past(columns, e, m)}
    goals, times = (fits[:, CATEGORIES.index(name)] for name in (Category.GOALS, Category.AVAILABILITY))
    facts["goal_help_in_shared_time"] = goals * times
    names = (*(f"fit_{name.lower()}" for name in CATEGORIES), *facts)
    return Features(names, np.column_stack([fits, *facts.values()]))


def feature_names() -> tuple[str, ...]:
    """The names of all features, in the order of their columns."""
    nobody = build(Pool(()))
    rows = np.zeros(0, np.intp)
    return pair_features(nobody, build_factors(nobody, weights_for(ProgramType.ONE_TO_ONE)), rows, rows).names


def _time(columns: Columns, e: Rows, m: Rows) -> dict[str, Numbers]:
    ours, theirs = columns.mentees, columns.mentors
    told = ours.has_times[e] & theirs.has_times[m]
    ahead = (theirs.utc_hours[m] - ours.utc_hours[e]).astype(np.float64)
    return {
        "shared_hours": np.where(told, overlap_half_hours(columns, e, m) / 2, np.nan),
        "mentor_ahead_hours": ahead,
        "hours_apart": np.minimum(abs(ahead), 24 - abs(ahead)),
    }


def _closeness(columns: Columns, e: Rows, m: Rows) -> dict[str, Numbers]:
    ours, theirs = columns.mentees, columns.mentors
    goal_tags, skill_tags = (_shared(wanted[e], theirs.skills[m]) for wanted in (ours.goals, ours.skills))
    return {
        "goal_similarity": _cosine(ours.goal_vectors[e], theirs.skill_vectors[m]),
        "skill_similarity": _cosine(ours.skill_vectors[e], theirs.skill_vectors[m]),
        "shared_goal_tags": goal_tags,
        "share_of_goals_offered": _share(goal_tags, np.asarray(ours.goals.sum(axis=1))[e]),
        "shared_skill_tags": skill_tags,
    }


def _sameness(columns: Columns, e: Rows, m: Rows) -> dict[str, Numbers]:
    ours, theirs = columns.mentees, columns.mentors
    graded = (ours.grade[e] > 0) & (theirs.grade[m] > 0)
    gap = theirs.grade[m].astype(np.float64) - ours.grade[e]
    return {
        "grade_gap": np.where(graded, gap, np.nan),
        "grade_gap_squared": np.where(graded, gap**2, np.nan),
        "tenure_ahead_years": (theirs.tenure[m] - ours.tenure[e]).astype(np.float64),
        "role_years_ahead": (theirs.role_years[m] - ours.role_years[e]).astype(np.float64),
        "same_company": _same(ours.company[e], theirs.company[m]),
        "same_department": _same(ours.department[e], theirs.department[m]),
        "same_business_unit": _same(ours.business_unit[e], theirs.business_unit[m]),
        "same_city": _same(ours.city[e], theirs.city[m]),
        "same_life_stage": _same(ours.life_stage[e], theirs.life_stage[m]),
    }


def _past(columns: Columns, e: Rows, m: Rows) -> dict[str, Numbers]:
    ours, theirs = columns.mentees, columns.mentors
    return {
        "mentor_sessions": theirs.sessions[m].astype(np.float64),
        "mentor_record": theirs.record[m].astype(np.float64),
        "mentor_response": theirs.response[m].astype(np.float64),
        "mentor_noshow": theirs.noshow[m].astype(np.float64),
        "mentee_record": ours.record[e].astype(np.float64),
        "mentee_response": ours.response[e].astype(np.float64),
        "mentee_noshow": ours.noshow[e].astype(np.float64),
    }


def _shared(left: csr_array, right: csr_array) -> Numbers:
    product = left.multiply(right)
    return np.asarray(product.sum(axis=1), np.float64).ravel()


def _share(part: Numbers, whole: NDArray[Any]) -> Numbers:
    """How much of what is wanted is offered, tags read out of words by what they count."""
    return np.where(whole > 0, np.minimum(1, part / np.where(whole > 0, whole, 1)), np.nan)


def _cosine(left: NDArray[np.float32], right: NDArray[np.float32]) -> Numbers:
    told = left.any(axis=1) & right.any(axis=1)
    return np.where(told, np.einsum("ij,ij->i", left, right), np.nan)


def _same(left: Ints, right: Ints) -> Numbers:
    return np.where((left == UNKNOWN) | (right == UNKNOWN), np.nan, (left == right).astype(np.float64))
