"""What is counted again about a finished run: rules, envy, groups; against plain counting and known answers."""

from dataclasses import replace
from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from server.matchmaking.engine import (
    Category,
    MatchingResult,
    Pool,
    RuleCode,
    RuleSet,
    Standing,
    Weights,
    audit,
    rescaled,
    run_matching,
)
from server.matchmaking.engine.differences import Compared, Verdict, of_means, of_shares
from server.matchmaking.engine.fairness import Figure, GroupFigures, envy, hidden, parity, recount, verdict_of
from server.matchmaking.engine.groups.pairs.peers import pair_peers
from server.matchmaking.engine.groups.pairs.two_sided import two_sided
from server.programs.states import ProgramType
from tests.server.matchmaking.engine.populations import (
    FREE,
    WEIGHTS,
    mentee,
    mentor,
    pools,
    rule_sets,
    weights,
)

some = settings(max_examples=30, deadline=None)
GOALS_ONLY = rescaled({Category.GOALS: 1.0}, ProgramType.ONE_TO_ONE, "goals")
PLACES = {"x": "Lisbon", "y": "Leeds"}


def groups_of(pool: Pool) -> dict[str, str]:
    return {one.who: one.audit_group or "" for one in pool.participants}


def one_group(rows: tuple[GroupFigures, ...], name: str) -> GroupFigures:
    return next(row for row in rows if row.group == name)


@some
@given(pools(), rule_sets(), weights())
def test_a_finished_run_breaks_no_rule_when_it_is_counted_again(pool: Pool, rules: RuleSet, chosen: Weights) -> None:
    result = run_matching(pool, rules, chosen)
    found = audit(result, {"group": groups_of(pool)})
    assert found.violations == ()
    assert found.checks == found.rules * len(result.pairs)


@some
@given(pools(), rule_sets(), st.sampled_from(["x", "y", None]))
def test_groups_are_read_and_never_scored(pool: Pool, rules: RuleSet, group: str | None) -> None:
    first = run_matching(pool, rules, WEIGHTS)
    before = repr((first.pairs, first.waitlist, first.certificate))
    audit(first, {"group": groups_of(pool)}, minimum=1)
    moved = replace(pool, participants=tuple(replace(one, audit_group=group) for one in pool.participants))
    second = run_matching(moved, rules, WEIGHTS)
    assert before == repr((first.pairs, first.waitlist, first.certificate)), "the audit changed the result"
    assert before == repr((second.pairs, second.waitlist, second.certificate))


def test_a_pair_that_breaks_a_rule_is_found_although_the_run_says_it_broke_none() -> None:
    people = [mentor("m", capacity=1, languages=("de",)), mentee("e", languages=("en",)), mentee("f", manager="m")]
    result = run_matching(Pool(tuple(people)), RuleSet(common_language=True), WEIGHTS)
    loose = run_matching(Pool(tuple(people)), FREE, WEIGHTS)
    assert [pair.mentee for pair in loose.pairs] == ["f"] or [pair.mentee for pair in loose.pairs] == ["e"]
    both = [loose.pairs[0]._replace(mentee=name) for name in ("e", "f")]
    found = recount(replace(result, pairs=tuple(both)), Standing())
    assert {(one.code, one.mentee) for one in found} == {
        (RuleCode.LANGUAGE, "e"), (RuleCode.REPORTING_LINE, "f"), (RuleCode.CAPACITY, "")
    }


def test_a_banned_pair_is_a_broken_rule() -> None:
    result = run_matching(Pool((mentor("m"), mentee("e"))), FREE, WEIGHTS)
    assert [one.code for one in recount(result, Standing(bans=frozenset({("m", "e")})))] == [RuleCode.BANNED]


@some
@given(pools(shared=False), rule_sets(), weights())
def test_envy_is_what_plain_counting_finds(pool: Pool, rules: RuleSet, chosen: Weights) -> None:
    result = run_matching(pool, rules, chosen)
    found, plain = envy(result), plain_envy(result)
    assert (found.asked, found.rather, found.claims) == plain[:3]
    assert found.clearly == plain_clearly(result)
    assert found.most_gain == pytest.approx(plain[3], abs=1e-3)


def plain_envy(result: MatchingResult) -> tuple[int, int, int, float]:
    columns, arcs = result.market.columns, result.arcs
    score = {
        (columns.mentees.people[e].id, columns.mentors.people[m].id): worth
        for e, m, worth in zip(arcs.e, arcs.m, arcs.score, strict=True)
    }
    own: dict[str, float] = {}
    held: dict[str, float] = {}
    made = {(pair.mentee, pair.mentor) for pair in result.pairs}
    for pair in result.pairs:
        own[pair.mentee] = min(own.get(pair.mentee, inf), pair.fit / 100)
        held[pair.mentor] = min(held.get(pair.mentor, inf), pair.fit / 100)
    better = {
        (e, m): score[e, m] - own[e]
        for e, m in product(own, held)
        if (e, m) in score and (e, m) not in made and score[e, m] > own[e] + 0.005
    }
    claims = {e for e, m in better if score[e, m] >= held[m] - 0.005}
    return len(own), len({e for e, _ in better}), len(claims), 100 * max(better.values(), default=0.0)


