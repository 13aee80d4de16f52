"""Peer pairs: the best of all, by trying all; and pairs by the draw, never twice the same."""

from dataclasses import replace
from functools import cache
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from server.matchmaking.engine import (
    Origin,
    Participant,
    PastPair,
    Pool,
    RuleCode,
    RuleSet,
    Standing,
    WaitCode,
    weights_for,
)
from server.matchmaking.engine.groups.pairs import pairing
from server.matchmaking.engine.groups.pairs.pairing import Worth, best_pairs
from server.matchmaking.engine.groups.pairs.peers import PeersResult, pair_peers
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.engine import checker
from tests.server.matchmaking.engine.groups.crowds import crowd_rules, crowds, of
from tests.server.matchmaking.engine.populations import FREE, many, mentee, some
from tests.server.matchmaking.people import synthetic_people

WEIGHTS = weights_for(ProgramType.PEER)


def names(result: PeersResult) -> list[frozenset[str]]:
    return [frozenset((pair.mentor, pair.mentee)) for pair in result.pairs]


def wrong(pool: Pool, rules: RuleSet, mentor: Participant, mentee: Participant) -> list[str]:
    return checker.broken(pool, rules, mentor, mentee)


@many
@given(crowds(11, hosts=0), crowd_rules(), st.booleans())
def test_no_rule_is_broken_and_everybody_is_paired_waits_or_does_not_look(
    pool: Pool, rules: RuleSet, by_draw: bool
) -> None:
    result, people = pair_peers(pool, rules, WEIGHTS, by_draw=by_draw), of(pool, ParticipantRole.MENTEE)
    for pair in result.pairs:
        assert wrong(pool, rules, people[pair.mentor], people[pair.mentee]) == []
        assert 0 <= pair.confidence <= pair.p_accept <= 1
        assert pair.fit == pytest.approx(np.dot(pair.fits, WEIGHTS.vector), abs=1e-6)
    paired = [name for pair in result.pairs for name in (pair.mentor, pair.mentee)]
    assert sorted(paired + [one.mentee for one in result.waitlist]) == sorted(people)
    idle = {one.mentee for one in result.waitlist if one.position is None}
    assert idle == {name for name, one in people.items() if not one.capacity}
    assert result.violations == 0
    assert result.value <= result.upper_bound + 1e-9


@many
@given(crowds(9, hosts=0), crowd_rules(), st.sampled_from([None, None, 0, 1, 2]))
def test_the_choice_is_the_best_there_is(pool: Pool, rules: RuleSet, limit: int | None) -> None:
    rules = replace(rules, max_pairs=limit)
    result, people = pair_peers(pool, rules, WEIGHTS), of(pool, ParticipantRole.MENTEE)
    looking = sorted(name for name, one in people.items() if one.capacity)
    rows, market = result.people.market.columns.mentees.rows, result.people
    fit = market.mutual(np.arange(len(people))) if people else np.zeros((0, 0))

    def worth(one: str, other: str) -> float | None:
        pair = people[one], people[other]
        if wrong(pool, rules, *pair) and wrong(pool, rules, *pair[::-1]):
            return None
        waited = sum(min(who.waited_cycles, 5) for who in pair) * rules.wait_bonus / 2
        return 1 + float(fit[rows[one], rows[other]]) + waited

    @cache
    def best(left: tuple[str, ...], room: int) -> float:
        if len(left) < 2 or not room:
            return 0.0
        first, rest = left[0], left[1:]
        found = best(rest, room)
        for at, other in enumerate(rest):
            if (gain := worth(first, other)) is not None:
                found = max(found, gain + best(rest[:at] + rest[at + 1 :], room - 1))
        return found

    assert result.value == pytest.approx(best(tuple(looking), 99 if limit is None else limit), abs=2e-5)


@some
@given(crowds(12, hosts=0), crowd_rules(), st.randoms(), st.booleans())
def test_the_order_of_rows_and_threads_changes_nothing(pool: Pool, rules: RuleSet, dice: Random, by_draw: bool) -> None:
    shuffled = list(pool.participants)
    dice.shuffle(shuffled)
    first = pair_peers(pool, rules, WEIGHTS, by_draw=by_draw)
    with threadpool_limits(1):
        second = pair_peers(replace(pool, participants=tuple(shuffled)), rules, WEIGHTS, by_draw=by_draw)
    assert repr((first.pairs, first.waitlist)) == repr((second.pairs, second.waitlist))


@some
@given(crowds(12, hosts=0, apart=True), st.permutations(range(22)))
def test_new_names_change_nothing_but_names(pool: Pool, numbers: list[int]) -> None:
    def renamed(name: str) -> str:
        return f"q{numbers[int(name[1:])]}"

    people = tuple(replace(one, id=renamed(one.id), prefers=(), avoids=(), manager=None) for one in pool.participants)
    before = tuple(replace(one, prefers=(), avoids=(), manager=None) for one in pool.participants)
    first, second = (pair_peers(Pool(group), FREE, WEIGHTS) for group in (before, people))
    assert {frozenset(map(renamed, pair)) for pair in names(first)} == set(names(second))


