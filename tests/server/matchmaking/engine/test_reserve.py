"""Places held back for newcomers: never more than asked, honestly proven without them, and newcomers get them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.matchmaking.engine import Participant, Pool, RuleSet, Standing, WaitCode, run_matching
from server.matchmaking.engine.living.incremental import match_newcomers
from server.matchmaking.engine.living.whynot import WhyCode, why_not
from server.programs.states import ParticipantRole
from tests.chance import LONG
from tests.server.matchmaking.engine import checker
from tests.server.matchmaking.engine.populations import FREE, WEIGHTS, mentee, mentor, pools, rule_sets

MENTOR = ParticipantRole.MENTOR
SHARES = st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0])
some = settings(max_examples=100 if LONG else 15, deadline=None)


def without(pool: Pool, held: tuple[str, ...]) -> Pool:
    """The pool in which each of some mentors has one place less."""
    def less(one: Participant) -> Participant:
        return replace(one, capacity=one.capacity - 1) if one.role is MENTOR and one.id in held else one

    return replace(pool, participants=tuple(map(less, pool.participants)))


@some
@given(pools(6), rule_sets(), SHARES)
def test_never_more_than_asked_and_the_rest_is_the_best_there_is(pool: Pool, rules: RuleSet, share: float) -> None:
    result = run_matching(pool, replace(rules, reserve=share), WEIGHTS)
    places = {one.id: one.capacity for one in pool.participants if one.role is MENTOR and one.capacity}
    taken = [pair.mentor for pair in result.pairs]
    assert len(result.held_back) == int(share * len(places)), "rounded down"
    assert all(taken.count(one) < places[one] for one in result.held_back), "one place of each is free"
    other = run_matching(without(pool, result.held_back), rules, WEIGHTS)
    assert [(one.mentor, one.mentee) for one in result.pairs] == [(one.mentor, one.mentee) for one in other.pairs]
    proof, of_other = result.certificate, other.certificate
    assert (proof.value, proof.upper_bound) == pytest.approx((of_other.value, of_other.upper_bound), abs=1e-6)
    assert proof.upper_bound >= proof.value
    assert (proof.gap, proof.violations) == (pytest.approx(of_other.gap, abs=1e-6), 0)


@some
@given(pools(6), rule_sets(), SHARES)
def test_who_waits_for_a_place_held_back_could_have_had_it(pool: Pool, rules: RuleSet, share: float) -> None:
    rules = replace(rules, reserve=share)
    result = run_matching(pool, rules, WEIGHTS)
    people = {(one.role, one.id): one for one in pool.participants}
    for one in result.waitlist:
        could = [
            held for held in result.held_back
            if not checker.broken(pool, rules, people[MENTOR, held], people[ParticipantRole.MENTEE, one.mentee])
            and result.explain(held, one.mentee).fit >= rules.min_fit
        ]
        assert one.code is not WaitCode.HELD_BACK or could


@some
@given(st.integers(0, 8), SHARES)
def test_newcomers_get_what_was_held_back_and_nobody_else_does(few: int, share: float) -> None:
    """More mentees than places: whoever comes later is placed as long as a held place is left, whoever waited too."""
    mentors = tuple(mentor(f"m{at}", capacity=1 + at % 2) for at in range(8))
    there = tuple(mentee(f"e{at}", enrolled_on="2026-01-15") for at in range(20))
    late = tuple(mentee(f"late{at}", waited_cycles=3, enrolled_on="2026-02-15") for at in range(few))
    rules = replace(FREE, reserve=share)
    first = run_matching(Pool((*mentors, *there)), rules, WEIGHTS)
    assert len(first.pairs) == 12 - len(first.held_back)
    standing = Standing(current=frozenset((pair.mentor, pair.mentee) for pair in first.pairs))
    second = match_newcomers(Pool((*mentors, *there, *late)), rules, WEIGHTS, standing=standing)
    assert {pair.mentor for pair in second.pairs} == set(first.held_back)
    placed = {pair.mentee for pair in second.pairs}
    assert len({one.id for one in late} & placed) == min(few, len(first.held_back)), "they waited longer"
    assert second.held_back == ()


def test_most_places_first_and_the_same_ones_again() -> None:
    pool = Pool((*(mentor(f"m{at}", capacity=1 + (at == 3)) for at in range(5)), mentee("e")))
    for seed in range(3):
        assert run_matching(pool, replace(FREE, reserve=0.2), WEIGHTS, seed=seed).held_back == ("m3",)
    assert run_matching(pool, replace(FREE, reserve=0.19), WEIGHTS).held_back == (), "never more than asked"


def test_a_wish_for_a_place_held_back_says_so() -> None:
    pool = Pool((mentor("m"), mentee("e", prefers=("m",))))
    result = run_matching(pool, replace(FREE, reserve=1.0), WEIGHTS)
    told = why_not(result, "m", "e")
    assert told is not None
    assert (told.code, [one.code for one in result.waitlist]) == (WhyCode.HELD_BACK, [WaitCode.HELD_BACK])