def plain_clearly(result: MatchingResult) -> int:
    """Mentees with a pair that was not made and is ten points better for both; a place that is free wants anybody."""
    columns, arcs = result.market.columns, result.arcs
    fits = {(pair.mentee, pair.mentor): pair.fit / 100 for pair in result.pairs}
    found = set()
    for e, m, worth in zip(arcs.e, arcs.m, arcs.score, strict=True):
        one, other = columns.mentees.people[e], columns.mentors.people[m]
        ours = [fit for (mentee, _m), fit in fits.items() if mentee == one.id]
        theirs = [fit for (_e, mentor), fit in fits.items() if mentor == other.id]
        for_both = [min(ours, default=inf), *([min(theirs, default=inf)] if len(theirs) >= other.capacity else [])]
        if (one.id, other.id) not in fits and all(worth >= fit + 0.1 for fit in for_both):
            found.add(one.id)
    return len(found)


def test_a_better_pair_with_a_free_mentor_is_seen_and_coverage_and_floor_are_counted() -> None:
    people = (
        mentor("knows", skill_tags=("Python",)), mentor("other", skill_tags=("Weaving",)),
        mentee("a", goal_tags=("Python",)),
    )
    result = run_matching(Pool(people), FREE, GOALS_ONLY, standing=Standing(current=frozenset({("other", "a")})))
    found = audit(result, {})
    assert (found.envy.rather, found.envy.clearly, found.coverage) == (0, 1, 1.0)
    assert found.floor_fit == found.lowest_fit
    assert audit(run_matching(Pool(people), FREE, GOALS_ONLY), {}).envy.clearly == 0


def test_coverage_counts_nobody_whom_no_place_is_there_for() -> None:
    mentors, mentees = [mentor(f"m{at}", capacity=2) for at in range(2)], [mentee(f"e{at}") for at in range(5)]
    pool = Pool((*mentors, *mentees, mentee("rests", capacity=0)))
    assert audit(run_matching(pool, FREE, GOALS_ONLY), {}).coverage == 1.0, "four places, all taken"
    held = audit(run_matching(pool, replace(FREE, reserve=0.5), GOALS_ONLY), {})
    assert held.coverage == 1.0, "one of the four is held back for newcomers"
    assert audit(run_matching(pool, replace(FREE, max_pairs=2), GOALS_ONLY), {}).coverage == 1.0
    assert audit(run_matching(pool, replace(FREE, min_fit=101), GOALS_ONLY), {}).coverage == 0.0
    assert audit(run_matching(Pool(tuple(mentors)), FREE, GOALS_ONLY), {}).coverage is None, "nobody looks"
    peers = Pool(tuple(mentee(f"p{at}") for at in range(3)))
    both = two_sided(pair_peers(peers, FREE, GOALS_ONLY), peers, FREE, GOALS_ONLY)
    assert audit(both, {}).coverage == 1.0, "of three one is always left"


def test_who_would_fit_better_elsewhere_is_counted_with_the_gain() -> None:
    """One knows Python and coaching, the other coaching alone: only one of two can have the one who knows both."""
    people = (
        mentor("both", skill_tags=("Python", "Coaching")), mentor("one", skill_tags=("Coaching",)),
        mentee("a", goal_tags=("Python", "Coaching")), mentee("b", goal_tags=("Coaching", "Python")),
    )
    found = envy(run_matching(Pool(people), FREE, GOALS_ONLY))
    assert (found.asked, found.rather, found.claims) == (2, 1, 1), "the other fits there just as well"
    assert found.mean_gain == found.most_gain > 5


def test_who_has_two_mentors_does_not_envy_themselves() -> None:
    people = (
        mentor("knows", skill_tags=("Python",)), mentor("other", skill_tags=("Weaving",)),
        mentee("a", goal_tags=("Python",), capacity=2),
    )
    result = run_matching(Pool(people), FREE, GOALS_ONLY)
    assert len({round(pair.fit) for pair in result.pairs}) == 2
    assert envy(result).rather == 0


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=1), st.integers(0, 40)), st.integers(1, 20))
def test_nothing_shown_tells_about_fewer_than_the_minimum(sizes: dict[str, int], minimum: int) -> None:
    unseen = hidden(sizes, minimum)
    shown, total = set(sizes) - unseen, sum(sizes.values())
    assert all(sizes[one] >= minimum for one in shown)
    assert all(total - sizes[one] == 0 or total - sizes[one] >= minimum for one in shown)
    rest = total - sum(sizes[one] for one in shown)
    assert rest == 0 or rest >= minimum or not shown


def crowd(mentees: dict[str, int], *, lower: str = "", mentors: int = 60) -> Pool:
    """So many mentees of each group; those of `lower` want what nobody offers."""
    people = [mentor(f"m{at}", skill_tags=("Python",), grade=7 + at % 3, capacity=2) for at in range(mentors)]
    for group, count in mentees.items():
        wish = "Weaving" if group == lower else "Python"
        people += [
            mentee(f"{group}{at}", goal_tags=(wish,), grade=3 + at % 3, audit_group=group) for at in range(count)
        ]
    return Pool(tuple(people))