@some
@given(crowds(10, hosts=0), st.integers(0, 4))
def test_pins_and_current_pairs_stay_bans_hold_both_ways(pool: Pool, at: int) -> None:
    ids = sorted(of(pool, ParticipantRole.MENTEE))
    if len(ids) < 6:
        return
    pin, current, ban = (ids[0], ids[1]), (ids[2], ids[3]), (ids[4], ids[5])
    standing = Standing(frozenset([pin]), frozenset([ban, ban[::-1]][:1]), frozenset([current]))
    people, result = of(pool, ParticipantRole.MENTEE), pair_peers(pool, FREE, WEIGHTS, standing=standing, seed=at)
    blocked = wrong(pool, FREE, people[pin[0]], people[pin[1]])
    if blocked or not all(people[name].capacity for name in pin):
        assert [(one.mentor, one.mentee) for one in result.refused_pins] == [pin]
        assert result.refused_pins[0].code in (blocked or ["CAPACITY"])
    else:
        assert next(pair.origin for pair in result.pairs if {pair.mentor, pair.mentee} == set(pin)) is Origin.PINNED
    if all(people[name].capacity for name in current):
        assert frozenset(current) in names(result)
    assert frozenset(ban) not in names(result)


def test_a_pin_of_somebody_unknown_is_an_error() -> None:
    with pytest.raises(ValueError, match="names somebody"):
        pair_peers(Pool((mentee("p"),)), FREE, WEIGHTS, standing=Standing(frozenset([("p", "x")])))


@pytest.mark.parametrize("count", range(4))
def test_the_odd_person_waits_and_the_one_who_waited_longest_does_not(count: int) -> None:
    people = tuple(mentee(f"p{at}", waited_cycles=5 * (at == 1)) for at in range(count))
    result = pair_peers(Pool(people), FREE, WEIGHTS)
    assert len(result.pairs) == count // 2
    assert [one.code for one in result.waitlist] == [WaitCode.NO_PARTNER] * (count % 2)
    assert "p1" not in [one.mentee for one in result.waitlist] or count < 2
    assert result.gap == 0


def test_the_rule_that_keeps_everybody_away_is_told() -> None:
    team = tuple(mentee(f"p{at}", manager="boss") for at in range(4))
    assert {one.code for one in pair_peers(Pool(team), RuleSet(), WEIGHTS).waitlist} == {WaitCode.SAME_TEAM}
    ring = tuple(mentee(f"p{at}", manager=f"p{(at + 1) % 4}") for at in range(4))
    assert {one.code for one in pair_peers(Pool(ring), RuleSet(), WEIGHTS).waitlist} == {WaitCode.REPORTING_LINE}
    limited = pair_peers(Pool(team), replace(FREE, max_pairs=1), WEIGHTS)
    assert [one.code for one in limited.waitlist] == [WaitCode.COHORT_LIMIT] * 2


def test_a_gap_in_grades_turns_the_pair_the_right_way_round() -> None:
    people = (mentee("low", grade=3, skill_tags=("SQL",)), mentee("high", grade=5, goal_tags=("SQL",)))
    assert pair_peers(Pool(people), FREE, WEIGHTS).pairs[0].mentor == "low"
    assert pair_peers(Pool(people), replace(FREE, grade_gap=(1, 3)), WEIGHTS).pairs[0].mentor == "high"
    far = pair_peers(Pool(people), replace(FREE, grade_gap=(0, 1)), WEIGHTS)
    assert {one.code for one in far.waitlist} == {WaitCode.GRADE_GAP}
    pinned = Standing(frozenset([("low", "high")]))
    refused = pair_peers(Pool(people), replace(FREE, grade_gap=(1, 3)), WEIGHTS, standing=pinned).refused_pins
    assert [pin.code for pin in refused] == [RuleCode.GRADE_GAP]


def test_peers_of_one_stage_and_one_transition_find_each_other() -> None:
    new = {"grade": 4, "role_years": 0.5, "life_stage": "new manager"}
    settled = {"grade": 7, "role_years": 9.0, "life_stage": "parent"}
    people = [mentee(f"n{at}", **new) for at in range(2)] + [mentee(f"s{at}", **settled) for at in range(2)]
    assert set(names(pair_peers(Pool(tuple(people)), FREE, WEIGHTS))) == {
        frozenset(("n0", "n1")),
        frozenset(("s0", "s1")),
    }
    mixed = tuple(mentee(name, grade=4, role_years=years) for name, years in zip("abc", (0.5, 9.0, 0.7), strict=True))
    assert names(pair_peers(Pool(mixed), FREE, WEIGHTS)) == [frozenset("ac")]


