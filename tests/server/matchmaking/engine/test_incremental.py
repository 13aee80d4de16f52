"""Whoever comes later is placed around what stands as well as a whole run could, and nothing that stands is moved."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.matchmaking.engine import MatchingResult, Pool, RuleSet, Standing, run_matching
from server.matchmaking.engine.living.incremental import match_newcomers, openings
from server.programs.states import ParticipantRole
from tests.chance import LONG
from tests.server.matchmaking.engine import checker
from tests.server.matchmaking.engine.populations import FREE, WEIGHTS, mentee, mentor, pools, rule_sets, vector

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
some = settings(max_examples=60 if LONG else 8, deadline=None)


def made(result: MatchingResult) -> set[tuple[str, str]]:
    return {(pair.mentor, pair.mentee) for pair in result.pairs}


def before(pool: Pool, rules: RuleSet, late: int) -> Standing:
    """The pairs of a run in which the last `late` people were not there yet."""
    early = replace(pool, participants=pool.participants[: len(pool.participants) - late])
    return Standing(current=frozenset(made(run_matching(early, rules, WEIGHTS))))


@some
@given(pools(), rule_sets(), st.integers(0, 4))
def test_newcomers_are_placed_as_well_as_by_a_whole_run_with_the_others_pinned(
    pool: Pool, rules: RuleSet, late: int
) -> None:
    standing = before(pool, rules, late)
    whole = run_matching(pool, rules, WEIGHTS, standing=standing)
    found = match_newcomers(pool, rules, WEIGHTS, standing=standing)
    assert standing.current <= made(whole)
    assert len(found.pairs) == len(made(whole) - standing.current)
    assert found.certificate.value == pytest.approx(whole.certificate.value, abs=2e-5)
    assert found.certificate.violations == 0
    claims = {one.id: (-one.waited_cycles, one.enrolled_on) for one in pool.participants if one.role is MENTEE}
    line, of_whole = ([one.mentee for one in told.waitlist if one.position] for told in (found, whole))
    assert set(line) == set(of_whole)
    assert [claims[one] for one in line] == [claims[one] for one in of_whole], "equal claims go by the places each saw"


@some
@given(pools(), rule_sets(), st.integers(0, 4))
def test_what_stands_keeps_its_places_and_no_rule_is_broken(pool: Pool, rules: RuleSet, late: int) -> None:
    standing = before(pool, rules, late)
    new = made(match_newcomers(pool, rules, WEIGHTS, standing=standing))
    people = {(one.role, one.id): one for one in pool.participants}
    assert not new & standing.current
    assert checker.over_full(pool, rules, sorted(new | standing.current)) == []
    for one, other in new:
        assert checker.broken(pool, rules, people[MENTOR, one], people[MENTEE, other]) == []


@some
@given(pools(shared=False), rule_sets())
def test_somebody_alone_gets_the_best_of_the_places_made_ready_before_they_came(pool: Pool, rules: RuleSet) -> None:
    mentors = tuple(one for one in pool.participants if one.role is MENTOR)
    ready = openings(replace(pool, participants=mentors), rules, WEIGHTS)
    for one in pool.participants:
        if one.role is MENTEE and one.capacity == 1:
            whole = run_matching(replace(pool, participants=(*mentors, one)), rules, WEIGHTS)
            found = ready.place([one])
            assert found.certificate.value == pytest.approx(whole.certificate.value, abs=2e-5)
            assert [pair.fit for pair in found.pairs] == pytest.approx([pair.fit for pair in whole.pairs], abs=2e-3)


def test_what_nobody_named_before_is_coded_when_it_comes() -> None:
    languages = tuple(f"l{number}" for number in range(70))
    mentors = (
        mentor("m1", languages=languages, skill_tags=("SQL",), skill_vector=vector(1), style=(0.2, 0.4)),
        mentor("m2", languages=("en",), department="Sales", style=(0.9, 0.1)),
    )
    odd = mentee(
        "e1", languages=("zz", "l69"), goal_tags=("Sailing", "sql"), department="Fleet", style=(0.2,),
        goal_vector=vector(2), city="Nowhere",
    )
    rules = replace(FREE, common_language=True)
    found = openings(Pool(mentors), rules, WEIGHTS).place([odd])
    whole = run_matching(Pool((*mentors, replace(odd, style=None))), rules, WEIGHTS)
    assert made(found) == made(whole) == {("m1", "e1")}
    assert found.pairs[0].fits == pytest.approx(whole.pairs[0].fits)
    assert found.rules_against("m2", "e1") == whole.rules_against("m2", "e1")


def test_people_in_both_roles_are_not_put_together_the_other_way_round() -> None:
    pool = Pool((mentor("a"), mentor("b"), mentee("a"), mentee("b")))
    found = match_newcomers(pool, FREE, WEIGHTS, standing=Standing(current=frozenset({("a", "b")})))
    assert made(found) == set()
    assert [one.mentee for one in found.waitlist] == ["a"]


def test_a_limited_cohort_counts_what_stands() -> None:
    pool = Pool((mentor("m1", capacity=3), mentee("e1"), mentee("e2"), mentee("e3")))
    standing = Standing(current=frozenset({("m1", "e1")}))
    found = match_newcomers(pool, replace(FREE, max_pairs=2), WEIGHTS, standing=standing)
    assert len(found.pairs) == 1
    assert len(match_newcomers(pool, replace(FREE, max_pairs=1), WEIGHTS, standing=standing).pairs) == 0
