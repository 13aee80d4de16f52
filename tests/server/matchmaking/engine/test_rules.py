"""Each hard rule by itself, and what is said to somebody whom rules leave without a mentor."""

from dataclasses import replace
from typing import Any

import pytest

from server.matchmaking.engine import (
    Category,
    Participant,
    PastPair,
    Pool,
    RuleCode,
    RuleSet,
    Standing,
    WaitCode,
    rescaled,
    run_matching,
    week_mask,
)
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.engine.populations import FREE, MORNINGS, WEIGHTS, mentee, mentor, vector


def codes(one: Participant, other: Participant, rules: RuleSet, **pool: Any) -> list[RuleCode]:
    """The rules a mentor and a mentee break, and proof that the run keeps to them."""
    result = run_matching(Pool((one, other), **pool), rules, WEIGHTS)
    found = result.rules_against(one.id, other.id)
    assert bool(result.pairs) is not bool(found)
    return found


CHAIN = {"mentee": "lead", "lead": "head", "head": "mentor", "mentor": "board"}


@pytest.mark.parametrize(
    ("managers", "depth", "expected"),
    [
        ({"mentee": "mentor"}, None, True),
        ({"mentor": "mentee"}, None, True),
        (CHAIN, None, True),
        (CHAIN, 3, True),
        (CHAIN, 2, False),
        ({"mentee": "lead", "lead": "mentee"}, None, False),
        ({"mentee": "nobody-knows"}, None, False),
    ],
    ids=["report", "upside down", "any depth", "depth 3", "too deep", "circle", "unknown manager"],
)
def test_a_reporting_line_is_seen_at_the_chosen_depth(
    managers: dict[str, str], depth: int | None, expected: bool
) -> None:
    rules = replace(FREE, reporting_line=True, reporting_depth=depth)
    found = codes(mentor("mentor"), mentee("mentee"), rules, managers=managers)
    assert found == ([RuleCode.REPORTING_LINE] if expected else [])


def test_a_reporting_line_may_be_allowed() -> None:
    assert codes(mentor("mentor"), mentee("mentee", manager="mentor"), FREE) == []


def test_colleagues_under_one_manager_are_one_team() -> None:
    rules = replace(FREE, same_team=True)
    assert codes(mentor("a", manager="x"), mentee("b", manager="x"), rules) == [RuleCode.SAME_TEAM]
    assert codes(mentor("a", team="t", manager="x"), mentee("b", team="u", manager="x"), rules) == []
    assert codes(mentor("a"), mentee("b"), rules) == []


def test_nobody_mentors_themselves_in_two_roles() -> None:
    assert codes(mentor("a", person="p"), mentee("b", person="p"), FREE) == [RuleCode.SELF]


@pytest.mark.parametrize("past", [PastPair("a", "b"), PastPair("b", "a")], ids=["same way", "other way"])
def test_a_past_pair_is_not_repeated(past: PastPair) -> None:
    rules = replace(FREE, repeat=True)
    assert codes(mentor("a"), mentee("b"), rules, history=(past,)) == [RuleCode.REPEAT]


@pytest.mark.parametrize(("months_ago", "expected"), [(5, True), (12, False), (None, True)])
def test_a_past_pair_may_meet_again_after_the_chosen_months(months_ago: float | None, expected: bool) -> None:
    rules = replace(FREE, repeat=True, repeat_months=12)
    found = codes(mentor("a"), mentee("b"), rules, history=(PastPair("a", "b", months_ago),))
    assert found == ([RuleCode.REPEAT] if expected else [])


def test_either_side_can_block_the_other() -> None:
    assert codes(mentor("a", avoids=("b",)), mentee("b"), FREE) == [RuleCode.BLOCKED]
    assert codes(mentor("a"), mentee("b", avoids=("a",)), FREE) == [RuleCode.BLOCKED]
    assert codes(mentor("a", avoids=("c",)), mentee("b"), FREE) == []


def test_a_conflict_of_interest_counts_both_ways() -> None:
    for pair in (("a", "b"), ("b", "a")):
        assert codes(mentor("a"), mentee("b"), FREE, conflicts=frozenset([pair])) == [RuleCode.CONFLICT]


