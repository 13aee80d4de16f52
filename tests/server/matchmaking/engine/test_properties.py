"""What must hold for any population, however odd."""

from collections import Counter
from dataclasses import replace
from math import exp
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from server.matchmaking.engine import (
    CATEGORIES,
    Category,
    MatchingResult,
    Origin,
    Participant,
    Pool,
    RuleCode,
    RuleSet,
    Standing,
    WaitCode,
    Weights,
    run_matching,
)
from server.matchmaking.engine.score import accept_contributions
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.engine import checker, plain
from tests.server.matchmaking.engine.plain import NEAR
from tests.server.matchmaking.engine.populations import (
    FREE,
    WEIGHTS,
    everyone,
    loose_rules,
    many,
    mentee,
    mentor,
    own_weights,
    participants,
    pools,
    reversed_ids,
    rule_sets,
    some,
    told_apart,
    weights,
)

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
Name = tuple[str, str]


def made(result: MatchingResult) -> list[tuple[str, str]]:
    return [(pair.mentor, pair.mentee) for pair in result.pairs]


def by_id(pool: Pool, role: ParticipantRole) -> dict[str, Participant]:
    return {one.id: one for one in pool.participants if one.role is role}


@many
@given(pools(), rule_sets(), weights())
def test_no_hard_rule_is_ever_broken(pool: Pool, rules: RuleSet, chosen: Weights) -> None:
    result = run_matching(pool, rules, chosen)
    mentors, mentees = by_id(pool, MENTOR), by_id(pool, MENTEE)
    for one, other in made(result):
        assert checker.broken(pool, rules, mentors[one], mentees[other]) == []
    assert checker.over_full(pool, rules, made(result)) == []
    assert result.certificate.violations == 0


@many
@given(pools(), rule_sets())
def test_the_engine_and_the_plain_checker_agree_about_every_pair(pool: Pool, rules: RuleSet) -> None:
    result = run_matching(pool, rules, WEIGHTS)
    for one, other in everyone(pool):
        codes = set(result.rules_against(one.id, other.id)) - {RuleCode.PAIRED}
        assert codes == set(checker.broken(pool, rules, one, other))


@many
@given(pools(), rule_sets(), st.randoms())
def test_the_order_of_rows_changes_nothing(pool: Pool, rules: RuleSet, dice: Random) -> None:
    shuffled = list(pool.participants)
    dice.shuffle(shuffled)
    first, second = (
        run_matching(pool, rules, WEIGHTS),
        run_matching(replace(pool, participants=tuple(shuffled)), rules, WEIGHTS),
    )
    assert repr(first.pairs) == repr(second.pairs)
    assert first.waitlist == second.waitlist


@many
@given(pools(4, 1).map(told_apart), rule_sets(), own_weights())
def test_new_names_change_nothing_but_names(pool: Pool, rules: RuleSet, chosen: Weights) -> None:
    """Ids decide between equals alone: a choice that is the best by more than a trace is made under any names."""
    strangers, renamed = reversed_ids(pool)
    first, second = run_matching(pool, rules, chosen), run_matching(strangers, rules, chosen)
    worth = plain.worths(pool, rules, chosen)
    assume(plain.is_only_best(pool, rules, worth, made(first), margin=1e-3))
    again = {(pair.mentor, pair.mentee): pair for pair in second.pairs}
    assert again.keys() == {(renamed(pair.mentor), renamed(pair.mentee)) for pair in first.pairs}
    for pair in first.pairs:
        twin = again[renamed(pair.mentor), renamed(pair.mentee)]
        assert (*twin.fits, *twin[2:5]) == pytest.approx((*pair.fits, *pair[2:5]), abs=2e-3)
        told, of_twin = first.explain(pair.mentor, pair.mentee), second.explain(twin.mentor, twin.mentee)
        assert [one.code for one in of_twin.reasons] == [one.code for one in told.reasons]
    waits = {renamed(one.mentee): one.code for one in first.waitlist}
    assert {one.mentee: one.code for one in second.waitlist} == waits
    assert second.certificate == pytest.approx(first.certificate, abs=1e-3)


