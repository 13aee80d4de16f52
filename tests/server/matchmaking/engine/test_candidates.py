"""The two short cuts of the search: rules asked once for people alike, and the best of a row without sorting it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from server.matchmaking.engine import Pool, RuleSet, Standing
from server.matchmaking.engine.candidates import NEVER, best_of_rows
from server.matchmaking.engine.columns import build
from server.matchmaking.engine.constraints import LOOKED_AT, broken_with_anyone, is_broken, open_market
from tests.server.matchmaking.engine.populations import many, pools, rule_sets


@many
@given(seed=st.integers(0, 2**32))
def test_the_best_of_a_row_are_those_that_sorting_it_gives(seed: int) -> None:
    dice = np.random.default_rng(seed)
    rows, width = dice.integers(1, 9), dice.integers(1, 200)
    k = int(dice.integers(1, width + 1))
    net = dice.integers(0, dice.choice([2, 40, 10**6]), (rows, width)).astype(np.float32)
    net[dice.random(net.shape) < dice.choice([0, 0.7, 1])] = NEVER
    row, m, ranked = best_of_rows(net, k)
    assert np.array_equal(ranked, -np.sort(-net, axis=1)[:, :k])
    order = np.argsort(-net, axis=1, kind="stable")[:, :k]
    wanted = [(at, int(place)) for at in range(rows) for place in np.sort(order[at]) if net[at, place] > NEVER]
    assert list(zip(row.tolist(), m.tolist(), strict=True)) == wanted, "of equals the first ones"


@many
@given(pool=pools(), rules=rule_sets())
def test_people_alike_break_the_same_rules(pool: Pool, rules: RuleSet) -> None:
    columns = build(pool)
    market = open_market(columns, rules, Standing())
    rows, everybody = np.arange(len(columns.mentees)), np.arange(len(columns.mentors))
    for code in LOOKED_AT:
        table = is_broken(market, code, rows[:, None], everybody[None, :])
        assert np.array_equal(broken_with_anyone(market, code, rows), table), code