def test_both_say_what_they_bring() -> None:
    people = (
        mentee("a", goal_tags=("Python",), skill_tags=("SQL",)),
        mentee("b", goal_tags=("SQL",), skill_tags=("Python",)),
    )
    result = pair_peers(Pool(people), FREE, WEIGHTS)
    tags = [result.explain(*pair).factors[0].params["tags"] for pair in (("a", "b"), ("b", "a"))]
    assert tags == [["SQL"], ["Python"]]


def islands(sizes: list[int], dice: np.random.Generator) -> np.ndarray:
    """People who fit only within their own island, by chance; -inf elsewhere."""
    total = sum(sizes)
    worth, start = np.full((total, total), -np.inf), 0
    for size in sizes:
        part = dice.random((size, size)).round(2)
        worth[start : start + size, start : start + size] = (part + part.T) / 2
        start += size
    np.fill_diagonal(worth, -np.inf)
    return worth


def chosen_of(worth: np.ndarray, most: int = 10**6) -> pairing.Chosen:
    rows = np.arange(len(worth))
    blocks = [rows[at : at + 37] for at in range(0, len(rows), 37)]
    return best_pairs(Worth(lambda here: worth[here], lambda: blocks, len(worth)), rows, most, 1.0)


@pytest.mark.parametrize("sizes", [[3, 3, 3, 3], [5, 7, 2, 1], [9], [101], [8, 8, 31]])
def test_odd_islands_leave_one_each_and_the_bound_holds(sizes: list[int]) -> None:
    chosen = chosen_of(islands(sizes, np.random.default_rng(7)))
    assert len(chosen.first) == sum(size // 2 for size in sizes)
    assert len(set(chosen.first.tolist()) | set(chosen.second.tolist())) == 2 * len(chosen.first)
    assert chosen.value <= chosen.upper_bound + 1e-9


def test_the_listed_pairs_are_enough_beyond_the_size_at_which_all_are(monkeypatch: pytest.MonkeyPatch) -> None:
    worth = islands([120], np.random.default_rng(3))
    every = chosen_of(worth)
    assert every.value == pytest.approx(every.upper_bound)
    monkeypatch.setattr(pairing, "EVERY_PAIR_UP_TO", 10)
    monkeypatch.setattr(pairing, "LISTED", 12)
    few = chosen_of(worth)
    assert few.value == pytest.approx(every.value, abs=1e-6)
    assert few.upper_bound >= every.value - 1e-9


def test_a_limit_takes_the_best_of_all_choices_of_that_many() -> None:
    worth = islands([14], np.random.default_rng(5))
    values = [chosen_of(worth, most).value for most in range(8)]
    gains = np.diff(values)
    assert len(values) == 8
    assert (gains > 0).all()
    assert (np.diff(gains) <= 1e-9).all(), "each further pair adds less"


def test_equals_by_the_hundred_are_paired() -> None:
    result = pair_peers(Pool(tuple(mentee(f"p{at}") for at in range(201))), FREE, WEIGHTS)
    assert (len(result.pairs), len(result.waitlist)) == (100, 1)
    assert result.gap < 1e-4


def test_the_draw_never_repeats_until_everybody_has_met_everybody() -> None:
    people, met = tuple(mentee(f"p{at}") for at in range(8)), list[PastPair]()
    rounds = []
    for cycle in range(6):
        result = pair_peers(Pool(people, history=tuple(met)), RuleSet(), WEIGHTS, seed=cycle, by_draw=True)
        assert not set(names(result)) & {frozenset((past.mentor, past.mentee)) for past in met}
        met += [PastPair(pair.mentor, pair.mentee) for pair in result.pairs]
        rounds.append(len(result.pairs))
    assert rounds[:4] == [4, 4, 4, 4]
    everybody = tuple(PastPair(one.id, other.id) for one in people for other in people if one.id < other.id)
    after = pair_peers(Pool(people, history=everybody), RuleSet(), WEIGHTS, by_draw=True)
    assert {one.code for one in after.waitlist} == {WaitCode.REPEAT}
    long_ago = tuple(replace(past, months_ago=7.0) for past in everybody)
    again = pair_peers(Pool(people, history=long_ago), RuleSet(repeat_months=6), WEIGHTS, by_draw=True)
    assert len(again.pairs) == 4


def test_the_draw_is_the_same_for_a_seed_and_different_for_others() -> None:
    pool = Pool(synthetic_people(0, 30))
    drawn = [frozenset(names(pair_peers(pool, RuleSet(), WEIGHTS, seed=seed, by_draw=True))) for seed in (1, 1, 2, 3)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3
    chosen = pair_peers(pool, RuleSet(), WEIGHTS)
    assert frozenset(names(chosen)) not in drawn
    assert len(chosen.pairs) == len(drawn[0]) == 15