@many
@given(pools(shared=False), participants(2, 1), rule_sets())
def test_one_more_mentor_never_lowers_the_value(pool: Pool, more: tuple[Participant, ...], rules: RuleSet) -> None:
    rules = replace(rules, reporting_line=False, repeat=False)
    newcomers = [replace(one, id=f"new-{one.id}") for one in more if one.role is MENTOR][:1]
    wider = replace(pool, participants=(*pool.participants, *newcomers))
    before, after = run_matching(pool, rules, WEIGHTS), run_matching(wider, rules, WEIGHTS)
    assert after.certificate.value >= before.certificate.value - 1e-4


@many
@given(pools(6, 1, shared=False), loose_rules())
def test_a_ban_is_kept_and_never_raises_the_value(pool: Pool, rules: RuleSet) -> None:
    before = run_matching(pool, rules, WEIGHTS)
    assume(before.pairs)
    banned = made(before)[0]
    after = run_matching(pool, rules, WEIGHTS, standing=Standing(bans=frozenset([banned])))
    assert banned not in made(after)
    assert after.certificate.value <= before.certificate.value + 1e-5


@many
@given(pools(6, 1, shared=False), rule_sets())
def test_another_place_never_leaves_more_people_without(pool: Pool, rules: RuleSet) -> None:
    mentors = by_id(pool, MENTOR)
    chosen = min(mentors)
    roomier = tuple(
        replace(one, capacity=one.capacity + 1) if one is mentors[chosen] else one for one in pool.participants
    )
    before, after = (
        run_matching(pool, rules, WEIGHTS),
        run_matching(replace(pool, participants=roomier), rules, WEIGHTS),
    )
    assert len({two for _, two in made(after)}) >= len({two for _, two in made(before)})


@many
@given(pools(6, 3), loose_rules())
def test_an_override_moves_nobody_else(pool: Pool, rules: RuleSet) -> None:
    before = run_matching(pool, rules, WEIGHTS)
    assume(len(before.pairs) > 1)
    banned, *others = made(before)
    standing = Standing(bans=frozenset([banned]), current=frozenset(made(before)))
    after = run_matching(pool, rules, WEIGHTS, standing=standing)
    assert set(others) <= set(made(after))
    assert banned not in made(after)
    kept = {(pair.mentor, pair.mentee): pair for pair in after.pairs}
    for pair in before.pairs:
        if (pair.mentor, pair.mentee) in others:
            assert kept[pair.mentor, pair.mentee] == pair._replace(origin=Origin.CURRENT)


