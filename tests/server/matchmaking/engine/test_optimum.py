"""The result against every choice there is, by an arithmetic of its own, and the bound against what it bounds."""

from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from server.matchmaking.engine import MatchingResult, Pool, RuleSet, Weights, assign, run_matching
from server.matchmaking.engine.candidates import Arcs
from server.programs.states import ParticipantRole
from tests.server.matchmaking.engine import plain
from tests.server.matchmaking.engine.plain import NEAR, Worths
from tests.server.matchmaking.engine.populations import (
    WEIGHTS,
    everyone,
    loose_rules,
    many,
    own_weights,
    pools,
    rule_sets,
    weights,
)

MENTOR = ParticipantRole.MENTOR


def made(result: MatchingResult) -> list[tuple[str, str]]:
    return [(pair.mentor, pair.mentee) for pair in result.pairs]


def slack(pool: Pool) -> float:
    return NEAR * 2 * max(1, len(pool.participants))


def worths(pool: Pool, rules: RuleSet, chosen: Weights) -> Worths:
    """What pairs are worth; examples in which a fit lies on the least fit itself are left out."""
    near = [abs(plain.fit(pool, chosen, *pair) - rules.min_fit / 100) < NEAR for pair in everyone(pool)]
    assume(not any(near))
    return plain.worths(pool, rules, chosen)


@many
@given(pools(7), own_weights())
def test_every_fit_is_what_the_facts_come_to(pool: Pool, chosen: Weights) -> None:
    result = run_matching(pool, RuleSet(), chosen)
    pairs = everyone(pool)
    shown = result.explain_many([(one.id, other.id) for one, other in pairs])
    for (one, other), told in zip(pairs, shown, strict=True):
        nine = plain.fits(pool, chosen.shape, one, other)
        assert {row.category: row.weight * row.fit / 100 for row in told.factors} == pytest.approx(
            {name: chosen.shares[name] * share for name, share in nine.items()}, abs=1e-5
        )
        assert told.fit / 100 == pytest.approx(plain.fit(pool, chosen, one, other), abs=NEAR)
    at = {(one.id, other.id): plain.fit(pool, chosen, one, other) for one, other in pairs}
    people = result.market.columns.mentors.people, result.market.columns.mentees.people
    for e, m, score in zip(result.arcs.e, result.arcs.m, result.arcs.score, strict=True):
        assert score == pytest.approx(at[people[0][m].id, people[1][e].id], abs=NEAR)


@many
@given(pools(7, 2, shared=False), loose_rules() | rule_sets(), weights())
def test_no_choice_of_all_is_worth_more(pool: Pool, rules: RuleSet, chosen: Weights) -> None:
    worth, result = worths(pool, rules, chosen), run_matching(pool, rules, chosen)
    best = plain.best(pool, rules, worth)
    assert plain.total(worth, made(result)) == pytest.approx(best, abs=slack(pool))
    assert result.certificate.value == pytest.approx(best, abs=slack(pool))
    assert best <= result.certificate.upper_bound + slack(pool)
    assert result.certificate.gap <= 1e-4


@many
@given(pools(4, 1), rule_sets())
def test_people_in_both_roles_are_bounded_by_the_best_choice_too(pool: Pool, rules: RuleSet) -> None:
    """No two meet twice: what is given up for that stands in the gap."""
    worth, result = worths(pool, rules, WEIGHTS), run_matching(pool, rules, WEIGHTS)
    best, proof = plain.best(pool, rules, worth), result.certificate
    assert proof.value == pytest.approx(plain.total(worth, made(result)), abs=slack(pool))
    assert proof.value - slack(pool) <= best <= proof.upper_bound + slack(pool)
    assert proof.upper_bound * (1 - proof.gap) == pytest.approx(proof.value, abs=1e-6)


@many
@given(pools(6, 1, shared=False), loose_rules() | rule_sets())
def test_the_prices_of_places_prove_the_bound(pool: Pool, rules: RuleSet) -> None:
    """By the textbook: what everybody would get at these prices, and what is paid for the places."""
    worth, result = worths(pool, rules, WEIGHTS), run_matching(pool, rules, WEIGHTS)
    price = {one.id: result.price_of(one.id) for one in pool.participants if one.role is MENTOR}
    assert min(price.values()) >= 0
    assert at_prices(pool, rules, worth, price) == pytest.approx(result.certificate.upper_bound, abs=slack(pool))


def at_prices(pool: Pool, rules: RuleSet, worth: Worths, price: dict[str, float]) -> float:
    places = {one.id: one.capacity for one in pool.participants if one.role is MENTOR and one.capacity}
    is_limited = rules.max_pairs is not None and rules.max_pairs < sum(places.values())
    of_all = min(price[name] for name in places) if is_limited else 0.0
    found = sum((price[name] - of_all) * many for name, many in places.items()) + of_all * (rules.max_pairs or 0)
    for one in pool.participants:
        if one.role is not MENTOR:
            gains = (worth[name, one.id] - price[name] for name in places if (name, one.id) in worth)
            best = sorted(gains, reverse=True)[: one.capacity]
            found += sum(max(0.0, gain + (rank == 0)) for rank, gain in enumerate(best))
    return found


@many
@given(pools(6, 1, shared=False), loose_rules() | rule_sets(), st.integers(0, 1000))
def test_a_poor_choice_is_told_by_its_gap(pool: Pool, rules: RuleSet, seed: int) -> None:
    """The certificate does not trust the solver: whatever was chosen, the best of all lies under the bound."""
    worth = worths(pool, rules, WEIGHTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assign, "solve", lambda arcs, needs: by_luck(arcs, needs, seed))
        result = run_matching(pool, rules, WEIGHTS)
    best, proof = plain.best(pool, rules, worth), result.certificate
    assert proof.value == pytest.approx(plain.total(worth, made(result)), abs=slack(pool))
    assert best <= proof.upper_bound + slack(pool)
    assert proof.gap * proof.upper_bound >= best - proof.value - slack(pool)


def by_luck(arcs: Arcs, needs: assign.Needs, seed: int) -> np.ndarray:
    """Some pairs within everybody's places, and not all that could be."""
    wanted, places, limit = needs.wanted.copy(), needs.places.copy(), needs.limit
    taken = np.zeros(len(arcs), np.bool_)
    for at in Random(seed).sample(range(len(arcs)), len(arcs) // 2):
        e, m = arcs.e[at], arcs.m[at]
        if wanted[e] and places[m] and (limit is None or taken.sum() < limit):
            wanted[e], places[m], taken[at] = wanted[e] - 1, places[m] - 1, True
    return taken