def test_a_group_that_fares_worse_is_told_and_an_even_one_is_not() -> None:
    pool = crowd({"Leeds": 12, "Lisbon": 20, "Nairobi": 18}, lower="Leeds")
    rows = parity(run_matching(pool, FREE, WEIGHTS), "place", groups_of(pool)).mentees
    leeds, lisbon = one_group(rows, "Leeds"), one_group(rows, "Lisbon")
    assert leeds.people == 12
    assert leeds.figures[Figure.FIT].verdict is Verdict.LOWER
    assert leeds.figures[Figure.FIT].difference < -10
    assert leeds.figures[Figure.FIT].low < leeds.figures[Figure.FIT].difference < leeds.figures[Figure.FIT].high
    assert leeds.figures[Figure.MATCHED] == of_shares(np.ones(12), np.ones(38))
    assert leeds.figures[Figure.MATCHED].verdict is Verdict.EVEN
    assert lisbon.figures[Figure.MATCHED].ratio == 1.0


def test_a_group_that_waits_is_told() -> None:
    pool = crowd({"Leeds": 30, "Lisbon": 30}, lower="Leeds", mentors=15)
    rows = parity(run_matching(pool, FREE, WEIGHTS), "place", groups_of(pool)).mentees
    assert one_group(rows, "Leeds").figures[Figure.MATCHED].verdict is Verdict.LOWER
    assert one_group(rows, "Lisbon").figures[Figure.MATCHED].value == 1.0
    assert Figure.FIT not in one_group(rows, "Leeds").figures, "none of them is placed"


def test_small_groups_and_what_would_tell_about_them_are_hidden() -> None:
    pool = crowd({"Leeds": 3, "Lisbon": 20, "Nairobi": 9})
    rows = parity(run_matching(pool, FREE, WEIGHTS), "place", groups_of(pool)).mentees
    assert [(row.group, row.people) for row in rows] == [("Lisbon", 20), ("Leeds", None), ("Nairobi", None)]
    assert all(not row.figures for row in rows[1:])
    shown = repr(rows)
    assert "people=3" not in shown
    assert "people=9" not in shown


def test_mentors_are_compared_by_the_lists_they_stand_in() -> None:
    mentors = [mentor(f"{group}{at}", skill_tags=(skill,), audit_group=group)
               for group, skill in (("x", "Python"), ("y", "Weaving")) for at in range(10)]
    pool = Pool((*mentors, *(mentee(f"e{at}", goal_tags=("Python",)) for at in range(12))))
    rows = parity(run_matching(pool, FREE, GOALS_ONLY), "skill", groups_of(pool)).mentors
    assert one_group(rows, "x").figures[Figure.SHOWN].value == pytest.approx(3.6)
    assert one_group(rows, "y").figures[Figure.SHOWN].value == 0
    assert one_group(rows, "y").figures[Figure.PLACES].verdict is Verdict.LOWER


def test_an_empty_run_has_no_figures() -> None:
    found = audit(run_matching(Pool((mentee("e"),)), FREE, WEIGHTS), {"group": {"e": "x"}})
    assert (found.mean_fit, found.lowest, found.top_three, found.envy.asked, found.checks) == (None, None, None, 0, 0)


def test_the_difference_of_shares_is_newcombes() -> None:
    """56 of 70 against 48 of 80, Newcombe 1998, table II, method 10."""
    found = of_shares(np.r_[np.ones(56), np.zeros(14)], np.r_[np.ones(48), np.zeros(32)])
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.difference == pytest.approx(0.2)
    assert found.ratio == pytest.approx(4 / 3)
    assert found.verdict is Verdict.HIGHER


def test_the_difference_of_means_is_welchs() -> None:
    dice = np.random.default_rng(7)
    ours, others = dice.normal(70, 9, 14), dice.normal(74, 4, 60)
    theirs = ttest_ind(ours, others, equal_var=False).confidence_interval(0.95)
    found = of_means(ours, others)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))


def test_a_certain_difference_that_nobody_would_notice_is_none() -> None:
    certain = Compared(70.0, 70.6, -0.8, -0.4)
    assert certain.verdict is Verdict.LOWER
    assert verdict_of(Figure.FIT, certain) is Verdict.EVEN
    assert verdict_of(Figure.FIT, Compared(70.0, 73.0, -4.0, -2.0)) is Verdict.LOWER


def test_one_person_tells_nothing_about_a_difference() -> None:
    assert of_means(np.array([3.0]), np.array([80.0, 81.0])).verdict is Verdict.EVEN
    assert Compared(0.0, 0.0, 0.0, 0.0).ratio is None


def test_chance_alone_is_seldom_called_a_difference() -> None:
    dice = np.random.default_rng(11)
    called = [
        of_shares((dice.random(20) < 0.8).astype(float), (dice.random(60) < 0.8).astype(float)).verdict
        for _ in range(400)
    ]
    assert sum(one is not Verdict.EVEN for one in called) <= 0.08 * len(called)
