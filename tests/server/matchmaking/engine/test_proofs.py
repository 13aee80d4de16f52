"""What a run claims of itself (its bound, its value, its bytes), and the odd pools that nothing should trip over."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from server.matchmaking.engine import (
    CATEGORIES,
    MatchingResult,
    PastPair,
    Pool,
    RuleCode,
    RuleSet,
    WaitCode,
    candidates,
    factor,
    rescaled,
    run,
    run_matching,
)
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.engine import checker
from tests.server.matchmaking.engine.populations import (
    FREE,
    WEIGHTS,
    everyone,
    many,
    mentee,
    mentor,
    pools,
    rule_sets,
    some,
)
from tests.server.matchmaking.people import synthetic_people


def made(result: MatchingResult) -> list[tuple[str, str]]:
    return [(pair.mentor, pair.mentee) for pair in result.pairs]


def firms() -> st.SearchStrategy[Pool]:
    """Firms in which many want one of few places, so that lists and prices matter."""
    return st.integers(0, 100_000).map(lambda seed: Pool(synthetic_people(8, 14, seed)))


@many
@given(firms(), rule_sets(), st.integers(1, 3))
def test_the_bound_of_short_lists_covers_every_pair_that_was_not_listed(
    pool: Pool, rules: RuleSet, listed: int
) -> None:
    best = run_matching(pool, rules, WEIGHTS).certificate.value
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "EVERY_PAIR_UP_TO", 0)
        short = run_matching(pool, rules, WEIGHTS, candidates=listed).certificate
    assert short.value - 1e-4 <= best <= short.upper_bound + 1e-4
    assert short.upper_bound * (1 - short.gap) == pytest.approx(short.value, abs=1e-6)


@many
@given(firms(), rule_sets())
def test_it_is_worth_no_less_than_taking_the_best_pair_again_and_again(pool: Pool, rules: RuleSet) -> None:
    result = run_matching(pool, rules, WEIGHTS)
    assert result.certificate.value >= by_turns(result, rules.max_pairs) - 1e-5


def by_turns(result: MatchingResult, limit: int | None) -> float:
    """What the plain way comes to: the best pair first, then the best of those still possible."""
    columns, arcs = result.market.columns, result.arcs
    wanted, places = columns.mentees.capacity.tolist(), columns.mentors.capacity.tolist()
    ranked = sorted(zip(-arcs.utility, arcs.e, arcs.m, strict=True))
    total, count = 0.0, 0
    for worth, e, m in ranked:
        if wanted[e] and places[m] and (limit is None or count < limit):
            total += float(-worth) + (wanted[e] == columns.mentees.capacity[e])
            wanted[e], places[m], count = wanted[e] - 1, places[m] - 1, count + 1
    return total


@some
@given(
    pools(7, 1),
    rule_sets(),
    st.lists(st.integers(0, 50), min_size=len(CATEGORIES), max_size=len(CATEGORIES)).filter(any),
)
def test_the_scale_of_the_weights_changes_no_pair(pool: Pool, rules: RuleSet, amounts: list[int]) -> None:
    found = []
    for scale in (0.001, 3.0):
        own = {name: scale * amount for name, amount in zip(CATEGORIES, amounts, strict=True)}
        found.append(made(run_matching(pool, rules, rescaled(own, ProgramType.ONE_TO_ONE, "own"))))
    assert found[0] == found[1]


def test_a_limit_that_places_never_reach_costs_nothing() -> None:
    result = run_matching(Pool((mentor("m"), mentee("e1"), mentee("e2"))), replace(FREE, max_pairs=3), WEIGHTS)
    assert result.certificate.gap == pytest.approx(0, abs=1e-6)


def test_many_equals_keep_nobody_better_from_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever order the people stand in: the best mentor may come after all who are as good as each other."""
    monkeypatch.setattr(run, "EVERY_PAIR_UP_TO", 0)
    monkeypatch.setattr(factor, "TIE_BREAK", 0.0)
    equals = tuple(mentor(f"m{number}") for number in range(20))
    pool = Pool((*equals, mentor("best", skill_tags=("Python",)), mentee("e", goal_tags=("Python",))))
    for seed in range(5):
        assert made(run_matching(pool, FREE, WEIGHTS, seed=seed, candidates=3)) == [("best", "e")]