@many
@given(pools(5, 2), loose_rules() | rule_sets(), st.randoms(use_true_random=False))
def test_pins_and_bans_beside_current_pairs_move_only_whom_they_must(pool: Pool, rules: RuleSet, dice: Random) -> None:
    rules, possible = replace(rules, max_pairs=None), [(one.id, other.id) for one, other in everyone(pool)]
    before = {(pair.mentor, pair.mentee): pair for pair in run_matching(pool, rules, WEIGHTS).pairs}
    pins = set(dice.sample(possible, min(2, len(possible))))
    both_ways = [pair for pair in possible if pair < pair[::-1] and pair[::-1] in possible]
    pins |= {turned for pair in dice.sample(both_ways, len(both_ways) // 2) for turned in (pair, pair[::-1])}
    bans = {dice.choice(possible), *dice.sample(sorted(before), len(before) // 3)}
    standing = Standing(frozenset(pins), frozenset(bans), frozenset(before))
    after = run_matching(pool, rules, WEIGHTS, standing=standing)
    kept, refused = standing_by_hand(pool, rules, standing)
    stands = {(pair.mentor, pair.mentee): pair for pair in after.pairs if pair.origin is not Origin.SOLVED}
    assert {name: pair.origin for name, pair in stands.items()} == kept
    assert {(one.mentor, one.mentee) for one in after.refused_pins} == refused.keys()
    assert all(one.code in refused[one.mentor, one.mentee] for one in after.refused_pins)
    assert all(pair == before[name]._replace(origin=pair.origin) for name, pair in stands.items() if name in before)
    assert not bans & set(made(after))
    assert checker.over_full(pool, rules, made(after)) == []


def standing_by_hand(
    pool: Pool, rules: RuleSet, standing: Standing
) -> tuple[dict[Name, Origin], dict[Name, list[str]]]:
    """Pins as rules and places allow, then current pairs as places are left; and what speaks against the other pins."""
    left = Counter({(one.role, one.id): one.capacity for one in pool.participants})
    people = {(one.role, one.id): one for one in pool.participants}
    kept, refused = dict[Name, Origin](), dict[Name, list[str]]()
    for pair in (*sorted(standing.pins), *sorted(standing.current - standing.pins - standing.bans)):
        seats, pinned = ((MENTOR, pair[0]), (MENTEE, pair[1])), pair in standing.pins
        wrong = checker.broken(pool, rules, people[seats[0]], people[seats[1]]) if pinned else []
        wrong += ["BANNED"] * (pair in standing.bans) + ["PAIRED"] * (pair[::-1] in kept)
        wrong += ["CAPACITY"] * (not all(left[seat] for seat in seats))
        if not wrong:
            kept[pair] = Origin.PINNED if pinned else Origin.CURRENT
            left.subtract(seats)
        elif pinned:
            refused[pair] = wrong
    return kept, refused


@many
@given(pools(), rule_sets())
def test_current_pairs_are_all_kept(pool: Pool, rules: RuleSet) -> None:
    before = run_matching(pool, rules, WEIGHTS)
    newcomer = mentee("newcomer", goal_tags=("Python",))
    wider = replace(pool, participants=(*pool.participants, newcomer))
    after = run_matching(wider, rules, WEIGHTS, standing=Standing(current=frozenset(made(before))))
    assert set(made(before)) <= set(made(after))


def test_a_current_pair_moves_only_for_more_than_the_bonus() -> None:
    people = (
        mentor("near", skill_tags=("Python",)),
        mentor("far"),
        mentee("one", goal_tags=("Python",)),
    )
    pool, current = Pool(people), frozenset([("far", "one")])
    free = run_matching(pool, FREE, WEIGHTS, standing=Standing(current=current, keep_bonus=0.0))
    assert made(free) == [("near", "one")]
    loyal = run_matching(pool, FREE, WEIGHTS, standing=Standing(current=current, keep_bonus=0.9))
    assert made(loyal) == [("far", "one")]
    assert loyal.pairs[0].origin is Origin.SOLVED


@many
@given(pools(), rule_sets(), weights())
def test_probabilities_are_probabilities_and_rise_with_the_fit(pool: Pool, rules: RuleSet, chosen: Weights) -> None:
    result = run_matching(pool, rules, chosen)
    ranked = sorted(result.pairs, key=lambda pair: pair.fit)
    for pair in ranked:
        assert 0 <= pair.confidence <= pair.p_accept <= 1
        assert 0 <= pair.fit <= 100
        assert all(0 <= fit <= 100 for fit in pair.fits)
        assert pair.fit == pytest.approx(np.dot(pair.fits, chosen.vector), abs=1e-6)
    confidences = [pair.confidence for pair in ranked]
    assert confidences == sorted(confidences)


@some
@given(pools(5, 1), own_weights())
def test_probabilities_shown_are_the_logistic_of_the_parts_shown(pool: Pool, chosen: Weights) -> None:
    """Of any pair, chosen or not: by the rows of its card, and by the contributions to the logit."""
    result = run_matching(pool, FREE, chosen)
    pairs = [(one.id, other.id) for one, other in everyone(pool)]
    found = {(pair.mentor, pair.mentee): pair for pair in result.pairs}
    for pair, told in zip(pairs, result.explain_many(pairs), strict=True):
        accept, meet = (
            at + slope * sum(row.weight * (row.fit / 100 - 0.6) for row in told.factors)
            for at, slope in ((0.1, 5.0), (1.1, 3.0))
        )
        p_accept, confidence = 1 / (1 + exp(-accept)), 1 / (1 + exp(-accept)) / (1 + exp(-meet))
        assert result.confidence_of(*pair) == pytest.approx(confidence, abs=1e-6)
        parts = accept_contributions(np.array([[row.fit / 100 for row in told.factors]]), chosen)
        assert parts.sum() == pytest.approx(accept, abs=1e-6)
        if pair in found:
            assert found[pair].p_accept == pytest.approx(p_accept, abs=1e-6)
            assert found[pair].confidence == pytest.approx(confidence, abs=1e-6)
            listed = {one.id: one.confidence for one in result.candidates_of_mentee(pair[1])}
            assert listed[pair[0]] == pytest.approx(confidence, abs=NEAR)


@some
@given(pools(), rule_sets())
def test_the_audit_group_never_changes_the_result(pool: Pool, rules: RuleSet) -> None:
    other = tuple(replace(one, audit_group="z") for one in pool.participants)
    first, second = run_matching(pool, rules, WEIGHTS), run_matching(replace(pool, participants=other), rules, WEIGHTS)
    assert repr((first.pairs, first.waitlist)) == repr((second.pairs, second.waitlist))


@many
@given(
    pools(6, 2, shared=False), loose_rules(), own_weights(), st.sampled_from(CATEGORIES), st.sampled_from([0.25, 1, 4])
)
def test_more_weight_never_lowers_the_total_of_its_category(
    pool: Pool, rules: RuleSet, base: Weights, category: Category, more: float
) -> None:
    """From any weights on. One more person placed counts as a perfect fit, so where fewer are placed for a better fit
    elsewhere that counts as lost; with as many placed it is the category's own total."""
    rules = replace(rules, min_fit=0, wait_bonus=0.0)
    heavier = {name: (share + more * (name is category)) / (1 + more) for name, share in base.shares.items()}
    totals, at = [], CATEGORIES.index(category)
    for chosen in (base, replace(base, shares=heavier)):
        pairs = run_matching(pool, rules, chosen).pairs
        totals.append(len({pair.mentee for pair in pairs}) + sum(pair.fits[at] / 100 for pair in pairs))
    assert totals[1] >= totals[0] - NEAR * len(pool.participants) * (1 + more) / more


@many
@given(pools(), rule_sets())
def test_everybody_is_matched_waits_or_is_reasoned_out(pool: Pool, rules: RuleSet) -> None:
    result = run_matching(pool, rules, WEIGHTS)
    matched = {two for _, two in made(result)}
    waiting = [one.mentee for one in result.waitlist]
    assert len(waiting) == len(set(waiting))
    assert matched | set(waiting) == set(by_id(pool, MENTEE))
    assert not matched & set(waiting)
    positions = [one.position for one in result.waitlist if one.position is not None]
    assert positions == list(range(1, len(positions) + 1))
    idle = {name for name, one in by_id(pool, MENTEE).items() if one.capacity == 0}
    assert {one.mentee for one in result.waitlist if one.code is WaitCode.NOT_LOOKING} == idle


@some
@given(participants(), weights())
def test_reverse_mirrors_the_gap(people: tuple[Participant, ...], chosen: Weights) -> None:
    plain = tuple(replace(one, tenure_years=None, role_years=None) for one in people)
    turned = tuple(replace(one, grade=11 - one.grade if one.grade else None) for one in plain)
    mirrored = replace(chosen, shape=replace(chosen.shape, ideal_gap=-chosen.shape.ideal_gap))
    rules = replace(FREE, grade_gap=(-2, 7))
    first = run_matching(Pool(plain), rules, chosen)
    second = run_matching(Pool(turned), replace(rules, grade_gap=(-7, 2)), mirrored)
    assert made(first) == made(second)
    assert [pair.fit for pair in first.pairs] == pytest.approx([pair.fit for pair in second.pairs])


@pytest.mark.parametrize("kind", [ProgramType.ONE_TO_ONE, ProgramType.REVERSE])
def test_nobody_at_all_is_an_empty_result(kind: ProgramType) -> None:
    result = run_matching(Pool(()), FREE, WEIGHTS)
    assert (result.pairs, result.waitlist, result.certificate.gap) == ((), (), 0)
