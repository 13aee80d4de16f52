"""What must hold for any population, however odd."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

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
from server.matchmaking.engine.score import accept_contributions, expect
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.engine import checker
from tests.server.matchmaking.engine.populations import (
    FREE,
    WEIGHTS,
    best_by_trying_all,
    everyone,
    loose_rules,
    many,
    mentee,
    mentor,
    participants,
    pools,
    reversed_ids,
    rule_sets,
    some,
    weights,
)

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


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
@given(pools(6, shared=False), rule_sets(), weights())
def test_the_result_is_the_best_of_all_and_the_bound_holds(pool: Pool, rules: RuleSet, chosen: Weights) -> None:
    result = run_matching(pool, rules, chosen)
    arcs, columns = result.arcs, result.market.columns
    utility = {
        (columns.mentors.people[m].id, columns.mentees.people[e].id): worth
        for e, m, worth in zip(arcs.e, arcs.m, arcs.utility, strict=True)
    }
    fits = {(pair.mentor, pair.mentee) for pair in result.pairs}
    allowed = {
        (one.id, other.id)
        for one, other in everyone(pool)
        if not checker.broken(pool, rules, one, other) and one.capacity and result.explain(one.id, other.id).fit > 45.01
    }
    assert allowed <= set(utility), "every allowed pair was a candidate"
    assert fits <= set(utility)
    places = {name: one.capacity for name, one in by_id(pool, MENTOR).items()}
    wanted = {name: one.capacity for name, one in by_id(pool, MENTEE).items()}
    best = best_by_trying_all(utility, wanted, places, rules.max_pairs)
    assert result.certificate.value == pytest.approx(best, abs=1e-5)
    assert result.certificate.upper_bound >= result.certificate.value
    assert result.certificate.gap <= 1e-4


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


@some
@given(pools(), rule_sets())
def test_new_names_change_no_value(pool: Pool, rules: RuleSet) -> None:
    renamed, _ = reversed_ids(pool)
    first, second = run_matching(pool, rules, WEIGHTS), run_matching(renamed, rules, WEIGHTS)
    assert first.certificate.value == pytest.approx(second.certificate.value, abs=1e-3)
    assert len(first.pairs) == len(second.pairs)


@some
@given(pools(), rule_sets(), st.integers(0, 3))
def test_the_same_input_gives_the_same_bytes_with_any_number_of_threads(pool: Pool, rules: RuleSet, seed: int) -> None:
    first = run_matching(pool, rules, WEIGHTS, seed=seed)
    with threadpool_limits(1):
        second = run_matching(pool, rules, WEIGHTS, seed=seed)
    assert repr((first.pairs, first.waitlist, first.certificate)) == repr(
        (second.pairs, second.waitlist, second.certificate)
    )


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
@given(pools(5, 1), rule_sets())
def test_a_pin_is_kept_or_refused_with_its_rule(pool: Pool, rules: RuleSet) -> None:
    one, other = everyone(pool)[0]
    pinned = (one.id, other.id)
    result = run_matching(pool, replace(rules, max_pairs=None), WEIGHTS, standing=Standing(pins=frozenset([pinned])))
    wrong = checker.broken(pool, rules, one, other)
    if wrong or not one.capacity or not other.capacity:
        refused = result.refused_pins[0]
        assert (refused.mentor, refused.mentee) == pinned
        assert refused.code in (wrong or ["CAPACITY"])
        assert pinned not in made(result)
    else:
        assert result.refused_pins == ()
        assert next(pair for pair in result.pairs if (pair.mentor, pair.mentee) == pinned).origin is Origin.PINNED
    assert checker.over_full(pool, rules, made(result)) in ([], [""])


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
@given(st.lists(st.lists(st.floats(0, 1), min_size=9, max_size=9), min_size=1, max_size=4), weights())
def test_contributions_add_up_to_the_logit(rows: list[list[float]], chosen: Weights) -> None:
    fits = np.array(rows)
    p = expect(fits, chosen).p_accept
    assert accept_contributions(fits, chosen).sum(axis=1) == pytest.approx(np.log(p / (1 - p)), abs=1e-6)


@some
@given(pools(), rule_sets())
def test_the_audit_group_never_changes_the_result(pool: Pool, rules: RuleSet) -> None:
    other = tuple(replace(one, audit_group="z") for one in pool.participants)
    first, second = run_matching(pool, rules, WEIGHTS), run_matching(replace(pool, participants=other), rules, WEIGHTS)
    assert repr((first.pairs, first.waitlist)) == repr((second.pairs, second.waitlist))


@some
@given(pools(6, 2, shared=False), st.sampled_from(CATEGORIES))
def test_more_weight_never_lowers_the_total_of_its_category(pool: Pool, category: Category) -> None:
    rules = replace(FREE, wait_bonus=0.0)
    heavier = {name: share + (name is category) for name, share in WEIGHTS.shares.items()}
    more = replace(WEIGHTS, shares={name: amount / 2 for name, amount in heavier.items()})
    light, heavy = run_matching(pool, rules, WEIGHTS), run_matching(pool, rules, more)
    assume(len(light.pairs) == len(heavy.pairs))
    at = CATEGORIES.index(category)
    totals = [sum(pair.fits[at] for pair in result.pairs) for result in (light, heavy)]
    assert totals[1] >= totals[0] - 0.01


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