def test_any_number_of_threads_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pool of many blocks, where threads do share the work."""
    pool, rules = Pool(synthetic_people(60, 90, seed=2)), RuleSet(common_language=True)
    monkeypatch.setattr(run, "EVERY_PAIR_UP_TO", 0)
    monkeypatch.setattr(candidates, "BLOCK_CELLS", 300)
    found = set()
    for threads in (1, 3, 8):
        monkeypatch.setattr(candidates, "cpu_count", lambda threads=threads: threads)
        with threadpool_limits(threads):
            result = run_matching(pool, rules, WEIGHTS, candidates=5)
        found.add(repr((result.pairs, result.waitlist, result.certificate)))
    assert len(found) == 1


def test_every_proof_that_the_page_for_auditors_names_is_there() -> None:
    told = (Path(__file__).parents[4] / "docs/matching.md").read_text("utf-8")
    table = told.partition("## Where each promise is proven")[2].partition("\n## ")[0]
    here, files, names = Path(__file__).parent, *(set(re.findall(f"`{what}`", table)) for what in FILE_AND_TEST)
    written = "".join((here / file).read_text("utf-8") for file in files)
    assert len(files) > 10
    assert [name for name in names if f"def {name}(" not in written] == []


FILE_AND_TEST = (r"([\w./]+\.py)", r"(test_\w+)")
SOMEBODY = (mentor("m1", manager="m2"), mentor("m2", manager="m1", capacity=2), mentee("e1"), mentee("e2"))
EVERY_MENTOR_AVOIDED = tuple(
    replace(one, avoids=("m1", "m2")) if one.role is ParticipantRole.MENTEE else one for one in SOMEBODY
)
IN_A_CIRCLE = {"e1": "m1", "m1": "m2", "m2": "e1"}
ODD: dict[str, tuple[Pool, int, set[WaitCode]]] = {
    "nobody": (Pool(()), 0, set()),
    "mentors alone": (Pool(SOMEBODY[:2]), 0, set()),
    "mentees alone": (Pool(SOMEBODY[2:]), 0, {WaitCode.NO_MENTORS}),
    "no pair allowed": (Pool(EVERY_MENTOR_AVOIDED), 0, {WaitCode.BLOCKED}),
    "one mentor": (Pool((SOMEBODY[0], *SOMEBODY[2:])), 1, {WaitCode.NO_SEAT}),
    "no places": (Pool(tuple(replace(one, capacity=0) for one in SOMEBODY)), 0, {WaitCode.NOT_LOOKING}),
    "a circle of managers": (Pool(SOMEBODY, IN_A_CIRCLE), 1, {WaitCode.REPORTING_LINE}),
    "unknown managers": (Pool(tuple(replace(one, manager=f"{one.id}'s") for one in SOMEBODY)), 2, set()),
    "one person in both roles": (Pool((mentor("p"), mentee("p"))), 0, {WaitCode.NO_MENTORS}),
    "all paired before": (
        Pool(SOMEBODY, history=tuple(PastPair(one, two) for one in ("m1", "m2") for two in ("e1", "e2"))),
        0,
        {WaitCode.REPEAT},
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_pool_is_matched_as_far_as_it_goes(name: str) -> None:
    pool, pairs, codes = ODD[name]
    result = run_matching(pool, RuleSet(), WEIGHTS)
    assert (len(result.pairs), {one.code for one in result.waitlist}) == (pairs, codes)
    assert result.certificate.gap == 0
    assert result.certificate.violations == 0
    at = {(one.role, one.id): one for one in pool.participants}
    for one, other in made(result):
        people = at[ParticipantRole.MENTOR, one], at[ParticipantRole.MENTEE, other]
        assert checker.broken(pool, RuleSet(), *people) == []


@some
@given(pools(6, 1))
def test_nobody_meets_whom_they_had_before_in_either_role(pool: Pool) -> None:
    before = run_matching(replace(pool, history=()), FREE, WEIGHTS)
    history = tuple(PastPair(pair.mentee, pair.mentor) for pair in before.pairs)
    rules = replace(FREE, repeat=True)
    after = run_matching(replace(pool, history=history), rules, WEIGHTS)
    assert not set(made(after)) & set(made(before))
    for one, other in everyone(pool):
        if (one.id, other.id) in made(before):
            assert RuleCode.REPEAT in after.rules_against(one.id, other.id)