@pytest.mark.parametrize(
    ("rule", "mentors", "mentees", "expected"),
    [
        ("same", "A", "B", True),
        ("same", "A", "A", False),
        ("different", "A", "A", True),
        ("different", "A", "B", False),
        ("different", None, "B", False),
        ("same", "A", None, False),
    ],
)
def test_companies_are_the_same_or_different(rule: Any, mentors: Any, mentees: Any, expected: bool) -> None:
    found = codes(mentor("a", company=mentors), mentee("b", company=mentees), replace(FREE, company=rule))
    assert found == ([RuleCode.COMPANY] if expected else [])


@pytest.mark.parametrize(
    ("mentors", "mentees", "expected"),
    [
        (("en",), ("pt", "EN"), False),
        (("en",), ("pt",), True),
        ((), ("en",), True),
        (None, ("en",), False),
    ],
)
def test_a_language_in_common_can_be_asked_for(mentors: Any, mentees: Any, expected: bool) -> None:
    found = codes(mentor("a", languages=mentors), mentee("b", languages=mentees), replace(FREE, common_language=True))
    assert found == ([RuleCode.LANGUAGE] if expected else [])


def test_more_than_sixty_four_languages_are_told_apart() -> None:
    spoken = tuple(f"x{number}" for number in range(150))
    rules = replace(FREE, common_language=True)
    everybody = [mentor("a", languages=spoken[:149]), mentee("b", languages=(spoken[149],))]
    assert codes(everybody[0], everybody[1], rules) == [RuleCode.LANGUAGE]
    assert codes(everybody[0], replace(everybody[1], languages=(spoken[130],)), rules) == []


@pytest.mark.parametrize(
    ("least", "theirs", "expected"),
    [(8, MORNINGS[1], False), (9, MORNINGS[1], True), (1, MORNINGS[2], True), (1, 0, True), (1, None, False)],
)
def test_enough_time_in_common_can_be_asked_for(least: int, theirs: int | None, expected: bool) -> None:
    rules = replace(FREE, min_overlap_half_hours=least)
    found = codes(mentor("a", availability=theirs), mentee("b", availability=MORNINGS[1] | MORNINGS[3]), rules)
    assert found == ([RuleCode.OVERLAP] if expected else [])


@pytest.mark.parametrize(
    ("gap", "mentors", "mentees", "expected"),
    [
        ((1, 3), 7, 5, False),
        ((1, 3), 5, 5, True),
        ((1, 3), 9, 5, True),
        ((-3, -1), 3, 5, False),
        ((-3, -1), 7, 5, True),
        ((1, 3), None, 5, False),
    ],
)
def test_grades_stay_within_the_gap(gap: tuple[int, int], mentors: Any, mentees: Any, expected: bool) -> None:
    found = codes(mentor("a", grade=mentors), mentee("b", grade=mentees), replace(FREE, grade_gap=gap))
    assert found == ([RuleCode.GRADE_GAP] if expected else [])


def test_the_cohort_gets_its_best_pairs_up_to_its_limit() -> None:
    people = (
        mentor("a", skill_tags=("Python",)),
        mentor("b"),
        mentee("c", goal_tags=("Python",)),
        mentee("d", goal_tags=("Strategy",)),
    )
    result = run_matching(Pool(people), replace(FREE, max_pairs=1), WEIGHTS)
    assert [(pair.mentor, pair.mentee) for pair in result.pairs] == [("a", "c")]
    assert [(one.mentee, one.code) for one in result.waitlist] == [("d", WaitCode.COHORT_LIMIT)]
    assert run_matching(Pool(people), replace(FREE, max_pairs=0), WEIGHTS).pairs == ()


