"""Weights of a programme beside models of past pairs: what they may change, and what they never do."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.matchmaking.engine import (
    CATEGORIES,
    Calibration,
    Category,
    MatchingResult,
    Outlook,
    Pool,
    RuleSet,
    Standing,
    Weights,
    rescaled,
    run_matching,
)
from server.matchmaking.engine.columns import build
from server.matchmaking.engine.constraints import Rows
from server.matchmaking.engine.factor import Factors, build_factors
from server.matchmaking.engine.features import feature_names
from server.matchmaking.engine.learning import outlook as outlooks
from server.matchmaking.engine.learning.model import Line, Linear, Model
from server.matchmaking.engine.living.whynot import WhyCode, why_not
from server.matchmaking.engine.score import Stage
from server.programs.states import ProgramType
from tests.server.matchmaking.engine.plain import NEAR
from tests.server.matchmaking.engine.populations import (
    FREE,
    MORNINGS,
    WEIGHTS,
    everyone,
    loose_rules,
    mentee,
    mentor,
    own_weights,
    pools,
    some,
    vector,
)


@some
@given(pools(6, 2, shared=False), own_weights(), st.sampled_from(CATEGORIES), st.integers(0, 2**32))
def test_under_models_too_more_weight_never_lowers_the_total_of_its_category(
    pool: Pool, base: Weights, category: Category, seed: int
) -> None:
    """Models for all four stages. A fit counts by what its pair is expected to come to by the usual weights."""
    outlook, rules = models_at_random(seed), replace(FREE, wait_bonus=0.0)
    heavier = {name: (share + (name is category)) / 2 for name, share in base.shares.items()}
    totals, at = [], CATEGORIES.index(category)
    for chosen in (base, replace(base, shares=heavier)):
        result = run_matching(pool, rules, chosen, outlook=outlook)
        columns, pairs = result.market.columns, result.pairs
        e = np.array([columns.mentees.rows[pair.mentee] for pair in pairs], np.intp)
        m = np.array([columns.mentors.rows[pair.mentor] for pair in pairs], np.intp)
        worth = outlook.worth(columns, build_factors(columns, WEIGHTS), e, m)
        fits = np.array([pair.fits for pair in pairs]).reshape(-1, len(CATEGORIES)) / 100
        parts = worth * (1 + fits[:, at]) / (1 + fits @ np.array(WEIGHTS.vector))
        assert (outlook.worth(columns, result.factors, e, m) <= outlook.most).all()
        totals.append(outlook.most * len({pair.mentee for pair in pairs}) + parts.sum())
    assert totals[1] >= totals[0] - 4 * NEAR * len(pool.participants)


def test_two_programmes_with_models_for_all_stages_choose_by_their_own_weights() -> None:
    pool = Pool((mentee("e", goal_tags=("SQL",), availability=MORNINGS[0], languages=("en",)),
                 mentor("helps", skill_tags=("SQL",), availability=MORNINGS[3], languages=("en",)),
                 mentor("has time", skill_tags=("Coaching",), availability=MORNINGS[0], languages=("en",))))
    flat = models_at_random(1, loud=0.0)
    chosen = [
        run_matching(pool, FREE, rescaled({name: 1.0}, ProgramType.ONE_TO_ONE, "own"), outlook=flat).pairs[0].mentor
        for name in (Category.GOALS, Category.AVAILABILITY)
    ]
    assert chosen == ["helps", "has time"]


def test_under_models_too_no_pair_is_worth_leaving_somebody_out() -> None:
    """The one mentor for somebody is for somebody else all that the programme weighs, and sure to come to something."""
    pool = Pool((mentor("apt", skill_tags=("Python",), skill_vector=vector(1)),
                 mentor("other", skill_tags=("SQL",), skill_vector=vector(2), avoids=("d",)),
                 mentee("c", goal_tags=("Python",), goal_vector=vector(1)),
                 mentee("d", goal_tags=("Coaching",), goal_vector=vector(3))))
    names = feature_names()
    sure = Linear(names, np.zeros(len(names)), np.ones(len(names)), 20.0 * (np.array(names) == "fit_goals"), -10.0)
    outlook = Outlook(
        Calibration(True, 200), dict.fromkeys(Stage, Model(sure, "none", Line(1.0, 0.0))), "learned.1", WEIGHTS
    )
    own = rescaled({Category.GOALS: 1.0}, ProgramType.ONE_TO_ONE, "goals only")
    result = run_matching(pool, FREE, own, outlook=outlook)
    rows = result.market.columns.mentees.rows["c"], result.market.columns.mentors.rows["apt"]
    worth = outlook.worth(result.market.columns, result.factors, *(np.array([row]) for row in rows))
    assert worth > 1, "more than any pair of a programme with the usual weights"
    assert {(pair.mentor, pair.mentee) for pair in result.pairs} == {("apt", "d"), ("other", "c")}


@some
@given(pools(6, 2), own_weights(), st.integers(0, 2**32), st.sets(st.sampled_from(Stage), min_size=1))
def test_what_models_foretell_is_the_same_whatever_a_programme_weighs(
    pool: Pool, own: Weights, seed: int, known: set[Stage]
) -> None:
    """Of people who named somebody too, and for stages of which nothing was learned."""
    outlook, columns = models_at_random(seed), build(pool)
    outlook = replace(outlook, models={stage: outlook.models[stage] for stage in known})
    e, m = (side.ravel() for side in np.indices((len(columns.mentees), len(columns.mentors))))
    found = [
        outlook.expect(columns, build_factors(columns, chosen), e, m)
        for chosen in (WEIGHTS, replace(own, shape=WEIGHTS.shape), without(Category.PREFERENCE))
    ]
    assert len({repr((one.p_accept.tolist(), one.confidence.tolist())) for one in found}) == 1


@some
@given(pools(6, 2, shared=False), loose_rules(), own_weights(), st.integers(0, 2**32))
def test_where_more_is_said_to_be_expected_of_another_choice_it_is(
    pool: Pool, rules: RuleSet, own: Weights, seed: int
) -> None:
    outlook, rules = models_at_random(seed, loud=4.0), replace(rules, wait_bonus=0.0)
    result = run_matching(pool, rules, own, outlook=outlook)
    for one, other in everyone(pool):
        told = why_not(result, one.id, other.id)
        if told and told.code is WhyCode.MORE_EXPECTED:
            forced = Standing(pins=frozenset({(one.id, other.id)}))
            assert whole(run_matching(pool, rules, own, outlook=outlook, standing=forced)) < whole(result) - 0.004


def whole(result: MatchingResult) -> float:
    """What all pairs of a result are expected to come to, and the people placed."""
    columns, outlook = result.market.columns, result.outlook
    e = np.array([columns.mentees.rows[pair.mentee] for pair in result.pairs], np.intp)
    m = np.array([columns.mentors.rows[pair.mentor] for pair in result.pairs], np.intp)
    return float(outlook.worth(columns, result.factors, e, m).sum() + outlook.most * len(set(e.tolist())))


def test_pairs_are_asked_about_once_and_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of 200,000 people lists ten million pairs: what is known of all of them at once would not fit in memory."""
    columns = build(Pool((*(mentor(f"m{at}", grade=at) for at in range(1, 8)), mentee("e", grade=3))))
    factors, outlook = build_factors(columns, without(Category.GOALS)), models_at_random(3)
    e, m = np.zeros(7, np.intp), np.arange(7)
    whole, asked = outlook.worth(columns, factors, e, m), list[int]()

    def counted(self: Factors, e: Rows, m: Rows, fits: Any = Factors.fits) -> Any:
        asked.append(len(e))
        return fits(self, e, m)

    monkeypatch.setattr(Factors, "fits", counted)
    monkeypatch.setattr(outlooks, "PAIRS_AT_A_TIME", 3)
    assert outlook.worth(columns, factors, e, m).tolist() == whole.tolist()
    assert asked == [3, 3, 1]


def without(category: Category) -> Weights:
    """The usual weights with nothing for one part."""
    return rescaled({**WEIGHTS.shares, category: 0.0}, ProgramType.ONE_TO_ONE, "own")


def models_at_random(seed: int, loud: float = 1.0) -> Outlook:
    """A model of past pairs for each stage, learned with the usual weights."""
    dice, names = np.random.default_rng(seed), feature_names()
    flat = np.ones(len(names))
    return Outlook(Calibration(True, 200), {
        stage: Model(
            Linear(names, flat / 2, flat, loud * dice.normal(size=len(names)) / 3, 0.3), "none", Line(1.0, 0.0)
        )
        for stage in Stage
    }, "learned.1", WEIGHTS)