def test_placing_one_more_person_counts_as_much_as_a_perfect_fit() -> None:
    people = (
        mentor("apt", skill_tags=("Python",), skill_vector=vector(1)),
        mentor("other", skill_tags=("SQL",), skill_vector=vector(2), avoids=("d",)),
        mentee("c", goal_tags=("Python",), goal_vector=vector(1)),
        mentee("d", goal_tags=("Coaching",), goal_vector=vector(3)),
    )
    goals = rescaled({Category.GOALS: 1.0}, ProgramType.ONE_TO_ONE, "goals only")
    together = run_matching(Pool(people), FREE, goals)
    assert {(pair.mentor, pair.mentee) for pair in together.pairs} == {("apt", "d"), ("other", "c")}
    best_only = run_matching(Pool(people), replace(FREE, placement=0.0), goals)
    assert {(pair.mentor, pair.mentee) for pair in best_only.pairs} == {("apt", "c")}


def test_a_pair_below_the_least_fit_is_not_made() -> None:
    people = (mentor("a"), mentee("b"))
    fit = run_matching(Pool(people), FREE, WEIGHTS).pairs[0].fit
    result = run_matching(Pool(people), replace(FREE, min_fit=fit + 1), WEIGHTS)
    assert result.pairs == ()
    assert result.waitlist[0].code is WaitCode.LOW_FIT


@pytest.mark.parametrize(
    ("facts", "rules", "code"),
    [
        ({"languages": ("sw",)}, replace(FREE, common_language=True), WaitCode.LANGUAGE),
        ({"availability": 0}, replace(FREE, min_overlap_half_hours=2), WaitCode.OVERLAP),
        ({"grade": 9}, replace(FREE, grade_gap=(1, 4)), WaitCode.GRADE_GAP),
        ({"avoids": ("a",)}, FREE, WaitCode.BLOCKED),
        ({"capacity": 0}, FREE, WaitCode.NOT_LOOKING),
    ],
)
def test_who_waits_is_told_the_rule_that_keeps_them(facts: dict[str, Any], rules: RuleSet, code: WaitCode) -> None:
    people = (mentor("a", languages=("en",), availability=MORNINGS[0], grade=7), mentee("b", **facts))
    assert run_matching(Pool(people), rules, WEIGHTS).waitlist[0].code is code


def test_without_a_mentor_there_is_no_rule_to_name() -> None:
    assert run_matching(Pool((mentee("b"),)), FREE, WEIGHTS).waitlist[0].code is WaitCode.NO_MENTORS


def test_the_queue_goes_by_waiting_then_day_then_fit() -> None:
    people = (
        mentor("a", skill_tags=("Python",)),
        mentee("placed", goal_tags=("Python",), waited_cycles=3),
        mentee("late", enrolled_on="2026-03-01"),
        mentee("early", enrolled_on="2026-02-01"),
        mentee("waited", enrolled_on="2026-03-01", waited_cycles=1),
        mentee("undated"),
        mentee("near", enrolled_on="2026-03-01", goal_tags=("Python",)),
    )
    result = run_matching(Pool(people), FREE, WEIGHTS)
    assert result.pairs[0].mentee == "placed"
    assert [one.mentee for one in result.waitlist] == ["waited", "early", "near", "late", "undated"]
    assert {one.code for one in result.waitlist} == {WaitCode.NO_SEAT}


def test_waiting_counts_but_makes_no_bad_pair() -> None:
    good, waited = mentee("good", goal_tags=("Python",)), mentee("waited", goal_tags=("Python",), waited_cycles=2)
    pool = Pool((mentor("a", skill_tags=("Python",)), good, waited))
    assert run_matching(pool, FREE, WEIGHTS).pairs[0].mentee == "waited"
    poor = replace(waited, goal_tags=("Knitting",), waited_cycles=50)
    clearly = Pool((mentor("a", skill_tags=("Python",)), good, poor))
    assert run_matching(clearly, FREE, WEIGHTS).pairs[0].mentee == "good"


def test_two_people_in_both_roles_are_paired_once() -> None:
    people = tuple(
        Participant(id=f"{who}-{role}", person=who, role=role, skill_tags=("Python",), goal_tags=("Python",))
        for who in ("x", "y")
        for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
    )
    assert len(run_matching(Pool(people), FREE, WEIGHTS).pairs) == 1


def test_load_spreads_when_a_further_place_costs() -> None:
    people = (
        mentor("star", capacity=3, skill_tags=("Python",), sessions_prior=9),
        mentor("new", capacity=3, skill_tags=("Python",), sessions_prior=7),
        mentee("c", goal_tags=("Python",)),
        mentee("d", goal_tags=("Python",)),
    )
    crowded = run_matching(Pool(people), FREE, WEIGHTS)
    spread = run_matching(Pool(people), replace(FREE, seat_step=0.02), WEIGHTS)
    assert {pair.mentor for pair in crowded.pairs} == {"star"}
    assert {pair.mentor for pair in spread.pairs} == {"star", "new"}


def test_a_mentee_may_have_two_mentors_and_nobody_goes_without_for_it() -> None:
    people = (mentor("a"), mentor("b"), mentee("c", capacity=2, goal_tags=("Python",)), mentee("d"))
    assert sorted(pair.mentee for pair in run_matching(Pool(people), FREE, WEIGHTS).pairs) == ["c", "d"]
    alone = run_matching(Pool(people[:3]), FREE, WEIGHTS)
    assert sorted(pair.mentor for pair in alone.pairs) == ["a", "b"]


def test_a_full_mentor_has_a_price_and_a_free_one_none() -> None:
    people = (
        mentor("full", skill_tags=("Python",)),
        mentor("free", capacity=3),
        mentee("c", goal_tags=("Python",)),
        mentee("d", goal_tags=("Python",)),
    )
    result = run_matching(Pool(people), FREE, WEIGHTS)
    assert result.price_of("full") > 0.05
    assert result.price_of("free") == 0


def test_candidates_stand_best_first_and_leave_out_who_is_forbidden() -> None:
    people = (
        mentor("best", skill_tags=("Python",)),
        mentor("next", sessions_prior=9),
        mentor("last", sessions_prior=0),
        mentor("blocked", skill_tags=("Python",), avoids=("c",)),
        mentee("c", goal_tags=("Python",)),
    )
    result = run_matching(Pool(people), FREE, WEIGHTS)
    ranked = result.candidates_of_mentee("c", 5)
    assert [one.id for one in ranked] == ["best", "next", "last"]
    assert result.candidates_of_mentor("next")[0]._replace(id="next") == ranked[1]


@pytest.mark.parametrize(
    ("people", "problem"),
    [
        ((mentor("a"), mentor("a")), "twice"),
        ((mentor("a", capacity=-1),), "below 0"),
        ((Participant(id="a", role=ParticipantRole.PEER),), "pairs mentors with mentees"),
    ],
)
def test_an_impossible_pool_is_refused(people: tuple[Participant, ...], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Pool(people)


def test_a_pin_of_a_stranger_is_refused() -> None:
    with pytest.raises(ValueError, match="not in the pool"):
        run_matching(Pool((mentor("a"),)), FREE, WEIGHTS, standing=Standing(pins=frozenset([("a", "ghost")])))


def test_current_pairs_beyond_the_places_are_released_and_a_pin_goes_first() -> None:
    people = (mentor("a"), mentor("b"), mentee("c"), mentee("d"))
    current = frozenset([("a", "c"), ("a", "d")])
    result = run_matching(Pool(people), FREE, WEIGHTS, standing=Standing(current=current))
    assert {(pair.mentor, pair.mentee) for pair in result.pairs} == {("a", "c"), ("b", "d")}
    assert result.certificate.violations == 0
    pinned = Standing(pins=frozenset([("a", "d")]), current=frozenset([("a", "c")]))
    after = run_matching(Pool(people), FREE, WEIGHTS, standing=pinned)
    assert {(pair.mentor, pair.mentee) for pair in after.pairs} == {("a", "d"), ("b", "c")}


def test_a_current_pair_of_somebody_who_left_is_no_matter() -> None:
    result = run_matching(
        Pool((mentor("a"), mentee("c"))), FREE, WEIGHTS, standing=Standing(current=frozenset([("gone", "c")]))
    )
    assert [(pair.mentor, pair.mentee) for pair in result.pairs] == [("a", "c")]


def test_availability_runs_over_the_end_of_the_week() -> None:
    assert week_mask([(334, 4)]) == (1 << 334) | (1 << 335) | 0b11
